// Log in, log out, who am I, and a person's own settings.
#include "src/host/crm/crm.hpp"
#include "src/host/web/live.hpp"
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

Answer session_answer(const Session& session) {
  return {200, Json::object({{"user", to_json(session.user)}, {"csrf", session.csrf}})};
}

Answer login_refused(const Error& error) {
  if (error.code == Code::needs_auth)
    return error_answer(401, "no_session", "login.wrong", error.message);
  if (error.code != Code::unavailable || error.retry_after.count() == 0) return error_answer(error);
  const std::int64_t seconds = (error.retry_after.count() + 999) / 1000;
  Answer answer = error_answer(429, "too_many", "login.pause", error.message,
                               Json::object({{"seconds", seconds}}));
  answer.headers.set("Retry-After", std::to_string(seconds));
  return answer;
}

}  // namespace

void add_session_routes(Api& api, Crm& crm, Live& live, bool https) {
  api.add(
      "POST", "/api/session",
      [&crm, https](const ApiRequest& request) -> Result<Answer> {
        const Json& email = request.body["email"];
        const Json& password = request.body["password"];
        if (!email.is_string() || !password.is_string())
          return Error{Code::invalid, "email and password are needed", {}};
        auto login = crm.users().log_in(email.as_string(), password.as_string());
        if (!login) return login_refused(login.error());
        Answer answer = session_answer(login->session);
        answer.headers.add("Set-Cookie", session_cookie(login->token, https));
        return answer;
      },
      Api::Access::open);

  api.add("GET", "/api/session", [](const ApiRequest& request) -> Result<Answer> {
    return session_answer(request.session);
  });

  api.add("DELETE", "/api/session",
          [&crm, &live, https](const ApiRequest& request) -> Result<Answer> {
            TRY_VOID(crm.users().log_out(request.token));
            live.end_session(request.token);
            Answer answer;
            answer.headers.add("Set-Cookie", session_cookie("", https));
            return answer;
          });

  api.add("PATCH", "/api/me", [&crm](const ApiRequest& request) -> Result<Answer> {
    TRY(const User user, crm.users().update(request.user(), request.body));
    return Answer{200, to_json(user)};
  });
}

}  // namespace host
