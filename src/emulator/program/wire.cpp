#include "src/emulator/program/wire.hpp"

#include <algorithm>
#include <cstdio>

namespace emulator {
namespace {

constexpr std::size_t kPieceSize = 256 << 10;   // bytes, without a limit of the speed
constexpr std::int64_t kPiecesPerSecond = 20;   // with one
constexpr std::int64_t kPauseBeforeReset = 50;  // milliseconds: a reset discards unsent bytes

std::string chunk_size(std::size_t size) {
  char text[32];
  std::snprintf(text, sizeof text, "%zx\r\n", size);
  return text;
}

// The body in two chunks, encoded in one of the ways of WireFaults::chunked.
std::string in_chunks(const std::string& body, const std::string& how) {
  const std::size_t half = body.size() / 2;
  std::string out;
  for (const std::string& part : {body.substr(0, half), body.substr(half)}) {
    if (part.empty()) continue;
    out += how == "not_hex" ? "zz\r\n" : chunk_size(part.size() + (how == "bad_size" ? 7 : 0));
    out += part + "\r\n";
  }
  return how == "no_end" ? out : out + "0\r\n\r\n";
}

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

std::size_t resolve(const WirePlace& place, std::size_t head, std::size_t total) {
  switch (place.kind) {
    case WirePlace::Kind::bytes: return std::min(static_cast<std::size_t>(place.bytes), total);
    case WirePlace::Kind::head: return head / 2;
    case WirePlace::Kind::body: return head;
    case WirePlace::Kind::middle: return head + (total - head) / 2;
    case WirePlace::Kind::end: return total;
  }
  return total;
}

}  // namespace

WirePlan plan_wire(const Response& response, bool head_only) {
  const WireFaults& wire = response.wire;
  WirePlan plan;
  plan.delay_ms = response.delay_ms;
  plan.stall_ms = wire.stall_ms;
  plan.bytes_per_second = wire.bytes_per_second;
  plan.ending = wire.ending;
  if (response.drop) return plan;

  std::string head = wire.before + "HTTP/1.1 " + std::to_string(response.status) + " " +
                     reason_phrase(response.status) + "\r\n";
  std::string body = has_no_body(response.status) || head_only ? "" : response.body;
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  if (!wire.chunked.empty()) {
    head += "Transfer-Encoding: chunked\r\n";
    body = in_chunks(body, wire.chunked);
  } else if (wire.content_length) {
    head += "Content-Length: " + *wire.content_length + "\r\n";
  } else {
    head += "Content-Length: " +
            std::to_string(static_cast<std::int64_t>(body.size()) + wire.content_length_add) +
            "\r\n";
  }
  head += "\r\n";
  plan.bytes = head + body + wire.after;
  std::size_t head_size = head.size();
  if (wire.raw) {
    plan.bytes = *wire.raw;
    head_size = std::min(plan.bytes.find("\r\n\r\n"), plan.bytes.size());
  }
  if (wire.cut) plan.bytes.resize(resolve(*wire.cut, head_size, plan.bytes.size()));
  if (wire.stall)
    plan.stall_at = std::min(resolve(*wire.stall, head_size, plan.bytes.size()), plan.bytes.size());
  return plan;
}

WirePiece next_piece(const WirePlan& plan, std::size_t sent) {
  WirePiece piece;
  if (sent == 0) piece.wait_ms += plan.delay_ms;
  if (sent == plan.stall_at) piece.wait_ms += plan.stall_ms;
  std::size_t size = kPieceSize;
  if (plan.bytes_per_second > 0)
    size = static_cast<std::size_t>(
        std::max<std::int64_t>(1, plan.bytes_per_second / kPiecesPerSecond));
  piece.until = std::min(sent + size, plan.bytes.size());
  if (sent < plan.stall_at) piece.until = std::min(piece.until, plan.stall_at);
  if (plan.bytes_per_second > 0)
    piece.wait_ms += static_cast<std::int64_t>(piece.until - sent) * 1000 / plan.bytes_per_second;
  if (sent == plan.bytes.size() && sent > 0 && plan.ending == WireFaults::Ending::reset)
    piece.wait_ms += kPauseBeforeReset;
  return piece;
}

}  // namespace emulator
