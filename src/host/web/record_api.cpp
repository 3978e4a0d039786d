// Leads and contacts, and their cards. All users of this small CRM see all records; what they see
// of appointments is decided by Events.
#include <charconv>

#include "src/host/crm/crm.hpp"
#include "src/host/web/routes.hpp"

namespace host {
namespace {

Result<std::int64_t> number(const ApiRequest& request, std::string_view name,
                            std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return Error{Code::invalid,
                 std::string(name) + ": a number from " + std::to_string(least) + " to " +
                     std::to_string(most),
                 {}};
  return value;
}

Json to_json(const std::vector<OccurrenceRow>& rows) {
  Json list = Json::array();
  for (const OccurrenceRow& row : rows) list.push(row.to_json());
  return list;
}

Result<Answer> search(Crm& crm, RecordKind kind, const ApiRequest& request) {
  TRY(const std::int64_t limit, number(request, "limit", 50, 1, 500));
  TRY(const std::int64_t offset, number(request, "offset", 0, 0, 1'000'000));
  TRY(const RecordPage page,
      crm.records().search(kind, request.parameter("search"), limit, offset));
  Json items = Json::array();
  for (const Record& record : page.items) items.push(record.to_json());
  return Answer{200, Json::object({{"total", page.total}, {"items", std::move(items)}})};
}

Result<Answer> card(Crm& crm, RecordKind kind, const ApiRequest& request) {
  TRY(const std::int64_t past, number(request, "past", 20, 0, 500));
  TRY(const Record record, crm.records().get(kind, request.names[0]));
  TRY(const Card found, crm.events().card(request.user(), kind, request.names[0], 20,
                                          static_cast<std::size_t>(past)));
  Json json = record.to_json();
  json.set("upcoming", to_json(found.upcoming));
  json.set("past", to_json(found.past));
  json.set("past_total", found.past_total);
  return Answer{200, std::move(json)};
}

void add(Api& api, Crm& crm, RecordKind kind, const std::string& path) {
  api.add("GET", path,
          [&crm, kind](const ApiRequest& request) { return search(crm, kind, request); });
  api.add("GET", path + "/{}",
          [&crm, kind](const ApiRequest& request) { return card(crm, kind, request); });
  api.add("POST", path, [&crm, kind](const ApiRequest& request) -> Result<Answer> {
    TRY(const Record record, crm.records().create(kind, request.body));
    return Answer{201, record.to_json()};
  });
  api.add("PATCH", path + "/{}", [&crm, kind](const ApiRequest& request) -> Result<Answer> {
    TRY(const Record record, crm.records().update(kind, request.names[0], request.body));
    return Answer{200, record.to_json()};
  });
  api.add("DELETE", path + "/{}", [&crm, kind](const ApiRequest& request) -> Result<Answer> {
    TRY_VOID(crm.records().erase(kind, request.names[0]));
    return Answer{};
  });
}

}  // namespace

void add_record_routes(Api& api, Crm& crm) {
  add(api, crm, RecordKind::lead, "/api/leads");
  add(api, crm, RecordKind::contact, "/api/contacts");
}

}  // namespace host
