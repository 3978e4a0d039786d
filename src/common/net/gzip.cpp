#include "src/common/net/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace gcal::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for the gzip frame

Bytef* input(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

std::string gzip(std::string_view plain) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = input(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // one call: the bound guarantees the room
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> gunzip(std::string_view packed, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
  stream.next_in = input(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 64 << 10> chunk;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t produced = chunk.size() - stream.avail_out;
    if (out.size() + produced > limit) {
      inflateEnd(&stream);
      return Error{Code::invalid, "the compressed body inflates beyond its limit", {}};
    }
    out.append(chunk.data(), produced);
  }
  const bool complete = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!complete) return Error{Code::invalid, "the compressed body is damaged or truncated", {}};
  return out;
}

}  // namespace gcal::net
