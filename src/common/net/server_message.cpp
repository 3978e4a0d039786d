#include "src/common/net/server_message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "src/common/net/gzip.hpp"
#include "src/common/net/url.hpp"

namespace gcal::net {
namespace {

constexpr std::size_t kWorthCompressing = 1'024;

}  // namespace

bool read_head(ReceivedHead head, ServerRequest& request) {
  request.method = std::move(head.method);
  request.target = std::move(head.target);
  request.headers = std::move(head.headers);
  // RFC 9112 section 3.2: exactly one Host.
  const std::size_t hosts = request.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && head.is_http_1_1)) return false;
  if (!request.target.starts_with('/') && request.target != "*") {
    // RFC 9112 section 3.2.2: the authority of an absolute target counts, not the field.
    const auto url = parse_url(request.target);
    if (!url) return false;
    const std::size_t begin = request.target.find("://") + 3;
    const std::size_t end =
        std::min(request.target.find_first_of("/?", begin), request.target.size());
    request.headers.set("Host", request.target.substr(begin, end - begin));
    request.target = request.target.substr(end);
    if (!request.target.starts_with('/')) request.target.insert(0, "/");
  }
  const std::size_t question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  return true;
}

bool accepts_gzip(const Headers& headers) {
  const std::string_view accepted = headers.get("Accept-Encoding");
  const std::size_t at = accepted.find("gzip");
  return at != std::string_view::npos && !accepted.substr(at).starts_with("gzip;q=0");
}

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

std::string head_of(int status, std::string_view reason, const Headers& headers, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += reason;
  head += "\r\n";
  for (const auto& [name, value] : headers.fields()) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) continue;
    head += name + ": " + value + "\r\n";
  }
  if (!keep_alive) head += "Connection: close\r\n";
  return head;
}

ServerResponse plain_response(int status, std::string_view reason) {
  ServerResponse response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  if (status == 503) response.headers.set("Retry-After", "1");
  response.body = std::string(reason) + "\n";
  return response;
}

void compress(ServerResponse& response) {
  if (!response.compress || response.shared_body || response.body.size() < kWorthCompressing ||
      response.headers.contains("Content-Encoding"))
    return;
  response.body = gzip(response.body);
  response.headers.set("Content-Encoding", "gzip");
  response.headers.add("Vary", "Accept-Encoding");
}

std::string chunk_of(std::string piece) {
  std::array<char, 20> size;
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
  piece.insert(0, size.data(), static_cast<std::size_t>(digits));
  return piece += "\r\n";
}

}  // namespace gcal::net
