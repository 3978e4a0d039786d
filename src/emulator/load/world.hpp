// Loads a world: accounts, calendars, events and tokens from our JSON form, or one iCalendar file.
// Used by --load and by the controls. Loading sends no mails, leaves no tombstones and copies
// nothing to other accounts. What cannot be read is reported, the rest is loaded.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/emulator/load/large_document.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/oauth/tokens.hpp"

namespace emulator {

struct LoadReport {
  std::int64_t events = 0;
  // Each names its place: "line 12: ...", "event \"abc\" of anna@example.com: ...",
  // "accounts[0].tokens[1].scopes: ...". None holds the text of a token or a secret.
  std::vector<std::string> problems;
};

// What a source of a world fills: empty at first.
struct NewWorld {
  GoogleModel& google;
  Tokens& tokens;
  gcal::base::Json channels;  // as Channels::save() wrote them
};
// Fills a world. After an error, the world is thrown away.
using WorldSource = std::function<Outcome<LoadReport>(NewWorld&)>;

LoadReport load_world(GoogleModel& google, Tokens& tokens, const LargeDocument& world);
LoadReport load_world(GoogleModel& google, Tokens& tokens, const gcal::base::Json& world);

// One .ics file (an export of Google's, for example) as a secondary calendar of the account, which
// must exist. With `read_only`, the account is a reader only.
LoadReport load_ics(GoogleModel& google, const std::string& email, const std::string& file_name,
                    const std::string& text, bool read_only);

}  // namespace emulator
