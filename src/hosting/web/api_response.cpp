#include "src/hosting/web/api_response.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hosting {
namespace {

struct Kind {
  int status;
  std::string_view code;
};

Kind kind_of(Code code) {
  switch (code) {
    case Code::invalid: return {400, "invalid"};
    case Code::not_found: return {404, "not_found"};
    case Code::gone: return {410, "gone"};
    case Code::conflict: return {409, "conflict"};
    case Code::denied: return {403, "denied"};
    // A connected account must be authorised again. A missing session is 401 no_session.
    case Code::needs_auth: return {409, "needs_auth"};
    case Code::unavailable: return {503, "unavailable"};
    case Code::timeout: return {503, "timeout"};
    case Code::cancelled: return {503, "unavailable"};
    case Code::ok:
    case Code::internal: break;
  }
  return {500, "internal"};
}

// "emails: a list is expected" -> "emails"
std::string_view field_of(std::string_view message) {
  const std::size_t colon = message.find(": ");
  if (colon == std::string_view::npos || colon == 0 || colon > 64) return {};
  const std::string_view name = message.substr(0, colon);
  const bool is_name = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' ||
           c == ']';
  });
  return is_name ? name : std::string_view{};
}

bool is_key(std::string_view message) {
  if (message == "error.confirm") return true;
  return message.starts_with("event.read_only.") &&
         message.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos;
}

std::string seconds_of(std::chrono::milliseconds time) {
  return std::to_string((time.count() + 999) / 1000);
}

}  // namespace

ApiResponse error_response(int status, std::string_view code, std::string_view key,
                           std::string message, Json args, std::string_view field) {
  Json error = Json::object(
      {{"code", code}, {"key", key}, {"args", std::move(args)}, {"message", std::move(message)}});
  if (!field.empty()) error.set("field", field);
  return {status, Json::object({{"error", std::move(error)}})};
}

ApiResponse error_response(const Error& error) {
  const Kind kind = kind_of(error.code);
  const std::string key = is_key(error.message) ? error.message : "error." + std::string(kind.code);
  ApiResponse response = error_response(
      kind.status, kind.code, key, error.message, Json::object({{"message", error.message}}),
      error.code == Code::invalid ? field_of(error.message) : std::string_view{});
  if (error.retry_after.count() > 0)
    response.headers.set("Retry-After", seconds_of(error.retry_after));
  return response;
}

ApiResponse no_session_response() {
  return error_response(401, "no_session", "error.no_session", "log in first");
}

ApiResponse too_many_response(std::string message) {
  ApiResponse response = error_response(429, "too_many", "error.too_many", std::move(message));
  response.headers.set("Retry-After", "1");
  return response;
}

ApiResponse too_large_response(std::size_t max_body) {
  return error_response(413, "too_large", "error.too_large",
                        "the request has more than " + std::to_string(max_body) + " bytes");
}

ApiResponse administrators_only_response() {
  return error_response(403, "denied", "error.denied", "for administrators only");
}

ApiResponse confirm_first_response() {
  return error_response(
      403, "denied", "error.confirm",
      "it is too long ago that the password was given: give it again, then repeat this");
}

void hide_internals(ApiResponse& response) {
  Json error = response.body["error"];
  if (!error.is_object()) return;
  error.set("message", "the request failed inside the host; its log says why");
  error.set("args", Json::object());
  response.body.set("error", std::move(error));
}

crm_hosting::Response as_http(ApiResponse response) {
  const bool is_json = response.raw_type.empty();
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Content-Type",
                       is_json ? "application/json; charset=utf-8" : response.raw_type);
  crm_hosting::Response out;
  out.status = response.status;
  for (const auto& [name, value] : response.headers.fields()) out.headers.push_back({name, value});
  out.body = is_json ? response.body.dump() : std::move(response.raw);
  return out;
}

}  // namespace hosting
