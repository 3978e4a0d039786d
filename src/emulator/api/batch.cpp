#include "src/emulator/api/batch.hpp"

#include <algorithm>
#include <charconv>

#include "src/common/icalendar/ascii.hpp"

namespace emulator {
using gcal::icalendar::lower;
namespace {

constexpr std::size_t kMaxParts = 1'000;

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return std::string(text);
}

// "multipart/mixed; boundary=\"batch x\"" -> "batch x"; "" when it names none.
std::string boundary_of(const std::string& content_type) {
  if (!lower(content_type).starts_with("multipart/mixed")) return "";
  const std::size_t at = lower(content_type).find("boundary=");
  if (at == std::string::npos) return "";
  std::string value = content_type.substr(at + 9);
  if (value.starts_with('"'))
    return value.substr(
        1, value.find('"', 1) == std::string::npos ? std::string::npos : value.find('"', 1) - 1);
  return trimmed(std::string_view(value).substr(0, value.find(';')));
}

// The line at `at` without its CRLF or LF; `at` moves behind it.
std::string_view next_line(std::string_view text, std::size_t& at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  std::string_view line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Fields read_fields(std::string_view text, std::size_t& at) {
  Fields fields;
  while (at < text.size()) {
    const std::string_view line = next_line(text, at);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

// The others apply to the batch itself: its body, its page in a browser, its method.
bool applies_to_parts(const std::string& name) {
  const std::string field = lower(name);
  return !field.starts_with("content-") && field != "origin" && field != "x-http-method-override";
}

BatchPart read_part(std::string_view text, const Request& outer) {
  BatchPart part;
  std::size_t at = 0;
  const Fields head = read_fields(text, at);
  part.content_id = header(head, "Content-ID");
  const std::string_view start = next_line(text, at);
  const std::size_t first = start.find(' '), second = start.find(' ', first + 1);
  part.request.origin = outer.origin;
  if (first == std::string_view::npos || !start.substr(first + 1).starts_with('/')) {
    part.readable = false;
    return part;
  }
  part.request.method = std::string(start.substr(0, first));
  const std::string target(
      start.substr(first + 1, second == std::string_view::npos ? second : second - first - 1));
  part.request.path = target.substr(0, target.find('?'));
  if (target.find('?') != std::string::npos)
    part.request.query = target.substr(target.find('?') + 1);
  part.request.headers = read_fields(text, at);
  for (const auto& [name, value] : outer.headers)
    if (applies_to_parts(name) && header(part.request.headers, name).empty())
      part.request.headers.emplace_back(name, value);
  std::string_view body = text.substr(at);
  if (const std::string length = header(part.request.headers, "Content-Length"); !length.empty()) {
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    body = body.substr(0, bytes);
  } else {
    while (body.ends_with('\n') || body.ends_with('\r')) body.remove_suffix(1);
  }
  part.request.body = std::string(body);
  return part;
}

}  // namespace

Outcome<std::vector<BatchPart>> read_batch(const Request& outer) {
  const std::string boundary = boundary_of(header(outer.headers, "Content-Type"));
  if (boundary.empty() || boundary.size() > 200)
    return bad_request(
        "badRequest",
        "Failed to parse batch request, error: the Content-Type is not multipart/mixed with "
        "a boundary.");
  const std::string mark = "--" + boundary;
  const std::string_view body = outer.body;
  std::vector<BatchPart> parts;
  std::size_t at = body.find(mark);
  if (at == std::string_view::npos)
    return bad_request("badRequest", "Failed to parse batch request, error: 0 items.");
  while (at != std::string_view::npos) {
    at += mark.size();
    if (body.substr(at).starts_with("--")) break;
    (void)next_line(body, at);
    std::size_t end = body.find("\n" + mark, at);
    // Without its last boundary, the body ends with the text.
    const std::size_t stop = end == std::string_view::npos ? body.size() : end;
    if (parts.size() == kMaxParts)
      return bad_request("badRequest", "The batch request has more than 1000 calls.");
    parts.push_back(read_part(body.substr(at, stop - at), outer));
    at = end == std::string_view::npos ? end : end + 1;
  }
  if (parts.empty())
    return bad_request("badRequest", "Failed to parse batch request, error: 0 items.");
  return parts;
}

std::string write_batch_part(const std::string& content_id, const Response& response) {
  std::string out = "Content-Type: application/http\r\n";
  if (!content_id.empty()) {
    const bool bracket = content_id.starts_with('<');
    out += "Content-ID: " +
           (bracket ? "<response-" + content_id.substr(1) : "response-" + content_id) + "\r\n";
  }
  out += "\r\nHTTP/1.1 " + std::to_string(response.status) + " " + reason_phrase(response.status) +
         "\r\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
  if (response.status != 204 && response.status != 304)
    out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  return out + "\r\n" + response.body + "\r\n";
}

}  // namespace emulator
