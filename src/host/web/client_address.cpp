#include "src/host/web/client_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "src/common/icalendar/ascii.hpp"

namespace host {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::icalendar::lower;
using gcal::icalendar::split;
using Bytes = std::array<unsigned char, 16>;

constexpr int kMappedBits = 96;

std::optional<Bytes> bytes_of(std::string_view address) {
  const std::string text(address);
  Bytes bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + 12) != 1) return std::nullopt;
  bytes[10] = bytes[11] = 0xff;
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "1.2.3.4", "1.2.3.4:80", "[::1]:80", "::1", quoted or not -> the address; "" for anything else.
std::string address_in(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  return bytes_of(text) ? std::string(text) : std::string();
}

std::vector<std::string> forwarded_for(const gcal::net::Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers.fields())
    if (lower(name) == "x-forwarded-for")
      for (const std::string_view part : split(value, ',')) out.push_back(address_in(part));
  return out;
}

std::vector<std::string> forwarded(const gcal::net::Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers.fields()) {
    if (lower(name) != "forwarded") continue;
    for (const std::string_view hop : split(value, ',')) {
      std::string address;
      for (const std::string_view part : split(hop, ';')) {
        const std::string_view pair = trimmed(part);
        if (pair.size() > 4 && lower(pair.substr(0, 4)) == "for=")
          address = address_in(pair.substr(4));
      }
      out.push_back(std::move(address));
    }
  }
  return out;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const Error wrong{Code::invalid,
                    "\"" + std::string(text) +
                        "\" is no network: 10.0.0.0/8, fd00::/8 or one address is expected",
                    {}};
  const std::size_t slash = text.find('/');
  const auto bytes = bytes_of(text.substr(0, slash));
  if (!bytes) return wrong;
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const int longest = v4 ? 32 : 128;
  int bits = longest;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc() || end != length.data() + length.size() || bits < 0 || bits > longest)
      return wrong;
  }
  Network network;
  network.bytes_ = *bytes;
  network.bits_ = v4 ? kMappedBits + bits : bits;
  return network;
}

bool Network::contains(std::string_view address) const {
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  const int whole = bits_ / 8, rest = bits_ % 8;
  if (std::memcmp(bytes->data(), bytes_.data(), static_cast<std::size_t>(whole)) != 0) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  const auto at = static_cast<std::size_t>(whole);
  return ((*bytes)[at] & mask) == (bytes_[at] & mask);
}

bool TrustedProxies::is_proxy(std::string_view peer) const {
  return peer.empty() || std::ranges::any_of(networks_, [&](const Network& network) {
           return network.contains(peer);
         });
}

std::string TrustedProxies::right_most(const std::vector<std::string>& addresses,
                                       std::string_view peer) const {
  std::string last(peer);
  for (auto it = addresses.rbegin(); it != addresses.rend(); ++it) {
    if (it->empty()) break;  // what a proxy could not name
    last = *it;
    if (!is_proxy(last)) break;
  }
  return last;
}

std::string TrustedProxies::address_of(const gcal::net::ServerRequest& request) const {
  if (!is_proxy(request.peer)) return request.peer;
  const auto by_proxy = forwarded_for(request.headers), by_standard = forwarded(request.headers);
  if (by_standard.empty()) return right_most(by_proxy, request.peer);
  std::string address = right_most(by_standard, request.peer);
  if (!by_proxy.empty() && right_most(by_proxy, request.peer) != address) return request.peer;
  return address;
}

}  // namespace host
