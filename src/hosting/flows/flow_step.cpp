#include "src/hosting/flows/flow_step.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "src/common/icalendar/address.hpp"
#include "src/common/net/url.hpp"

namespace hosting {
namespace {

constexpr std::int64_t kShortestPollMs = 50, kLongestPollMs = 60'000;

Error broken(std::string message) {
  return {
      Code::internal, "the plugin answered something that is no step: " + std::move(message), {}};
}

bool is_web_link(const std::string& text) {
  const auto url = gcal::net::parse_url(text);
  return url && (url->scheme == "https" || gcal::net::is_loopback(*url));
}

// The number of characters in a UTF-8 text.
std::int64_t length(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool contains(const Json& list, const Json& value) {
  return std::ranges::find(list.items(), value) != list.items().end();
}

bool out_of_range(std::int64_t value, const Json& least, const Json& most) {
  return (least.is_integer() && value < least.as_integer()) ||
         (most.is_integer() && value > most.as_integer());
}

// The text key of what is wrong with the value; "" when it satisfies the property.
std::string_view check_text(const Json& property, const Json& value) {
  if (!value.is_string()) return "error.type";
  const std::string& text = value.as_string();
  if (property["enum"].is_array())
    return contains(property["enum"], value) ? "" : "error.not_offered";
  const std::int64_t size = length(text);
  if (size == 0 && property["minLength"].as_integer() > 0) return "error.required";
  if (size < property["minLength"].as_integer()) return "error.too_short";
  if (property["maxLength"].is_integer() && size > property["maxLength"].as_integer())
    return "error.too_long";
  if (text.empty()) return "";
  const std::string& format = property.string("format");
  if (format == "email" && gcal::icalendar::normalised_address(text).empty()) return "error.email";
  if (format == "uri" && !gcal::net::parse_url(text)) return "error.uri";
  return "";
}

std::string_view check_list(const Json& property, const Json& value) {
  if (!value.is_array()) return "error.type";
  const Json& offered = property["items"]["enum"];
  std::set<std::string> seen;
  for (const Json& item : value.items()) {
    if (!item.is_string()) return "error.type";
    if ((offered.is_array() && !contains(offered, item)) || !seen.insert(item.as_string()).second)
      return "error.not_offered";
  }
  const auto size = static_cast<std::int64_t>(value.items().size());
  if (size < property["minItems"].as_integer()) return "error.too_few";
  if (out_of_range(size, Json(), property["maxItems"])) return "error.too_long";
  return "";
}

std::string_view check_value(const Json& property, const Json& value) {
  const std::string& type = property.string("type");
  if (type == "string") return check_text(property, value);
  if (type == "array") return check_list(property, value);
  if (type == "boolean") return value.is_bool() ? "" : "error.type";
  if (type == "integer")
    return !value.is_integer() ? "error.type"
           : out_of_range(value.as_integer(), property["minimum"], property["maximum"])
               ? "error.range"
               : "";
  return "error.type";
}

}  // namespace

Result<PluginStep> read_step(std::string_view document) {
  auto parsed = Json::parse(document);
  if (!parsed) return broken(parsed.error().message);
  if (!parsed->is_object()) return broken("no object");
  PluginStep step;
  step.page = *std::move(parsed);
  step.type = step.page.string("type");
  if (const Json* memo = step.page.find("memo")) step.memo = *memo;
  step.resume_key = step.page.string("resume_key");
  step.unique_id = step.page.string("unique_id");
  step.identity = step.page.string("identity");
  step.title = step.page.string("title");
  if (step.page["config"].is_object()) step.config = step.page["config"];
  if (step.page["default_calendar"].is_object())
    step.default_calendar = step.page["default_calendar"];
  for (const char* secret :
       {"memo", "resume_key", "unique_id", "identity", "config", "default_calendar"})
    step.page.erase(secret);

  static constexpr std::array<std::string_view, 6> kTypes{"form",     "menu",   "external",
                                                          "progress", "finish", "abort"};
  if (std::ranges::find(kTypes, step.type) == kTypes.end())
    return broken("its type is \"" + step.type.substr(0, 40) + "\"");
  const bool ends = step.type == "finish" || step.type == "abort";
  if (!ends && step.page.string("step").empty()) return broken("it has no name");
  if (step.type == "form" && !step.page["schema"].is_object())
    return broken("a form without a schema");
  if (step.type == "menu" && step.page["options"].items().empty())
    return broken("a menu without options");
  if (step.type == "external" && !is_web_link(step.page.string("url")))
    return broken("its link is neither https nor on this machine");
  if (step.type == "external" && step.resume_key.empty())
    return broken("an external step without resume_key");
  if (step.type == "progress")
    step.page.set("poll_ms", std::clamp(step.page["poll_ms"].as_integer(1'000), kShortestPollMs,
                                        kLongestPollMs));
  if (step.type == "finish" && step.title.empty()) return broken("an end without a title");
  if (step.type == "abort" && step.page.string("reason").empty())
    return broken("an abort without a reason");
  return step;
}

Json abort_page(std::string_view reason, Json args) {
  return Json::object({{"type", "abort"}, {"reason", reason}, {"args", std::move(args)}});
}

Json members_of_form(const Json& schema, const Json& input) {
  Json out = Json::object();
  for (const auto& [name, value] : input.members())
    if (schema["properties"].contains(name)) out.set(name, value);
  return out;
}

FieldErrors check_input(const Json& schema, const Json& input) {
  FieldErrors errors;
  for (const auto& [name, property] : schema["properties"].members()) {
    const Json& value = input[name];
    if (value.is_null()) {
      if (contains(schema["required"], name)) errors.emplace_back(name, "error.required");
    } else if (const std::string_view key = check_value(property, value); !key.empty()) {
      errors.emplace_back(name, key);
    }
  }
  return errors;
}

Json with_values(const Json& form, const Json& input) {
  Json again = form;
  Json& values = again.member("values");
  for (const auto& [name, value] : input.members())
    if (form["schema"]["properties"][name].string("format") != "password") values.set(name, value);
  return again;
}

Json form_with_errors(const Json& form, const Json& input, const FieldErrors& errors) {
  Json again = with_values(form, input);
  Json& list = again.set("errors", Json::object());
  for (const auto& [field, key] : errors) list.set(field, key);
  return again;
}

}  // namespace hosting
