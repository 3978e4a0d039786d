// Builders of Calendar API answers for the tests of this folder: event resources, pages of
// events.list, error bodies. Pure.
#pragma once

#include <string>
#include <utility>

#include "src/common/base/json.hpp"

namespace gcal::google {

using base::Json;

inline Json with_members(Json json, Json::Object members) {
  for (auto& [name, value] : members) json.set(name, std::move(value));
  return json;
}

// An event of one hour at 10:00 UTC, with further or replaced members.
inline Json event_json(const std::string& id, Json::Object members = {},
                       const std::string& day = "2025-03-24") {
  const auto time = [&day](const char* clock) {
    return Json::object({{"dateTime", day + clock}, {"timeZone", "UTC"}});
  };
  Json event = Json::object({{"kind", "calendar#event"},
                             {"etag", "\"1\""},
                             {"id", id},
                             {"iCalUID", id + "@google.com"},
                             {"summary", "s"},
                             {"start", time("T10:00:00Z")},
                             {"end", time("T11:00:00Z")}});
  return with_members(std::move(event), std::move(members));
}

// The master of a series with this rule.
inline Json master_json(const std::string& id,
                        const std::string& rule = "RRULE:FREQ=DAILY;COUNT=5") {
  return event_json(id, {{"recurrence", Json::array({rule})}});
}

// The instance of a series on `day`, with further or replaced members.
inline Json instance_json(const std::string& series, const std::string& day,
                          Json::Object members = {}) {
  const std::string compact = day.substr(0, 4) + day.substr(5, 2) + day.substr(8, 2);
  Json instance =
      event_json(series + "_" + compact + "T100000Z",
                 {{"recurringEventId", series},
                  {"originalStartTime", Json::object({{"dateTime", day + "T10:00:00Z"}})}},
                 day);
  return with_members(std::move(instance), std::move(members));
}

inline Json cancelled_instance_json(const std::string& series, const std::string& day) {
  return Json::object({{"etag", "\"2\""},
                       {"status", "cancelled"},
                       {"id", series + "_x" + day},
                       {"recurringEventId", series},
                       {"originalStartTime", Json::object({{"dateTime", day + "T10:00:00Z"}})}});
}

// A deleted event, as events.list reports it.
inline Json cancelled_json(const std::string& id) {
  return Json::object({{"id", id}, {"status", "cancelled"}});
}

// The private extended property with which the plugin marks its own events.
inline Json link_property(const std::string& link_id) {
  return Json::object({{"private", Json::object({{"crm_link", link_id}})}});
}

// A page of events.list that is followed by another one.
inline std::string page_with_next(Json::Array items, const std::string& page_token) {
  return Json::object({{"kind", "calendar#events"},
                       {"timeZone", "UTC"},
                       {"items", Json::array(std::move(items))},
                       {"nextPageToken", page_token}})
      .dump();
}

// The last page of events.list.
inline std::string last_page(Json::Array items, const std::string& sync_token) {
  return Json::object({{"kind", "calendar#events"},
                       {"timeZone", "UTC"},
                       {"items", Json::array(std::move(items))},
                       {"nextSyncToken", sync_token}})
      .dump();
}

// {"error": {"errors": [{"reason": ...}]}}
inline std::string error_body(const std::string& reason) {
  const Json one = Json::object({{"reason", reason}});
  return Json::object({{"error", Json::object({{"errors", Json::array({one})}})}}).dump();
}

}  // namespace gcal::google
