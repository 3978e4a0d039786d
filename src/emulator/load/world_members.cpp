#include "src/emulator/load/world_members.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace emulator {
namespace {

using gcal::base::Json;

enum class Type { any, text, flag, seconds, list, texts, text_or_texts, objects };

struct Member {
  std::string_view name;
  Type type;
  std::span<const Member> members = {};  // of the objects of Type::objects; empty: not checked
};

constexpr Member kCalendar[] = {
    {"id", Type::text},       {"summary", Type::text},          {"description", Type::text},
    {"primary", Type::flag},  {"access_role", Type::text},      {"time_zone", Type::text},
    {"color_id", Type::text}, {"background_color", Type::text}, {"foreground_color", Type::text},
    {"selected", Type::flag}, {"hidden", Type::flag},           {"default_reminders", Type::list},
    {"events", Type::objects}};
constexpr Member kTokens[] = {
    {"client_id", Type::text},     {"scopes", Type::text_or_texts},
    {"access_token", Type::text},  {"expires_in", Type::seconds},
    {"refresh_token", Type::text}, {"refresh_token_expires_in", Type::seconds}};
constexpr Member kAccount[] = {{"email", Type::text},
                               {"name", Type::text},
                               {"calendars", Type::objects, kCalendar},
                               {"tokens", Type::objects, kTokens}};
constexpr Member kClient[] = {{"client_id", Type::text},
                              {"client_secret", Type::text},
                              {"name", Type::text},
                              {"redirect_uris", Type::texts}};
constexpr Member kWorld[] = {{"accounts", Type::objects, kAccount},
                             {"clients", Type::objects, kClient},
                             {"api_keys", Type::texts},
                             {"behaviour", Type::any}};

constexpr std::int64_t kMaxSeconds = 100LL * 366 * 86'400;

bool all_texts(const Json& value) {
  return value.is_array() &&
         std::ranges::all_of(value.items(), [](const Json& item) { return item.is_string(); });
}

const char* wanted(Type type) {
  switch (type) {
    case Type::any: return "";  // always fits
    case Type::text: return "must be a text";
    case Type::flag: return "must be true or false";
    case Type::seconds: return "must be a whole number of seconds from 0 to 100 years";
    case Type::list: return "must be a list";
    case Type::texts: return "must be a list of texts";
    case Type::text_or_texts: return "must be a text or a list of texts";
    case Type::objects: return "must be a list of objects";
  }
  return "";
}

bool fits(Type type, const Json& value) {
  switch (type) {
    case Type::any: return true;
    case Type::text: return value.is_string();
    case Type::flag: return value.is_bool();
    case Type::seconds:
      return value.is_integer() && value.as_integer() >= 0 && value.as_integer() <= kMaxSeconds;
    case Type::list: return value.is_array();
    case Type::texts: return all_texts(value);
    case Type::text_or_texts: return value.is_string() || all_texts(value);
    case Type::objects:
      return value.is_array() &&
             std::ranges::all_of(value.items(), [](const Json& item) { return item.is_object(); });
  }
  return false;
}

// A name that looks like one; a text of any other form may be a token in the wrong place.
std::string shown(std::string_view name) {
  const bool plain = name.size() <= 32 && std::ranges::all_of(name, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
                     });
  return plain ? " " + std::string(name) : "";
}

void check_object(const std::string& place, const Json& object, std::span<const Member> members,
                  std::vector<std::string>& problems) {
  const std::string prefix = place.empty() ? "" : place + ".";
  for (const auto& [name, value] : object.members()) {
    const auto known = std::ranges::find(members, std::string_view(name), &Member::name);
    if (known == members.end()) {
      problems.push_back((place.empty() ? "the world" : place) + ": unknown member" + shown(name));
      continue;
    }
    const std::string here = prefix + name;
    if (!fits(known->type, value)) problems.push_back(here + ": " + wanted(known->type));
    if (known->type != Type::objects || known->members.empty()) continue;
    for (std::size_t i = 0; i < value.items().size(); ++i)
      check_object(here + "[" + std::to_string(i) + "]", value.items()[i], known->members,
                   problems);
  }
}

}  // namespace

std::vector<std::string> check_members(const Json& world) {
  std::vector<std::string> problems;
  check_object("", world, kWorld, problems);
  return problems;
}

}  // namespace emulator
