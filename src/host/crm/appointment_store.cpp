#include "src/host/crm/appointment_store.hpp"

#include <cstdio>
#include <set>

#include "src/common/icalendar/address.hpp"
#include "src/host/crm/calendar_rows.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/hosting/services/connection_transaction.hpp"

namespace host {
namespace {

using hosting::AppointmentChange;
using hosting::ConnectionTransaction;
using hosting::RecordKind;

constexpr std::size_t kCacheSize = 20'000;
constexpr std::string_view kAddGuest =
    "INSERT INTO event_guests VALUES (?1, ?2) ON CONFLICT DO NOTHING";

// Addresses of people that may belong to leads and contacts: guests, organizer and creator, but no
// rooms, other calendars or the calendar's own account.
std::set<std::string> guest_addresses(const EventView& view) {
  std::set<std::string> out;
  const auto add = [&](const EventFields& fields) {
    for (const Guest& guest : fields.guests) {
      if (guest.resource || guest.self) continue;
      if (std::string address = gcal::icalendar::person_address(guest.email); !address.empty())
        out.insert(std::move(address));
    }
  };
  for (const Guest& one : view.hosts) out.insert(gcal::icalendar::normalised_address(one.email));
  add(view.master);
  for (const auto& [original, exception] : view.exceptions) {
    if (!exception.cancelled) add(exception.fields);
  }
  return out;
}

}  // namespace

Error no_appointment() {
  return {Code::not_found, "there is no such appointment", {}};
}

Error stale_revision() {
  return {Code::conflict, "the appointment was changed meanwhile: look at it again", {}};
}

// The random half keeps a revision unique also within a millisecond and when the clock is set back.
std::string AppointmentStore::new_revision() {
  char text[48];
  std::snprintf(text, sizeof text, "%lld-%016llx",
                static_cast<long long>(clock_.now().time_since_epoch().count()),
                static_cast<unsigned long long>(random_.next()));
  return text;
}

Result<std::shared_ptr<const ParsedAppointment>> AppointmentStore::parse(
    std::string_view id, std::string_view revision, std::string_view json) const {
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
  auto result = std::make_shared<const ParsedAppointment>(
      ParsedAppointment{std::move(event), *std::move(view)});
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= kCacheSize) cache_.clear();
  cache_.emplace(key, result);
  return std::shared_ptr<const ParsedAppointment>(std::move(result));
}

Result<std::optional<StoredAppointment>> AppointmentStore::load(Connection& c,
                                                                std::string_view id) const {
  std::optional<StoredAppointment> stored;
  std::string calendar, json;
  TRY_VOID(c.each(
      "SELECT row, id, revision, event, calendar, split_of, part_of FROM events WHERE id=?1",
      [&](const Row& row) {
        stored.emplace();
        stored->row = row.integer(0);
        stored->id = row.text(1);
        stored->revision = row.text(2);
        json = row.text(3);
        calendar = row.text(4);
        stored->split_of = row.text(5);
        stored->part_of = row.text(6);
      },
      id));
  if (!stored) return stored;
  TRY(stored->calendar, one_calendar(c, calendar));
  TRY(stored->parsed, parse(stored->id, stored->revision, json));
  return stored;
}

Result<LinkedRecords> AppointmentStore::links_of(Connection& c, std::int64_t row) {
  LinkedRecords records;
  TRY_VOID(c.each(
      "SELECT record, kind FROM event_records WHERE event=?1 ORDER BY record",
      [&](const Row& r) {
        (r.integer(1) == 0 ? records.leads : records.contacts).push_back(r.text(0));
      },
      row));
  return records;
}

Result<LinkedRecords> AppointmentStore::records_of_guests(Connection& c, const Calendar& calendar,
                                                          const EventView& view) {
  std::set<std::string> addresses = guest_addresses(view), leads, contacts;
  TRY(const auto own_address, c.text("SELECT email FROM users WHERE id=?1", calendar.user));
  addresses.erase(own_address.value_or(""));
  for (const auto& address : addresses) {
    TRY_VOID(c.each(
        "SELECT r.id, r.kind FROM record_addresses a JOIN records r ON r.id=a.record WHERE "
        "a.address=?1 UNION SELECT r.id, r.kind FROM record_mailboxes m JOIN records r ON "
        "r.id=m.record WHERE m.mailbox=?2",
        [&](const Row& row) { (row.integer(1) == 0 ? leads : contacts).insert(row.text(0)); },
        address, gcal::icalendar::mailbox_of(address)));
  }
  return LinkedRecords{{leads.begin(), leads.end()}, {contacts.begin(), contacts.end()}};
}

Result<> AppointmentStore::write_links(Connection& c, std::int64_t row,
                                       const LinkedRecords& records) {
  TRY_VOID(c.run("DELETE FROM event_records WHERE event=?1", row));
  return add_links(c, row, records);
}

