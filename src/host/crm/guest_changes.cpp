#include "src/host/crm/guest_changes.hpp"

#include "src/common/icalendar/address.hpp"

namespace host {
namespace {

// What tells guests apart: the address, or the name of a guest without one.
std::string address_of(const Json& guest) {
  std::string address = gcal::icalendar::normalised_address(guest.string("email"));
  return address.empty() ? guest.string("email") + '\n' + guest.string("name") : address;
}

std::map<std::string, const Json*> by_address(const Json& list) {
  std::map<std::string, const Json*> guests;
  for (const Json& guest : list.items()) guests.emplace(address_of(guest), &guest);
  return guests;
}

Json changed_members(const Json& before, const Json& after) {
  Json changed = Json::object();
  for (const auto& [name, value] : after.members())
    if (name != "email" && !(before[name] == value)) changed.set(name, value);
  for (const auto& [name, value] : before.members())
    if ((name == "optional" || name == "name") && !after.contains(name)) changed.set(name, nullptr);
  return changed;
}

}  // namespace

GuestChanges::GuestChanges(const Json& before, const Json& after) : before_(before), after_(after) {
  const auto old = by_address(before), now = by_address(after);
  for (const auto& [address, guest] : old)
    if (!now.contains(address)) removed_.insert(address);
  for (const Json& guest : after.items()) {
    const std::string address = address_of(guest);
    const auto known = old.find(address);
    if (known == old.end())
      added_.emplace_back(address, guest);
    else if (Json changed = changed_members(*known->second, guest); !changed.members().empty())
      changed_.emplace(address, std::move(changed));
  }
}

Json GuestChanges::applied_to(const Json& list) const {
  if (list == before_) return after_;
  Json out = Json::array();
  std::set<std::string> listed;
  for (const Json& guest : list.items()) {
    const std::string address = address_of(guest);
    listed.insert(address);
    if (removed_.contains(address)) continue;
    Json entry = guest;
    if (const auto found = changed_.find(address); found != changed_.end())
      for (const auto& [name, value] : found->second.members()) {
        if (value.is_null())
          entry.erase(name);
        else
          entry.set(name, value);
      }
    out.push(std::move(entry));
  }
  for (const auto& [address, guest] : added_)
    if (listed.insert(address).second) out.push(guest);
  return out;
}

}  // namespace host
