// The users of this CRM, for administrators: list, add, role, lock, password, removal. What changes
// something asks for a password that was given within the last 15 minutes.
#include "src/host/crm/crm.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/common_json.hpp"
#include "src/host/web/routes.hpp"

namespace host {
namespace {

Result<ApiResponse> list(Crm& crm) {
  TRY(const auto users, crm.users().list());
  Json out = Json::array();
  for (const User& user : users) {
    if (user.is_removed()) continue;
    Json json = user_json(user);
    json.set("locked", user.locked);
    out.push(std::move(json));
  }
  return ApiResponse{200, std::move(out)};
}

Result<ApiResponse> add(Crm& crm, const ApiRequest& request) {
  if (!request.session.confirmed) return confirm_first_response();
  NewUser user{.email = request.body.string("email"),
               .name = request.body.string("name"),
               .password = request.body.string("password")};
  if (request.body.contains("role")) user.role = request.body.string("role");
  if (request.body.contains("locale")) user.locale = request.body.string("locale");
  if (request.body.contains("time_zone")) user.time_zone = request.body.string("time_zone");
  TRY(const User created, crm.users().create(user));
  audit(crm.log(), "user_add", request.user(), request, created.id);
  return ApiResponse{201, user_json(created)};
}

Result<ApiResponse> change(Crm& crm, const ApiRequest& request) {
  const std::string& id = request.path_parameters[0];
  if (!request.session.confirmed) return confirm_first_response();
  for (const auto& [name, value] : request.body.members()) {
    if (name == "locked" && value.is_bool()) {
      TRY_VOID(crm.users().set_locked(id, value.as_bool()));
      audit(crm.log(), value.as_bool() ? "user_lock" : "user_unlock", request.user(), request, id);
    } else if (name == "role" && value.is_string()) {
      TRY_VOID(crm.users().set_role(id, value.as_string()));
      audit(crm.log(), "user_role_" + value.as_string(), request.user(), request, id);
    } else {
      return Error{Code::invalid, name + ": unknown setting or value", {}};
    }
  }
  return ApiResponse{};
}

}  // namespace

void add_user_routes(Api& api, Crm& crm) {
  constexpr auto kAdministrator = Api::Access::administrator;
  api.add(
      "GET", "/api/users", [&crm](const ApiRequest&) { return list(crm); }, kAdministrator);
  api.add(
      "POST", "/api/users", [&crm](const ApiRequest& request) { return add(crm, request); },
      kAdministrator, Api::kPasswordLimits);
  api.add(
      "PATCH", "/api/users/{}", [&crm](const ApiRequest& request) { return change(crm, request); },
      kAdministrator);
  api.add(
      "POST", "/api/users/{}/password",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        if (!request.session.confirmed) return confirm_first_response();
        TRY_VOID(
            crm.users().set_password(request.path_parameters[0], request.body.string("password")));
        audit(crm.log(), "user_password", request.user(), request, request.path_parameters[0]);
        return ApiResponse{};
      },
      kAdministrator, Api::kPasswordLimits);
  api.add(
      "DELETE", "/api/users/{}",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        if (!request.session.confirmed) return confirm_first_response();
        TRY_VOID(crm.users().remove(request.path_parameters[0]));
        crm.tasks().look_now();  // their plugins forget them
        audit(crm.log(), "user_remove", request.user(), request, request.path_parameters[0]);
        return ApiResponse{};
      },
      kAdministrator);
}

}  // namespace host
