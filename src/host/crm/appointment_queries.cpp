#include "src/host/crm/appointment_queries.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/host/crm/calendar_rows.hpp"
#include "src/host/crm/first_rows.hpp"

namespace host {
namespace {

using gcal::icalendar::normalised_address;
using std::chrono::sys_seconds;

constexpr std::size_t kAddressesAtOnce = 1000;
constexpr auto kCardHorizon = std::chrono::hours(24 * 731);

// Of all series of one view together; each series has at least kLeastSteps, so that one which
// exhausts them hides no ordinary one.
constexpr std::size_t kViewSteps = 300'000, kLeastSteps = 2'000;
constexpr std::size_t kShownPerDay = 24;
constexpr std::size_t kMaxAnswerBytes = 4 << 20;
constexpr std::size_t kCardInstances = 5'000, kCardEntries = 20'000;

// Hands out the steps of one view.
class ViewSteps {
 public:
  ExpansionLimits next(std::size_t instances) {
    given_ = std::max(left_, kLeastSteps);
    unused_ = given_;
    return {instances, given_, kShownPerDay, &unused_};
  }
  void taken() { left_ -= std::min(left_, given_ - unused_); }

 private:
  std::size_t left_ = kViewSteps, given_ = 0, unused_ = 0;
};

OccurrenceRow row_of(std::string_view viewer, std::string_view id, const Calendar& calendar,
                     bool on_record, const EventView& view, const Instance& instance) {
  OccurrenceRow row;
  const EventFields& fields = *instance.fields;
  row.event = id;
  row.original_start = view.recurring() ? occurrence_key(instance.original_start) : std::string();
  if (may_know_calendar(viewer, calendar)) row.calendar = calendar.id;
  row.owner = calendar.user;
  row.start = instance.start;
  row.end = instance.end;
  row.recurring = view.recurring();
  row.exception = instance.exception;
  row.masked = sight_of(viewer, calendar, on_record, view, fields) == Sight::busy;
  row.transparency = fields.transparency;
  row.type = row.masked ? "default" : view.type;
  row.visibility = row.masked ? "private" : fields.visibility;
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

// Where a row is in the order of occurrences.
struct RowKey {
  std::int64_t start = 0;
  std::string event, original_start;

  friend auto operator<=>(const RowKey&, const RowKey&) = default;
  std::string text() const {
    return gcal::base::to_base64url(
        gcal::base::as_bytes(Json::array({start, event, original_start}).dump()));
  }
  static Result<RowKey> parse(std::string_view text) {
    const Error wrong{Code::invalid, "after: not the `more` of a page", {}};
    const auto bytes = gcal::base::from_base64url(text);
    if (!bytes) return wrong;
    const auto json = Json::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!json || json->items().size() != 3) return wrong;
    const auto& parts = json->items();
    if (!parts[0].is_integer() || !parts[1].is_string() || !parts[2].is_string()) return wrong;
    return RowKey{parts[0].as_integer(), parts[1].as_string(), parts[2].as_string()};
  }
};

RowKey key_of(std::string_view event, const EventView& view, const Instance& instance) {
  return {instance.start.instant.time_since_epoch().count(), std::string(event),
          view.recurring() ? occurrence_key(instance.original_start) : std::string()};
}

struct KeyedRow {
  RowKey key;
  OccurrenceRow row;
  std::size_t bytes = 0;
};

// Of the JSON that the row becomes, roughly.
std::size_t bytes_of(const OccurrenceRow& row) {
  std::size_t bytes = 500 + row.summary.size() + row.location.size();
  for (const Guest& guest : row.guests) bytes += 60 + guest.email.size() + guest.name.size();
  return bytes;
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

Json OccurrenceRow::to_json(Members members) const {
  const bool all = members == Members::all;
  Json json = Json::object({{"event", event}});
  const auto text = [&](std::string_view name, const std::string& value, std::string_view usual) {
    if (all || value != usual) json.set(name, value);
  };
  const auto flag = [&](std::string_view name, bool value, bool usual) {
    if (all || value != usual) json.set(name, value);
  };
  text("original_start", original_start, "");
  json.set("calendar", calendar);
  json.set("summary", summary);
  json.set("start", occurrence_key(start));
  json.set("end", occurrence_key(end));
  flag("all_day", start.all_day, false);
  text("time_zone", start.zone, "");
  text("location", location, "");
  text("status", status, "confirmed");
  text("transparency", transparency, "opaque");
  text("visibility", visibility, "default");
  text("color", color, "");
  flag("recurring", recurring, false);
  flag("exception", exception, false);
  flag("editable", editable, true);
  flag("masked", masked, false);
  if (all || !guests.empty()) {
    Json people = Json::array();
    for (const Guest& guest : guests) people.push(guest_json(guest));
    json.set("guests", std::move(people));
  }
  text("type", type, "default");
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

Result<OccurrencePage> AppointmentQueries::occurrences(std::string_view viewer,
                                                       const OccurrenceQuery& query) const {
  if (query.end <= query.start) return Error{Code::invalid, "end: must be after start", {}};
  if (query.end - query.start > std::chrono::hours(24 * 3660))
    return Error{Code::invalid, "a range has at most ten years", {}};
  std::optional<RowKey> after;
  if (!query.after.empty()) {
    TRY(after, RowKey::parse(query.after));
  }
  FirstRows<KeyedRow> rows(query.rows, kMaxAnswerBytes);
  TRY_VOID(database_.read([&](Connection& c) -> Result<> {
    std::vector<Calendar> calendars;
    TRY_VOID(c.each(
        std::string(kCalendarColumns) +
            "WHERE cal.state<>'hidden' AND ((?2='' AND cal.user=?1 AND cal.visible=1) OR "
            "(?2<>'' AND cal.id=?2))",
        [&](const Row& row) { calendars.push_back(calendar_of(row)); }, viewer, query.calendar));
    if (!query.calendar.empty() && calendars.empty()) return no_calendar();
    TRY(const auto zone, c.text("SELECT time_zone FROM users WHERE id=?1", viewer));
    ViewSteps steps;
    for (const Calendar& calendar : calendars) {
      TRY_VOID(c.each(
          "SELECT id, revision, event, EXISTS(SELECT 1 FROM event_records l WHERE l.event=e.row) "
          "FROM events e WHERE calendar=?1 AND first_start<?3 AND (last_end IS NULL OR "
          "last_end>=?2)",
          [&](const Row& row) -> Result<> {
            TRY(const auto found, store_.parse(row.view(0), row.view(1), row.view(2)));
            const EventView& view = found->view;
            const ExpansionLimits limits = steps.next(ExpansionLimits{}.instances);
            for (const Instance& instance :
                 expand(view, query.start, query.end, zone.value_or("UTC"), limits)) {
              RowKey key = key_of(row.view(0), view, instance);
              if ((after && key <= *after) || !rows.wants(key)) continue;
              OccurrenceRow shown =
                  row_of(viewer, row.view(0), calendar, row.integer(3) != 0, view, instance);
              const std::size_t bytes = bytes_of(shown);
              rows.add({std::move(key), std::move(shown), bytes});
            }
            steps.taken();
            return {};
          },
          calendar.id, query.start.time_since_epoch().count(),
          query.end.time_since_epoch().count()));
    }
    return {};
  }));
  OccurrencePage page;
  const bool truncated = rows.truncated();
  for (KeyedRow& entry : std::move(rows).sorted()) {
    if (truncated) page.more = entry.key.text();
    page.rows.push_back(std::move(entry.row));
  }
  return page;
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
    TRY(const auto record,
        c.integer("SELECT 1 FROM event_records WHERE event=?1 LIMIT 1", stored->row));
    const bool known = may_know_calendar(viewer, stored->calendar);
    page.document = {stored->id,
                     known ? stored->calendar.id : std::string(),
                     stored->revision,
                     stored->parsed->event,
                     {},
                     stored->split_of};
    page.permission = permission_of(viewer, stored->calendar, view);
    page.source = stored->calendar.own               ? "local"
                  : stored->calendar.state == "gone" ? "gone"
                                                     : "google";
    page.masked = stored->calendar.user != viewer &&
                  (view.any_private() || sight_of(viewer, stored->calendar, record.has_value(),
                                                  view, view.master) == Sight::busy);
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

// The addresses of one lead or contact, and the mailboxes that they reach.
class AppointmentQueries::CardAddresses {
 public:
  explicit CardAddresses(const std::vector<std::string>& emails) {
    for (const auto& email : emails) {
      const std::string address = normalised_address(email);
      mailboxes_.insert(gcal::icalendar::mailbox_of(address));
      addresses_.insert(address);
    }
    mailboxes_.erase("");
  }
  // By one of the addresses, or by another spelling of one.
  bool is_record(const Guest& guest) const {
    const std::string address = normalised_address(guest.email);
    return addresses_.contains(address) ||
           (!mailboxes_.empty() && mailboxes_.contains(gcal::icalendar::mailbox_of(address)));
  }
  // Are there guests who are the record, and all of them by another spelling?
  bool only_similar(const std::vector<Guest>& guests) const {
    return !mailboxes_.empty() &&
           std::ranges::any_of(guests, [&](const Guest& guest) { return is_record(guest); }) &&
           std::ranges::none_of(guests, [&](const Guest& guest) {
             return addresses_.contains(normalised_address(guest.email));
           });
  }

 private:
  std::set<std::string> addresses_, mailboxes_;
};

Result<std::vector<AppointmentQueries::CardEntry>> AppointmentQueries::card_entries(
    std::string_view viewer, const Record& record, const CardAddresses& addresses,
    sys_seconds now) const {
  const auto is_record = [&](const Guest& guest) { return addresses.is_record(guest); };
  const auto is_invited = [&](const EventFields& fields) {
    return std::ranges::any_of(fields.guests, is_record);
  };
  std::vector<CardEntry> entries;
  TRY_VOID(database_.read([&](Connection& c) -> Result<> {
    TRY(const auto zone, c.text("SELECT time_zone FROM users WHERE id=?1", viewer));
    std::map<std::string, std::shared_ptr<const Calendar>> calendars;
    TRY_VOID(
        c.each(std::string(kCalendarColumns) + "WHERE cal.state<>'hidden'", [&](const Row& row) {
          auto calendar = std::make_shared<const Calendar>(calendar_of(row));
          calendars.emplace(calendar->id, calendar);
        }));
    ViewSteps steps;
    std::size_t upcoming_room = kCardEntries, past_room = kCardEntries;
    const auto add_occurrences = [&](const Row& row) -> Result<> {
      const auto found = calendars.find(row.text(3));
      if (found == calendars.end()) return {};
      const Calendar& calendar = *found->second;
      TRY(const auto parsed, store_.parse(row.view(0), row.view(1), row.view(2)));
      const auto event = std::make_shared<const std::string>(row.text(0));
      const EventView& view = parsed->view;
      // A guest of single occurrences has only those on their card. The organizer, and a record
      // that is linked without being a guest, has all of them.
      const bool all = is_invited(view.master);
      const bool by_address = std::ranges::none_of(view.hosts, is_record) &&
                              (all || std::ranges::any_of(view.exceptions, [&](const auto& e) {
                                 return !e.second.cancelled && is_invited(e.second.fields);
                               }));
      const int rank = calendar.user == viewer ? 0 : view.organized_by_self ? 1 : 2;
      const auto collect = [&](sys_seconds from, sys_seconds to, bool past, std::size_t& room) {
        const ExpansionLimits limits = steps.next(std::min(kCardInstances, room));
        for (const Instance& instance : expand(view, from, to, zone.value_or("UTC"), limits)) {
          if ((instance.end.instant <= now) != past) continue;
          const bool invited = instance.fields == &view.master ? all : is_invited(*instance.fields);
          if (by_address && !invited) continue;
          // Who is invited is part of what is private.
          if (sight_of(viewer, calendar, true, view, *instance.fields) == Sight::busy) continue;
          entries.push_back({parsed, found->second, event, instance, rank});
          --room;
        }
        steps.taken();
      };
      // What comes next is looked for by itself: a long past must not use up its room.
      collect(now - std::chrono::hours(24), now + kCardHorizon, false, upcoming_room);
      const sys_seconds first = span_of(view).first - std::chrono::hours(48);
      if (first < now) collect(first, now, true, past_room);
      return {};
    };
    return c.each(
        "SELECT e.id, e.revision, e.event, e.calendar FROM event_records l JOIN events e ON "
        "e.row=l.event WHERE l.record=?1",
        add_occurrences, record.id);
  }));
  return entries;
}

Result<Card> AppointmentQueries::card(std::string_view viewer, RecordKind kind,
                                      std::string_view record_id, std::size_t upcoming,
                                      std::size_t past) const {
  TRY(const Record record, records_.get(kind, record_id));
  const sys_seconds now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  const CardAddresses addresses(record.emails);
  TRY(auto entries, card_entries(viewer, record, addresses, now));

  // One row per meeting, of the copies that several users have.
  std::ranges::stable_sort(entries, {}, &CardEntry::rank);
  std::set<std::pair<std::string_view, std::string>> seen;
  std::erase_if(entries, [&](const CardEntry& entry) {
    const EventView& view = entry.parsed->view;
    if (view.ical_uid.empty()) return false;
    return !seen.emplace(view.ical_uid,
                         occurrence_key(view.recurring() ? entry.instance.original_start
                                                         : entry.instance.start))
                .second;
  });

  std::ranges::sort(entries, {}, [](const CardEntry& entry) {
    return std::tuple(entry.instance.start.instant, std::string_view(*entry.event));
  });
  const auto row = [&](const CardEntry& entry) {
    OccurrenceRow shown =
        row_of(viewer, *entry.event, *entry.calendar, true, entry.parsed->view, entry.instance);
    shown.similar = addresses.only_similar(shown.guests);
    return shown;
  };
  // Each of the two lists has half of the answer.
  const auto add = [&](std::vector<OccurrenceRow>& rows, std::size_t& bytes, std::size_t limit,
                       const CardEntry& entry) {
    if (rows.size() >= limit || bytes >= kMaxAnswerBytes / 2) return;
    rows.push_back(row(entry));
    bytes += bytes_of(rows.back());
  };
  Card card;
  std::size_t upcoming_bytes = 0, past_bytes = 0;
  for (const CardEntry& entry : entries) {
    if (entry.instance.end.instant <= now) {
      ++card.past_total;
    } else {
      ++card.upcoming_total;
      add(card.upcoming, upcoming_bytes, upcoming, entry);
    }
  }
  for (auto it = entries.rbegin(); it != entries.rend(); ++it)
    if (it->instance.end.instant <= now) add(card.past, past_bytes, past, *it);
  return card;
}

}  // namespace host
