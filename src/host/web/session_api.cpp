// Log in, log out, the current session and the user's others, the password, the user's settings.
#include "src/host/crm/crm.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/common_json.hpp"
#include "src/host/web/live_updates.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/web/rate_limit.hpp"

namespace host {
namespace {

ApiResponse session_response(const Session& session) {
  return {200, Json::object({{"user", user_json(session.user)}, {"csrf", session.csrf}})};
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

// A wrong password of a user who is logged in leaves the session as it is: 403, not 401.
ApiResponse password_error_response(const Error& error) {
  if (error.code == Code::needs_auth)
    return error_response(403, "denied", "login.wrong", error.message);
  return login_error_response(error);
}

LogInOrigin origin_of(const ApiRequest& request) {
  return {request.client, request.device};
}

// A refusal without a check of the password costs its sender nothing: of these so many are logged.
constexpr double kPausedLines = 20, kPausedLinesPerSecond = 1;

Result<ApiResponse> log_in(Crm& crm, LiveUpdates& live, Authenticator& authenticator,
                           hosting::RateLimit& paused, const ApiRequest& request) {
  const Json& email = request.body["email"];
  const Json& password = request.body["password"];
  if (!email.is_string() || !password.is_string())
    return Error{Code::invalid, "email and password are needed", {}};
  auto login = crm.users().log_in(email.as_string(), password.as_string(),
                                  {origin_of(request), request.agent, request.token});
  if (!login) {
    const bool checked = login.error().code == Code::needs_auth;
    if (checked || paused.allows("", crm.clock().monotonic()))
      audit_failure(crm.log(), request, email.as_string(), login.error());
    return login_error_response(login.error());
  }
  audit(crm.log(), "log_in", login->session.user.id, request);
  if (!request.token.empty()) {  // the session that this one replaces
    authenticator.forget(request.token);
    live.end_session(request.token);
  }
  ApiResponse response = session_response(login->session);
  response.headers.add("Set-Cookie", authenticator.cookies().set_session(login->token));
  if (login->device != request.device)
    response.headers.add("Set-Cookie", authenticator.cookies().set_device(login->device));
  return response;
}

Json to_json(const SessionInfo& session) {
  return Json::object({{"id", session.id},
                       {"created", time_text(session.created)},
                       {"used", time_text(session.used)},
                       {"agent", session.agent},
                       {"current", session.current}});
}

void add_log_in(Api& api, Crm& crm, LiveUpdates& live, Authenticator& authenticator) {
  api.add(
      "POST", "/api/session",
      [&, paused = std::make_shared<hosting::RateLimit>(kPausedLines, kPausedLinesPerSecond)](
          const ApiRequest& request) { return log_in(crm, live, authenticator, *paused, request); },
      Api::Access::open, Api::kPasswordLimits);

  api.add("GET", "/api/session", [](const ApiRequest& request) -> Result<ApiResponse> {
    return session_response(request.session);
  });

  api.add("DELETE", "/api/session", [&](const ApiRequest& request) -> Result<ApiResponse> {
    TRY_VOID(crm.users().log_out(request.token));
    audit(crm.log(), "log_out", request.user(), request);
    authenticator.forget(request.token);
    live.end_session(request.token);
    ApiResponse response;
    response.headers.add("Set-Cookie", authenticator.cookies().set_session(""));
    return response;
  });
}

void add_passwords(Api& api, Crm& crm) {
  api.add(
      "POST", "/api/session/confirm",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        const auto confirmed =
            crm.users().confirm(request.token, request.body.string("password"), origin_of(request));
        audit(crm.log(), confirmed ? "confirm" : "confirm_failed", request.user(), request);
        return confirmed ? ApiResponse{} : password_error_response(confirmed.error());
      },
      Api::Access::user, Api::kPasswordLimits);

  api.add(
      "POST", "/api/me/password",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        const auto changed =
            crm.users().change_password(request.token, request.body.string("present"),
                                        request.body.string("wanted"), origin_of(request));
        audit(crm.log(), changed ? "password_change" : "password_change_failed", request.user(),
              request);
        return changed ? ApiResponse{} : password_error_response(changed.error());
      },
      Api::Access::user, Api::kPasswordLimits);
}

}  // namespace

void add_session_routes(Api& api, Crm& crm, LiveUpdates& live, Authenticator& authenticator) {
  add_log_in(api, crm, live, authenticator);
  add_passwords(api, crm);

  api.add("GET", "/api/sessions", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const auto sessions, crm.users().sessions(request.user(), request.token));
    Json list = Json::array();
    for (const SessionInfo& session : sessions) list.push(to_json(session));
    return ApiResponse{200, std::move(list)};
  });
  api.add("DELETE", "/api/sessions", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY_VOID(crm.users().end_other_sessions(request.user(), request.token));
    audit(crm.log(), "sessions_end", request.user(), request);
    return ApiResponse{};
  });
  api.add("DELETE", "/api/sessions/{}", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY_VOID(crm.users().end_session(request.user(), request.path_parameters[0]));
    audit(crm.log(), "session_end", request.user(), request);
    return ApiResponse{};
  });

  api.add("PATCH", "/api/me", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const User user, crm.users().update(request.user(), request.body));
    return ApiResponse{200, user_json(user)};
  });
}

}  // namespace host
