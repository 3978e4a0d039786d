#include "src/emulator/api/discovery.hpp"

#include <algorithm>
#include <set>

#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/api/methods.hpp"
#include "src/emulator/api/schemas.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr std::string_view kDocument = "/discovery/v1/apis/calendar/v3/rest";
constexpr std::string_view kDirectory = "/discovery/v1/apis";
constexpr std::string_view kNewerDocument = "/$discovery/rest";  // ?version=v3

Json parameter_json(const Parameter& parameter) {
  Json out = Json::object({{"type", parameter.type}});
  if (!parameter.format.empty()) out.set("format", parameter.format);
  if (!parameter.values.empty())
    out.set("enum", gcal::base::json_array(gcal::icalendar::split(parameter.values, ' ')));
  if (!parameter.fallback.empty()) out.set("default", parameter.fallback);
  if (parameter.minimum) out.set("minimum", std::to_string(*parameter.minimum));
  if (parameter.maximum) out.set("maximum", std::to_string(*parameter.maximum));
  if (parameter.required) out.set("required", true);
  if (parameter.repeated) out.set("repeated", true);
  if (parameter.deprecated) out.set("deprecated", true);
  out.set("location", "query");
  return out;
}

Json method_json(const Method& method) {
  Json parameters = Json::object(), order = Json::array();
  for (std::size_t at = method.path.find('{'); at != std::string_view::npos;
       at = method.path.find('{', at + 1)) {
    const std::string name(method.path.substr(at + 1, method.path.find('}', at) - at - 1));
    parameters.set(name,
                   Json::object({{"type", "string"}, {"required", true}, {"location", "path"}}));
    order.push(name);
  }
  for (const Parameter& parameter : method.parameters) {
    parameters.set(parameter.name, parameter_json(parameter));
    if (parameter.required) order.push(std::string(parameter.name));
  }
  Json out = Json::object({{"id", "calendar." + std::string(method.id)},
                           {"path", method.path.substr(1)},
                           {"httpMethod", method.http_method},
                           {"parameters", std::move(parameters)},
                           {"parameterOrder", std::move(order)}});
  if (!method.request.empty()) {
    Json body = Json::object({{"$ref", method.request}});
    if (method.request == "Channel") body.set("parameterName", "resource");
    out.set("request", std::move(body));
  }
  if (!method.response.empty()) out.set("response", Json::object({{"$ref", method.response}}));
  Json scopes = Json::array();
  for (const std::string_view scope : gcal::icalendar::split(method.scopes, ' '))
    scopes.push(std::string(kScopePrefix).append(scope));
  out.set("scopes", std::move(scopes));
  if (method.id.ends_with(".list") || method.id.ends_with(".watch"))
    out.set("supportsSubscription", true);
  return out;
}

Json resources() {
  Json out = Json::object();
  for (const Method& method : methods()) {
    const std::size_t dot = method.id.find('.');
    Json& resource = out.member(method.id.substr(0, dot));
    if (resource.is_null()) resource = Json::object({{"methods", Json::object()}});
    resource.member("methods").set(method.id.substr(dot + 1), method_json(method));
  }
  return out;
}

Json type_json(std::string_view type) {
  if (type.starts_with('['))
    return Json::object({{"type", "array"}, {"items", type_json(type.substr(1, type.size() - 2))}});
  if (type.starts_with('{'))
    return Json::object(
        {{"type", "object"}, {"additionalProperties", type_json(type.substr(1, type.size() - 2))}});
  if (type == "object") return Json::object({{"type", "object"}, {"properties", Json::object()}});
  if (type == "integer") return Json::object({{"type", "integer"}, {"format", "int32"}});
  if (type == "int64" || type == "date" || type == "date-time")
    return Json::object({{"type", "string"}, {"format", type}});
  if (type == "string" || type == "boolean" || type == "any") return Json::object({{"type", type}});
  return Json::object({{"$ref", type}});
}

Json schemas() {
  Json out = Json::object();
  for (const Property& property : schema_properties()) {
    const std::size_t dot = property.schema.find('.');
    const std::string_view name = property.schema.substr(0, dot);
    Json* owner = &out.member(name);
    if (owner->is_null())
      *owner = Json::object({{"id", name}, {"type", "object"}, {"properties", Json::object()}});
    if (dot != std::string_view::npos)
      owner = &owner->member("properties").member(property.schema.substr(dot + 1));
    Json type = type_json(property.type);
    if (!property.fallback.empty()) type.set("default", property.fallback);
    owner->member("properties").set(property.name, std::move(type));
  }
  return out;
}

Json scopes() {
  std::set<std::string> names;
  for (const Method& method : methods())
    for (const std::string_view scope : gcal::icalendar::split(method.scopes, ' '))
      names.emplace(scope);
  Json out = Json::object();
  for (const std::string& name : names)
    out.set(std::string(kScopePrefix) + name, Json::object({{"description", name}}));
  return out;
}

Json document(const std::string& origin) {
  Json parameters = Json::object();
  for (const Parameter& parameter : system_parameters())
    if (parameter.name != "access_token")  // as Google, which does not list it here
      parameters.set(parameter.name, parameter_json(parameter));
  return Json::object(
      {{"kind", "discovery#restDescription"},
       {"discoveryVersion", "v1"},
       {"id", "calendar:v3"},
       {"name", "calendar"},
       {"version", "v3"},
       {"title", "Calendar API"},
       {"description", "Manipulates events and other calendar data."},
       {"ownerDomain", "google.com"},
       {"ownerName", "Google"},
       {"protocol", "rest"},
       {"documentationLink", "https://developers.google.com/workspace/calendar/firstapp"},
       {"rootUrl", origin + "/"},
       {"servicePath", "calendar/v3/"},
       {"baseUrl", origin + "/calendar/v3/"},
       {"basePath", "/calendar/v3/"},
       {"batchPath", "batch/calendar/v3"},
       {"parameters", std::move(parameters)},
       {"auth", Json::object({{"oauth2", Json::object({{"scopes", scopes()}})}})},
       {"schemas", schemas()},
       {"resources", resources()}});
}

Json directory(const std::string& origin) {
  Json item = Json::object({{"kind", "discovery#directoryItem"},
                            {"id", "calendar:v3"},
                            {"name", "calendar"},
                            {"version", "v3"},
                            {"title", "Calendar API"},
                            {"discoveryRestUrl", origin + std::string(kDocument)},
                            {"preferred", true}});
  return Json::object({{"kind", "discovery#directoryList"},
                       {"discoveryVersion", "v1"},
                       {"items", Json::array({std::move(item)})}});
}

}  // namespace

bool is_discovery(std::string_view path) {
  return path == kDirectory || path.starts_with("/discovery/v1/apis/") || path == kNewerDocument;
}

Response discovery(const Request& request) {
  if (request.path == kDirectory) return json_response(200, directory(request.origin));
  bool asked = request.path == kDocument;
  if (request.path == kNewerDocument)
    if (const auto query = gcal::net::form_decode(request.query))
      asked = gcal::net::parameter(*query, "version") == "v3";
  return asked ? json_response(200, document(request.origin)) : problem_response(not_found());
}

}  // namespace emulator
