// ./dev live: asks the contract suite's questions of a real Google account and prints where the
// emulator says otherwise. Explains itself when nothing is set up. Exit code: 0 no differences, 1
// differences, 2 it could not run to its end.
#include <curl/curl.h>
#include <gtest/gtest-spi.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "src/common/net/url.hpp"
#include "tests/google_contract/live/live_stage.hpp"
#include "tests/google_contract/live/report.hpp"

namespace live {
namespace {

using contract::Check;
using contract::Checks;
using contract::Json;
using contract::Needs;

constexpr const char* kExplanation =
    R"(./dev live asks the facts of the emulator's contract suite of the real Google, in an account of yours, and prints where Google says otherwise.

What it does to the account
  It works in secondary calendars alone that it makes itself; their names begin with "[contract test, may be deleted]". It deletes them at the end, also when
  it fails or is broken off (Ctrl-C). What a killed run left is removed by ./dev live --clean.
  The access it asks for (calendar.app.created) lets it write to no other calendar. Beside that it may read the list of your calendars, your settings and
  busy times, and change the sharing of calendars (of its own alone; you can untick that).
  Nobody is mailed or invited: sendUpdates=none always, guests only at example.org, where nobody lives.
  A difference is asked three times, the reads waiting longer each time, which takes half a minute: Google is not consistent at once.
  Google allows about 60 new calendars in some hours; a run makes about 40. It sends about 1,700 requests in about ten minutes.

What it needs, once
  1. console.cloud.google.com: a project; "APIs & Services": enable the Google Calendar API.
  2. "Google Auth Platform" (OAuth consent screen): External, Testing; add your address as a test user. In Testing a grant lives for seven days.
  3. "Clients": create a client of the type Desktop app, and download its JSON.
  4. Either keep that file as ~/.config/google-calendar-contract/client.json (or name it: --client FILE, or GCAL_LIVE_CLIENT=FILE),
     or set GCAL_LIVE_CLIENT_ID and GCAL_LIVE_CLIENT_SECRET. Never on the command line: every process of the machine can read that.
  5. ./dev live, and allow the access in the browser that runs on this machine.
  The refresh token is kept in ~/.local/state/google-calendar-contract (or --state DIR), mode 0600. ./dev live --forget withdraws the access and deletes it.

./dev live [OPTION...] [SECTION...]
  --list             what is asked, by section; nothing is sent
  --client FILE      the downloaded client
  --second           also use a second account of yours, to share calendars with; its own calendars are left alone
  --whole-calendar   ask for the whole calendar scope instead of calendar.app.created: "move" can then be asked as well
  --report FILE      the differences as JSON, without tokens and addresses, to send to us (default: differences.json in the state folder)
  --state DIR        where grants and reports are kept
  --per-minute N     requests in a minute, 300 if not said; 0 is as fast as it goes
  --calendars N      at most so many new calendars, 55 if not said
  --settle A,B,...   seconds that reads wait after a write, in the first attempt, the second...; 0,3,10 if not said
  --google ORIGIN    another Google: an emulator on this machine, http://127.0.0.1:8081
  --ca FILE          the certificates (PEM) that vouch for it, when the system's do not
  --clean            delete calendars that killed runs left
  --forget           withdraw the access, delete the grants
Exit code: 0 no differences, 1 differences, 2 it could not run to its end.
)";

struct Options {
  std::string google, authority, state = Folder::usual(), client, report;
  std::vector<std::string> sections;
  std::vector<std::chrono::milliseconds> settle{std::chrono::seconds{0}, std::chrono::seconds{3},
                                                std::chrono::seconds{10}};
  Pace pace;
  bool second = false, whole = false, clean = false, forget = false, list = false, help = false;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "live: %s\n", why.c_str());
  return 2;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

gcal::Result<int> number(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 100'000)
      return gcal::Error{gcal::Code::invalid, "no number: " + std::string(text), {}};
    value = value * 10 + (c - '0');
  }
  if (text.empty()) return gcal::Error{gcal::Code::invalid, "a number is missing", {}};
  return value;
}

