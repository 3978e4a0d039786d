// The parameters of events.list and events.instances, and the options of writes. Used by the API,
// which fills them from the query, and by GoogleModel. Plain data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/emulator/model/paging.hpp"
#include "src/emulator/model/search_terms.hpp"

namespace emulator {

struct ListQuery : PageRequest {
  std::int64_t max_attendees = 0;  // 0: all
  std::string order_by, q, ical_uid, time_zone;
  std::optional<SysSeconds> time_min, time_max;
  std::optional<std::int64_t> updated_min;  // milliseconds
  std::optional<bool> show_deleted;
  bool single_events = false;
  bool show_hidden_invitations = false;
  std::vector<std::string> event_types, private_properties, shared_properties;

  // Set by the model: what a term of `q` finds.
  WordMatch words = WordMatch::whole;

  // Set by fault rules only.
  bool empty_page = false;    // no items, but a page token
  bool stale = false;         // the newest change is left out, and the sync token does not cover it
  std::int64_t stale_ms = 0;  // the same for the changes of the last milliseconds
};

struct InstancesQuery {
  std::int64_t max_results = 250, max_attendees = 0;
  std::string page_token, original_start, time_zone;
  std::optional<SysSeconds> time_min, time_max;
  bool show_deleted = false;
};

struct WriteOptions {
  std::string send_updates = "none";  // all | externalOnly | none
  std::string if_match;               // "" for none
  bool attachments = false;           // supportsAttachments
  bool conference = false;            // conferenceDataVersion=1
  bool labels = false;   // eventLabelVersion=1: eventLabelId is written, colorId is not
  bool import = false;   // an imported copy is imported again: the organizer's changes are accepted
  bool loading = false;  // a world is loaded: no mails, no copies, no checks of what people may do
};

}  // namespace emulator
