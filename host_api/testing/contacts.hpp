// The leads and contacts of the fake CRM: crm.contacts/0, and the changes that users make. Used
// through crm::fakes::Host, on any thread. A page of changes names every address that a record had
// or has, so that a later change never hides an earlier one.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/testing/environment.hpp"
#include "host_api/testing/feed.hpp"
#include "host_api/testing/json.hpp"

namespace crm::fakes {

class Contacts {
 public:
  Contacts(Mutex& mutex, Feed& feed, Notifications& notifications)
      : mutex_(mutex), feed_(feed), notifications_(notifications) {}

  // --- actions of the user. kind: "lead", "contact" or any other; addresses are kept trimmed and
  // in lower case. ---
  void put(std::string kind, std::string id, const std::vector<std::string>& addresses) {
    const Lock lock(mutex_);
    std::set<std::string> after;
    for (const std::string& address : addresses) after.insert(normalised(address));
    std::set<std::string>& stored = records_[{kind, id}];
    std::set<std::string> named = std::exchange(stored, after);
    named.merge(after);
    note(std::move(kind), std::move(id), std::move(named));
  }
  void erase(std::string kind, std::string id) {
    const Lock lock(mutex_);
    const auto found = records_.find({kind, id});
    if (found == records_.end()) return;
    std::set<std::string> named = std::move(found->second);
    records_.erase(found);
    note(std::move(kind), std::move(id), std::move(named));
  }

  // --- crm.contacts/0 ---
  Result<std::string> find_by_email(std::string_view /*user*/, std::string_view addresses) const {
    CRM_TRY(const Json asked, Json::parse(addresses));
    if (!asked.is_array() || asked.items().size() > 1000)
      return Error{Code::invalid, "addresses: a JSON array of at most 1000", {}};
    const Lock lock(mutex_);
    Json found = Json::object();
    for (const std::string& raw : asked.strings()) {
      const std::string address = normalised(raw);
      Json leads = Json::array(), contacts = Json::array(), others = Json::array();
      for (const auto& [name, held] : records_) {
        if (!held.contains(address)) continue;
        if (name.first == "lead")
          leads.push(name.second);
        else if (name.first == "contact")
          contacts.push(name.second);
        else
          others.push(Json::object({{"kind", name.first}, {"id", name.second}}));
      }
      if (leads.items().empty() && contacts.items().empty() && others.items().empty()) continue;
      Json records = Json::object({{"leads", leads}, {"contacts", contacts}});
      if (!others.items().empty()) records.set("others", std::move(others));
      found.set(address, std::move(records));
    }
    return found.dump();
  }
  Result<std::string> changes(std::string_view text, std::uint32_t limit) const {
    if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
    const Lock lock(mutex_);
    CRM_TRY(Cursor cursor, feed_.read(text, 0));
    std::vector<const Changed*> due;
    for (const auto& [name, change] : changes_)
      if (change.seq > cursor.seq) due.push_back(&change);
    std::sort(due.begin(), due.end(),
              [](const Changed* a, const Changed* b) { return a->seq < b->seq; });
    const bool more = due.size() > limit;
    if (more) due.resize(limit);
    Json list = Json::array();
    for (const Changed* change : due) {
      Json addresses = Json::array();
      for (const std::string& address : change->addresses) addresses.push(address);
      list.push(Json::object(
          {{"kind", change->kind}, {"id", change->id}, {"addresses", std::move(addresses)}}));
      cursor.seq = change->seq;
    }
    if (!more) cursor.seq = cursor.start = feed_.now();
    return Json::object(
               {{"changes", std::move(list)}, {"cursor", feed_.write(cursor)}, {"more", more}})
        .dump();
  }

  // --- used by the other parts, under the lock ---
  bool exists(std::string_view kind, std::string_view id) const {
    return records_.contains({std::string(kind), std::string(id)});
  }

 private:
  struct Changed {
    std::int64_t seq = 0;
    std::string kind, id;
    std::set<std::string> addresses;  // before and after, of every change
  };

  static std::string normalised(std::string_view address) {
    const auto begin = address.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    std::string text(address.substr(begin, address.find_last_not_of(" \t\r\n") - begin + 1));
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
  }
  void note(std::string kind, std::string id, std::set<std::string> addresses) {
    Changed& change = changes_[{kind, id}];
    change.seq = feed_.next();
    change.kind = kind;
    change.id = id;
    change.addresses.merge(addresses);
    notifications_.push_back({Notification::Kind::record, std::move(kind), std::move(id)});
  }

  Mutex& mutex_;
  Feed& feed_;
  Notifications& notifications_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>>
      records_;  // (kind, id) -> addresses
  std::map<std::pair<std::string, std::string>, Changed> changes_;
};

}  // namespace crm::fakes
