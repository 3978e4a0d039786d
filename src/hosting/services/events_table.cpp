// crm.events/0: the feed and the conditional writes, from JSON to the types of the port and back.
#include <algorithm>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

Result<std::vector<std::string>> ids_of(const Json& list, std::string_view name) {
  std::vector<std::string> ids;
  if (!list.is_array())
    return Error{Code::invalid, "records." + std::string(name) + ": a list of ids is expected", {}};
  for (const Json& id : list.items()) {
    if (!id.is_string())
      return Error{Code::invalid, "records." + std::string(name) + ": an id is a text", {}};
    ids.push_back(id.as_string());
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Records of kinds that this library does not know: it checks them, and leaves them to the CRM.
Result<> check_others(const Json& list) {
  const auto invalid = [] {
    return Error{Code::invalid, "records.others: a list of {kind, id} is expected", {}};
  };
  if (!list.is_null() && !list.is_array()) return invalid();
  for (const Json& one : list.items())
    if (!is_record_kind(one.string("kind")) || one.string("id").empty()) return invalid();
  return {};
}

Result<Operation::Kind> kind_of(std::string_view text) {
  if (text == "put") return Operation::Kind::put;
  if (text == "erase") return Operation::Kind::erase;
  if (text == "link") return Operation::Kind::link;
  if (text == "move") return Operation::Kind::move;
  return Error{Code::invalid, "op: put, erase, link or move", {}};
}

Result<Operation> operation_of(const Json& document) {
  if (!document.is_object()) return Error{Code::invalid, "an operation is a JSON object", {}};
  Operation operation;
  TRY(operation.kind, kind_of(document.string("op")));
  operation.op_id = document.string("op_id");
  operation.id = document.string("id");
  if (const Json* calendar = document.find("calendar"); calendar && !calendar->is_string())
    return Error{Code::invalid, "calendar: a text is expected", {}};
  operation.calendar = document.string("calendar");
  if (const Json* revision = document.find("if_revision"); revision && !revision->is_null()) {
    if (!revision->is_string()) return Error{Code::invalid, "if_revision: a text is expected", {}};
    operation.if_revision = revision->as_string();
  }
  operation.event = document["event"];
  if (const Json* records = document.find("records"); records && !records->is_null()) {
    if (!records->is_object())
      return Error{Code::invalid, "records: leads and contacts are expected", {}};
    TRY_VOID(check_others((*records)["others"]));
    LinkedRecords linked;
    TRY(linked.leads, ids_of((*records)["leads"], "leads"));
    TRY(linked.contacts, ids_of((*records)["contacts"], "contacts"));
    operation.records = std::move(linked);
  }
  return operation;
}

crm_status changes(const crm_host* host, crm_str calendar, crm_str cursor, std::uint32_t limit,
                   crm_sink page, crm_error* error) noexcept {
  return crm::guard_into(page, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const FeedPage feed, self.appointments().changes(self.plugin(), crm::from_abi(calendar),
                                                         crm::from_abi(cursor), limit));
    return feed.to_json().dump();
  });
}

crm_status get(const crm_host* host, crm_str ids, crm_sink documents, crm_error* error) noexcept {
  return crm::guard_into(documents, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto wanted, texts_argument(ids, "ids"));
    TRY(const auto found, self.appointments().get(self.plugin(), wanted));
    Json list = Json::array();
    for (const EventDocument& document : found) list.push(document.to_json());
    return list.dump();
  });
}

// An operation that cannot be read is answered for itself; the others of the batch are performed.
crm_status apply(const crm_host* host, std::int64_t fence, crm_str operations, crm_sink results,
                 crm_error* error) noexcept {
  return crm::guard_into(results, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Json batch, Json::parse(crm::from_abi(operations)));
    if (!batch.is_array()) return Error{Code::invalid, "operations: a JSON array is expected", {}};
    std::vector<Operation> readable;
    std::vector<std::optional<OperationResult>> answers;
    for (const Json& document : batch.items()) {
      auto operation = operation_of(document);
      if (operation) {
        readable.push_back(*std::move(operation));
        answers.emplace_back();
      } else {
        answers.emplace_back(
            OperationResult{operation.error().code, "", operation.error().message});
      }
    }
    if (answers.size() > 500) return Error{Code::invalid, "at most 500 operations", {}};
    TRY(const auto performed, self.appointments().apply(self.plugin(), fence, readable));
    Json list = Json::array();
    std::size_t next = 0;
    for (const auto& answer : answers)
      list.push(answer ? answer->to_json() : performed[next++].to_json());
    return list.dump();
  });
}

crm_status settle(const crm_host* host, crm_str op_ids, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto ids, texts_argument(op_ids, "op_ids"));
    return self.appointments().acknowledge(self.plugin(), ids);
  });
}

}  // namespace

constexpr crm_events_0 kEventsTable{&changes, &get, &apply, &settle};

}  // namespace hosting
