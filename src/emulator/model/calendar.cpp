#include "src/emulator/model/calendar.hpp"

#include "src/common/base/bytes.hpp"

namespace emulator {

int role_rank(std::string_view role) {
  if (role == "owner") return 5;
  if (role == "writer") return 4;
  if (role == "writerWithoutPrivateAccess") return 3;
  if (role == "reader") return 2;
  return role == "freeBusyReader" ? 1 : 0;
}

std::string acl_rule_id(const std::string& type, const std::string& value) {
  return type == "default" ? type : type + ":" + value;
}

const std::string& Calendar::role_of(const std::string& email) const {
  static const std::string kNone;
  const std::string* best = &kNone;
  const std::size_t at = email.find('@');
  for (const std::string& id :
       {acl_rule_id("user", email),
        acl_rule_id("domain", at == std::string::npos ? "" : email.substr(at + 1)),
        std::string("default")})
    if (const auto found = acl.find(id);
        found != acl.end() && role_rank(found->second.role) > role_rank(*best))
      best = &found->second.role;
  return *best;
}

AclRule& Calendar::set_role(const std::string& type, const std::string& value,
                            const std::string& role, std::int64_t stamp_us) {
  AclRule& rule = acl[acl_rule_id(type, value)];
  rule = {type, value, role, stamp_us, ++last_acl_change};
  return rule;
}

std::string Calendar::etag() const {
  std::string text = std::to_string(stamp);
  return "\"p" + gcal::base::to_base32hex(gcal::base::as_bytes(text)).substr(0, 26) + "o\"";
}

StoredEvent* Calendar::find(std::string_view event_id) const {
  const auto found = events_.find(event_id);
  return found == events_.end() ? nullptr : found->get();
}

StoredEvent& Calendar::put(const Event& event) {
  StoredEvent* stored = find(event.id);
  if (!stored) {
    auto made = std::make_unique<StoredEvent>();
    stored = made.get();
    static_cast<EventHead&>(*stored) = event;
    stored->change = 0;
    events_.insert(std::move(made));
    if (event.series.empty())
      by_uid_.insert(stored);
    else
      exceptions_[event.series][event.original.at] = stored;
    if (std::string base_id = series_base_id(event.id); base_id != event.id)
      splits_[std::move(base_id)].push_back(stored);
  } else {
    const std::uint64_t change = stored->change;
    if (stored->series != event.series) reattach(*stored, event.series);
    static_cast<EventHead&>(*stored) = event;
    stored->change = change;
  }
  stored->recurring = event.is_series();
  stored->fields = event.fields.dump();
  stored->fields.shrink_to_fit();
  stored->cached_json.clear();
  return *stored;
}

void Calendar::restore(const Event& event) {
  StoredEvent& stored = put(event);
  stored.change = event.change;
  if (event.change != 0) changes_[event.change] = &stored;
}

void Calendar::append_to_changes(StoredEvent& event) {
  if (event.change != 0) changes_.erase(event.change);
  event.change = ++last_change_;
  changes_[event.change] = &event;
  event.cached_json.clear();
}

void Calendar::mark_changed(StoredEvent& event, std::int64_t stamp_us, bool shows_in_updated) {
  StoredEvent* root = event.series.empty() || event.orphan ? nullptr : find(event.series);
  if (!root) root = &event;
  const auto mark = [&](StoredEvent& one) {
    one.stamp = stamp_us;
    if (shows_in_updated) one.updated = stamp_us / 1000;
  };
  stamp = stamp_us;
  updated = stamp_us / 1000;
  mark(*root);
  append_to_changes(*root);
  if (root->series.empty()) {
    const auto found = exceptions_.find(root->id);
    if (found == exceptions_.end()) return;
    for (auto& [original, exception] : found->second) {
      if (exception->orphan) continue;  // listed without the series
      mark(*exception);
      exception->cached_json.clear();
      if (!root->cancelled) {
        append_to_changes(*exception);
      } else if (exception->change != 0) {
        // A deleted series is one tombstone: its exceptions are not listed.
        changes_.erase(exception->change);
        exception->change = 0;
      }
    }
  }
}

void Calendar::reattach(StoredEvent& exception, const std::string& series_id) {
  if (const auto found = exceptions_.find(exception.series); found != exceptions_.end())
    found->second.erase(exception.original.at);
  exception.series = series_id;
  exception.cached_json.clear();
  exceptions_[series_id][exception.original.at] = &exception;
}

std::vector<StoredEvent*> Calendar::exceptions_of(const std::string& series_id) const {
  std::vector<StoredEvent*> result;
  if (const auto found = exceptions_.find(series_id); found != exceptions_.end())
    for (const auto& [original, event] : found->second) result.push_back(event);
  return result;
}

const StoredEvent* Calendar::exception_at(const std::string& series_id, SysSeconds original) const {
  const auto found = exceptions_.find(series_id);
  if (found == exceptions_.end()) return nullptr;
  const auto at = found->second.find(original);
  return at == found->second.end() ? nullptr : at->second;
}

StoredEvent* Calendar::find_by_ical_uid(std::string_view ical_uid) const {
  const auto found = by_uid_.find(ical_uid);
  return found == by_uid_.end() ? nullptr : *found;
}

std::vector<StoredEvent*> Calendar::series_parts(const std::string& base_id) const {
  std::vector<StoredEvent*> result;
  if (StoredEvent* event = find(base_id)) result.push_back(event);
  if (const auto found = splits_.find(base_id); found != splits_.end())
    result.insert(result.end(), found->second.begin(), found->second.end());
  return result;
}

const std::string& owner_json(const Calendar& calendar, const StoredEvent& event) {
  if (event.cached_json.empty())
    event.cache_json(render(event.event(), {calendar.id, calendar.zone, calendar.zone, 0, false}));
  return event.cached_json;
}

bool is_masked_for(const std::string& role, const Event& event) {
  if (role == "freeBusyReader") return true;
  const std::string& visibility = event.fields.string("visibility");
  return (role == "reader" || role == "writerWithoutPrivateAccess") &&
         (visibility == "private" || visibility == "confidential");
}

}  // namespace emulator
