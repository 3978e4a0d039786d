// ./dev live: asks the contract suite's facts of a real Google account and prints where Google says
// otherwise, and what Google does where the emulator has switches. Explains itself if no OAuth
// client is set up. Exit code: 0 no differences, 1 differences, 2 it could not run to its end.
#include <curl/curl.h>
#include <gtest/gtest-spi.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/google_contract/live/live_backend.hpp"
#include "tests/google_contract/live/options.hpp"
#include "tests/google_contract/live/report.hpp"

namespace live {
namespace {

using contract::Fact;
using contract::Needs;

int fail(const std::string& why) {
  std::fprintf(stderr, "live: %s\n", why.c_str());
  return 2;
}

// The second account is also a guest: its copies are in its primary calendar.
std::vector<std::string> scopes(const Options& options, bool second) {
  std::vector<std::string> out{options.whole_calendar ? "calendar" : "calendar.app.created",
                               "calendar.calendarlist.readonly", "calendar.settings.readonly",
                               "calendar.freebusy", "calendar.acls"};
  if (second) out.emplace_back("calendar.events");
  return out;
}

// One attempt. Answers the failed expectations; `value` gets what a probe has found. Throws NotRun,
// Unavailable and RunStopped.
std::vector<Mismatch> attempt(LiveBackend& backend, const Fact& fact,
                              std::chrono::milliseconds settle, bool again, std::string& value) {
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    backend.begin(fact.needs, settle, again);
    if (fact.probe)
      value = fact.probe(backend);
    else
      fact.ask(backend);
  }
  std::vector<Mismatch> out;
  for (int i = 0; i < failures.size(); ++i)
    if (failures.GetTestPartResult(i).failed())
      out.push_back(mismatch_in(failures.GetTestPartResult(i).message()));
  return out;
}

// Asks a fact until it agrees or the attempts are used up. What an earlier attempt found is kept if
// a later one cannot be run. A probe expects nothing, so it is only asked with the longest wait.
Finding ask(LiveBackend& backend, const Fact& fact,
            const std::vector<std::chrono::milliseconds>& settle) {
  Finding finding;
  finding.fact = &fact;
  for (std::size_t i = fact.probe ? settle.size() - 1 : 0; i < settle.size(); ++i) {
    try {
      finding.mismatches = attempt(backend, fact, settle[i], i > 0, finding.value);
    } catch (const contract::NotRun& not_run) {
      backend.end();
      finding.verdict = finding.mismatches.empty() ? Verdict::not_run : Verdict::differs;
      finding.why = not_run.reason;
      return finding;
    } catch (const Unavailable& unavailable) {
      finding.verdict = finding.mismatches.empty() ? Verdict::not_run : Verdict::differs;
      finding.why = unavailable.reason;
      backend.end();
      continue;  // the outage may be over
    }
    finding.exchanges = backend.exchanges();
    backend.end();
    finding.why.clear();
    finding.verdict = Verdict::differs;
    if (!finding.mismatches.empty()) continue;
    finding.verdict = fact.probe ? Verdict::found : Verdict::agrees;
    if (fact.probe) return finding;
    if (settle[i] > settle[0]) {
      finding.verdict = Verdict::agrees_late;
      finding.why = "reads waited " + std::to_string(settle[i].count() / 1000) + " s after a write";
    }
    return finding;
  }
  return finding;
}

bool chosen(const Options& options, const Fact& fact) {
  return options.sections.empty() || std::find(options.sections.begin(), options.sections.end(),
                                               fact.section) != options.sections.end();
}

// Why a fact is not asked at all; "" if it is.
std::string reason_not_asked(const Options& options, const Fact& fact) {
  if (fact.needs == Needs::two_accounts && !options.second)
    return "needs a second account (--second)";
  return contract::runs_live(fact.needs) ? "" : contract::to_string(fact.needs);
}

RunResult ask_all(LiveBackend& backend, const Options& options) {
  RunResult run;
  std::string section;
  for (const Fact& fact : contract::all_facts()) {
    if (!chosen(options, fact)) continue;
    Finding finding;
    finding.fact = &fact;
    finding.why = reason_not_asked(options, fact);
    if (finding.why.empty() && !run.stopped.empty()) finding.why = "the run had ended";
    if (finding.why.empty()) {
      if (fact.section != section)
        std::printf("%s - %s\n", fact.section.c_str(),
                    contract::section_title(section = fact.section).c_str());
      std::fflush(stdout);
      try {
        finding = ask(backend, fact, options.settle);
      } catch (const RunStopped& stopped) {
        run.stopped = stopped.reason;
        finding.verdict = Verdict::not_run;
        finding.why = "the run had ended";
      }
    }
    run.findings.push_back(std::move(finding));
  }
  return run;
}

bool has_scope(const Account& account, const std::string& scope) {
  return (account.scope() + " ").find("auth/" + scope + " ") != std::string::npos;
}

// Uses the stored grant, or asks for a new one in the browser.
gcal::Result<void> ensure_access(Account& account, const Options& options,
                                 gcal::base::Random& random, bool is_second) {
  const char* whose = is_second ? "your second account" : "your account";
  const std::vector<std::string> wanted = scopes(options, is_second);
  if (account.restore() && (!options.whole_calendar || has_scope(account, "calendar"))) {
    const auto token = account.access_token();
    if (token) return {};
    if (token.error().code != gcal::Code::needs_auth) return token.error();
    std::printf("The access to %s has expired or was revoked.\n", whose);
  }
  std::printf("Access to %s is needed.\n", whose);
  TRY_VOID(account.sign_in(wanted, random));
  for (const std::string& scope : wanted)
    if (!has_scope(account, scope))
      std::printf("  not allowed: %s; some facts are left out\n", scope.c_str());
  std::printf("The grant is kept in the state folder as %s.\n", account.file().c_str());
  return {};
}

int clean(LiveBackend& backend, const Options& options, Account& second, const StateFolder& folder,
          gcal::base::Random& random) {
  std::vector<std::string> ids = backend.marked_calendars(), left;
  for (const std::string& id : folder.calendars())
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  for (const std::string& id : ids) backend.find_invitations(id);
  if (!folder.invitations().empty())
    if (auto ready = ensure_access(second, options, random, true); !ready)
      return fail(ready.error().message);
  for (const std::string& id : ids)
    if (!backend.delete_calendar(id)) left.push_back(id);
  if (auto stored = folder.store_calendars(left); !stored) return fail(stored.error().message);
  const std::size_t invitations = backend.withdraw_invitations();
  if (invitations > 0) std::printf("%zu invitations are left in the second account\n", invitations);
  std::printf("%zu calendars deleted, %zu left\n", ids.size() - left.size(), left.size());
  return left.empty() && invitations == 0 ? 0 : 2;
}

void list(const Options& options) {
  std::string section;
  std::size_t count = 0, probes = 0;
  for (const Fact& fact : contract::all_facts()) {
    if (!chosen(options, fact) || !contract::runs_live(fact.needs)) continue;
    if (fact.section != section)
      std::printf("\n%s - %s\n", (section = fact.section).c_str(),
                  contract::section_title(fact.section).c_str());
    std::printf("  %-10s %c %s%s\n", contract::to_string(fact.evidence), fact.probe ? '?' : ' ',
                contract::shown_title(fact).c_str(),
                fact.needs == Needs::two_accounts ? " (second account)" : "");
    ++count;
    probes += fact.probe ? 1 : 0;
  }
  std::printf(
      "\n%zu of %zu facts can be asked of the real Google; %zu of them (?) only it can settle: the "
      "switches of google_emulator --assume\n",
      count, contract::all_facts().size(), probes);
}

int forget(const std::vector<Account*>& accounts) {
  int code = 0;
  for (Account* account : accounts) {
    if (!account->restore()) continue;
    if (auto done = account->forget(); !done)
      code = fail("the grant is deleted here, but Google was not reached: " + done.error().message);
    else
      std::printf("%s: the access is revoked, the grant is deleted\n", account->file().c_str());
  }
  return code;
}

Redactor redactor(const Account& account, const Account& second) {
  Redactor redact;
  for (const Account* one : {&account, &second})
    for (const std::string& secret : one->secrets()) redact.hide(secret, "(secret)");
  redact.hide(account.email(), "you@masked");
  redact.hide(second.email(), "second@masked");
  return redact;
}

int write_report(const RunResult& run, const Redactor& redact, const Options& options,
                 const StateFolder& folder) {
  const std::string text = to_json(run, redact).dump_pretty();
  const std::string file =
      options.report.empty() ? folder.file("differences.json") : options.report;
  if (options.report.empty()) {
    if (auto stored = folder.write("differences.json", text); !stored)
      return fail(stored.error().message);
  } else {
    std::ofstream out(file);
    if (!(out << text << '\n').flush()) return fail("cannot write " + file);
  }
  std::printf("As JSON: %s\n", file.c_str());
  return 0;
}

int run(const Options& options) {
  const auto client = read_client(options);
  if (!client) return fail(client.error().message);
  if (!client->has_value()) {
    std::fputs(kHelp, stdout);
    return fail("no OAuth client is set up yet (see above)");
  }
  const auto endpoints = read_endpoints(options);
  if (!endpoints) return fail(endpoints.error().message);
  const auto folder = StateFolder::open(options.state);
  if (!folder) return fail(folder.error().message);
  gcal::base::SystemRandom random;
  Account account(*endpoints, **client, *folder, "account.json"),
      second(*endpoints, **client, *folder, "second.json");
  if (options.forget) return forget({&account, &second});

  if (auto ready = ensure_access(account, options, random, false); !ready)
    return fail(ready.error().message);
  if (options.second && !options.clean) {
    if (auto ready = ensure_access(second, options, random, true); !ready)
      return fail(ready.error().message);
    if (second.email() == account.email()) {
      (void)second.forget();
      return fail("the second account is the first one; run it again and choose another");
    }
  }
  // What is to be cleaned up may have been invited with a grant that is still stored.
  const bool with_second =
      options.clean ? second.restore() || !folder->invitations().empty() : options.second;
  LiveBackend backend(*endpoints, account, with_second ? &second : nullptr, *folder, options.limits,
                      random);
  if (options.clean) return clean(backend, options, second, *folder, random);
  if (const auto left = folder->calendars(); !left.empty())
    return fail(std::to_string(left.size()) +
                " calendars of a run that was killed are still there: ./dev live --clean first");

  if (const auto left = folder->invitations(); !left.empty())
    return fail(std::to_string(left.size()) +
                " invitations of a run that was killed are still there: ./dev live --clean first");

  RunResult result = ask_all(backend, options);
  result.google = endpoints->api;
  clear_interrupt();  // a second Ctrl-C interrupts the clean-up as well
  result.left = backend.close();
  result.requests = backend.requests();
  result.rate_limited = backend.rate_limited();
  result.calendars = backend.calendars_made();
  const Redactor redact = redactor(account, second);
  std::fputs(to_text(result, redact).c_str(), stdout);
  if (const int code = write_report(result, redact, options, *folder); code != 0) return code;
  if (!result.stopped.empty()) return 2;
  return count_differences(result, options.strict) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace live

int main(int argc, char** argv) {
  int gtest_arguments = 1;  // GoogleTest gets none of ours
  testing::InitGoogleTest(&gtest_arguments, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  live::catch_signals();
  const auto options = live::read_options(argc, argv);
  if (!options) return live::fail(options.error().message);
  if (options->help) {
    std::fputs(live::kHelp, stdout);
    return 0;
  }
  for (const std::string& section : options->sections)
    if (contract::section_title(section).empty())
      return live::fail("no section " + section + "; ./dev live --list");
  if (options->list) {
    live::list(*options);
    return 0;
  }
  try {
    return live::run(*options);
  } catch (const live::RunStopped& stopped) {
    return live::fail(stopped.reason);
  } catch (const live::Unavailable& unavailable) {
    return live::fail(unavailable.reason);
  }
}
