// The acl resource: which users and groups may do what with a calendar.
#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google_model.hpp"

namespace emulator {
using gcal::icalendar::lower;
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

Outcome<> check_rule(const std::string& type, const std::string& value, const std::string& role) {
  if (type.empty() || role.empty()) return bad_request("required", "Required");
  if (type != "user" && type != "group" && type != "domain" && type != "default")
    return bad_request("invalid", "Invalid scope type.");
  if (role != "none" && role_rank(role) == 0) return bad_request("invalid", "Invalid role.");
  if ((type == "user" || type == "group") && !valid_email(value))
    return bad_request("invalid", "Invalid scope value.");
  if (type == "domain" && (value.empty() || value.find('@') != std::string::npos))
    return bad_request("invalid", "Invalid scope value.");
  if (type == "default" && role_rank(role) > role_rank("reader"))
    return bad_request("illegalAccessRoleForDefault",
                       "The access role is not allowed for the default scope.", "calendar");
  return Done{};
}

}  // namespace

Outcome<Json> GoogleModel::acl_list(const std::string& email, const std::string& calendar_id,
                                    const PageRequest& page, bool show_deleted) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  std::uint64_t since = 0, after = 0, covered = target->last_acl_change;
  if (!page.sync_token.empty()) {
    const auto token = AclToken::decode(page.sync_token);
    if (!token || token->kind != TokenKind::sync || token->calendar_id != target->id)
      return bad_request("invalid", "Invalid sync token value.");
    since = token->change;
  }
  if (!page.page_token.empty()) {
    const auto token = AclToken::decode(page.page_token);
    if (!token || token->kind != TokenKind::page || token->calendar_id != target->id ||
        token->since != since)
      return invalid_parameter("pageToken", "Invalid page token value.");
    after = token->change;
    // As in a list of events: what changes while the client reads pages comes again.
    covered = token->covered;
  }
  std::vector<std::pair<std::string, const AclRule*>> rules;
  for (const auto& [id, rule] : target->acl)
    if (rule.change > std::max(since, after) && (rule.role != "none" || show_deleted || since > 0))
      rules.emplace_back(id, &rule);
  std::sort(rules.begin(), rules.end(),
            [](const auto& a, const auto& b) { return a.second->change < b.second->change; });
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(page.max_results, 1, 250));
  const bool more = rules.size() > limit;
  if (more) rules.resize(limit);
  Json items = Json::array();
  for (const auto& [id, rule] : rules) items.push(rule_json(id, *rule));
  Json out = Json::object({{"kind", "calendar#acl"},
                           {"etag", "\"p" + std::to_string(target->last_acl_change) + "o\""}});
  const AclToken next =
      more ? AclToken{TokenKind::page, target->id, rules.back().second->change, since, covered}
           : AclToken{TokenKind::sync, target->id, covered, 0, 0};
  out.set(more ? "nextPageToken" : "nextSyncToken", next.encode());
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> GoogleModel::acl_get(const std::string& email, const std::string& calendar_id,
                                   const std::string& rule_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const auto found = target->acl.find(lower(rule_id));
  if (found == target->acl.end()) return not_found();
  return rule_json(found->first, found->second);
}

Outcome<Json> GoogleModel::acl_set(const std::string& email, const std::string& calendar_id,
                                   const std::string& rule_id, const Json& body, bool notify) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  std::string type = body["scope"].string("type"), value = lower(body["scope"].string("value"));
  if (!rule_id.empty()) {
    const auto known = target->acl.find(lower(rule_id));
    if (known == target->acl.end() || known->second.role == "none") return not_found();
    if (!type.empty() &&
        (type != known->second.type || (type != "default" && value != known->second.value)))
      return bad_request("invalid", "Invalid scope value.");
    type = known->second.type;
    value = known->second.value;
  }
  const std::string role = body.contains("role") || rule_id.empty()
                               ? body.string("role")
                               : target->acl[lower(rule_id)].role;
  TRY_VOID(check_rule(type, value, role));
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
    if (Account* user = account(value))
      if (const auto entry = user->list.find(target->id);
          entry != user->list.end() && !entry->second.deleted) {
        entry->second.deleted = true;
        mark_entry_changed(*user, entry->second);
      }
  if (notify && is_new && (type == "user" || type == "group"))
    mails_.push_back({"sharing", target->id, "", target->summary, {value}, now_ms()});
  if (on_change) on_change(target->id + "/acl", "");
  return rule_json(id, rule);
}

Outcome<> GoogleModel::acl_remove(const std::string& email, const std::string& calendar_id,
                                  const std::string& rule_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const auto known = target->acl.find(lower(rule_id));
  if (known == target->acl.end() || known->second.role == "none") return not_found();
  TRY_VOID(acl_set(email, calendar_id, rule_id, Json::object({{"role", "none"}}), false));
  return Done{};
}

}  // namespace emulator
