// crm.contacts/0 over leads and contacts, which everybody in this CRM may see.
#include "host_api/cpp/abi.hpp"
#include "src/common/base/json_array.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxAddresses = 1000;

crm_status find_by_email(const crm_host* host, crm_str user, crm_str addresses, crm_sink found,
                         crm_error* error) noexcept {
  return crm::guard_into(found, error, [&]() -> Result<std::string> {
    TRY(const auto wanted, texts_argument(addresses, "addresses"));
    if (wanted.size() > kMaxAddresses) return Error{Code::invalid, "addresses: at most 1000", {}};
    TRY(const auto records,
        PluginHost::of(host).crm().records_by_address(crm::from_abi(user), wanted));
    Json document = Json::object();
    for (const auto& [address, of_address] : records)
      document.set(address, FoundRecords{LinkedRecords::of(of_address.exact),
                                         LinkedRecords::of(of_address.similar)}
                                .to_json());
    return document.dump();
  });
}

crm_status changes(const crm_host* host, crm_str cursor, std::uint32_t limit, crm_sink page,
                   crm_error* error) noexcept {
  return crm::guard_into(page, error, [&]() -> Result<std::string> {
    TRY(const RecordChanges changes,
        PluginHost::of(host).appointments().record_changes(crm::from_abi(cursor), limit));
    Json entries = Json::array();
    for (const RecordChange& change : changes.changes) {
      entries.push(Json::object({{"kind", to_text(change.kind)},
                                 {"id", change.id},
                                 {"addresses", gcal::base::json_array(change.addresses)}}));
    }
    return Json::object({{"changes", std::move(entries)},
                         {"cursor", changes.cursor},
                         {"more", changes.more}})
        .dump();
  });
}

}  // namespace

constexpr crm_contacts_0 kContactsTable{&find_by_email, &changes};

}  // namespace hosting