gcal::Result<Options> read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (argument == "--google")
      options.google = value();
    else if (argument == "--ca")
      options.authority = value();
    else if (argument == "--state")
      options.state = value();
    else if (argument == "--client")
      options.client = value();
    else if (argument == "--report")
      options.report = value();
    else if (argument == "--second")
      options.second = true;
    else if (argument == "--whole-calendar")
      options.whole = true;
    else if (argument == "--clean")
      options.clean = true;
    else if (argument == "--forget")
      options.forget = true;
    else if (argument == "--list")
      options.list = true;
    else if (argument == "--help")
      options.help = true;
    else if (argument == "--per-minute") {
      TRY(options.pace.per_minute, number(value()));
    } else if (argument == "--calendars") {
      TRY(options.pace.calendars, number(value()));
    } else if (argument == "--settle") {
      options.settle.clear();
      std::istringstream in(value());
      for (std::string one; std::getline(in, one, ',');) {
        TRY(const int seconds, number(one));
        options.settle.emplace_back(std::chrono::seconds{seconds});
      }
      if (options.settle.empty())
        return gcal::Error{gcal::Code::invalid, "--settle wants seconds", {}};
    } else if (argument.starts_with("-")) {
      return gcal::Error{
          gcal::Code::invalid, "unknown option " + argument + "; ./dev live --help", {}};
    } else {
      options.sections.push_back(argument);
    }
  }
  if (options.state.empty()) return gcal::Error{gcal::Code::invalid, "--state wants a folder", {}};
  return options;
}

// The file that Google's console offers, or the environment. Nothing: not set up.
gcal::Result<std::optional<Client>> read_client(const Options& options) {
  std::string file = options.client.empty() ? environment("GCAL_LIVE_CLIENT") : options.client;
  if (file.empty()) {
    const Client given{environment("GCAL_LIVE_CLIENT_ID"), environment("GCAL_LIVE_CLIENT_SECRET")};
    if (!given.id.empty()) return std::optional(given);
    const std::string config = environment("XDG_CONFIG_HOME");
    file = (config.empty() ? environment("HOME") + "/.config" : config) +
           "/google-calendar-contract/client.json";
    if (!std::ifstream(file)) return std::optional<Client>();
  }
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  const auto parsed = Json::parse(text.str());
  if (!in || !parsed)
    return gcal::Error{gcal::Code::invalid, file + " is not the JSON file of a client", {}};
  if (parsed->contains("web"))
    return gcal::Error{gcal::Code::invalid,
                       file + ": a client of the type Desktop app is needed, this is a web client",
                       {}};
  Client client{(*parsed)["installed"].string("client_id"),
                (*parsed)["installed"].string("client_secret")};
  if (client.id.empty() || client.secret.empty())
    return gcal::Error{gcal::Code::invalid, file + " names no client_id and client_secret", {}};
  return std::optional(client);
}

gcal::Result<Endpoints> read_endpoints(const std::string& origin) {
  if (origin.empty()) return Endpoints::google();
  TRY(const gcal::net::Url url, gcal::net::parse_url(origin));
  if (url.scheme != "https" && !gcal::net::is_loopback(url))
    return gcal::Error{gcal::Code::invalid, "--google: without TLS only on this machine", {}};
  return Endpoints::at(url.origin());
}

std::vector<std::string> scopes(const Options& options) {
  return {options.whole ? "calendar" : "calendar.app.created", "calendar.calendarlist.readonly",
          "calendar.settings.readonly", "calendar.freebusy", "calendar.acls"};
}

