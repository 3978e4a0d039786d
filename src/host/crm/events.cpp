// The storage half of Events: rows, links, permissions, and what people do (create, edit, erase,
// move, undo).
#include "src/host/crm/events.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "src/common/base/id.hpp"
#include "src/host/crm/event_rows.hpp"
#include "src/hosting/services/feed.hpp"

namespace host {
namespace {

constexpr auto kUndoLife = std::chrono::seconds(60);
constexpr std::size_t kCacheSize = 20'000, kUndoCount = 10'000;

Error stale() {
  return {Code::conflict, "the appointment was changed meanwhile: look at it again", {}};
}
Error no_event() {
  return {Code::not_found, "there is no such appointment", {}};
}

// Addresses of guests that may belong to leads and contacts: not rooms, not the calendar's own
// account, not its owner.
std::set<std::string> guest_addresses(const EventView& view) {
  std::set<std::string> out;
  const auto add = [&](const EventFields& fields) {
    for (const Guest& guest : fields.guests) {
      if (guest.resource || guest.self) continue;
      if (std::string address = normalised_address(guest.email); !address.empty())
        out.insert(std::move(address));
    }
  };
  add(view.master);
  for (const auto& [original, exception] : view.exceptions) {
    if (!exception.cancelled) add(exception.fields);
  }
  return out;
}

}  // namespace

Permission permission_of(std::string_view viewer, const Calendar& calendar, const EventView& view) {
  if (calendar.user != viewer) return {false, "event.read_only.other_user"};
  if (calendar.own || calendar.state == "gone") return {true, ""};
  if (!calendar.writable()) return {false, "event.read_only.calendar"};
  if (view.type != "default" && view.type != "focus_time" && view.type != "out_of_office")
    return {false, "event.read_only.type"};
  if (view.locked) return {false, "event.read_only.locked"};
  if (!view.organized_by_self && !view.guests_can_modify)
    return {false, "event.read_only.not_organizer"};
  return {true, ""};
}

bool plugin_may_know(Connection& c, std::string_view plugin, const Calendar& calendar) {
  if (!calendar.own) return calendar.plugin == plugin;
  const auto connected = c.integer("SELECT 1 FROM accounts WHERE plugin=?1 AND user=?2 LIMIT 1",
                                   plugin, calendar.user);
  return connected && connected->has_value();
}

// A set-up that is under way looks at the user's own appointments too, for its preview; it may not
// write them before there is an account.
bool plugin_may_read(Connection& c, std::string_view plugin, const Calendar& calendar) {
  if (plugin_may_know(c, plugin, calendar)) return true;
  if (!calendar.own) return false;
  const auto under_way = c.integer(
      "SELECT 1 FROM flows WHERE plugin=?1 AND user=?2 AND kind='setup' AND "
      "coalesce(json_extract(step, '$.type'), '') NOT IN ('finish', 'abort') LIMIT 1",
      plugin, calendar.user);
  return under_way && under_way->has_value();
}

Result<LinkedRecords> records_of_event(Connection& c, std::int64_t row) {
  LinkedRecords records;
  TRY_VOID(c.each(
      "SELECT record, kind FROM event_records WHERE event=?1 ORDER BY record",
      [&](const Row& r) {
        (r.integer(1) == 0 ? records.leads : records.contacts).push_back(r.text(0));
      },
      row));
  return records;
}

Events::Events(Database& database, ChangeBus& bus, Calendars& calendars, Records& records,
               const gcal::base::Clock& clock, gcal::base::Random& random)
    : database_(database),
      bus_(bus),
      calendars_(calendars),
      records_(records),
      clock_(clock),
      random_(random) {}

Events::~Events() = default;

std::string Events::new_revision(std::int64_t seq) {
  char text[48];  // the random half keeps it unique even after a backup was restored and seq counts
                  // again
  std::snprintf(text, sizeof text, "%lld-%016llx", static_cast<long long>(seq),
                static_cast<unsigned long long>(random_.next()));
  return text;
}

Result<std::shared_ptr<const Events::Parsed>> Events::parsed(std::string_view id,
                                                             std::string_view revision,
                                                             std::string_view json) const {
  const std::string key(revision);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = cache_.find(key); found != cache_.end()) return found->second;
  }
  TRY(Json event, Json::parse(json));
  auto view = view_of(event);
  if (!view)
    return Error{
        Code::internal,
        "the stored appointment " + std::string(id) + " is damaged: " + view.error().message,
        {}};
  auto result = std::make_shared<const Parsed>(Parsed{std::move(event), *std::move(view)});
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= kCacheSize) cache_.clear();
  cache_.emplace(key, result);
  return std::shared_ptr<const Parsed>(std::move(result));
}

