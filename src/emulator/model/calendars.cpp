// The calendars resource of the model.
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/model/guests.hpp"
#include "src/emulator/model/labels.hpp"

namespace emulator {

Json GoogleModel::calendar_json(const Calendar& calendar) const {
  Json out = Json::object({{"kind", "calendar#calendar"},
                           {"etag", calendar.etag()},
                           {"id", calendar.id},
                           {"summary", calendar.summary}});
  if (!calendar.description.empty()) out.set("description", calendar.description);
  if (!calendar.location.empty()) out.set("location", calendar.location);
  out.set("timeZone", calendar.zone);
  out.set("conferenceProperties",
          Json::object({{"allowedConferenceSolutionTypes", Json::array({"hangoutsMeet"})}}));
  if (!calendar.owner.empty()) out.set("dataOwner", calendar.owner);
  if (!calendar.labels.items().empty())
    out.set("labelProperties", Json::object({{"eventLabels", calendar.labels}}));
  return out;
}

Outcome<Json> GoogleModel::insert_calendar(const std::string& email, const Json& body) {
  Account* owner = account(email);
  if (!owner) return not_a_calendar_user();
  if (body.string("summary").empty()) return bad_request("required", "Required");
  std::string zone = body.string("timeZone");
  if (!zone.empty() && !known_zone(zone)) return bad_request("invalid", "Invalid time zone.");
  if (zone.empty()) zone = find_calendar(email)->zone;
  Json labels = Json::array();
  if (body.contains("labelProperties")) {
    TRY(labels, read_labels(body["labelProperties"], random_));
  }
  Calendar& calendar = add_calendar(email, new_calendar_id(), body.string("summary"), zone);
  calendar.description = body.string("description");
  calendar.location = body.string("location");
  calendar.labels = std::move(labels);
  subscribe(*owner, calendar, "owner", false);
  ++writes_;
  return calendar_json(calendar);
}

Outcome<Json> GoogleModel::patch_calendar(const std::string& email, const std::string& calendar_id,
                                          const Json& body, bool replace) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const std::string& zone = body.string("timeZone");
  if (!zone.empty() && !known_zone(zone)) return bad_request("invalid", "Invalid time zone.");
  if (replace && body.string("summary").empty()) return bad_request("required", "Required");
  if (body.contains("labelProperties")) {  // without them even an update keeps them
    TRY(target->labels, read_labels(body["labelProperties"], random_));
  }
  if (body.contains("summary") && !body.string("summary").empty())
    target->summary = body.string("summary");
  if (replace || body.contains("description")) target->description = body.string("description");
  if (replace || body.contains("location")) target->location = body.string("location");
  if (!zone.empty() && zone != target->zone) target->change_zone(zone);
  target->stamp = next_stamp();
  target->updated = target->stamp / 1000;
  ++writes_;
  return calendar_json(*target);
}

Outcome<> GoogleModel::transfer_calendar(const std::string& email, const std::string& calendar_id,
                                         const std::string& new_owner) {
  const Account* caller = account(email);
  if (!caller || !caller->admin)
    return Problem{
        403,
        "global",
        "forbidden",
        "The caller must be a Workspace administrator with the Manage Calendars privilege.",
        {},
        {}};
  Calendar* target = find_calendar(calendar_id == "primary" ? email : calendar_id);
  if (!target) return not_found();
  if (accounts_.contains(target->id))
    return bad_request("invalid", "A primary calendar cannot be transferred.", "calendar");
  Account* owner = account(new_owner);
  if (!owner) return invalid_parameter("newDataOwner", "Invalid new data owner.");
  target->owner = owner->email;
  subscribe(*owner, *target, "owner", false);
  target->stamp = next_stamp();
  target->updated = target->stamp / 1000;
  ++writes_;
  return Done{};
}

Outcome<> GoogleModel::delete_calendar(const std::string& email, const std::string& calendar_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  if (accounts_.contains(target->id))
    return bad_request("cannotDeletePrimaryCalendar", "Cannot delete a primary calendar.",
                       "calendar");
  const std::string id = target->id;
  target->deleted = true;
  ++writes_;
  for (auto& [address, holder] : accounts_)
    if (const auto entry = holder.list.find(id); entry != holder.list.end()) {
      entry->second.deleted = true;
      mark_entry_changed(holder, entry->second);
    }
  if (on_change) on_change(id, "");
  return Done{};
}

Outcome<> GoogleModel::clear_calendar(const std::string& email, const std::string& calendar_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  if (!accounts_.contains(target->id))
    return bad_request("invalid", "Only a primary calendar can be cleared.");
  std::vector<Event> living;
  for (const auto& [change, event] : target->changes())
    if (!event->cancelled &&
        (event->series.empty() || event->orphan || !target->find(event->series)))
      living.push_back(event->event());
  for (const Event& before : living) {
    Event event = before;
    Guests(*this).mark_deleted(*target, event);
    ++writes_;
    propagate(email, *target, commit(*target, std::move(event), &before), &before, {});
  }
  if (on_change) on_change(target->id, "");
  return Done{};
}

}  // namespace emulator
