#include "src/emulator/model/google_model.hpp"

#include <algorithm>
#include <array>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace emulator {
namespace base = gcal::base;
using gcal::icalendar::lower;

GoogleModel::GoogleModel(base::Clock& clock, base::Random& random)
    : clock_(clock), random_(random) {}

void GoogleModel::set_behaviour(const Behaviour& behaviour) {
  behaviour_ = behaviour;
  for (auto& [id, calendar] : calendars_) calendar->expansion = behaviour.expansion();
}

std::int64_t GoogleModel::next_stamp() {
  last_stamp_ = std::max(last_stamp_ + 1, now_ms() * 1000);
  return last_stamp_;
}

Account& GoogleModel::add_account(const std::string& address, const std::string& name,
                                  const std::string& zone) {
  const std::string email = lower(address);
  if (Account* known = account(email)) {
    if (!name.empty()) known->name = name;
    return *known;
  }
  Account& added = accounts_[email];
  added.email = email;
  added.name = name.empty() ? email.substr(0, email.find('@')) : name;
  std::string digits = "1";
  for (int i = 0; i < 20; ++i) digits += static_cast<char>('0' + random_.below(10));
  added.sub = digits;
  Calendar& primary = add_calendar(email, email, email, zone);
  subscribe(added, primary, "owner", true);
  return added;
}

Account* GoogleModel::account(const std::string& email) {
  const auto found = accounts_.find(lower(email));
  return found == accounts_.end() ? nullptr : &found->second;
}

Calendar* GoogleModel::find_calendar(const std::string& calendar_id) {
  const auto found = calendars_.find(calendar_id);
  return found == calendars_.end() || found->second->deleted ? nullptr : found->second.get();
}

std::string GoogleModel::new_calendar_id() {
  std::array<std::uint8_t, 32> bytes{};
  random_.fill(bytes);
  return "c_" + base::to_hex(bytes) + "@group.calendar.google.com";
}

Calendar& GoogleModel::add_calendar(const std::string& owner, const std::string& calendar_id,
                                    const std::string& summary, const std::string& zone) {
  auto calendar = std::make_unique<Calendar>();
  calendar->id = calendar_id;
  calendar->summary = summary;
  calendar->owner = owner;
  calendar->zone = known_zone(zone) ? zone : "UTC";
  calendar->expansion = behaviour_.expansion();
  calendar->stamp = next_stamp();
  calendar->updated = calendar->stamp / 1000;
  return *(calendars_[calendar_id] = std::move(calendar));
}

void GoogleModel::subscribe(Account& account, Calendar& calendar, const std::string& role,
                            bool primary) {
  calendar.set_role("user", account.email, role, next_stamp());
  ListEntry& entry = account.list[calendar.id];
  entry.calendar_id = calendar.id;
  entry.primary = primary;
  entry.deleted = false;
  if (primary) {
    entry.default_reminders = Json::array({Json::object({{"method", "popup"}, {"minutes", 30}})});
    entry.notifications = Json::array();
    for (const char* type : {"eventCreation", "eventChange", "eventCancellation", "eventResponse"})
      entry.notifications.push(Json::object({{"type", type}, {"method", "email"}}));
  } else if (entry.change == 0) {
    entry.color_id = std::to_string(1 + random_.below(24));
  }
  mark_entry_changed(account, entry);
}

Outcome<Calendar*> GoogleModel::calendar(const std::string& email, const std::string& calendar_id,
                                         std::string_view needed) {
  Calendar* found = find_calendar(calendar_id == "primary" ? email : calendar_id);
  if (!found) found = find_calendar(lower(calendar_id));
  if (!found || found->role_of(email).empty()) return not_found();
  if (role_rank(found->role_of(email)) < role_rank(needed))
    return Problem{403,
                   "calendar",
                   "requiredAccessLevel",
                   "You need to have " + std::string(needed) + " access to this calendar.",
                   {},
                   {}};
  return found;
}

void GoogleModel::expire_sync_tokens(const std::string& calendar_id) {
  for (auto& [id, calendar] : calendars_)
    if (calendar_id.empty() || id == calendar_id) ++calendar->token_generation;
  if (calendar_id.empty())
    for (auto& [email, account] : accounts_) ++account.token_generation;
}

}  // namespace emulator
