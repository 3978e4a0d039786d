// Leads and contacts, and their cards. All users of this CRM see all records; AppointmentQueries
// decides what they see of appointments.
#include "src/host/crm/crm.hpp"
#include "src/host/web/common_json.hpp"
#include "src/host/web/routes.hpp"

namespace host {
namespace {

Json to_json(const std::vector<OccurrenceRow>& rows) {
  Json list = Json::array();
  for (const OccurrenceRow& row : rows) list.push(row.to_json());
  return list;
}

Result<ApiResponse> search(Crm& crm, RecordKind kind, const ApiRequest& request) {
  TRY(const std::int64_t limit, number(request, "limit", 50, 1, 500));
  TRY(const std::int64_t offset, number(request, "offset", 0, 0, 1'000'000));
  TRY(const RecordPage page,
      crm.records().search(kind, request.parameter("search"), limit, offset));
  Json items = Json::array();
  for (const Record& record : page.items) items.push(record.to_json());
  return ApiResponse{200, Json::object({{"total", page.total}, {"items", std::move(items)}})};
}

Result<ApiResponse> card(Crm& crm, RecordKind kind, const ApiRequest& request) {
  TRY(const std::int64_t past, number(request, "past", 20, 0, 500));
  TRY(const std::int64_t upcoming, number(request, "upcoming", 20, 0, 500));
  TRY(const Record record, crm.records().get(kind, request.path_parameters[0]));
  TRY(const Card found, crm.appointment_queries().card(
                            request.user(), kind, request.path_parameters[0],
                            static_cast<std::size_t>(upcoming), static_cast<std::size_t>(past)));
  Json json = record.to_json();
  json.set("upcoming", to_json(found.upcoming));
  json.set("past", to_json(found.past));
  json.set("upcoming_total", found.upcoming_total);
  json.set("past_total", found.past_total);
  return ApiResponse{200, std::move(json)};
}

void add(Api& api, Crm& crm, RecordKind kind, const std::string& path) {
  api.add("GET", path,
          [&crm, kind](const ApiRequest& request) { return search(crm, kind, request); });
  api.add("GET", path + "/{}",
          [&crm, kind](const ApiRequest& request) { return card(crm, kind, request); });
  api.add("POST", path, [&crm, kind](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const Record record, crm.records().create(kind, request.body));
    return ApiResponse{201, record.to_json()};
  });
  api.add("PATCH", path + "/{}", [&crm, kind](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const Record record, crm.records().update(kind, request.path_parameters[0], request.body));
    return ApiResponse{200, record.to_json()};
  });
  api.add("DELETE", path + "/{}", [&crm, kind](const ApiRequest& request) -> Result<ApiResponse> {
    TRY_VOID(crm.records().erase(kind, request.path_parameters[0]));
    return ApiResponse{};
  });
}

}  // namespace

void add_record_routes(Api& api, Crm& crm) {
  add(api, crm, RecordKind::lead, "/api/leads");
  add(api, crm, RecordKind::contact, "/api/contacts");
}

}  // namespace host
