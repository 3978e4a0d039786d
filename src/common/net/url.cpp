#include "src/common/net/url.hpp"

#include <algorithm>
#include <charconv>

namespace gcal::net {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      if (text.size() - i < 3) return invalid("a percent sign without two hex digits");
      const int first = hex_digit(text[i + 1]);
      const int second = hex_digit(text[i + 2]);
      if (first < 0 || second < 0) return invalid("a percent sign without two hex digits");
      const char byte = static_cast<char>(first * 16 + second);
      if (byte == '\0') return invalid("an encoded NUL");
      out += byte;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string Url::target() const {
  return query.empty() ? path : path + "?" + query;
}

std::string Url::origin() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = scheme + "://" + (v6 ? "[" + host + "]" : host);
  if (port != (scheme == "https" ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

Result<Url> parse_url(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\')
      return invalid("a URL holds no spaces, controls or backslashes");
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return invalid("a URL begins with https:// or http://");
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "https" && url.scheme != "http")
    return invalid("a URL begins with https:// or http://");
  text.remove_prefix(colon + 3);
  if (text.find('#') != std::string_view::npos) return invalid("a URL to call has no fragment");

  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos)
    return invalid("a URL to call has no user name");
  std::string_view port_text;
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return invalid("an IPv6 address ends with ]");
    url.host = lower(authority.substr(1, bracket - 1));
    authority.remove_prefix(bracket + 1);
    if (!authority.empty() && !authority.starts_with(':'))
      return invalid("after ] comes a port or the path");
    if (!authority.empty()) port_text = authority.substr(1);
  } else if (const std::size_t at = authority.find(':'); at != std::string_view::npos) {
    url.host = lower(authority.substr(0, at));
    port_text = authority.substr(at + 1);
  } else {
    url.host = lower(authority);
  }
  if (url.host.empty()) return invalid("a URL names a host");
  url.port = url.scheme == "https" ? 443 : 80;
  if (!port_text.empty()) {
    const auto [stop, error] =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), url.port);
    if (error != std::errc() || stop != port_text.data() + port_text.size() || url.port == 0)
      return invalid("a port is a number from 1 to 65535");
  }

  std::string_view rest = text.substr(end);
  const std::size_t question = rest.find('?');
  url.path = std::string(rest.substr(0, question));
  if (url.path.empty()) url.path = "/";
  if (question != std::string_view::npos) url.query = std::string(rest.substr(question + 1));
  return url;
}

bool is_loopback(const Url& url) {
  if (url.host == "localhost" || url.host == "::1") return true;
  if (!url.host.starts_with("127.")) return false;
  return url.host.find_first_not_of("0123456789.") == std::string::npos &&
         std::ranges::count(url.host, '.') == 3;
}

std::string percent_encode(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  return decode(text, false);
}

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

std::string form_encode(const Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

Result<Parameters> form_decode(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    TRY(std::string name, decode(pair.substr(0, equals), true));
    std::string value;
    if (equals != std::string_view::npos) {
      TRY(value, decode(pair.substr(equals + 1), true));
    }
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

std::string_view parameter(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
  return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
}

std::size_t parameter_count(const Parameters& parameters, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count(parameters, name, &Parameters::value_type::first));
}

}  // namespace gcal::net
