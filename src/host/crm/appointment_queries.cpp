#include "src/host/crm/appointment_queries.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "src/common/icalendar/address.hpp"
#include "src/host/crm/calendar_rows.hpp"

namespace host {
namespace {

using gcal::icalendar::normalised_address;
using std::chrono::sys_seconds;

constexpr std::size_t kAddressesAtOnce = 1000;
constexpr auto kCardHorizon = std::chrono::hours(24 * 731);

// Another user's private appointment shows its times alone, wherever it appears.
bool hidden_from(std::string_view viewer, const Calendar& calendar, const EventView& view,
                 const EventFields& fields) {
  return calendar.user != viewer && (view.master.is_private() || fields.is_private());
}

OccurrenceRow row_of(std::string_view viewer, std::string_view id, const Calendar& calendar,
                     const EventView& view, const Instance& instance) {
  OccurrenceRow row;
  const EventFields& fields = *instance.fields;
  row.event = id;
  row.original_start = view.recurring() ? occurrence_key(instance.original_start) : std::string();
  row.calendar = calendar.id;
  row.owner = calendar.user;
  row.start = instance.start;
  row.end = instance.end;
  row.recurring = view.recurring();
  row.exception = instance.exception;
  row.masked = hidden_from(viewer, calendar, view, fields);
  row.transparency = fields.transparency;
  row.type = row.masked ? "default" : view.type;
  row.visibility = fields.is_private() || !row.masked ? fields.visibility : view.master.visibility;
  if (row.masked) return row;
  row.summary = fields.summary;
  row.location = fields.location;
  row.status = fields.status;
  row.color = fields.color;
  row.ical_uid = view.ical_uid;
  row.guests = view.people(fields);
  const auto self = std::ranges::find_if(fields.guests, &Guest::self);
  if (calendar.user == viewer && self != fields.guests.end() && !self->organizer)
    row.answer = self->partstat;
  row.editable = permission_of(viewer, calendar, view).editable;
  return row;
}

Json guest_json(const Guest& guest) {
  Json json =
      Json::object({{"email", guest.email}, {"name", guest.name}, {"partstat", guest.partstat}});
  if (!guest.role.empty()) json.set("role", guest.role);
  return json;
}

Json names_json(const std::vector<RecordName>& records) {
  Json out = Json::array();
  for (const auto& record : records)
    out.push(Json::object({{"id", record.id}, {"name", record.name}}));
  return out;
}

}  // namespace

Json OccurrenceRow::to_json() const {
  Json people = Json::array();
  for (const Guest& guest : guests) people.push(guest_json(guest));
  Json json = Json::object({{"event", event},
                            {"original_start", original_start},
                            {"calendar", calendar},
                            {"summary", summary},
                            {"start", occurrence_key(start)},
                            {"end", occurrence_key(end)},
                            {"all_day", start.all_day},
                            {"time_zone", start.zone},
                            {"location", location},
                            {"status", status},
                            {"transparency", transparency},
                            {"visibility", visibility},
                            {"color", color},
                            {"recurring", recurring},
                            {"exception", exception},
                            {"editable", editable},
                            {"masked", masked},
                            {"guests", std::move(people)},
                            {"type", type}});
  if (!answer.empty()) json.set("answer", answer);
  if (similar) json.set("similar", true);
  return json;
}

Json EventPage::to_json() const {
  Json people = Json::array();
  for (const auto& entry : guests) {
    Json guest = guest_json(entry.guest);
    const RecordsOfAddress& found = entry.records;
    guest.set("leads", names_json(found.leads));
    guest.set("contacts", names_json(found.contacts));
    if (!found.similar_leads.empty() || !found.similar_contacts.empty())
      guest.set("similar", Json::object({{"leads", names_json(found.similar_leads)},
                                         {"contacts", names_json(found.similar_contacts)}}));
    if (!entry.colleague.empty()) guest.set("colleague", entry.colleague);
    people.push(std::move(guest));
  }
  return Json::object({{"id", document.id},
                       {"calendar", document.calendar},
                       {"revision", document.revision},
                       {"event", document.event},
                       {"guests", std::move(people)},
                       {"editable", permission.editable},
                       {"answerable", permission.answerable},
                       {"reason", permission.reason},
                       {"masked", masked},
                       {"source", source}});
}

Result<std::vector<OccurrenceRow>> AppointmentQueries::occurrences(
    std::string_view viewer, sys_seconds start, sys_seconds end,
    std::string_view calendar_id) const {
  if (end <= start) return Error{Code::invalid, "end: must be after start", {}};
  if (end - start > std::chrono::hours(24 * 3660))
    return Error{Code::invalid, "a range has at most ten years", {}};
  std::vector<OccurrenceRow> rows;
  TRY_VOID(database_.read([&](Connection& c) -> Result<> {
    std::vector<Calendar> calendars;
    TRY_VOID(c.each(
        std::string(kCalendarColumns) +
            "WHERE cal.state<>'hidden' AND iif(?2='', cal.user=?1 AND cal.visible=1, cal.id=?2)",
        [&](const Row& row) { calendars.push_back(calendar_of(row)); }, viewer, calendar_id));
    if (!calendar_id.empty() && calendars.empty()) return no_calendar();
    TRY(const auto zone, c.text("SELECT time_zone FROM users WHERE id=?1", viewer));
    for (const Calendar& calendar : calendars) {
      TRY_VOID(c.each(
          "SELECT id, revision, event FROM events WHERE calendar=?1 AND first_start<?3 AND "
          "(last_end IS NULL OR last_end>=?2)",
          [&](const Row& row) -> Result<> {
            TRY(const auto found, store_.parse(row.view(0), row.view(1), row.view(2)));
            for (const Instance& instance : expand(found->view, start, end, zone.value_or("UTC"))) {
              rows.push_back(row_of(viewer, row.view(0), calendar, found->view, instance));
            }
            return {};
          },
          calendar.id, start.time_since_epoch().count(), end.time_since_epoch().count()));
    }
    return {};
  }));
  std::ranges::sort(rows, [](const OccurrenceRow& a, const OccurrenceRow& b) {
    return std::tuple(a.start.instant, std::string_view(a.event),
                      std::string_view(a.original_start)) <
           std::tuple(b.start.instant, std::string_view(b.event),
                      std::string_view(b.original_start));
  });
  return rows;
}

Result<std::vector<GuestWithRecords>> AppointmentQueries::with_records(
    const std::vector<Guest>& guests) const {
  std::vector<GuestWithRecords> out;
  for (std::size_t begin = 0; begin < guests.size(); begin += kAddressesAtOnce) {
    const std::size_t end = std::min(guests.size(), begin + kAddressesAtOnce);
    std::vector<std::string> addresses;
    for (std::size_t i = begin; i < end; ++i) addresses.push_back(guests[i].email);
    TRY(const auto found, records_.find_by_email(addresses));
    for (std::size_t i = begin; i < end; ++i) {
      GuestWithRecords entry{guests[i], {}, {}};
      const auto records = found.find(normalised_address(guests[i].email));
      if (records != found.end() && !guests[i].resource) entry.records = records->second;
      out.push_back(std::move(entry));
    }
  }
  TRY_VOID(name_colleagues(out));
  return out;
}

// A user's addresses are the one of the log-in and those of the connected accounts.
Result<> AppointmentQueries::name_colleagues(std::vector<GuestWithRecords>& guests) const {
  return database_.read([&](Connection& c) -> Result<> {
    for (GuestWithRecords& entry : guests) {
      if (entry.guest.self || entry.guest.resource) continue;
      TRY(const auto name,
          c.text("SELECT name FROM users WHERE email=?1 UNION SELECT u.name FROM accounts a JOIN "
                 "users u ON u.id=a.user WHERE a.identity=?1 AND a.state<>'disconnected' LIMIT 1",
                 normalised_address(entry.guest.email)));
      entry.colleague = name.value_or("");
    }
    return {};
  });
}

Result<EventPage> AppointmentQueries::get(std::string_view viewer, std::string_view id) const {
  EventPage page;
  std::vector<Guest> guests;
  TRY_VOID(database_.read([&](Connection& c) -> Result<> {
    TRY(const auto stored, store_.load(c, id));
    if (!stored || (stored->calendar.state == "hidden" && stored->calendar.user != viewer))
      return no_appointment();
    const EventView& view = stored->parsed->view;
    page.document = {stored->id, stored->calendar.id, stored->revision, stored->parsed->event,
                     {},         stored->split_of};
    page.permission = permission_of(viewer, stored->calendar, view);
    page.source = stored->calendar.own               ? "local"
                  : stored->calendar.state == "gone" ? "gone"
                                                     : "google";
    page.masked = stored->calendar.user != viewer && view.any_private();
    if (page.masked) {
      page.document.event = Json::object({{"summary", ""},
                                          {"start", host::to_json(view.master.start)},
                                          {"end", host::to_json(view.master.end)},
                                          {"visibility", "private"}});
      return {};
    }
    TRY(page.document.records, AppointmentStore::links_of(c, stored->row));
    guests = view.people(view.master);
    return {};
  }));
  TRY(page.guests, with_records(guests));
  return page;
}

Result<std::vector<AppointmentQueries::CardRow>> AppointmentQueries::card_rows(
    std::string_view viewer, const Record& record, sys_seconds now) const {
  std::set<std::string> addresses, mailboxes;
  for (const auto& email : record.emails) {
    const std::string address = normalised_address(email);
    mailboxes.insert(gcal::icalendar::mailbox_of(address));
    addresses.insert(address);
  }
  mailboxes.erase("");
  const auto has_address = [&](const Guest& guest) {
    return addresses.contains(normalised_address(guest.email));
  };
  const auto is_record = [&](const Guest& guest) {
    return has_address(guest) ||
           (!mailboxes.empty() &&
            mailboxes.contains(gcal::icalendar::mailbox_of(normalised_address(guest.email))));
  };
  const auto is_invited = [&](const EventFields& fields) {
    return std::ranges::any_of(fields.guests, is_record);
  };
  std::vector<CardRow> rows;
  TRY_VOID(database_.read([&](Connection& c) -> Result<> {
    TRY(const auto zone, c.text("SELECT time_zone FROM users WHERE id=?1", viewer));
    std::map<std::string, Calendar> calendars;
    TRY_VOID(
        c.each(std::string(kCalendarColumns) + "WHERE cal.state<>'hidden'", [&](const Row& row) {
          Calendar calendar = calendar_of(row);
          calendars.emplace(calendar.id, std::move(calendar));
        }));
    const auto add_occurrences = [&](const Row& row) -> Result<> {
      const auto found = calendars.find(row.text(3));
      if (found == calendars.end()) return {};
      const Calendar& calendar = found->second;
      TRY(const auto parsed, store_.parse(row.view(0), row.view(1), row.view(2)));
      const EventView& view = parsed->view;
      // A guest of single occurrences has only those on their card. The organizer, and a record
      // that is linked without being a guest, has all of them.
      const bool is_host = std::ranges::any_of(view.hosts, is_record);
      const bool by_address =
          !is_host &&
          (is_invited(view.master) || std::ranges::any_of(view.exceptions, [&](const auto& e) {
             return !e.second.cancelled && is_invited(e.second.fields);
           }));
      const int rank = calendar.user == viewer ? 0 : view.organized_by_self ? 1 : 2;
      const sys_seconds first = span_of(view).first - std::chrono::hours(48);
      for (const Instance& instance : expand(view, std::min(first, now), now + kCardHorizon,
                                             zone.value_or("UTC"), {.instances = 5000})) {
        if (by_address && !is_invited(*instance.fields)) continue;
        OccurrenceRow shown = row_of(viewer, row.view(0), calendar, view, instance);
        if (shown.masked) continue;  // who is invited is part of what is private
        shown.similar = !mailboxes.empty() && std::ranges::any_of(shown.guests, is_record) &&
                        std::ranges::none_of(shown.guests, has_address);
        rows.push_back({std::move(shown), rank});
      }
      return {};
    };
    return c.each(
        "SELECT e.id, e.revision, e.event, e.calendar FROM event_records l JOIN events e ON "
        "e.row=l.event WHERE l.record=?1",
        add_occurrences, record.id);
  }));
  return rows;
}

Result<Card> AppointmentQueries::card(std::string_view viewer, RecordKind kind,
                                      std::string_view record_id, std::size_t upcoming,
                                      std::size_t past) const {
  TRY(const Record record, records_.get(kind, record_id));
  const sys_seconds now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  TRY(auto rows, card_rows(viewer, record, now));

  // One row per meeting, of the copies that several users have.
  std::ranges::stable_sort(rows, {}, &CardRow::rank);
  std::set<std::pair<std::string, std::string>> seen;
  std::erase_if(rows, [&](const CardRow& entry) {
    const OccurrenceRow& row = entry.row;
    if (row.ical_uid.empty()) return false;
    return !seen.emplace(row.ical_uid, row.original_start.empty() ? occurrence_key(row.start)
                                                                  : row.original_start)
                .second;
  });

  std::ranges::sort(rows, {}, [](const CardRow& entry) {
    return std::tuple(entry.row.start.instant, std::string_view(entry.row.event));
  });
  Card card;
  for (const CardRow& entry : rows) {
    if (entry.row.end.instant <= now) {
      ++card.past_total;
      continue;
    }
    ++card.upcoming_total;
    if (card.upcoming.size() < upcoming) card.upcoming.push_back(entry.row);
  }
  for (auto it = rows.rbegin(); it != rows.rend() && card.past.size() < past; ++it) {
    if (it->row.end.instant <= now) card.past.push_back(it->row);
  }
  return card;
}

}  // namespace host
