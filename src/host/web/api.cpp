#include "src/host/web/api.hpp"

#include <algorithm>
#include <utility>

#include "src/common/base/bytes.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/security.hpp"

namespace host {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> out;
  for (const std::string_view segment : gcal::net::path_segments(pattern))
    out.emplace_back(segment);
  return out;
}

// Do the segments fit the route? Fills the names that stand in its places.
bool matches(const std::vector<std::string>& route, const std::vector<std::string>& segments,
             std::vector<std::string>& names) {
  if (route.size() != segments.size()) return false;
  names.clear();
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (route[i] == "{}")
      names.push_back(segments[i]);
    else if (route[i] != segments[i])
      return false;
  }
  return true;
}

bool reads(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

// A form of a foreign page can send text/plain without asking first, JSON never.
bool is_json(std::string_view type) {
  return type == "application/json" || type.starts_with("application/json;");
}

}  // namespace

void Api::add(std::string_view method, std::string_view pattern, Now handler, Access access,
              std::size_t limit) {
  add_later(
      method, pattern,
      [handler = std::move(handler)](const ApiRequest& request, const Answerer& answer) {
        auto result = handler(request);
        answer(result ? *std::move(result) : error_answer(result.error()));
      },
      access, limit);
}

void Api::add_later(std::string_view method, std::string_view pattern, Later handler, Access access,
                    std::size_t limit) {
  routes_.push_back({std::string(method), std::string(pattern), split(pattern), std::move(handler),
                     access, limit});
}

void Api::dispatch(Crm& crm, const gcal::net::ServerRequest& request,
                   const std::vector<std::string>& segments, Answerer answer) const {
  ApiRequest call;
  call.method = request.method == "HEAD" ? "GET" : request.method;
  const Route* route = nullptr;
  std::string allowed;
  for (const Route& candidate : routes_) {
    if (!matches(candidate.segments, segments, call.names)) continue;
    if (candidate.method == call.method) {
      route = &candidate;
      break;
    }
    allowed += (allowed.empty() ? "" : ", ") + candidate.method;
  }
  if (!route) {
    if (allowed.empty())
      return answer(error_answer(404, "not_found", "error.not_found", "there is no such path"));
    Answer refusal =
        error_answer(405, "invalid", "error.invalid", "this path does not know the method");
    refusal.headers.set("Allow", allowed);
    return answer(std::move(refusal));
  }

  if (route->access != Access::open) {
    auto admission = session_of(crm, request);
    if (!admission)
      return answer(admission.error().code == Code::needs_auth ? no_session()
                                                               : error_answer(admission.error()));
    call.session = std::move(admission->session);
    call.token = std::move(admission->token);
    if (!csrf_holds(request, call.session)) return answer(no_csrf());
    if (route->access == Access::administrator && call.session.user.role != "admin")
      return answer(error_answer(403, "denied", "error.denied", "for administrators only"));
  }
  call.language = language_of(call.session.user, request.headers);

  if (request.body.size() > route->limit)
    return answer(
        error_answer(413, "too_large", "error.too_large",
                     "the request has more than " + std::to_string(route->limit) + " bytes"));
  auto query = gcal::net::form_decode(request.query);
  if (!query)
    return answer(
        error_answer({Code::invalid, "the query is no form: " + query.error().message, {}}));
  call.query = *std::move(query);
  if (!request.body.empty() && !reads(request.method)) {
    if (!is_json(request.headers.get("Content-Type")))
      return answer(error_answer({Code::invalid, "the body must be application/json", {}}));
    auto body = Json::parse(request.body);
    if (!body)
      return answer(
          error_answer({Code::invalid, "the body is no JSON: " + body.error().message, {}}));
    if (!body->is_object())
      return answer(error_answer({Code::invalid, "the body must be a JSON object", {}}));
    call.body = *std::move(body);
  }
  route->handler(call, [answer = std::move(answer), &log = crm.log(),
                        what = route->method + " " + route->pattern](Answer given) {
    if (given.status == 500)
      log.error("web.failed", Json::object({{"request", what},
                                            {"message", given.body["error"].string("message")}}));
    answer(std::move(given));
  });
}

Result<Admission> session_of(Crm& crm, const gcal::net::ServerRequest& request) {
  Admission admission;
  admission.token = session_token(request.headers);
  TRY(admission.session, crm.users().session(admission.token));
  return admission;
}

bool csrf_holds(const gcal::net::ServerRequest& request, const Session& session) {
  return reads(request.method) || gcal::base::equal_in_constant_time(
                                      gcal::base::as_bytes(request.headers.get("X-CSRF-Token")),
                                      gcal::base::as_bytes(session.csrf));
}

Answer no_session() {
  return error_answer(401, "no_session", "error.no_session", "log in first");
}

Answer no_csrf() {
  return error_answer(403, "denied", "error.csrf",
                      "the header X-CSRF-Token is missing or of another session");
}

std::string language_of(const User& user, const gcal::net::Headers& headers) {
  if (!user.locale.empty()) return user.locale;
  // Browsers send languages by preference, so the order stands for the q values.
  std::string_view rest = headers.get("Accept-Language");
  while (!rest.empty()) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ',')) rest.remove_prefix(1);
    const std::string_view primary = rest.substr(0, 2);
    const bool ends =
        rest.size() == 2 ||
        (rest.size() > 2 && std::string_view("-;, ").find(rest[2]) != std::string_view::npos);
    if (ends && (primary == "de" || primary == "en")) return std::string(primary);
    const std::size_t comma = rest.find(',');
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma);
  }
  return "en";
}

}  // namespace host
