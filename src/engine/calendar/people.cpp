#include "src/engine/calendar/people.hpp"

#include <algorithm>

namespace gcal::calendar {
namespace {

constexpr std::size_t kMaxAddress = 320;  // RFC 5321: 64 + @ + 255

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_private(const Event& event) {
  return event.visibility == Visibility::private_ || event.visibility == Visibility::confidential;
}

}  // namespace

std::string normalised(std::string_view email) {
  while (!email.empty() && is_space(email.front())) email.remove_prefix(1);
  while (!email.empty() && is_space(email.back())) email.remove_suffix(1);
  if (email.size() > 7 && (email.starts_with("mailto:") || email.starts_with("MAILTO:")))
    email.remove_prefix(7);
  const std::size_t at = email.rfind('@');
  if (email.size() > kMaxAddress || at == std::string_view::npos || at == 0 ||
      at + 1 == email.size())
    return {};
  std::string out;
  for (const char c : email) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return {};
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

AddressesToMatch addresses_to_match(const Series& series,
                                    const std::vector<std::string>& own_addresses) {
  std::set<std::string> own;
  for (const std::string& address : own_addresses) own.insert(normalised(address));
  AddressesToMatch result;
  result.owner_only = is_private(series.master);
  const auto collect = [&](const Event& event) {
    for (const Attendee& attendee : event.attendees) {
      if (attendee.self || attendee.resource) continue;
      std::string address = normalised(attendee.email);
      if (address.empty() || own.contains(address) ||
          address.ends_with("@group.calendar.google.com") ||
          address.ends_with("@resource.calendar.google.com"))
        continue;
      result.addresses.insert(std::move(address));
    }
  };
  collect(series.master);
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled) collect(occurrence.event);
  return result;
}

}  // namespace gcal::calendar