Result<std::optional<Events::Stored>> Events::load(Connection& c, std::string_view id) const {
  std::optional<Stored> stored;
  std::string calendar;
  TRY_VOID(c.each(
      "SELECT row, id, revision, event, calendar FROM events WHERE id=?1",
      [&](const Row& row) {
        stored.emplace();
        stored->row = row.integer(0);
        stored->id = row.text(1);
        stored->revision = row.text(2);
        stored->json = row.text(3);
        calendar = row.text(4);
      },
      id));
  if (!stored) return stored;
  TRY(stored->calendar, one_calendar(c, calendar));
  TRY(stored->parsed, parsed(stored->id, stored->revision, stored->json));
  return stored;
}

Result<LinkedRecords> Events::link_by_address(Connection& c, const Calendar& calendar,
                                              const EventView& view) const {
  std::set<std::string> addresses = guest_addresses(view), leads, contacts;
  TRY(const auto own_address, c.text("SELECT email FROM users WHERE id=?1", calendar.user));
  addresses.erase(own_address.value_or(""));
  for (const auto& address : addresses) {
    TRY_VOID(c.each(
        "SELECT r.id, r.kind FROM record_addresses a JOIN records r ON r.id=a.record WHERE "
        "a.address=?1",
        [&](const Row& row) { (row.integer(1) == 0 ? leads : contacts).insert(row.text(0)); },
        address));
  }
  return LinkedRecords{{leads.begin(), leads.end()}, {contacts.begin(), contacts.end()}};
}

Result<> Events::write_links(Connection& c, std::int64_t row, const LinkedRecords& records) {
  TRY_VOID(c.run("DELETE FROM event_records WHERE event=?1", row));
  // Only records that exist: one may have been deleted since the plugin looked.
  constexpr std::string_view kInsert =
      "INSERT OR IGNORE INTO event_records(event, record, kind) SELECT ?1, id, kind FROM records "
      "WHERE id=?2 AND kind=?3";
  for (const auto& id : records.leads)
    TRY_VOID(c.run(kInsert, row, id, static_cast<int>(RecordKind::lead)));
  for (const auto& id : records.contacts)
    TRY_VOID(c.run(kInsert, row, id, static_cast<int>(RecordKind::contact)));
  return {};
}

void Events::announce(Connection& c, const Calendar& calendar, std::string_view id,
                      std::string_view origin) {
  c.after_commit([this, change = Change{.kind = Change::Kind::event,
                                        .user = calendar.user,
                                        .plugin = calendar.plugin,
                                        .calendar = calendar.id,
                                        .id = std::string(id),
                                        .origin = std::string(origin)}] { bus_.publish(change); });
}

Result<std::string> Events::store(Connection& c, const Calendar& calendar, std::string_view id,
                                  const Json& event, const EventView& view,
                                  const std::optional<LinkedRecords>& records, const Stored* before,
                                  std::string_view origin) {
  TRY(const std::int64_t seq, next_seq(c));
  const std::string revision = new_revision(seq);
  const Span span = span_of(view);
  const std::int64_t first = span.first.time_since_epoch().count();
  std::optional<std::int64_t> last;  // no ternary: GCC 12 then warns of an uninitialised value
  if (span.last) last.emplace(span.last->time_since_epoch().count());
  std::int64_t row = 0;
  if (before) {
    row = before->row;
    TRY_VOID(
        c.run("UPDATE events SET calendar=?2, seq=?3, revision=?4, event=?5, first_start=?6, "
              "last_end=?7 WHERE row=?1",
              row, calendar.id, seq, revision, event.dump(), first, last));
    TRY_VOID(c.run("DELETE FROM event_guests WHERE event=?1", row));
  } else {
    TRY_VOID(
        c.run("INSERT INTO events(id, calendar, seq, revision, event, first_start, last_end) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
              id, calendar.id, seq, revision, event.dump(), first, last));
    row = c.last_row_id();
  }
  TRY_VOID(c.run("DELETE FROM tombstones WHERE calendar=?1 AND event=?2", calendar.id, id));
  for (const auto& address : guest_addresses(view))
    TRY_VOID(c.run("INSERT INTO event_guests VALUES (?1, ?2)", row, address));
  if (records) TRY_VOID(write_links(c, row, *records));
  announce(c, calendar, id, origin);
  return revision;
}