Result<> AppointmentStore::add_links(Connection& c, std::int64_t row,
                                     const LinkedRecords& records) {
  // Only records that exist: one may have been deleted since the plugin looked.
  constexpr std::string_view kInsert =
      "INSERT INTO event_records(event, record, kind) SELECT ?1, id, kind FROM records "
      "WHERE id=?2 AND kind=?3 ON CONFLICT DO NOTHING";
  for (const auto& id : records.leads)
    TRY_VOID(c.run(kInsert, row, id, static_cast<int>(RecordKind::lead)));
  for (const auto& id : records.contacts)
    TRY_VOID(c.run(kInsert, row, id, static_cast<int>(RecordKind::contact)));
  return {};
}

Result<std::string> AppointmentStore::save(Connection& c, const Calendar& calendar,
                                           std::string_view id, const Json& event,
                                           const EventView& view,
                                           const std::optional<LinkedRecords>& records,
                                           const StoredAppointment* before, std::string_view origin,
                                           std::string_view notify) {
  const std::string revision = new_revision();
  const Span span = span_of(view);
  const std::int64_t first = span.first.time_since_epoch().count();
  std::optional<std::int64_t> last;  // no ternary: GCC 12 then warns of an uninitialised value
  if (span.last) last.emplace(span.last->time_since_epoch().count());
  std::int64_t row = 0;
  if (before) {
    row = before->row;
    TRY_VOID(
        c.run("UPDATE events SET calendar=?2, revision=?3, event=?4, first_start=?5, last_end=?6 "
              "WHERE row=?1",
              row, calendar.id, revision, event.dump(), first, last));
    TRY_VOID(c.run("DELETE FROM event_guests WHERE event=?1", row));
  } else {
    TRY(const auto created,
        c.integer("INSERT INTO events(id, calendar, revision, event, first_start, last_end) VALUES "
                  "(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(id) DO NOTHING RETURNING row",
                  id, calendar.id, revision, event.dump(), first, last));
    if (!created) return Error{Code::conflict, "an appointment with this id exists", {}};
    row = *created;
  }
  // Also by mailbox: a record may have another spelling of the address.
  for (const auto& address : guest_addresses(view)) {
    TRY_VOID(c.run(kAddGuest, row, address));
    if (const std::string mailbox = gcal::icalendar::mailbox_of(address); !mailbox.empty())
      TRY_VOID(c.run(kAddGuest, row, mailbox));
  }
  if (records) TRY_VOID(before ? write_links(c, row, *records) : add_links(c, row, *records));
  AppointmentChange change{AppointmentChange::Kind::saved, std::string(id), calendar.id,
                           calendar.user};
  change.notify = notify;
  if (before && before->calendar.id != calendar.id) {
    change.kind = AppointmentChange::Kind::moved;
    change.calendar = before->calendar.id;
    change.moved_to = calendar.id;
  }
  ConnectionTransaction transaction(c, origin);
  TRY_VOID(feed_.note_changed(transaction, change));
  return revision;
}

Result<> AppointmentStore::set_split_of(Connection& c, std::string_view id,
                                        const StoredAppointment& origin, bool is_part) {
  const std::string& first = origin.part_of.empty() ? origin.id : origin.part_of;
  return c.run("UPDATE events SET split_of=?2, part_of=?3 WHERE id=?1", id, origin.id,
               is_part ? std::string_view(first) : std::string_view());
}

Result<std::vector<StoredAppointment>> AppointmentStore::other_parts(
    Connection& c, const StoredAppointment& appointment) const {
  const std::string& first = appointment.part_of.empty() ? appointment.id : appointment.part_of;
  std::vector<std::string> ids;
  TRY_VOID(c.each(
      "SELECT id, calendar FROM events WHERE part_of=?1 AND part_of<>'' "
      "UNION SELECT id, calendar FROM events WHERE id=?1",
      [&](const Row& row) {
        if (row.text(0) != appointment.id && row.text(1) == appointment.calendar.id)
          ids.emplace_back(row.text(0));
      },
      first));
  std::vector<StoredAppointment> parts;
  for (const std::string& id : ids) {
    TRY(auto part, load(c, id));
    if (part) parts.push_back(*std::move(part));
  }
  return parts;
}

Result<> AppointmentStore::erase(Connection& c, const StoredAppointment& appointment,
                                 std::string_view origin, std::string_view notify) {
  TRY_VOID(c.run("DELETE FROM events WHERE row=?1", appointment.row));
  ConnectionTransaction transaction(c, origin);
  AppointmentChange change{AppointmentChange::Kind::erased, appointment.id, appointment.calendar.id,
                           appointment.calendar.user};
  change.notify = notify;
  return feed_.note_changed(transaction, change);
}

Result<std::string> AppointmentStore::move_to_calendar(Connection& c,
                                                       const StoredAppointment& appointment,
                                                       const Calendar& target,
                                                       std::string_view origin) {
  const ParsedAppointment& parsed = *appointment.parsed;
  return save(c, target, appointment.id, parsed.event, parsed.view, std::nullopt, &appointment,
              origin);
}

}  // namespace host
