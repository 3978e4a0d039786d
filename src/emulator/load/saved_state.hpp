// The whole memory of the emulator as one JSON document: --state writes it at the end and reads it
// at the next start. Sync tokens, etags, access and refresh tokens stay valid. Used by the program,
// which writes the file for its owner only, because it holds tokens.
#pragma once

#include "src/common/base/json.hpp"
#include "src/emulator/load/large_document.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/oauth/tokens.hpp"

namespace emulator {

class SavedState {
 public:
  // A JSON object as text, with the members of `rest`. The stored texts of the events are copied
  // into it: no tree of a whole calendar is built.
  static std::string save(const GoogleModel& google, const Tokens& tokens, gcal::base::Json rest);
  // Into an empty model. Errors: invalid, with the name of what is wrong; the model may be partly
  // filled then.
  static Outcome<> load(const LargeDocument& state, GoogleModel& google, Tokens& tokens);
  static Outcome<> load(const gcal::base::Json& state, GoogleModel& google, Tokens& tokens) {
    return load(LargeDocument::of(state), google, tokens);
  }

 private:
  static gcal::base::Json accounts_json(const GoogleModel& google);
  static std::string calendar_text(const Calendar& calendar);
  static void save_tokens(const Tokens& tokens, gcal::base::Json& document);
  static Outcome<> load_calendar(const LargeDocument& state, const gcal::base::Json& json,
                                 GoogleModel& google);
  static Outcome<> load_account(const gcal::base::Json& json, GoogleModel& google);
  static void load_tokens(const gcal::base::Json& document, Tokens& tokens);
};

}  // namespace emulator
