// Leads and contacts: the records that appointments are matched with by e-mail address. Used by the
// web server, AppointmentQueries and CrmAdapter. It must never create a record on its own: a sync
// only finds existing ones.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/services/change_feed.hpp"
#include "src/hosting/services/documents.hpp"
#include "src/hosting/storage/database.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::icalendar::normalised_address;
using hosting::Change;
using hosting::ChangeBus;
using hosting::Connection;
using hosting::Database;
using hosting::RecordKind;
using hosting::Row;

struct Record {
  RecordKind kind = RecordKind::lead;
  std::string id, name, company;
  std::vector<std::string> emails;  // as typed; compared normalised
  std::string phone, title;

  gcal::base::Json to_json() const;  // {id, name, company, emails, phone, title}
};

struct RecordPage {
  std::int64_t total = 0;
  std::vector<Record> items;
};

// A record as an appointment's guest list names it.
struct RecordName {
  std::string id, name;
};

// Each list by id, which is the order of their creation. Where one is shown of several, it is the
// first lead, otherwise the first contact, and one with the address before one that is similar.
struct RecordsOfAddress {
  std::vector<RecordName> leads, contacts;
  std::vector<RecordName> similar_leads, similar_contacts;  // another spelling of the mailbox
};

class Records {
 public:
  // All of them outlive the object. feed: where changes of addresses are noted for plugins.
  Records(Database& database, ChangeBus& bus, hosting::ChangeFeed& feed,
          gcal::base::Random& random);

  // [any thread] `fields` holds members name, company, emails, phone, title; unknown or wrongly
  // typed ones are invalid and named in the message.
  Result<Record> create(RecordKind kind, const gcal::base::Json& fields);
  Result<Record> update(RecordKind kind, std::string_view id, const gcal::base::Json& changes);
  Result<> erase(RecordKind kind, std::string_view id);
  Result<Record> get(RecordKind kind, std::string_view id) const;
  // By part of name, company or address; sorted by name. limit 1..500.
  Result<RecordPage> search(RecordKind kind, std::string_view text, std::int64_t limit,
                            std::int64_t offset) const;

  // Every record that holds one of the addresses (normalised by the call), or another spelling of
  // it, by normalised address.
  // At most 1000 addresses.
  Result<std::map<std::string, RecordsOfAddress>> find_by_email(
      const std::vector<std::string>& addresses) const;

 private:
  Result<> note_change(Connection& c, RecordKind kind, std::string_view id,
                       const std::set<std::string>& addresses);

  Database& database_;
  ChangeBus& bus_;
  hosting::ChangeFeed& feed_;
  gcal::base::Random& random_;
};

}  // namespace host
