// acl: who may do what with a calendar.
#include <algorithm>
#include <charconv>

#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google.hpp"

namespace emulator {
namespace {

Json rule_json(const std::string& id, const AclRule& rule) {
  Json scope = Json::object({{"type", rule.type}});
  if (!rule.value.empty()) scope.set("value", rule.value);
  return Json::object({{"kind", "calendar#aclRule"},
                       {"etag", "\"" + std::to_string(2 * rule.stamp) + "\""},
                       {"id", id},
                       {"scope", std::move(scope)},
                       {"role", rule.role}});
}

// "acl\n<calendar>\n<kind>\n<change>\n<since>" sealed by the caller.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Outcome<Json> Google::acl_list(const std::string& email, const std::string& calendar_id,
                               std::int64_t max_results, const std::string& page_token,
                               const std::string& sync_token, bool show_deleted) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  std::uint64_t since = 0, after = 0;
  const auto read = [&](const std::string& token,
                        const char* kind) -> std::optional<std::vector<std::string>> {
    const auto payload = unseal(token);
    if (!payload) return std::nullopt;
    auto parts = lines_of(*payload);
    if (parts.size() != 5 || parts[0] != "acl" || parts[1] != target->id || parts[2] != kind)
      return std::nullopt;
    return parts;
  };
  if (!sync_token.empty()) {
    const auto parts = read(sync_token, "sync");
    if (!parts) return bad("invalid", "Invalid sync token value.");
    since = number((*parts)[3]);
  }
  if (!page_token.empty()) {
    const auto parts = read(page_token, "page");
    if (!parts || number((*parts)[4]) != since)
      return wrong_parameter("pageToken", "Invalid page token value.");
    after = number((*parts)[3]);
  }
  std::vector<std::pair<std::string, const AclRule*>> rules;
  for (const auto& [id, rule] : target->acl)
    if (rule.change > std::max(since, after) && (rule.role != "none" || show_deleted || since > 0))
      rules.emplace_back(id, &rule);
  std::sort(rules.begin(), rules.end(),
            [](const auto& a, const auto& b) { return a.second->change < b.second->change; });
  const std::size_t limit = static_cast<std::size_t>(std::clamp<std::int64_t>(max_results, 1, 250));
  const bool more = rules.size() > limit;
  if (more) rules.resize(limit);
  Json items = Json::array();
  for (const auto& [id, rule] : rules) items.push(rule_json(id, *rule));
  Json out = Json::object({{"kind", "calendar#acl"},
                           {"etag", "\"p" + std::to_string(target->last_acl_change) + "o\""}});
  if (more)
    out.set("nextPageToken",
            seal("acl\n" + target->id + "\npage\n" + std::to_string(rules.back().second->change) +
                 "\n" + std::to_string(since)));
  else
    out.set("nextSyncToken", seal("acl\n" + target->id + "\nsync\n" +
                                  std::to_string(target->last_acl_change) + "\n0"));
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> Google::acl_get(const std::string& email, const std::string& calendar_id,
                              const std::string& rule_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const auto found = target->acl.find(lower(rule_id));
  if (found == target->acl.end()) return not_found();
  return rule_json(found->first, found->second);
}

Outcome<Json> Google::acl_set(const std::string& email, const std::string& calendar_id,
                              const std::string& rule_id, const Json& body, bool notify) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  std::string type = body["scope"].string("type"), value = lower(body["scope"].string("value"));
  if (!rule_id.empty()) {
    const auto known = target->acl.find(lower(rule_id));
    if (known == target->acl.end() || known->second.role == "none") return not_found();
    if (!type.empty() &&
        (type != known->second.type || (type != "default" && value != known->second.value)))
      return bad("invalid", "Invalid scope value.");
    type = known->second.type;
    value = known->second.value;
  }
  const std::string role = body.contains("role") || rule_id.empty()
                               ? body.string("role")
                               : target->acl[lower(rule_id)].role;
  if (type.empty() || role.empty()) return bad("required", "Required");
  if (type != "user" && type != "group" && type != "domain" && type != "default")
    return bad("invalid", "Invalid scope type.");
  if (role != "none" && rank(role) == 0) return bad("invalid", "Invalid role.");
  if ((type == "user" || type == "group") && !valid_email(value))
    return bad("invalid", "Invalid scope value.");
  if (type == "domain" && (value.empty() || value.find('@') != std::string::npos))
    return bad("invalid", "Invalid scope value.");
  if (type == "default" && rank(role) > rank("reader"))
    return bad("illegalAccessRoleForDefault",
               "The access role is not allowed for the default scope.", "calendar");
  if (type == "default") value.clear();
  if (type == "user" && value == email && target->owner == email && role != "owner")
    return Problem{403, "calendar", "cannotChangeOwnAcl", "Cannot change your own access level.",
                   {},  {}};
  const std::string id = acl_rule_id(type, value);
  const auto before = target->acl.find(id);
  const bool is_new = before == target->acl.end() || before->second.role == "none";
  const AclRule& rule = target->set_role(type, value, role, next_stamp());
  ++target->token_generation;
  ++writes_;
  if (type == "user" && role == "none")
    if (Account* person = account(value))
      if (const auto entry = person->list.find(target->id);
          entry != person->list.end() && !entry->second.deleted) {
        entry->second.deleted = true;
        touch_entry(*person, entry->second);
      }
  if (notify && is_new && (type == "user" || type == "group"))
    mails_.push_back({"sharing", target->id, "", target->summary, {value}, now_ms()});
  if (on_change) on_change(target->id + "/acl", "");
  return rule_json(id, rule);
}

Outcome<> Google::acl_remove(const std::string& email, const std::string& calendar_id,
                             const std::string& rule_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const auto known = target->acl.find(lower(rule_id));
  if (known == target->acl.end() || known->second.role == "none") return not_found();
  TRY_VOID(acl_set(email, calendar_id, rule_id, Json::object({{"role", "none"}}), false));
  return Done{};
}

}  // namespace emulator