Result<> Events::bury(Connection& c, const Stored& stored, std::string_view moved_to) {
  TRY(const std::int64_t seq, next_seq(c));
  return c.run(
      "INSERT INTO tombstones VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(calendar, event) DO UPDATE "
      "SET seq=excluded.seq, moved_to=excluded.moved_to, at=excluded.at",
      stored.calendar.id, stored.id, seq, moved_to, clock_.now().time_since_epoch().count());
}

Result<> Events::remove(Connection& c, const Stored& stored, std::string_view origin) {
  TRY_VOID(bury(c, stored, ""));
  TRY_VOID(c.run("DELETE FROM events WHERE row=?1", stored.row));
  announce(c, stored.calendar, stored.id, origin);
  return {};
}

Result<std::string> Events::relocate(Connection& c, const Stored& stored, const Calendar& target,
                                     std::string_view origin) {
  TRY_VOID(bury(c, stored, target.id));
  TRY(const std::string revision, store(c, target, stored.id, stored.parsed->event,
                                        stored.parsed->view, std::nullopt, &stored, origin));
  announce(c, stored.calendar, stored.id, origin);
  return revision;
}

Result<Events::Stored> Events::load_for_edit(Connection& c, std::string_view viewer,
                                             std::string_view id, std::string_view if_revision,
                                             bool erasing) const {
  TRY(auto stored, load(c, id));
  if (!stored) return no_event();
  if (stored->calendar.user != viewer && stored->calendar.state == "hidden") return no_event();
  const Permission permission = permission_of(viewer, stored->calendar, stored->parsed->view);
  // A guest may always take a meeting out of his own calendar.
  const bool may_erase = erasing && stored->calendar.user == viewer && stored->calendar.writable();
  if (!permission.editable && !may_erase) return Error{Code::denied, permission.reason, {}};
  if (stored->revision != if_revision) return stale();
  return *std::move(stored);
}

std::string Events::remember_undo(Undo undo) {
  const std::string token = gcal::base::new_id(random_);
  const auto now = clock_.monotonic();
  undo.expires = now + std::chrono::duration_cast<gcal::base::Milliseconds>(kUndoLife);
  const std::lock_guard lock(mutex_);
  std::erase_if(undo_, [&](const auto& entry) { return entry.second->expires < now; });
  if (undo_.size() >= kUndoCount) undo_.clear();
  undo_.emplace(token, std::make_shared<Undo>(std::move(undo)));
  return token;
}

Result<Saved> Events::create(std::string_view viewer, std::string_view calendar_id,
                             const Json& document) {
  Json event = document;
  event.erase("facts");  // they come from an organiser's system, never from a page
  TRY(const EventView view, view_of(event));
  Calendar calendar;
  if (calendar_id.empty()) {
    TRY(calendar, calendars_.default_of(viewer));
  }
  Undo undo{std::string(viewer), {}, {}};
  TRY(Saved saved, database_.write([&](Connection& c) -> Result<Saved> {
    if (!calendar_id.empty()) {
      TRY(calendar, one_calendar(c, calendar_id));
    }
    if (calendar.user != viewer) return Error{Code::not_found, "there is no such calendar", {}};
    if (!calendar.writable() || calendar.state == "gone")
      return Error{Code::denied, "event.read_only.calendar", {}};
    Saved result;
    result.id = gcal::base::new_id(random_);
    TRY(const LinkedRecords records, link_by_address(c, calendar, view));
    TRY(result.revision, store(c, calendar, result.id, event, view, records, nullptr, ""));
    return result;
  }));
  undo.steps.push_back({saved.id, calendar.id, std::nullopt, saved.revision});
  saved.undo = remember_undo(std::move(undo));
  return saved;
}