// One check, until it agrees or the attempts are used up.
Finding ask(LiveStage& stage, const Check& check,
            const std::vector<std::chrono::milliseconds>& settle) {
  Finding finding;
  finding.check = &check;
  for (std::size_t attempt = 0; attempt < settle.size(); ++attempt) {
    testing::TestPartResultArray failures;
    finding.verdict = Verdict::agrees;
    try {
      const testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
      stage.begin(check.run.needs(), settle[attempt], attempt > 0);
      contract::Emulated probe(stage);
      check.run(probe);
    } catch (const contract::NotHere& here) {
      stage.end();
      finding.verdict = finding.statements.empty()
                            ? Verdict::not_run
                            : Verdict::differs;  // what an earlier attempt found stands
      finding.why = here.why;
      return finding;
    } catch (const Unanswered& unanswered) {
      finding.verdict = finding.statements.empty() ? Verdict::not_run : Verdict::differs;
      finding.why = unanswered.why;
      stage.end();
      continue;  // Google's bad moment may be over
    }
    finding.exchanges = stage.exchanges();
    stage.end();
    finding.statements.clear();
    for (int i = 0; i < failures.size(); ++i)
      if (failures.GetTestPartResult(i).failed())
        finding.statements.push_back(statement(failures.GetTestPartResult(i).message()));
    finding.why.clear();
    if (finding.statements.empty()) {
      if (settle[attempt] > settle[0]) {
        finding.verdict = Verdict::agrees_late;
        finding.why =
            "reads waited " + std::to_string(settle[attempt].count() / 1000) + " s after a write";
      }
      return finding;
    }
    finding.verdict = Verdict::differs;
  }
  return finding;
}

bool chosen(const Options& options, const Check& check) {
  return options.sections.empty() || std::find(options.sections.begin(), options.sections.end(),
                                               check.section) != options.sections.end();
}

Session ask_all(LiveStage& stage, const Checks& checks, const Options& options) {
  Session run;
  std::string section;
  for (const Check& check : checks) {
    if (!chosen(options, check)) continue;
    Finding finding;
    finding.check = &check;
    const Needs needs = check.run.needs();
    if (!contract::runs_live(needs) || (needs == Needs::second_account && !options.second)) {
      finding.why = needs == Needs::second_account ? "needs a second account (--second)"
                                                   : contract::word(needs);
    } else if (!run.stopped.empty()) {
      finding.why = "the run had ended";
    } else {
      if (check.section != section)
        std::printf("%s - %s\n", check.section.c_str(),
                    contract::title(section = check.section).c_str());
      std::fflush(stdout);
      try {
        finding = ask(stage, check, options.settle);
      } catch (const Stop& stop) {
        run.stopped = stop.why;
        finding.verdict = Verdict::not_run;
        finding.why = "the run had ended";
      }
    }
    run.findings.push_back(std::move(finding));
  }
  return run;
}

bool holds(const Account& account, const std::string& scope) {
  return (account.scope() + " ").find("auth/" + scope + " ") != std::string::npos;
}

gcal::Result<void> admit(Account& account, const Options& options, gcal::base::Random& random,
                         const char* who) {
  if (account.restore() && (!options.whole || holds(account, "calendar"))) {
    const auto token = account.access_token();
    if (token) return {};
    if (token.error().code != gcal::Code::needs_auth) return token.error();
    std::printf("The access to %s has run out or was withdrawn.\n", who);
  }
  std::printf("Access to %s is needed.\n", who);
  TRY_VOID(account.sign_in(scopes(options), random));
  for (const std::string& scope : scopes(options))
    if (!holds(account, scope))
      std::printf("  not allowed: %s; some checks are left out\n", scope.c_str());
  std::printf("The grant is kept in the state folder as %s.\n", account.file().c_str());
  return {};
}

int clean(LiveStage& stage, const Folder& folder) {
  std::vector<std::string> ids = stage.marked_calendars(), left;
  for (const std::string& id : folder.calendars())
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  for (const std::string& id : ids)
    if (!stage.delete_calendar(id)) left.push_back(id);
  if (auto stored = folder.remember(left); !stored) return fail(stored.error().message);
  std::printf("%zu calendars deleted, %zu left\n", ids.size() - left.size(), left.size());
  return left.empty() ? 0 : 2;
}

void list(const Checks& checks, const Options& options) {
  std::string section;
  std::size_t count = 0;
  for (const Check& check : checks) {
    if (!chosen(options, check) || !contract::runs_live(check.run.needs())) continue;
    if (check.section != section)
      std::printf("\n%s - %s\n", (section = check.section).c_str(),
                  contract::title(check.section).c_str());
    std::printf("  %-10s %s%s\n", contract::word(check.known), check.fact.c_str(),
                check.run.needs() == Needs::second_account ? " (second account)" : "");
    ++count;
  }
  std::printf("\n%zu of %zu checks can be asked of the real Google\n", count, checks.size());
}

