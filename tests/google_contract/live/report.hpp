// What a live run found: totals by section, each difference with what was expected and what Google
// answered, and the same as a JSON document to send. Pure. Every text that may name the user or
// hold a token goes through the Redactor.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/google_contract/harness/fact.hpp"
#include "tests/google_contract/live/live_backend.hpp"

namespace live {

// One failed expectation, from GoogleTest's message.
struct Mismatch {
  std::string expression;  // what was looked at, as the fact writes it
  std::string expected, actual;
  std::string message;  // GoogleTest's own, if it could not be taken apart
};
Mismatch mismatch_in(const std::string& message);

enum class Verdict { agrees, agrees_late, differs, found, not_run };

struct Finding {
  const contract::Fact* fact = nullptr;
  Verdict verdict = Verdict::not_run;
  std::string why;    // not run: the reason; agrees late: after which wait
  std::string value;  // found: the value of the probe's switch
  std::vector<Mismatch> mismatches;
  std::vector<Exchange> exchanges;
};

// Replaces what must not leave this machine.
class Redactor {
 public:
  // Also in its percent-encoded form. A value shorter than six characters is ignored: no address
  // and no secret is so short, and replacing it would damage other text.
  void hide(const std::string& value, const std::string& replacement);
  std::string operator()(std::string text) const;

 private:
  std::vector<std::pair<std::string, std::string>> replacements_;
};

struct RunResult {
  std::string google;  // origin of the API
  std::vector<Finding> findings;
  std::size_t requests = 0, rate_limited = 0, calendars = 0, left = 0;
  std::string stopped;  // why the run ended early; "" for a whole one
};

std::string to_text(const RunResult& run, const Redactor& redact);
contract::Json to_json(const RunResult& run, const Redactor& redact);
// Differences from facts that were only guessed count with `strict`.
std::size_t count_differences(const RunResult& run, bool strict = true);

}  // namespace live
