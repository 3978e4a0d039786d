// The appointments of the fake CRM: crm.events/0 with feeds, revisions, conditional batches and
// stored answers, and the changes that users make. Used through crm::fakes::Host, on any thread. A
// revision is never used twice. An event needs a start and an end only: a host documents what else
// it refuses.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/testing/calendars.hpp"
#include "host_api/testing/contacts.hpp"
#include "host_api/testing/environment.hpp"
#include "host_api/testing/feed.hpp"
#include "host_api/testing/json.hpp"
#include "host_api/testing/tasks.hpp"

namespace crm::fakes {

struct EventDocument {
  std::string id, calendar, revision;
  Json event;
  std::vector<std::string> leads, contacts;
  std::vector<std::pair<std::string, std::string>> others = {};  // (kind, id)
  std::string split_of;                                          // "": none

  Json document() const {
    Json records = Json::object({{"leads", Json::array()}, {"contacts", Json::array()}});
    for (const std::string& id : leads) const_cast<Json*>(records.find("leads"))->push(id);
    for (const std::string& id : contacts) const_cast<Json*>(records.find("contacts"))->push(id);
    if (!others.empty()) {
      Json& list = records.set("others", Json::array());
      for (const auto& [kind, id] : others) list.push(Json::object({{"kind", kind}, {"id", id}}));
    }
    Json json = Json::object({{"id", id},
                              {"calendar", calendar},
                              {"revision", revision},
                              {"event", event},
                              {"records", std::move(records)}});
    if (!split_of.empty()) json.set("split_of", split_of);
    return json;
  }
};

class Events {
 public:
  Events(Mutex& mutex, const Clock& clock, Feed& feed, Notifications& notifications,
         const Calendars& calendars, const Contacts& contacts, const Tasks& tasks)
      : mutex_(mutex),
        clock_(clock),
        feed_(feed),
        notifications_(notifications),
        calendars_(calendars),
        contacts_(contacts),
        tasks_(tasks) {}

  // --- actions of the user: saved without a revision, and notified ---
  // Creates or replaces. event: JSON text (schema/event.json); split_of: the event that a new one
  // was split off from. Returns the new revision.
  Result<std::string> save(std::string id, std::string calendar, std::string_view event,
                           std::string_view split_of = {}) {
    CRM_TRY(Json json, Json::parse(event));
    if (!is_event(json)) return Error{Code::invalid, "an event has a start and an end", {}};
    const Lock lock(mutex_);
    if (!calendars_.find(calendar)) return no_calendar();
    notifications_.push_back({Notification::Kind::event, calendar, id});
    if (!split_of.empty()) events_[id].document.split_of = split_of;
    return store(std::move(id), std::move(calendar), std::move(json), std::nullopt);
  }
  Result<> erase(std::string_view id) {
    const Lock lock(mutex_);
    const auto found = events_.find(id);
    if (found == events_.end()) return no_event();
    notifications_.push_back(
        {Notification::Kind::event, found->second.document.calendar, std::string(id)});
    remove(found);
    return {};
  }
  Result<std::string> move(std::string_view id, std::string calendar) {
    const Lock lock(mutex_);
    const auto found = events_.find(id);
    if (found == events_.end()) return no_event();
    if (!calendars_.find(calendar)) return no_calendar();
    notifications_.push_back(
        {Notification::Kind::event, found->second.document.calendar, std::string(id)});
    notifications_.push_back({Notification::Kind::event, calendar, std::string(id)});
    return relocate(found->second, std::move(calendar));
  }
  std::optional<EventDocument> find(std::string_view id) const {
    const Lock lock(mutex_);
    const auto found = events_.find(id);
    return found == events_.end() ? std::nullopt : std::optional(found->second.document);
  }
  std::vector<EventDocument> all() const {
    const Lock lock(mutex_);
    std::vector<EventDocument> documents;
    for (const auto& [id, stored] : events_) documents.push_back(stored.document);
    return documents;
  }
  std::size_t remembered_answers() const {  // 0 once the plugin has settled all
    const Lock lock(mutex_);
    return answers_.size();
  }
  void forget_old_deletions() {  // a host does this once a day: older than 90 days
    const Lock lock(mutex_);
    std::erase_if(tombstones_, [&](const auto& entry) {
      const bool old = entry.second.at < clock_.wall() - std::int64_t{90} * 24 * 3600 * 1000;
      if (old) floor_ = std::max(floor_, entry.second.seq);
      return old;
    });
  }