int forget(const std::vector<Account*>& accounts) {
  int code = 0;
  for (Account* account : accounts) {
    if (!account->restore()) continue;
    if (auto done = account->forget(); !done)
      code = fail("the grant is deleted here, but Google was not reached: " + done.error().message);
    else
      std::printf("%s: the access is withdrawn, the grant is deleted\n", account->file().c_str());
  }
  return code;
}

int play(const Options& options, const Checks& checks) {
  const auto client = read_client(options);
  if (!client) return fail(client.error().message);
  if (!client->has_value()) {
    std::fputs(kExplanation, stdout);
    return fail("no OAuth client is set up yet (see above)");
  }
  auto endpoints = read_endpoints(options.google);
  if (!endpoints) return fail(endpoints.error().message);
  endpoints->authority = options.authority;
  const auto folder = Folder::open(options.state);
  if (!folder) return fail(folder.error().message);
  gcal::base::SystemRandom random;
  Account account(*endpoints, **client, *folder, "account.json"),
      second(*endpoints, **client, *folder, "second.json");
  if (options.forget) return forget({&account, &second});

  if (auto admitted = admit(account, options, random, "your account"); !admitted)
    return fail(admitted.error().message);
  const bool with_second = options.second && !options.clean;
  if (with_second) {
    if (auto admitted = admit(second, options, random, "your second account"); !admitted)
      return fail(admitted.error().message);
    if (second.email() == account.email()) {
      (void)second.forget();
      return fail("the second account is the first one; run it again and choose another");
    }
  }
  LiveStage stage(*endpoints, account, with_second ? &second : nullptr, *folder, options.pace,
                  random);
  if (options.clean) return clean(stage, *folder);
  if (const auto left = folder->calendars(); !left.empty())
    return fail(std::to_string(left.size()) +
                " calendars of a run that was killed are still there: ./dev live --clean first");

  Session run = ask_all(stage, checks, options);
  run.google = endpoints->api;
  forget_signals();  // a second Ctrl-C breaks off the tidying up as well
  run.left = stage.close();
  run.requests = stage.requests();
  run.slowed = stage.slowed();
  run.calendars = stage.calendars_made();
  Mask mask;
  for (const Account* one : {&account, &second})
    for (const std::string& secret : one->secrets()) mask.hide(secret, "(secret)");
  mask.hide(account.email(), "you@masked");
  mask.hide(second.email(), "second@masked");
  std::fputs(printed(run, mask).c_str(), stdout);
  const std::string report =
      options.report.empty() ? folder->file("differences.json") : options.report;
  if (options.report.empty()) {
    if (auto stored = folder->write("differences.json", document(run, mask).dump_pretty()); !stored)
      return fail(stored.error().message);
  } else {
    std::ofstream out(report);
    if (!(out << document(run, mask).dump_pretty() << '\n').flush())
      return fail("cannot write " + report);
  }
  std::printf("As JSON: %s\n", report.c_str());
  if (!run.stopped.empty()) return 2;
  return differences(run) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace live

int main(int argc, char** argv) {
  int gtest_arguments = 1;  // GoogleTest reads none of ours
  testing::InitGoogleTest(&gtest_arguments, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  live::note_signals();
  const auto options = live::read_options(argc, argv);
  if (!options) return live::fail(options.error().message);
  if (options->help) {
    std::fputs(live::kExplanation, stdout);
    return 0;
  }
  const contract::Checks checks = contract::all_checks();
  for (const std::string& section : options->sections)
    if (std::none_of(checks.begin(), checks.end(),
                     [&](const contract::Check& check) { return check.section == section; }))
      return live::fail("no section " + section + "; ./dev live --list");
  if (options->list) {
    live::list(checks, *options);
    return 0;
  }
  try {
    return live::play(*options, checks);
  } catch (const live::Stop& stop) {
    return live::fail(stop.why);
  } catch (const live::Unanswered& unanswered) {
    return live::fail(unanswered.why);
  }
}
