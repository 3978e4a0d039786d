#include "src/emulator/model/calendar.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"

namespace emulator {
namespace {

// The range of time in which a list with a window may show the event.
Span span_of(const EventHead& event, const std::vector<std::string>& lines,
             const std::string& zone) {
  if (event.cancelled && !event.series.empty()) {
    const std::int64_t original = event.original.at.time_since_epoch().count();
    return {original, original};
  }
  return {first_start(lines, event.start, zone), event.last_end};
}

void settle_date(EventTime& time, const std::string& zone) {
  if (time.all_day) time.at = midnight(time.date, zone);
}

// Where the calendar's rule puts the exception, also when it is the copy of another calendar's.
SysSeconds original_start(const Event& exception, const std::string& zone) {
  EventTime original = exception.original;
  settle_date(original, zone);
  return original.at;
}

}  // namespace

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
      exceptions_[event.series][original_start(event, zone)] = stored;
    note_split(event.series.empty() ? event.id : event.series,
               event.series.empty() ? stored : nullptr);
  } else {
    remember_times(*stored, event);
    spans_.remove(stored->span, stored);
    const std::uint64_t change = stored->change;
    if (stored->series != event.series) reattach(*stored, event.series);
    static_cast<EventHead&>(*stored) = event;
    stored->change = change;
  }
  stored->recurring = event.is_series();
  settle(*stored, event.recurrence(), false);
  stored->fields = event.fields.dump();
  stored->fields.shrink_to_fit();
  stored->cached_json.clear();
  return *stored;
}

// Gives the event its place in time: dates begin at midnight in the zone of this calendar, also in
// the copy of another calendar's event. `lines` is its recurrence.
void Calendar::settle(StoredEvent& event, const std::vector<std::string>& lines,
                      bool zone_changed) {
  for (EventTime* time : {&event.start, &event.end, &event.original}) settle_date(*time, zone);
  if (event.start.all_day || zone_changed)
    event.last_end = last_end(lines, event.start, event.end, zone);
  event.span = span_of(event, lines, zone);
  spans_.add(event.span, &event);
}

void Calendar::note_split(const std::string& series_id, StoredEvent* part) {
  std::string base_id = series_base_id(series_id);
  if (base_id == series_id) return;
  std::vector<StoredEvent*>& parts = splits_[std::move(base_id)];
  if (part) parts.push_back(part);
}

void Calendar::change_zone(const std::string& new_zone) {
  zone = new_zone;
  for (const auto& stored : events_) {
    spans_.remove(stored->span, stored.get());
    settle(*stored, stored->is_series() ? stored->event().recurrence() : std::vector<std::string>{},
           true);
    stored->cached_json.clear();
  }
  for (auto& [series, exceptions] : exceptions_) {
    std::map<SysSeconds, StoredEvent*> settled;
    for (const auto& [original, event] : exceptions) settled[event->original.at] = event;
    exceptions = std::move(settled);
  }
  for (auto& [id, times] : former_times_)
    for (FormerTimes& former : times)
      for (EventTime* time : {&former.start, &former.end}) settle_date(*time, zone);
}

void Calendar::remember_times(const StoredEvent& before, const Event& after) {
  FormerTimes times = times_of(before);
  if (times.start == after.start && times.end == after.end &&
      times.recurrence == after.recurrence())
    return;
  times.until_change = last_change_ + 1;
  std::vector<FormerTimes>& known = former_times_[before.id];
  const auto same = std::find_if(known.begin(), known.end(), [&](const FormerTimes& earlier) {
    return earlier.start == times.start && earlier.end == times.end &&
           earlier.recurrence == times.recurrence;
  });
  if (same == known.end())
    known.push_back(std::move(times));
  else
    same->until_change = times.until_change;
}

std::span<const FormerTimes> Calendar::former_times_of(const std::string& event_id) const {
  const auto found = former_times_.find(event_id);
  return found == former_times_.end() ? std::span<const FormerTimes>{} : found->second;
}

void Calendar::restore(const Event& event, std::vector<FormerTimes> former_times) {
  StoredEvent& stored = put(event);
  stored.change = event.change;
  if (event.change != 0) changes_[event.change] = &stored;
  if (!former_times.empty()) former_times_[event.id] = std::move(former_times);
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
      if (exception->orphan) {
        // Listed without the series, but not before its tombstone, with which clients drop all
        // exceptions that they know.
        if (root->cancelled && !exception->cancelled) append_to_changes(*exception);
        continue;
      }
      mark(*exception);
      exception->cached_json.clear();
      // Clients may know an exception of one part of a split series as that of another.
      if (!root->cancelled || is_split(series_base_id(root->id))) {
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
  note_split(series_id, nullptr);
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
