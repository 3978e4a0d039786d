// The words of a message in German and English. A table without logic: how dates and rules are said
// is in spoken_dates.hpp and spoken_rule.hpp. {name} is replaced by filled().
#pragma once

#include <string>
#include <string_view>

#include "src/engine/invitations/invitation.hpp"

namespace gcal::invitations {

struct Words {
  std::string_view code;  // of the language
  std::string_view invite, update, cancel;
  std::string_view untitled;
  std::string_view when, where, video, who, notes, info, exceptions, next_dates;
  std::string_view was;    // {value}
  std::string_view empty;  // a field that was cleared
  std::string_view tentative, confirmed;
  std::string_view organizer, optional, room;
  std::string_view one_more, more;  // {n}
  std::string_view changed;         // a text that is too long to be shown twice
  std::string_view in_full;         // after a text that was cut
  std::string_view dropped;         // {date}
  std::string_view gone, date_gone, removed, date_removed;
  std::string_view ends;  // {date}
  std::string_view answer, yes, maybe, no;
  std::string_view yes_subject, maybe_subject, no_subject;
  std::string_view footer;  // {organizer}, {organizer_email}
};

// Of one language; both: German.
const Words& words_in(Language language);

// The text with each {name} replaced.
std::string filled(std::string_view text, std::string_view name, std::string_view value);

}  // namespace gcal::invitations
