// The emulator's whole memory as one JSON document: written at the end with --state, read at the next start. Sync tokens, etags, access and refresh
// tokens of before stay valid. Used by the program. The document holds tokens: the program writes it for its owner only.
#pragma once

#include "src/base/json.hpp"
#include "tests/emulator/model/google.hpp"
#include "tests/emulator/oauth/tokens.hpp"

namespace emulator {

class State {
 public:
  static gcal::base::Json save(const Google& google, const Tokens& tokens);
  // Into an empty model. Errors: invalid, naming what is wrong.
  static Outcome<> load(const gcal::base::Json& document, Google& google, Tokens& tokens);
};

}  // namespace emulator
