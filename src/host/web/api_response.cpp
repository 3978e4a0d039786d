#include "src/host/web/api_response.hpp"

#include <algorithm>
#include <chrono>

namespace host {
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

ApiResponse frame_response(std::string html) {
  ApiResponse response;
  response.raw = std::move(html);
  response.raw_type = "text/html; charset=utf-8";
  response.headers.set("Content-Security-Policy",
                       "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                       "form-action 'none'; base-uri 'none'; frame-ancestors 'self'");
  response.headers.set("X-Frame-Options", "SAMEORIGIN");
  return response;
}

gcal::net::ServerResponse to_response(ApiResponse response) {
  gcal::net::ServerResponse out;
  out.status = response.status;
  out.headers = std::move(response.headers);
  out.headers.set("Cache-Control", "no-store");
  const bool is_json = response.raw_type.empty();
  out.headers.set("Content-Type", is_json ? "application/json; charset=utf-8" : response.raw_type);
  out.body = is_json ? response.body.dump() : std::move(response.raw);
  return out;
}

}  // namespace host