Result<Saved> Events::replace(std::string_view viewer, std::string_view id,
                              std::string_view if_revision, bool erasing,
                              const std::function<Result<Edited>(const Json&)>& change) {
  Undo undo{std::string(viewer), {}, {}};
  TRY(Saved saved, database_.write([&](Connection& c) -> Result<Saved> {
    TRY(const Stored stored, load_for_edit(c, viewer, id, if_revision, erasing));
    TRY(const Edited edited, change(stored.parsed->event));
    Saved result;
    result.id = stored.id;
    if (edited.event) {
      TRY(const EventView view, view_of(*edited.event));
      TRY(const LinkedRecords records, link_by_address(c, stored.calendar, view));
      TRY(result.revision,
          store(c, stored.calendar, stored.id, *edited.event, view, records, &stored, ""));
    } else {
      TRY_VOID(remove(c, stored, ""));
    }
    undo.steps.push_back({stored.id, stored.calendar.id, stored.parsed->event, result.revision});
    if (edited.new_event) {
      TRY(const EventView view, view_of(*edited.new_event));
      TRY(const LinkedRecords records, link_by_address(c, stored.calendar, view));
      result.new_id = gcal::base::new_id(random_);
      TRY(const std::string revision,
          store(c, stored.calendar, result.new_id, *edited.new_event, view, records, nullptr, ""));
      undo.steps.push_back({result.new_id, stored.calendar.id, std::nullopt, revision});
    }
    return result;
  }));
  saved.undo = remember_undo(std::move(undo));
  return saved;
}

Result<Saved> Events::edit(std::string_view viewer, std::string_view id,
                           std::string_view if_revision, Scope scope,
                           const std::optional<EventTime>& original_start, const Json& changes) {
  return replace(viewer, id, if_revision, false, [&](const Json& event) {
    return edit_event(event, scope, original_start, changes);
  });
}

Result<Saved> Events::erase(std::string_view viewer, std::string_view id,
                            std::string_view if_revision, Scope scope,
                            const std::optional<EventTime>& original_start) {
  return replace(viewer, id, if_revision, true, [&](const Json& event) {
    return erase_occurrences(event, scope, original_start);
  });
}

Result<Saved> Events::move(std::string_view viewer, std::string_view id,
                           std::string_view if_revision, std::string_view calendar) {
  return database_.write([&](Connection& c) -> Result<Saved> {
    TRY(const Stored stored, load_for_edit(c, viewer, id, if_revision, false));
    TRY(const Calendar target, one_calendar(c, calendar));
    if (target.user != viewer) return Error{Code::not_found, "there is no such calendar", {}};
    if (!target.writable() || target.state == "gone")
      return Error{Code::denied, "event.read_only.calendar", {}};
    Saved saved;
    saved.id = stored.id;
    saved.revision = stored.revision;
    if (target.id == stored.calendar.id) return saved;
    TRY(saved.revision, relocate(c, stored, target, ""));
    return saved;
  });
}

Result<Saved> Events::undo(std::string_view viewer, std::string_view token) {
  std::shared_ptr<Undo> undo;
  {
    const std::lock_guard lock(mutex_);
    const auto found = undo_.find(std::string(token));
    if (found != undo_.end() && found->second->viewer == viewer) {
      undo = found->second;
      undo_.erase(found);
    }
  }
  if (!undo || undo->expires < clock_.monotonic())
    return Error{Code::gone, "it is too late to take this back", {}};
  return database_.write([&](Connection& c) -> Result<Saved> {
    Saved saved;
    for (const Undo::Step& step : undo->steps) {
      TRY(const auto stored, load(c, step.id));
      const std::string now = stored ? stored->revision : std::string();
      if (now != step.after_revision) return stale();
      if (!step.before) {
        TRY_VOID(remove(c, *stored, ""));
        continue;
      }
      Json event = *step.before;
      // What was erased may be gone on the other side already, so it comes back as an appointment
      // of its own.
      if (!stored) forget_identity(event);
      TRY(const EventView view, view_of(event));
      TRY(const Calendar calendar, one_calendar(c, step.calendar));
      TRY(const LinkedRecords records, link_by_address(c, calendar, view));
      const std::string id = stored ? stored->id : gcal::base::new_id(random_);
      TRY(const std::string revision,
          store(c, calendar, id, event, view, records, stored ? &*stored : nullptr, ""));
      if (saved.id.empty()) saved.id = id, saved.revision = revision;
    }
    return saved;
  });
}

}  // namespace host
