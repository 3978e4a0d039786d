// The emulator's whole memory as one JSON document: written at the end with --state, read at the
// next start. Sync tokens, etags, access and refresh tokens of before stay valid. Used by the
// program. The document holds tokens: the program writes it for its owner only.
#pragma once

#include "src/common/base/json.hpp"
#include "src/emulator/model/google.hpp"
#include "src/emulator/oauth/tokens.hpp"

namespace emulator {

class State {
 public:
  // A JSON object. The events' texts go into it as they rest: no tree of a whole calendar is made.
  // `rest` are further members.
  static std::string save(const Google& google, const Tokens& tokens, gcal::base::Json rest);
  // Into an empty model. Errors: invalid, naming what is wrong.
  static Outcome<> load(const gcal::base::Json& document, Google& google, Tokens& tokens);

 private:
  static std::string calendar_text(const Calendar& calendar);
};

}  // namespace emulator
