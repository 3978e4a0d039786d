#include "src/hosting/services/noted_change.hpp"

#include <string>
#include <string_view>

#include "src/common/base/utf8.hpp"
#include "src/hosting/services/documents.hpp"

namespace hosting {
namespace {

using Kind = AppointmentChange::Kind;

Error invalid(std::string_view member, std::string_view message) {
  return {Code::invalid, std::string(member) + ": " + std::string(message), {}};
}

}  // namespace

Result<> check_note(const AppointmentChange& change) {
  if (change.kind != Kind::saved && change.kind != Kind::erased && change.kind != Kind::moved)
    return invalid("kind", "saved, erased or moved");
  if (!is_event_id(change.id)) return Error{Code::invalid, kNoEventId, {}};
  if (change.calendar.empty()) return invalid("calendar", "none is given");
  const bool moved = change.kind == Kind::moved;
  if (moved && (change.moved_to.empty() || change.moved_to == change.calendar))
    return invalid("moved_to", "another calendar is expected");
  if (!moved && !change.moved_to.empty()) return invalid("moved_to", "only of Kind::moved");
  if (!is_wish(change.notify)) return invalid("notify", "nobody, google or nothing");
  return {};
}

Result<> check_note(const RecordNote& note) {
  if (!is_record_kind(note.record.kind))
    return invalid("record.kind", "a letter, then up to 63 letters, digits, _ . and -, lower case");
  if (note.record.id.empty() || !gcal::base::is_utf8(note.record.id))
    return invalid("record.id", "a text is expected");
  for (const std::string& address : note.addresses)
    if (!gcal::base::is_utf8(address)) return invalid("addresses", "one is no UTF-8");
  return {};
}

}  // namespace hosting
