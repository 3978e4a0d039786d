#include "src/emulator/api/response_members.hpp"

#include "src/emulator/api/schemas.hpp"

namespace emulator {
namespace {

// What may be selected of a value of this type, in brackets; "" for a value without members.
std::string members_of(const Property& property, std::string_view type) {
  if (type == "any") return "(*)";
  if (type == "object") {
    const std::string place = std::string(property.schema) + "." + std::string(property.name);
    return "(" + response_members(place) + ")";
  }
  const std::string_view inner = type.substr(1, type.size() - 2);
  if (type.starts_with('[')) return members_of(property, inner);
  if (type.starts_with('{')) return "(*" + members_of(property, inner) + ")";
  const std::string members = response_members(type);
  return members.empty() ? members : "(" + members + ")";
}

}  // namespace

std::string response_members(std::string_view schema) {
  std::string mask;
  for (const Property& property : schema_properties())
    if (property.schema == schema)
      ((mask += mask.empty() ? "" : ",") += property.name) += members_of(property, property.type);
  return mask;
}

}  // namespace emulator
