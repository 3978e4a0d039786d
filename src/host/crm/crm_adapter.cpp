#include "src/host/crm/crm_adapter.hpp"

#include <map>
#include <vector>

#include "src/host/crm/calendar_rows.hpp"
#include "src/hosting/services/connection_transaction.hpp"
#include "src/hosting/services/documents.hpp"
#include "src/hosting/storage/value_list.hpp"

namespace host {
namespace {

using hosting::ConnectionTransaction;
using hosting::CrmRecord;
using hosting::CrmTransaction;
using hosting::Value;

// A transaction of this CRM. Many appointments of one are in few calendars.
class Transaction final : public ConnectionTransaction {
 public:
  using ConnectionTransaction::ConnectionTransaction;

  // As one_calendar; what was read is remembered.
  Result<Calendar> calendar(const std::string& id) {
    if (const auto known = calendars_.find(id); known != calendars_.end()) return known->second;
    TRY(Calendar calendar, one_calendar(connection(), id));
    return calendars_.emplace(id, std::move(calendar)).first->second;
  }
  void calendars_changed() { calendars_.clear(); }

 private:
  std::map<std::string, Calendar> calendars_;
};

// Every transaction that this CRM is given is one that its write or read began.
Transaction& own(CrmTransaction& transaction) {
  return static_cast<Transaction&>(transaction);
}

Connection& connection_of(CrmTransaction& transaction) {
  return own(transaction).connection();
}

void add(std::vector<CrmRecord>& list, std::string_view kind,
         const std::vector<RecordName>& records) {
  for (const RecordName& record : records) list.push_back({std::string(kind), record.id});
}

}  // namespace

Result<hosting::CrmUser> CrmAdapter::user(std::string_view id) const {
  TRY(const User user, users_.get(id));
  TRY(const std::string calendar, calendars_.own_of(user.id));
  return hosting::CrmUser{user.id,        user.email, user.name,   user.role,        user.locale,
                          user.time_zone, calendar,   user.locked, user.is_removed()};
}

Result<> CrmAdapter::write(const Work& work) {
  return database_.write([&](Connection& c) -> Result<> {
    Transaction transaction(c);
    return work(transaction);
  });
}

Result<> CrmAdapter::read(const Work& work) const {
  return database_.read([&](Connection& c) -> Result<> {
    Transaction transaction(c);
    return work(transaction);
  });
}

Result<std::string> CrmAdapter::owner(CrmTransaction& transaction,
                                      std::string_view calendar) const {
  TRY(const Calendar found, one_calendar(connection_of(transaction), calendar));
  if (!found.own) return no_calendar();
  return found.user;
}

// The event is copied as it is stored: the library parses the document once.
Result<std::vector<std::string>> CrmAdapter::load(CrmTransaction& transaction,
                                                  const std::vector<std::string>& ids) const {
  Connection& c = connection_of(transaction);
  struct Found {
    std::string document;  // without its end
    LinkedRecords records;
  };
  std::map<std::int64_t, Found> found;  // by the number of the row
  const std::vector<Value> asked(ids.begin(), ids.end());
  TRY_VOID(hosting::each_in(
      c, "SELECT row, calendar, revision, split_of, event, id FROM events WHERE id IN ", asked, "",
      [&](const Row& row) {
        Json rest = Json::object(
            {{"id", row.text(5)}, {"calendar", row.text(1)}, {"revision", row.text(2)}});
        if (!row.view(3).empty()) rest.set("split_of", row.text(3));
        std::string document = rest.dump();
        document.pop_back();
        document.append(",\"event\":").append(row.view(4));
        found[row.integer(0)].document = std::move(document);
      }));
  std::vector<Value> rows;
  for (const auto& [number, one] : found) rows.emplace_back(number);
  TRY_VOID(hosting::each_in(
      c, "SELECT event, record, kind FROM event_records WHERE event IN ", rows,
      " ORDER BY event, record", [&](const Row& row) {
        LinkedRecords& records = found[row.integer(0)].records;
        (row.integer(2) == 0 ? records.leads : records.contacts).push_back(row.text(1));
      }));
  std::vector<std::string> documents;
  documents.reserve(found.size());
  for (const auto& [number, one] : found)
    documents.push_back(one.document + ",\"records\":" + one.records.to_json().dump() + "}");
  return documents;
}

Result<std::string> CrmAdapter::save(CrmTransaction& transaction, std::string_view document,
                                     const std::optional<std::string>& if_revision) {
  Connection& c = connection_of(transaction);
  TRY(const Json wanted, Json::parse(document));
  const std::string& id = wanted.string("id");
  std::optional<StoredAppointment> stored;
  if (if_revision) {
    TRY(stored, appointments_.load(c, id));
    if (!stored) return no_appointment();
    if (stored->revision != *if_revision) return stale_revision();
  }
  TRY(const Calendar calendar, own(transaction).calendar(wanted.string("calendar")));
  const Json& event = wanted["event"];
  TRY(const EventView view, view_of(event));
  std::optional<LinkedRecords> records;
  if (const Json* linked = wanted.find("records")) records = LinkedRecords::of(*linked);
  return appointments_.save(c, calendar, id, event, view, records, stored ? &*stored : nullptr,
                            transaction.origin());
}

Result<> CrmAdapter::erase(CrmTransaction& transaction, std::string_view id,
                           std::string_view if_revision) {
  Connection& c = connection_of(transaction);
  TRY(const auto stored, appointments_.load(c, id));
  if (!stored) return no_appointment();
  if (stored->revision != if_revision) return stale_revision();
  return appointments_.erase(c, *stored, transaction.origin());
}

Result<> CrmAdapter::link(CrmTransaction& transaction, std::string_view id,
                          const std::vector<CrmRecord>& records) {
  Connection& c = connection_of(transaction);
  TRY(const auto row, c.integer("SELECT row FROM events WHERE id=?1", id));
  if (!row) return no_appointment();
  return AppointmentStore::write_links(c, *row, LinkedRecords::of(records));
}

Result<std::vector<std::string>> CrmAdapter::appointments_of(CrmTransaction& transaction,
                                                             std::string_view calendar,
                                                             std::string_view after,
                                                             std::uint32_t limit) const {
  std::vector<std::string> ids;
  TRY_VOID(connection_of(transaction)
               .each(
                   "SELECT id FROM events WHERE calendar=?1 AND id>?2 ORDER BY id LIMIT ?3",
                   [&](const Row& row) { ids.push_back(row.text(0)); }, calendar, after,
                   std::int64_t{limit}));
  return ids;
}

Result<std::map<std::string, hosting::RecordsOfAddress>> CrmAdapter::records_by_address(
    std::string_view user, const std::vector<std::string>& addresses) const {
  TRY(const User viewer, users_.get(user));
  TRY(const auto found, records_.find_by_email(addresses));
  std::map<std::string, hosting::RecordsOfAddress> out;
  for (const auto& [address, records] : found) {
    hosting::RecordsOfAddress& of_address = out[address];
    add(of_address.exact, "lead", records.leads);
    add(of_address.exact, "contact", records.contacts);
    add(of_address.similar, "lead", records.similar_leads);
    add(of_address.similar, "contact", records.similar_contacts);
  }
  return out;
}

Result<> CrmAdapter::calendar_changed(CrmTransaction& transaction,
                                      const hosting::CrmCalendar& calendar) {
  own(transaction).calendars_changed();
  return Calendars::take_over(connection_of(transaction), calendar,
                              clock_.now().time_since_epoch().count());
}

}  // namespace host
