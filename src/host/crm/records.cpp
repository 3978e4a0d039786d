#include "src/host/crm/records.hpp"

#include <algorithm>
#include <set>

#include "src/common/base/id.hpp"
#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/hosting/services/connection_transaction.hpp"
#include "src/hosting/storage/value_list.hpp"

namespace host {
namespace {

using gcal::base::Json;
using hosting::Value;

constexpr std::size_t kMaxText = 500, kMaxAddresses = 50;

std::vector<std::string> texts_of(std::string_view json) {
  std::vector<std::string> out;
  const auto parsed = Json::parse(json);
  if (!parsed) return out;
  for (const Json& item : parsed->items()) out.push_back(item.as_string());
  return out;
}

std::set<std::string> addresses_of(const Record& record) {
  std::set<std::string> out;
  for (const auto& email : record.emails) out.insert(normalised_address(email));
  return out;
}

Result<> set_members(Record& record, const Json& changes) {
  if (!changes.is_object()) return Error{Code::invalid, "an object is expected", {}};
  for (const auto& [name, value] : changes.members()) {
    if (name == "emails") {
      if (!value.is_array() || value.items().size() > kMaxAddresses)
        return Error{Code::invalid, "emails: a list of at most 50 addresses", {}};
      std::vector<std::string> emails;
      std::set<std::string> seen;
      for (const Json& item : value.items()) {
        const std::string address = normalised_address(item.as_string());
        if (address.empty())
          return Error{Code::invalid,
                       "emails: \"" + item.as_string().substr(0, 80) + "\" is not an address",
                       {}};
        if (seen.insert(address).second) emails.push_back(item.as_string());
      }
      record.emails = std::move(emails);
      continue;
    }
    std::string* const member = name == "name"      ? &record.name
                                : name == "company" ? &record.company
                                : name == "phone"   ? &record.phone
                                : name == "title"   ? &record.title
                                                    : nullptr;
    if (!member) return Error{Code::invalid, name + ": unknown member", {}};
    if (!value.is_string() || value.as_string().size() > kMaxText)
      return Error{Code::invalid, name + ": a text of at most 500 bytes", {}};
    *member = value.as_string();
  }
  if (record.name.empty()) return Error{Code::invalid, "name: must not be empty", {}};
  return {};
}

constexpr std::string_view kColumns =
    "SELECT id, kind, name, company, emails, phone, title FROM records ";
Record record_of(const Row& row) {
  return {static_cast<RecordKind>(row.integer(1)),
          row.text(0),
          row.text(2),
          row.text(3),
          texts_of(row.view(4)),
          row.text(5),
          row.text(6)};
}

Result<Record> one_record(Connection& c, RecordKind kind, std::string_view id) {
  std::optional<Record> found;
  TRY_VOID(c.each(
      std::string(kColumns) + "WHERE id=?1 AND kind=?2",
      [&](const Row& row) { found = record_of(row); }, id, static_cast<int>(kind)));
  if (!found)
    return Error{
        Code::not_found, std::string("there is no such ") + std::string(to_text(kind)), {}};
  return *std::move(found);
}

Result<> write_record(Connection& c, const Record& record) {
  TRY_VOID(c.run(
      "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(id) DO UPDATE SET "
      "name=excluded.name, company=excluded.company, "
      "emails=excluded.emails, phone=excluded.phone, title=excluded.title, sort=excluded.sort",
      record.id, static_cast<int>(record.kind), record.name, record.company,
      gcal::base::json_array(record.emails).dump(), record.phone, record.title,
      gcal::icalendar::lower(record.name)));
  TRY_VOID(c.run("DELETE FROM record_addresses WHERE record=?1", record.id));
  TRY_VOID(c.run("DELETE FROM record_mailboxes WHERE record=?1", record.id));
  for (const auto& address : addresses_of(record)) {
    TRY_VOID(c.run("INSERT INTO record_addresses VALUES (?1, ?2)", address, record.id));
    if (const std::string mailbox = gcal::icalendar::mailbox_of(address); !mailbox.empty())
      TRY_VOID(c.run("INSERT INTO record_mailboxes VALUES (?1, ?2) ON CONFLICT DO NOTHING", mailbox,
                     record.id));
  }
  return {};
}

// Appointments that no plugin keeps (own calendars and gone ones) are linked here; a plugin links
// its own when it reads the feed.
Result<> relink_local_events(Connection& c, RecordKind kind, std::string_view id) {
  constexpr std::string_view kLocal =
      "(SELECT e.row FROM events e JOIN calendars k ON k.id=e.calendar WHERE k.plugin='' OR "
      "k.state='gone')";
  TRY_VOID(
      c.run("DELETE FROM event_records WHERE record=?1 AND event IN " + std::string(kLocal), id));
  return c.run(
      "INSERT INTO event_records(event, record, kind) SELECT g.event, ?1, ?2 FROM "
      "event_guests g JOIN (SELECT address, record FROM record_addresses WHERE record=?1 UNION "
      "SELECT mailbox, record FROM record_mailboxes WHERE record=?1) a ON a.address=g.address "
      "JOIN events e ON e.row=g.event JOIN calendars k ON k.id=e.calendar WHERE a.record=?1 AND "
      "(k.plugin='' OR k.state='gone') ON CONFLICT DO NOTHING",
      id, static_cast<int>(kind));
}

}  // namespace

Json Record::to_json() const {
  return Json::object({{"id", id},
                       {"name", name},
                       {"company", company},
                       {"emails", gcal::base::json_array(emails)},
                       {"phone", phone},
                       {"title", title}});
}

Records::Records(Database& database, ChangeBus& bus, hosting::ChangeFeed& feed,
                 gcal::base::Random& random)
    : database_(database), bus_(bus), feed_(feed), random_(random) {}

// Also tells the page.
Result<> Records::note_change(Connection& c, RecordKind kind, std::string_view id,
                              const std::set<std::string>& addresses) {
  hosting::ConnectionTransaction transaction(c);
  return feed_.note_record_changed(transaction, {{std::string(to_text(kind)), std::string(id)},
                                                 {addresses.begin(), addresses.end()}});
}

Result<Record> Records::create(RecordKind kind, const Json& fields) {
  Record record;
  record.kind = kind;
  record.id = gcal::base::new_id(random_);
  TRY_VOID(set_members(record, fields));
  return database_.write([&](Connection& c) -> Result<Record> {
    TRY_VOID(write_record(c, record));
    TRY_VOID(relink_local_events(c, kind, record.id));
    TRY_VOID(note_change(c, kind, record.id, addresses_of(record)));
    return record;
  });
}

Result<Record> Records::update(RecordKind kind, std::string_view id, const Json& changes) {
  return database_.write([&](Connection& c) -> Result<Record> {
    TRY(Record record, one_record(c, kind, id));
    std::set<std::string> addresses = addresses_of(record);
    TRY_VOID(set_members(record, changes));
    const std::set<std::string> after = addresses_of(record);
    TRY_VOID(write_record(c, record));
    if (after != addresses) {
      addresses.insert(after.begin(), after.end());
      TRY_VOID(relink_local_events(c, kind, id));
      TRY_VOID(note_change(c, kind, id, addresses));
      return record;
    }
    // Plugins need not read anything; the page shows it.
    c.after_commit([this, kind, id = record.id] {
      bus_.publish({.kind = Change::Kind::record, .id = id, .record = std::string(to_text(kind))});
    });
    return record;
  });
}

Result<> Records::erase(RecordKind kind, std::string_view id) {
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const Record record, one_record(c, kind, id));
    TRY_VOID(c.run("DELETE FROM records WHERE id=?1", id));
    TRY_VOID(c.run("DELETE FROM record_addresses WHERE record=?1", id));
    TRY_VOID(c.run("DELETE FROM record_mailboxes WHERE record=?1", id));
    TRY_VOID(c.run("DELETE FROM event_records WHERE record=?1", id));
    return note_change(c, kind, id, addresses_of(record));
  });
}

