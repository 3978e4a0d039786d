#include "src/host/mail/address.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "src/host/mail/gmime_start.hpp"

namespace host::mail {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::size_t kMaxAddress = 254, kMaxLocalPart = 64, kMaxDomain = 253, kMaxLabel = 63;

bool is_local_part(std::string_view text) {
  if (text.empty() || text.size() > kMaxLocalPart || text.front() == '.' || text.back() == '.' ||
      text.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
  });
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabel && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_domain(std::string_view text) {
  if (text.size() > kMaxDomain) return false;
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_label(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_label(text);
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

struct Release {
  void operator()(void* object) const { g_object_unref(object); }
};

// The domain in ASCII; "" when it has none.
std::string ascii_domain(std::string_view domain) {
  if (is_ascii(domain)) return is_domain(domain) ? std::string(domain) : std::string();
  start_gmime();
  const std::string probe = "x@" + std::string(domain);
  const std::unique_ptr<InternetAddress, Release> mailbox(
      internet_address_mailbox_new(nullptr, probe.c_str()));
  const char* encoded =
      internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(mailbox.get()));
  const std::string_view text = encoded ? encoded : "";
  const std::string_view found = text.substr(std::min(text.size(), text.find('@') + 1));
  return is_domain(found) ? std::string(found) : std::string();
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

Result<std::string> sendable_address(std::string_view address) {
  const Error refused{Code::invalid, "this address cannot be sent to", {}};
  const std::size_t at = address.rfind('@');
  if (address.size() > kMaxAddress || at == std::string_view::npos) return refused;
  if (std::ranges::any_of(address, is_control)) return refused;
  const std::string domain = ascii_domain(address.substr(at + 1));
  if (!is_local_part(address.substr(0, at)) || domain.empty()) return refused;
  return std::string(address.substr(0, at + 1)) + domain;
}

std::string domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : lower(address.substr(at + 1));
}

std::string header_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_control(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_loopback(std::string_view host) {
  const std::string name = lower(host);
  if (name == "localhost" || name == "::1" || name == "[::1]") return true;
  if (!name.starts_with("127.")) return false;
  return std::ranges::all_of(name, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) &&
         std::ranges::count(name, '.') == 3;
}

std::string without_addresses(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (!out.empty()) out += ' ';
    if (word.find('@') != std::string_view::npos) {
      out += "(address)";
    } else {
      for (const char c : word) out += is_control(c) || c < 0 ? '?' : c;
    }
    at = end;
  }
  if (out.size() > 200) out.resize(200);
  return out;
}

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace host::mail
