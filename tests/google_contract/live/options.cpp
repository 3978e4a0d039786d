#include "tests/google_contract/live/options.hpp"

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "src/common/net/url.hpp"

namespace live {
namespace {

using contract::Json;
using gcal::Code;
using gcal::Error;
using gcal::Result;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Error invalid(const std::string& message) {
  return Error{Code::invalid, message, {}};
}

Result<int> number(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 100'000) return invalid("no number: " + std::string(text));
    value = value * 10 + (c - '0');
  }
  if (text.empty()) return invalid("a number is missing");
  return value;
}

Result<std::vector<std::chrono::milliseconds>> read_seconds(const std::string& list) {
  std::vector<std::chrono::milliseconds> out;
  std::istringstream in(list);
  for (std::string one; std::getline(in, one, ',');) {
    TRY(const int seconds, number(one));
    out.emplace_back(std::chrono::seconds{seconds});
  }
  if (out.empty()) return invalid("--settle wants seconds");
  return out;
}

std::string client_file(const Options& options) {
  if (!options.client.empty()) return options.client;
  return environment("GCAL_LIVE_CLIENT");
}

}  // namespace

const char* const kHelp =
    R"(./dev live asks the facts of the emulator's contract suite of the real Google, in an account
of yours, and prints where Google says otherwise.

What it does to the account
  It uses only secondary calendars that it makes itself; their names begin with "[contract test, may
  be deleted]". It deletes them at the end, also when it fails or is interrupted (Ctrl-C).
  ./dev live --clean deletes what a killed run left.
  The access it asks for (calendar.app.created) lets it write to no other calendar. It may also read
  the list of your calendars, your settings and busy times, and change the sharing of calendars (it
  does so for its own only; you can untick that).
  No mail is sent: always sendUpdates=none, and guests only at example.org, where no mail is
  received, and with --second your second account. It is invited to events of these calendars; the
  copies that Google puts into its primary calendar are read, answered and deleted, by their ids,
  and nothing else in that calendar is. For this, it has to allow calendar.events.
  A difference is asked three times, with reads that wait longer each time, which takes half a
  minute: Google is not consistent at once.
  Where the emulator only guesses, it prints what Google does, in the form that google_emulator
  --assume takes (src/emulator/BEHAVIOUR.md).
  Google allows about 60 new calendars in some hours; a run makes about 40. It sends about 1,700
  requests in about twenty minutes.

What it needs, once
  1. console.cloud.google.com: a project; "APIs & Services": enable the Google Calendar API.
  2. "Google Auth Platform" (OAuth consent screen): External, Testing; add your address as a test
     user. In Testing a grant is valid for seven days.
  3. "Clients": create a client of the type Desktop app, and download its JSON.
  4. Either keep that file as ~/.config/google-calendar-contract/client.json (or name it: --client
     FILE, or GCAL_LIVE_CLIENT=FILE), or set GCAL_LIVE_CLIENT_ID and GCAL_LIVE_CLIENT_SECRET. Never
     on the command line, which every process of the machine can read.
  5. ./dev live, and allow the access in the browser that runs on this machine.
  The refresh token is kept in ~/.local/state/google-calendar-contract (or --state DIR), mode 0600.
  ./dev live --forget revokes the access and deletes it.

./dev live [OPTION...] [SECTION...]
  --list             what is asked, by section, and what only the real Google can settle (?); sends
                     nothing
  --client FILE      the downloaded client
  --second           also use a second account of yours, to share calendars with and to invite; its
                     own calendars and events are left alone
  --whole-calendar   ask for the whole calendar scope instead of calendar.app.created: "move" can
                     then be asked as well
  --report FILE      the differences as JSON, without tokens and addresses, to send to us (default:
                     differences.json in the state folder)
  --state DIR        where grants and reports are kept
  --per-minute N     requests in a minute, 300 by default; 0 for no limit
  --calendars N      at most so many new calendars, 55 by default
  --settle A,B,...   seconds that reads wait after a write, in the first attempt, the second...;
                     0,3,10 by default
  --google ORIGIN    another Google: an emulator on this machine, http://127.0.0.1:8081
  --ca FILE          the certificates (PEM) to verify it with, instead of the system's
  --strict           a difference from a fact that was only guessed counts as well for the exit code
  --clean            delete calendars that killed runs left
  --forget           revoke the access, delete the grants
Exit code: 0 no differences from documented and observed facts, 1 differences, 2 it could not run to
its end.
)";

Result<Options> read_options(int argc, char** argv) {
  Options options;
  const std::map<std::string, std::string*> texts{
      {"--google", &options.google}, {"--ca", &options.ca_file},    {"--state", &options.state},
      {"--client", &options.client}, {"--report", &options.report},
  };
  const std::map<std::string, bool*> flags{
      {"--second", &options.second}, {"--whole-calendar", &options.whole_calendar},
      {"--clean", &options.clean},   {"--forget", &options.forget},
      {"--list", &options.list},     {"--help", &options.help},
      {"--strict", &options.strict},
  };
  const std::map<std::string, int*> numbers{
      {"--per-minute", &options.limits.requests_per_minute},
      {"--calendars", &options.limits.calendars},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (const auto text = texts.find(argument); text != texts.end()) {
      *text->second = value();
    } else if (const auto flag = flags.find(argument); flag != flags.end()) {
      *flag->second = true;
    } else if (const auto count = numbers.find(argument); count != numbers.end()) {
      TRY(*count->second, number(value()));
    } else if (argument == "--settle") {
      TRY(options.settle, read_seconds(value()));
    } else if (argument.starts_with("-")) {
      return invalid("unknown option " + argument + "; ./dev live --help");
    } else {
      options.sections.push_back(argument);
    }
  }
  if (options.state.empty()) return invalid("--state wants a folder");
  return options;
}

Result<std::optional<OAuthClient>> read_client(const Options& options) {
  std::string file = client_file(options);
  if (file.empty()) {
    const OAuthClient given{environment("GCAL_LIVE_CLIENT_ID"),
                            environment("GCAL_LIVE_CLIENT_SECRET")};
    if (!given.id.empty()) return std::optional(given);
    const std::string config = environment("XDG_CONFIG_HOME");
    file = (config.empty() ? environment("HOME") + "/.config" : config) +
           "/google-calendar-contract/client.json";
    if (!std::ifstream(file)) return std::optional<OAuthClient>();
  }
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  const auto parsed = Json::parse(text.str());
  if (!in || !parsed) return invalid(file + " is not the JSON file of a client");
  if (parsed->contains("web"))
    return invalid(file + ": a client of the type Desktop app is needed, this is a web client");
  OAuthClient client{(*parsed)["installed"].string("client_id"),
                     (*parsed)["installed"].string("client_secret")};
  if (client.id.empty() || client.secret.empty())
    return invalid(file + " names no client_id and client_secret");
  return std::optional(client);
}

Result<Endpoints> read_endpoints(const Options& options) {
  Endpoints endpoints = Endpoints::google();
  if (!options.google.empty()) {
    TRY(const gcal::net::Url url, gcal::net::parse_url(options.google));
    if (url.scheme != "https" && !gcal::net::is_loopback(url))
      return invalid("--google: without TLS only on this machine");
    endpoints = Endpoints::at(url.origin());
  }
  endpoints.ca_file = options.ca_file;
  return endpoints;
}

}  // namespace live
