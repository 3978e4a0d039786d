#include "src/emulator/http/message.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

bool same_name(std::string_view a, std::string_view b) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return low(x) == low(y); });
}

// For messages that repeat a part of the request, which may be of any bytes or cut in a character.
std::string as_utf8(std::string text) {
  if (gcal::base::is_utf8(text)) return text;
  for (char& c : text)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return text;
}

}  // namespace

std::string header(const Fields& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return "";
}

const char* reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 429: return "Too Many Requests";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return status >= 500 ? "Internal Server Error" : "OK";
  }
}

Response json_text_response(std::string body, const std::string& etag) {
  Response response;
  response.headers = {{"Content-Type", "application/json; charset=UTF-8"},
                      {"Vary", "Origin, X-Origin, Referer"},
                      {"Cache-Control", "private"}};
  if (!etag.empty()) response.headers.emplace_back("ETag", etag);
  response.body = std::move(body);
  return response;
}

Response json_response(int status, const Json& body) {
  Response response = json_text_response(body.dump(), body.string("etag"));
  response.status = status;
  return response;
}

Response problem_response(const Problem& problem) {
  const std::string message = as_utf8(problem.message);
  Json entry =
      Json::object({{"domain", problem.domain}, {"reason", problem.reason}, {"message", message}});
  if (!problem.location.empty()) {
    entry.set("locationType", problem.location_type);
    entry.set("location", problem.location);
  }
  Json error = Json::object({{"errors", Json::array({std::move(entry)})},
                             {"code", problem.status},
                             {"message", message}});
  if (!problem.status_name.empty()) error.set("status", problem.status_name);
  if (!problem.error_info.empty())
    error.set("details",
              Json::array({Json::object(
                  {{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                   {"reason", problem.error_info},
                   {"domain", "googleapis.com"},
                   {"metadata", Json::object({{"service", "calendar-json.googleapis.com"}})}})}));
  Response response = json_response(problem.status, Json::object({{"error", std::move(error)}}));
  if (problem.status == 401)
    response.headers.emplace_back(
        "WWW-Authenticate",
        "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
  return response;
}

Response empty_response(int status) {
  Response response;
  response.status = status;
  return response;
}

Response html_response(int status, std::string page) {
  Response response;
  response.status = status;
  response.headers = {
      {"Content-Type", "text/html; charset=utf-8"},
      {"Cache-Control", "no-store"},
      {"X-Frame-Options", "DENY"},
      {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"}};
  response.body = std::move(page);
  return response;
}

Response oauth_error(int status, const std::string& error, const std::string& description) {
  return json_response(
      status, Json::object({{"error", error}, {"error_description", as_utf8(description)}}));
}

}  // namespace emulator
