// What the remote service holds of a series beyond the engine's model: members that `Series` does
// not have, as bytes that only the adapter of that service reads. The engine stores them in the
// journal, once, under the object's id, and hands them back with each write, so that nothing the
// service sent is lost by a write of ours. They are never compared, merged or shown. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

// The master and each exception have bytes of their own; "" if there is nothing to keep.
struct RemoteItem {
  std::optional<std::string> master;  // nullopt: not reported, what is stored stays
  std::map<calendar::OriginalStart, std::string> occurrences;
  bool whole = false;  // nothing else belongs to the series: other stored bytes are removed

  // No bytes at all, so that nothing needs to be stored of a series that was never seen before.
  bool blank() const;
  friend bool operator==(const RemoteItem&, const RemoteItem&) = default;
};

// Applies what was reported to what is stored, as the journal does. Without bytes left: nullopt.
std::optional<RemoteItem> updated(std::optional<RemoteItem> stored, const RemoteItem& reported);

// The bytes of one event; "" if there are none.
std::string master_bytes(const RemoteItem& item);
std::string occurrence_bytes(const RemoteItem& item, const calendar::OriginalStart& start);

}  // namespace gcal::sync
