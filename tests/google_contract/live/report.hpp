// What a live run found: totals by section, each difference with what was expected and what came,
// and the same as a document to send. Pure, but for main's printing. Nothing that names the person,
// and no token, passes through mask().
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/live/live_stage.hpp"

namespace live {

// One failed expectation, from GoogleTest's words.
struct Statement {
  std::string of;  // what was looked at, as the check writes it
  std::string expected, got;
  std::string words;  // GoogleTest's own, when they could not be taken apart
};
Statement statement(const std::string& words);

enum class Verdict { agrees, agrees_late, differs, not_run };

struct Finding {
  const contract::Check* check = nullptr;
  Verdict verdict = Verdict::not_run;
  std::string why;  // not run: the reason; agrees late: after how long
  std::vector<Statement> statements;
  std::vector<Exchange> exchanges;
};

// Replaces what must not leave this machine. Pairs: what is replaced, by what.
class Mask {
 public:
  void hide(const std::string& value,
            const std::string&
                word);  // also percent-encoded; what is shorter than six characters is ignored
  std::string operator()(std::string text) const;

 private:
  std::vector<std::pair<std::string, std::string>> words_;
};

struct Session {
  std::string google;
  std::vector<Finding> findings;
  std::size_t requests = 0, slowed = 0, calendars = 0, left = 0;
  std::string stopped;  // why the run ended early; "" for a whole one
};

std::string printed(const Session& run, const Mask& mask);
contract::Json document(const Session& run, const Mask& mask);
std::size_t differences(const Session& run);

}  // namespace live
