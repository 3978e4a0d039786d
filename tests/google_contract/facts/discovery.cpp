// The discovery document: what a client that reads it before its first call finds.
#include <set>

#include "src/common/net/url.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

constexpr const char* kDocument = "/discovery/v1/apis/calendar/v3/rest";

struct DocumentedMethod {
  std::string name;  // "events.list"
  const Json& json;
};

std::vector<DocumentedMethod> methods_of(const Json& document) {
  std::vector<DocumentedMethod> out;
  for (const auto& [resource, json] : document["resources"].members())
    for (const auto& [name, method] : json["methods"].members())
      out.push_back({resource + "." + name, method});
  return out;
}

const Json& method_of(const Json& document, const std::string& resource, const std::string& name) {
  return document["resources"][resource]["methods"][name];
}

SECTION("discovery");

FACT(Client, "the document is served without a token", documented) {
  const Response response = client.raw("GET", kDocument);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.text("kind"), "discovery#restDescription");
  EXPECT_EQ(response.text("id"), "calendar:v3");
  EXPECT_EQ(response.text("servicePath"), "calendar/v3/");
  EXPECT_EQ(response.text("batchPath"), "batch/calendar/v3");
}

FACT(EmulatorOnly, "the newer address serves the same; another version or API: 404", documented) {
  EXPECT_EQ(client.raw("GET", "/$discovery/rest?version=v3").body,
            client.raw("GET", kDocument).body);
  for (const char* path :
       {"/$discovery/rest?version=v2", "/$discovery/rest", "/discovery/v1/apis/calendar/v2/rest",
        "/discovery/v1/apis/tasks/v1/rest"})
    EXPECT_EQ(client.raw("GET", path).status, 404) << path;
}

FACT(EmulatorOnly, "the list of the APIs names the document", documented) {
  const Response list = client.raw("GET", "/discovery/v1/apis");
  EXPECT_EQ(list.text("items.0.id"), "calendar:v3");
  EXPECT_EQ(client.raw("GET", list.text("items.0.discoveryRestUrl")).text("id"), "calendar:v3");
}

FACT(EmulatorOnly, "the addresses are those that the client has used", guessed) {
  const Response response = client.raw("GET", kDocument, "", {{"Host", "www.googleapis.com"}});
  EXPECT_EQ(response.text("rootUrl"), "http://www.googleapis.com/");
  EXPECT_EQ(response.text("baseUrl"), "http://www.googleapis.com/calendar/v3/");
  EXPECT_EQ(client.raw("GET", kDocument).text("rootUrl"), client.base + "/");
}

FACT(Client, "a method has its path, its parameters, its resources and its scopes", documented) {
  const Response response = client.raw("GET", kDocument);
  const Json& list = method_of(response.json, "events", "list");
  EXPECT_EQ(list.string("id"), "calendar.events.list");
  EXPECT_EQ(list.string("httpMethod"), "GET");
  EXPECT_EQ(list.string("path"), "calendars/{calendarId}/events");
  EXPECT_EQ(list["response"].string("$ref"), "Events");
  const Json& parameters = list["parameters"];
  EXPECT_EQ(parameters["calendarId"].string("location"), "path");
  EXPECT_EQ(parameters["maxResults"].string("default"), "250");
  EXPECT_EQ(parameters["maxResults"].string("minimum"), "1");
  EXPECT_EQ(parameters["orderBy"]["enum"].dump(), "[\"startTime\",\"updated\"]");
  EXPECT_EQ(parameters["timeMin"].string("format"), "date-time");
  EXPECT_TRUE(parameters["privateExtendedProperty"]["repeated"].as_bool());
  const Json& insert = method_of(response.json, "events", "insert");
  EXPECT_EQ(insert["request"].string("$ref"), "Event");
  EXPECT_EQ(insert["parameters"]["conferenceDataVersion"].string("maximum"), "1");
  EXPECT_EQ(response.json["parameters"]["prettyPrint"].string("default"), "true");
}

