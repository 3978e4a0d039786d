#include "src/common/base/bytes.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace gcal::base {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase32Hex = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(ByteView bytes, std::string_view alphabet, unsigned bits_per_symbol) {
  std::string text;
  text.reserve((bytes.size() * 8 + bits_per_symbol - 1) / bits_per_symbol);
  std::uint32_t pending = 0;
  unsigned count = 0;
  const std::uint32_t mask = (1U << bits_per_symbol) - 1;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8) | byte;
    count += 8;
    while (count >= bits_per_symbol) {
      count -= bits_per_symbol;
      text += alphabet[(pending >> count) & mask];
    }
  }
  if (count > 0) text += alphabet[(pending << (bits_per_symbol - count)) & mask];
  return text;
}

Result<Bytes> decode(std::string_view text, std::string_view alphabet, unsigned bits_per_symbol) {
  Bytes bytes;
  bytes.reserve(text.size() * bits_per_symbol / 8);
  std::uint32_t pending = 0;
  unsigned count = 0;
  for (const char symbol : text) {
    const std::size_t value = alphabet.find(symbol);
    if (value == std::string_view::npos)
      return Error{Code::invalid, "a character outside the alphabet", {}};
    pending = (pending << bits_per_symbol) | static_cast<std::uint32_t>(value);
    count += bits_per_symbol;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(pending >> count));
    }
  }
  // Left-over bits must be zero and fewer than a symbol, or two texts would stand for the same
  // bytes.
  if (count >= bits_per_symbol || (pending & ((1U << count) - 1)) != 0)
    return Error{Code::invalid, "the text does not end on a whole byte", {}};
  return bytes;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  return encode(bytes, kHex, 4);
}
Result<Bytes> from_hex(std::string_view text) {
  return decode(text, kHex, 4);
}
std::string to_base64url(ByteView bytes) {
  return encode(bytes, kBase64Url, 6);
}
Result<Bytes> from_base64url(std::string_view text) {
  return decode(text, kBase64Url, 6);
}
std::string to_base32hex(ByteView bytes) {
  return encode(bytes, kBase32Hex, 5);
}

std::string to_base64(ByteView bytes) {
  std::string text = encode(bytes, kBase64, 6);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return Error{Code::invalid, "base64 comes in groups of four characters", {}};
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kBase64, 6);
}

Sha256 sha256(ByteView bytes) {
  Sha256 digest;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  return digest;
}

Sha256 hmac_sha256(ByteView key, ByteView bytes) {
  Sha256 digest;
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
           digest.data(), &size) == nullptr)
    throw std::runtime_error("HMAC-SHA-256 is not available");
  return digest;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gcal::base
