#include "src/emulator/api/message.hpp"

#include <algorithm>
#include <map>

namespace emulator {
namespace {

using gcal::base::Json;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto low = [](char c) {
             return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
           };
           return low(x) == low(y);
         });
}

// A mask as a tree: `a/b` and `a(b)` are the same thing. An empty node keeps everything below it.
struct Mask {
  std::map<std::string, Mask, std::less<>> parts;
};

// part ("," part)*, part = name ("/" name)* ["(" list ")"]. False when the text is no mask; `at`
// stops behind the list.
bool read_mask(std::string_view text, std::size_t& at, Mask& into, int depth) {
  if (depth > 20) return false;
  while (true) {
    Mask* node = &into;
    while (true) {
      const std::size_t end = std::min(text.find_first_of(",/()", at), text.size());
      if (end == at) return false;  // a name is missing
      node = &node->parts[std::string(text.substr(at, end - at))];
      at = end;
      if (at >= text.size() || text[at] != '/') break;
      ++at;
    }
    if (at < text.size() && text[at] == '(') {
      if (!read_mask(text, ++at, *node, depth + 1)) return false;
      if (at >= text.size() || text[at] != ')') return false;
      ++at;
    }
    if (at >= text.size() || text[at] != ',') return true;
    ++at;
  }
}

// What the mask leaves of a value; nothing when it asks for members of something that has none.
std::optional<Json> apply_mask(const Json& value, const Mask& mask) {
  if (mask.parts.empty()) return value;
  if (const auto star = mask.parts.find("*");
      star != mask.parts.end() && star->second.parts.empty())
    return value;
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.items())
      if (auto kept = apply_mask(item, mask)) out.push(*std::move(kept));
    return out;
  }
  if (!value.is_object()) return std::nullopt;
  Json out = Json::object();
  for (const auto& [name, member] : value.members()) {
    auto part = mask.parts.find(name);
    if (part == mask.parts.end()) part = mask.parts.find("*");
    if (part == mask.parts.end()) continue;
    if (auto kept = apply_mask(member, part->second);
        kept && !(kept->is_object() && kept->members().empty() && !part->second.parts.empty()))
      out.set(name, *std::move(kept));
  }
  return out;
}

}  // namespace

std::string header(const Fields& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return "";
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
  Json entry = Json::object(
      {{"domain", problem.domain}, {"reason", problem.reason}, {"message", problem.message}});
  if (!problem.location.empty()) {
    entry.set("locationType", problem.location_type);
    entry.set("location", problem.location);
  }
  Json error = Json::object({{"errors", Json::array({std::move(entry)})},
                             {"code", problem.status},
                             {"message", problem.message}});
  if (problem.reason == "insufficientPermissions") {
    error.set("status", "PERMISSION_DENIED");
    error.set("details",
              Json::array({Json::object(
                  {{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                   {"reason", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
                   {"domain", "googleapis.com"},
                   {"metadata", Json::object({{"service", "calendar-json.googleapis.com"}})}})}));
  }
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
  return json_response(status,
                       Json::object({{"error", error}, {"error_description", description}}));
}

std::optional<Json> partial(const Json& value, std::string_view mask) {
  Mask tree;
  std::size_t at = 0;
  if (!read_mask(mask, at, tree, 0) || at != mask.size()) return std::nullopt;
  return apply_mask(value, tree);
}

bool is_mask(std::string_view mask) {
  Mask tree;
  std::size_t at = 0;
  return read_mask(mask, at, tree, 0) && at == mask.size();
}

}  // namespace emulator