FACT(Client, "each reference of the document names one of its schemas", documented) {
  const Response response = client.raw("GET", kDocument);
  const Json& schemas = response.json["schemas"];
  std::vector<const Json*> open{&response.json["resources"], &schemas};
  std::size_t references = 0;
  while (!open.empty()) {
    const Json& value = *open.back();
    open.pop_back();
    if (const std::string& name = value.string("$ref"); !name.empty()) {
      ++references;
      EXPECT_TRUE(schemas.contains(name)) << name;
    }
    for (const Json& item : value.items()) open.push_back(&item);
    for (const auto& [name, member] : value.members()) open.push_back(&member);
  }
  EXPECT_GT(references, 80u);
}

// A path whose arguments name nothing, so that no call changes anything.
std::string path_of(const Json& method) {
  std::string path = "/" + method.string("path");
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{'))
    path.replace(at, path.find('}') - at + 1, "nothing00");
  return path;
}

FACT(EmulatorOnly, "each method of the document is served", documented) {
  const Response document = client.raw("GET", kDocument);
  const std::vector<DocumentedMethod> all = methods_of(document.json);
  EXPECT_EQ(all.size(), 38u);
  for (const DocumentedMethod& method : all) {
    const std::string http = method.json.string("httpMethod");
    const std::string path = path_of(method.json);
    // Without a token a method that is served refuses before it looks for the calendar.
    const Response refused = client.raw(http, "/calendar/v3" + path, http == "GET" ? "" : "{}");
    EXPECT_TRUE(refused.status == 401 || refused.status == 403) << method.name << refused.status;
    const Response response = client.call(http, path, http == "GET" ? "" : "{}");
    EXPECT_TRUE(response.status == 200 || response.status == 400 || response.status == 404)
        << method.name << " " << response.status << " " << response.body;
    EXPECT_EQ(response.status == 404 && response.reason() != "notFound", false) << method.name;
  }
}

FACT(EmulatorOnly, "each scope of a method opens it, and no other scope does", documented) {
  const Response document = client.raw("GET", kDocument);
  const Json& scopes = document.json["auth"]["oauth2"]["scopes"];
  for (const auto& [scope, about] : scopes.members()) {
    const User user{client.me.email, client.token(client.me.email, scope)};
    for (const DocumentedMethod& method : methods_of(document.json)) {
      const std::string http = method.json.string("httpMethod");
      bool listed = false;
      for (const Json& one : method.json["scopes"].items()) listed |= one.as_string() == scope;
      const Response response =
          client.as(user, http, path_of(method.json), http == "GET" ? "" : "{}");
      EXPECT_EQ(response.reason() == "insufficientPermissions", !listed)
          << method.name << " " << scope << " " << response.body;
    }
  }
}

FACT(EmulatorOnly, "each number, flag, time and enum of the document is checked", documented) {
  const Response document = client.raw("GET", kDocument);
  std::size_t checked = 0;
  for (const DocumentedMethod& method : methods_of(document.json))
    for (const auto& [name, parameter] : method.json["parameters"].members()) {
      const bool typed = parameter.string("type") != "string" || parameter.contains("enum") ||
                         parameter.string("format") == "date-time";
      if (parameter.string("location") != "query" || !typed) continue;
      const std::string http = method.json.string("httpMethod");
      const Response response = client.call(http, path_of(method.json) + "?" + name + "=nonsense",
                                            http == "GET" ? "" : "{}");
      EXPECT_EQ(response.status, 400) << method.name << " " << name;
      if (parameter.string("format") != "date-time") {
        EXPECT_EQ(response.text("error.errors.0.location"), name) << method.name;
      }
      ++checked;
    }
  EXPECT_GT(checked, 80u);
}

FACT(EmulatorOnly, "each required parameter of the document is asked for", documented) {
  const Response document = client.raw("GET", kDocument);
  for (const DocumentedMethod& method : methods_of(document.json))
    for (const auto& [name, parameter] : method.json["parameters"].members()) {
      if (parameter.string("location") != "query" || !parameter["required"].as_bool()) continue;
      const Response response =
          client.call(method.json.string("httpMethod"), path_of(method.json), "{}");
      EXPECT_EQ(response.reason(), "required") << method.name << " " << name;
    }
}

}  // namespace
}  // namespace contract
