#include "tests/emulator/model/calendar.hpp"

#include "src/base/bytes.hpp"

namespace emulator {

int rank(std::string_view role) {
  if (role == "owner") return 5;
  if (role == "writer") return 4;
  if (role == "writerWithoutPrivateAccess") return 3;
  if (role == "reader") return 2;
  return role == "freeBusyReader" ? 1 : 0;
}

std::string acl_rule_id(const std::string& type, const std::string& value) { return type == "default" ? type : type + ":" + value; }

const std::string& Calendar::role_of(const std::string& email) const {
  static const std::string kNone;
  const std::string* best = &kNone;
  const std::size_t at = email.find('@');
  for (const std::string& id :
       {acl_rule_id("user", email), acl_rule_id("domain", at == std::string::npos ? "" : email.substr(at + 1)), std::string("default")})
    if (const auto found = acl.find(id); found != acl.end() && rank(found->second.role) > rank(*best)) best = &found->second.role;
  return *best;
}

AclRule& Calendar::set_role(const std::string& type, const std::string& value, const std::string& role, std::int64_t stamp_us) {
  AclRule& rule = acl[acl_rule_id(type, value)];
  rule = {type, value, role, stamp_us, ++last_acl_change};
  return rule;
}

std::string Calendar::etag() const {
  std::string text = std::to_string(stamp);
  return "\"p" + gcal::base::to_base32hex(gcal::base::as_bytes(text)).substr(0, 26) + "o\"";
}

Event* Calendar::find(const std::string& event_id) {
  const auto found = events_.find(event_id);
  return found == events_.end() ? nullptr : found->second.get();
}

Event& Calendar::put(Event event) {
  event.rendered.clear();
  std::unique_ptr<Event>& slot = events_[event.id];
  if (slot) {
    event.change = slot->change;
    *slot = std::move(event);
    return *slot;
  }
  event.change = 0;
  slot = std::make_unique<Event>(std::move(event));
  by_uid_[slot->ical_uid].push_back(slot.get());
  if (!slot->series.empty()) exceptions_[slot->series][slot->original.at] = slot.get();
  if (const std::size_t at = slot->id.rfind("_R"); at != std::string::npos && at > 0) splits_[slot->id.substr(0, at)].push_back(slot.get());
  return *slot;
}

void Calendar::restore(Event event) {
  const std::uint64_t change = event.change;
  Event& stored = put(std::move(event));
  stored.change = change;
  if (change != 0) changes_[change] = &stored;
}

void Calendar::place(Event& event) {
  if (event.change != 0) changes_.erase(event.change);
  event.change = ++last_change_;
  changes_[event.change] = &event;
  event.rendered.clear();
}

void Calendar::touch(Event& event, std::int64_t stamp_us, bool shows_in_updated) {
  Event* root = event.series.empty() ? nullptr : find(event.series);
  if (!root) root = &event;
  const auto mark = [&](Event& one) {
    one.stamp = stamp_us;
    if (shows_in_updated) one.updated = stamp_us / 1000;
  };
  stamp = stamp_us;
  updated = stamp_us / 1000;
  mark(*root);
  place(*root);
  if (root->series.empty()) {
    const auto found = exceptions_.find(root->id);
    if (found == exceptions_.end()) return;
    for (auto& [original, exception] : found->second) {
      mark(*exception);
      exception->rendered.clear();
      if (!root->cancelled) {
        place(*exception);
      } else if (exception->change != 0) {  // a deleted series is one tombstone: its exceptions are not listed
        changes_.erase(exception->change);
        exception->change = 0;
      }
    }
  }
}

void Calendar::reattach(Event& exception, const std::string& series_id) {
  if (const auto found = exceptions_.find(exception.series); found != exceptions_.end()) found->second.erase(exception.original.at);
  exception.series = series_id;
  exception.rendered.clear();
  exceptions_[series_id][exception.original.at] = &exception;
}

std::vector<Event*> Calendar::exceptions_of(const std::string& series_id) const {
  std::vector<Event*> result;
  if (const auto found = exceptions_.find(series_id); found != exceptions_.end())
    for (const auto& [original, event] : found->second) result.push_back(event);
  return result;
}

const Event* Calendar::exception_at(const std::string& series_id, Seconds original) const {
  const auto found = exceptions_.find(series_id);
  if (found == exceptions_.end()) return nullptr;
  const auto at = found->second.find(original);
  return at == found->second.end() ? nullptr : at->second;
}

std::vector<Event*> Calendar::with_uid(const std::string& ical_uid) const {
  const auto found = by_uid_.find(ical_uid);
  return found == by_uid_.end() ? std::vector<Event*>{} : found->second;
}

std::vector<Event*> Calendar::series_named(const std::string& prefix) {
  std::vector<Event*> result;
  if (Event* event = find(prefix)) result.push_back(event);
  if (const auto found = splits_.find(prefix); found != splits_.end()) result.insert(result.end(), found->second.begin(), found->second.end());
  return result;
}

}  // namespace emulator