  // --- crm.events/0 ---
  Result<std::string> changes(std::string_view calendar, std::string_view text,
                              std::uint32_t limit) const {
    if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
    const Lock lock(mutex_);
    if (!calendars_.known_to_plugin(calendar)) return no_calendar();
    CRM_TRY(Cursor cursor, feed_.read(text, floor_, calendar));
    std::vector<std::pair<std::int64_t, Json>> due;
    for (const auto& [id, stored] : events_) {
      if (stored.document.calendar != calendar || stored.seq <= cursor.seq) continue;
      due.emplace_back(stored.seq, Json::object({{"id", id},
                                                 {"revision", stored.document.revision},
                                                 {"document", stored.document.document()}}));
    }
    for (const auto& [name, tombstone] : tombstones_) {
      if (name.first != calendar || tombstone.seq <= std::max(cursor.seq, cursor.start)) continue;
      Json entry = Json::object({{"id", name.second}});
      if (tombstone.moved_to.empty())
        entry.set("deleted", true);
      else
        entry.set("moved", tombstone.moved_to);
      due.emplace_back(tombstone.seq, std::move(entry));
    }
    std::sort(due.begin(), due.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    const bool more = due.size() > limit;
    if (more) due.resize(limit);
    Json list = Json::array();
    for (auto& [seq, entry] : due) {
      cursor.seq = seq;
      list.push(std::move(entry));
    }
    if (!more) cursor.seq = cursor.start = feed_.now();
    return Json::object({{"changes", std::move(list)},
                         {"cursor", feed_.write(cursor, calendar)},
                         {"more", more}})
        .dump();
  }
  Result<std::string> get(std::string_view ids) const {
    CRM_TRY(const Json asked, Json::parse(ids));
    if (!asked.is_array() || asked.items().size() > 500)
      return Error{Code::invalid, "ids: a JSON array of at most 500", {}};
    const Lock lock(mutex_);
    Json documents = Json::array();
    for (const std::string& id : asked.strings()) {
      const auto found = events_.find(id);
      if (found != events_.end() && calendars_.known_to_plugin(found->second.document.calendar))
        documents.push(found->second.document.document());
    }
    return documents.dump();
  }
  Result<std::string> apply(std::int64_t fence, std::string_view operations) {
    CRM_TRY(const Json asked, Json::parse(operations));
    if (!asked.is_array() || asked.items().size() > 500)
      return Error{Code::invalid, "operations: a JSON array of at most 500", {}};
    const Lock lock(mutex_);
    if (!tasks_.fence_is_current(fence))
      return Error{Code::conflict, "a newer run of this task has begun: stop", {}};
    Json results = Json::array();
    for (const Json& operation : asked.items()) {
      const auto revision = perform(operation);
      Json& result = results.push(Json::object(
          {{"status", static_cast<std::int64_t>(revision ? Code::ok : revision.error().code)}}));
      if (!revision)
        result.set("message", revision.error().message);
      else if (!revision->empty())
        result.set("revision", *revision);
    }
    return results.dump();
  }
  Result<> settle(std::string_view op_ids) {
    CRM_TRY(const Json asked, Json::parse(op_ids));
    if (!asked.is_array()) return Error{Code::invalid, "op_ids: a JSON array", {}};
    const Lock lock(mutex_);
    for (const std::string& op_id : asked.strings()) answers_.erase(op_id);
    return {};
  }

 private:
  struct Stored {
    std::int64_t seq = 0;
    EventDocument document;
  };
  struct Tombstone {
    std::int64_t seq = 0, at = 0;
    std::string moved_to;
  };
  struct Records {
    std::vector<std::string> leads, contacts;
    std::optional<std::vector<std::pair<std::string, std::string>>> others;  // absent: as they are
  };

  static Error no_event() { return {Code::not_found, "there is no such appointment", {}}; }
  static Error no_calendar() { return {Code::not_found, "there is no such calendar", {}}; }
  static bool is_event(const Json& json) {
    return json.is_object() && json["start"].is_object() && json["end"].is_object();
  }

  // Returns the revision, "" after an erase. A success is stored with its op_id; a failure is not.
  Result<std::string> perform(const Json& operation) {
    const std::string &op = operation.string("op"), &op_id = operation.string("op_id");
    if (op != "put" && op != "erase" && op != "link" && op != "move")
      return Error{Code::invalid, "op: put, erase, link or move", {}};
    if (op_id.empty()) return Error{Code::invalid, "op_id: missing", {}};
    if (const auto answered = answers_.find(op_id); answered != answers_.end())
      return answered->second;
    CRM_TRY(std::string revision, perform_once(operation));
    answers_[op_id] = revision;
    return revision;
  }
  Result<std::string> perform_once(const Json& operation) {
    const std::string &op = operation.string("op"), &id = operation.string("id"),
                      &calendar = operation.string("calendar");
    if (id.empty()) return Error{Code::invalid, "id: missing", {}};
    const auto found = events_.find(id);
    const Json* if_revision =
        operation["if_revision"].is_null() ? nullptr : operation.find("if_revision");
    if (op == "put" && !if_revision) {
      if (found != events_.end())
        return Error{Code::conflict, "an appointment with this id exists", {}};
      if (!calendars_.known_to_plugin(calendar)) return no_calendar();
      if (!is_event(operation["event"]))
        return Error{Code::invalid, "an event has a start and an end", {}};
      return store(id, calendar, operation["event"], records_of(operation));
    }
    if (found == events_.end() || !calendars_.known_to_plugin(found->second.document.calendar))
      return no_event();
    Stored& stored = found->second;
    if (op == "link") {
      const auto records = records_of(operation);
      if (!records) return Error{Code::invalid, "records: missing", {}};
      link(stored, *records);
      return stored.document.revision;
    }
    if (!if_revision || !if_revision->is_string())
      return Error{Code::invalid, "if_revision: missing", {}};
    if (if_revision->as_string() != stored.document.revision)
      return Error{Code::conflict, "the appointment was changed meanwhile", {}};
    if (op == "erase") {
      remove(found);
      return std::string();
    }
    if (op == "move") {
      const Calendar* target = calendars_.known_to_plugin(calendar);
      if (!target || target->user != calendars_.find(stored.document.calendar)->user)
        return no_calendar();
      return relocate(stored, calendar);
    }
    if (!calendar.empty() && calendar != stored.document.calendar)
      return Error{Code::conflict, "the appointment is in another calendar now", {}};
    if (!is_event(operation["event"]))
      return Error{Code::invalid, "an event has a start and an end", {}};
    if (operation["event"] ==
        stored.document.event) {  // unchanged: neither a revision nor a change
      if (const auto records = records_of(operation)) link(stored, *records);
      return stored.document.revision;
    }
    return store(id, stored.document.calendar, operation["event"], records_of(operation));
  }

  static std::optional<Records> records_of(const Json& operation) {
    const Json& records = operation["records"];
    if (records.is_null()) return std::nullopt;
    Records read{records["leads"].strings(), records["contacts"].strings(), std::nullopt};
    if (const Json* others = records.find("others")) {
      read.others.emplace();
      for (const Json& one : others->items())
        read.others->emplace_back(one.string("kind"), one.string("id"));
    }
    return read;
  }
  // Only existing records: one may have been deleted since the plugin read it.
  void link(Stored& stored, const Records& records) {
    const auto existing = [&](const char* kind, std::vector<std::string> ids) {
      std::erase_if(ids, [&](const std::string& id) { return !contacts_.exists(kind, id); });
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      return ids;
    };
    stored.document.leads = existing("lead", records.leads);
    stored.document.contacts = existing("contact", records.contacts);
    if (!records.others) return;
    stored.document.others.clear();
    for (const auto& [kind, id] : *records.others)
      if (contacts_.exists(kind, id)) stored.document.others.emplace_back(kind, id);
  }
  std::string store(std::string id, std::string calendar, Json event,
                    const std::optional<Records>& records) {
    Stored& stored = events_[id];
    if (!stored.document.calendar.empty() && stored.document.calendar != calendar)
      bury(stored.document, calendar);
    stored.seq = feed_.next();
    stored.document.revision = "r" + std::to_string(++revisions_);
    tombstones_.erase({calendar, id});
    stored.document.id = std::move(id);
    stored.document.calendar = std::move(calendar);
    stored.document.event = std::move(event);
    if (records) link(stored, *records);
    return stored.document.revision;
  }
  std::string relocate(Stored& stored, std::string calendar) {
    if (calendar == stored.document.calendar) return stored.document.revision;
    return store(stored.document.id, std::move(calendar), stored.document.event, std::nullopt);
  }
  void bury(const EventDocument& document, std::string moved_to) {
    tombstones_[{document.calendar, document.id}] = {feed_.next(), clock_.wall(),
                                                     std::move(moved_to)};
  }
  void remove(std::map<std::string, Stored, std::less<>>::iterator found) {
    bury(found->second.document, {});
    events_.erase(found);
  }

  Mutex& mutex_;
  const Clock& clock_;
  Feed& feed_;
  Notifications& notifications_;
  const Calendars& calendars_;
  const Contacts& contacts_;
  const Tasks& tasks_;
  std::map<std::string, Stored, std::less<>> events_;
  std::map<std::pair<std::string, std::string>, Tombstone> tombstones_;  // by (calendar, event)
  std::map<std::string, std::string, std::less<>> answers_;              // op_id -> revision
  std::int64_t floor_ = 0;  // the newest deletion that was removed
  std::int64_t revisions_ = 0;
};

}  // namespace crm::fakes
