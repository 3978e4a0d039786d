// Log in, log out, the current session, and the user's own settings.
#include "src/host/crm/crm.hpp"
#include "src/host/web/live_updates.hpp"
#include "src/host/web/routes.hpp"
#include "src/host/web/security.hpp"

namespace host {
namespace {

Json to_json(const User& user) {
  return Json::object({{"id", user.id},
                       {"email", user.email},
                       {"name", user.name},
                       {"role", user.role},
                       {"locale", user.locale},
                       {"theme", user.theme},
                       {"time_zone", user.time_zone}});
}

ApiResponse session_response(const Session& session) {
  return {200, Json::object({{"user", to_json(session.user)}, {"csrf", session.csrf}})};
}

ApiResponse login_error_response(const Error& error) {
  if (error.code == Code::needs_auth)
    return error_response(401, "no_session", "login.wrong", error.message);
  if (error.code != Code::unavailable || error.retry_after.count() == 0)
    return error_response(error);
  const std::int64_t seconds = (error.retry_after.count() + 999) / 1000;
  ApiResponse response = error_response(429, "too_many", "login.pause", error.message,
                                        Json::object({{"seconds", seconds}}));
  response.headers.set("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace

void add_session_routes(Api& api, Crm& crm, LiveUpdates& live, bool https) {
  api.add(
      "POST", "/api/session",
      [&crm, https](const ApiRequest& request) -> Result<ApiResponse> {
        const Json& email = request.body["email"];
        const Json& password = request.body["password"];
        if (!email.is_string() || !password.is_string())
          return Error{Code::invalid, "email and password are needed", {}};
        auto login = crm.users().log_in(email.as_string(), password.as_string());
        if (!login) return login_error_response(login.error());
        ApiResponse response = session_response(login->session);
        response.headers.add("Set-Cookie", session_cookie(login->token, https));
        return response;
      },
      Api::Access::open);

  api.add("GET", "/api/session", [](const ApiRequest& request) -> Result<ApiResponse> {
    return session_response(request.session);
  });

  api.add("DELETE", "/api/session",
          [&crm, &live, https](const ApiRequest& request) -> Result<ApiResponse> {
            TRY_VOID(crm.users().log_out(request.token));
            live.end_session(request.token);
            ApiResponse response;
            response.headers.add("Set-Cookie", session_cookie("", https));
            return response;
          });

  api.add("PATCH", "/api/me", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const User user, crm.users().update(request.user(), request.body));
    return ApiResponse{200, to_json(user)};
  });
}

}  // namespace host