Result<Record> Records::get(RecordKind kind, std::string_view id) const {
  return database_.read([&](Connection& c) { return one_record(c, kind, id); });
}

Result<RecordPage> Records::search(RecordKind kind, std::string_view text, std::int64_t limit,
                                   std::int64_t offset) const {
  limit = std::clamp<std::int64_t>(limit, 1, 500);
  offset = std::max<std::int64_t>(offset, 0);
  std::string pattern = "%";
  for (const char c : text.substr(0, kMaxText)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  pattern += '%';
  constexpr std::string_view kWhere =
      "WHERE kind=?1 AND (?2='%%' OR lower(name) LIKE lower(?2) ESCAPE '\\' OR lower(company) LIKE "
      "lower(?2) ESCAPE '\\' OR lower(emails) LIKE lower(?2) ESCAPE '\\') ";
  return database_.read([&](Connection& c) -> Result<RecordPage> {
    RecordPage page;
    TRY(const auto total, c.integer("SELECT count(*) FROM records " + std::string(kWhere),
                                    static_cast<int>(kind), pattern));
    page.total = total.value_or(0);
    TRY_VOID(c.each(
        std::string(kColumns) + std::string(kWhere) + "ORDER BY sort, id LIMIT ?3 OFFSET ?4",
        [&](const Row& row) { page.items.push_back(record_of(row)); }, static_cast<int>(kind),
        pattern, limit, offset));
    return page;
  });
}

Result<std::map<std::string, RecordsOfAddress>> Records::find_by_email(
    const std::vector<std::string>& addresses) const {
  if (addresses.size() > 1000) return Error{Code::invalid, "at most 1000 addresses", {}};
  return database_.read([&](Connection& c) -> Result<std::map<std::string, RecordsOfAddress>> {
    std::map<std::string, std::string> mailboxes;  // of each address; "": it has none
    std::set<std::string> boxes;
    for (const auto& raw : addresses) {
      const std::string address = normalised_address(raw);
      if (address.empty()) continue;
      const std::string& box = mailboxes[address] = gcal::icalendar::mailbox_of(address);
      if (!box.empty()) boxes.insert(box);
    }
    using Found = std::map<std::string, std::vector<std::pair<RecordName, bool>>>;  // lead or not
    Found exact, similar;
    const auto into = [](Found& found) {
      return [&found](const Row& row) {
        found[row.text(0)].emplace_back(RecordName{row.text(1), row.text(2)}, row.integer(3) == 0);
      };
    };
    std::vector<Value> asked;
    for (const auto& [address, box] : mailboxes) asked.emplace_back(address);
    TRY_VOID(hosting::each_in(
        c,
        "SELECT a.address, r.id, r.name, r.kind FROM record_addresses a JOIN records r ON "
        "r.id=a.record WHERE a.address IN ",
        asked, " ORDER BY r.id", into(exact)));
    asked.assign(boxes.begin(), boxes.end());
    TRY_VOID(hosting::each_in(
        c,
        "SELECT m.mailbox, r.id, r.name, r.kind FROM record_mailboxes m JOIN records r ON "
        "r.id=m.record WHERE m.mailbox IN ",
        asked, " ORDER BY r.id", into(similar)));
    std::map<std::string, RecordsOfAddress> found;
    for (const auto& [address, box] : mailboxes) {
      RecordsOfAddress records;
      std::set<std::string> ids;
      for (const auto& [name, is_lead] : exact[address]) {
        ids.insert(name.id);
        (is_lead ? records.leads : records.contacts).push_back(name);
      }
      for (const auto& [name, is_lead] : similar[box])
        if (!ids.contains(name.id))
          (is_lead ? records.similar_leads : records.similar_contacts).push_back(name);
      if (!ids.empty() || !records.similar_leads.empty() || !records.similar_contacts.empty())
        found.emplace(address, std::move(records));
    }
    return found;
  });
}

}  // namespace host
