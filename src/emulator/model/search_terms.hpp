// The parameter `q` of events.list: "free text search terms to find events that match these terms"
// in the fields that Google's reference of the parameter lists. Used by EventLister. Pure.
//
// All terms have to be found, each in any of the fields. Terms are separated by white space; the
// words of one (anna@example.com has three) have to follow each other. Only whole words are
// found: "event" does not find "event2" (syndesisio/syndesis#3791), "examiner" does not find
// "Examiners" (handley-lab/mcp-handley-lab#320). Letter case counts in no script; accents do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"

namespace emulator {

// What a term finds.
enum class WordMatch { whole, prefix, part };

class SearchTerms {
 public:
  explicit SearchTerms(std::string_view q, WordMatch match = WordMatch::whole);

  // False when the stored fields, as JSON text, cannot match. Cheaper than match().
  bool may_match(std::string_view fields_json) const;
  // A `q` without a letter or digit finds nothing.
  bool match(const gcal::base::Json& fields) const;

 private:
  std::vector<std::string> terms_;        // as they are looked for in folded text
  std::vector<std::string> ascii_words_;  // of all terms, in lower case
};

}  // namespace emulator
