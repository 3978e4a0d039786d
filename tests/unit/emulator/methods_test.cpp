// The tables of the Calendar API against the code that serves it: what is documented is read, and
// what is read is documented.
#include "src/emulator/api/methods.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "src/emulator/api/schemas.hpp"
#include "src/emulator/http/pretty_print.hpp"
#include "src/emulator/model/event_members.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
using Names = std::set<std::string>;

// Accepted and without effect, as the manual says.
const Names kWithoutEffect{"$.xgafv",   "alt",   "alwaysIncludeEmail", "showOwnOrganizationOnly",
                           "quotaUser", "userIp"};

// The code of the handlers; the tables are left out.
std::string sources() {
  std::string text;
  for (const auto& entry :
       std::filesystem::directory_iterator(GCAL_SOURCE_DIRECTORY "/src/emulator/api")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("methods.") || name.starts_with("schemas.")) continue;
    std::ifstream file(entry.path());
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}

Names documented() {
  Names names;
  for (const Method& method : methods())
    for (const Parameter& parameter : method.parameters) names.emplace(parameter.name);
  for (const Parameter& parameter : system_parameters()) names.emplace(parameter.name);
  return names;
}

TEST(MethodTable, HandlersReadOnlyDocumentedParameters) {
  const std::string text = sources();
  const std::regex reads(
      R"re((?:call\.|\b)(?:parameter|has|all|flag|number|time)\((?:\*?query, )?"(\w+)")re");
  const Names known = documented();
  std::size_t count = 0;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), reads);
       at != std::sregex_iterator(); ++at, ++count) {
    const std::string name = (*at)[1];
    EXPECT_TRUE(known.contains(name) || name == "version") << name;  // of /$discovery/rest
  }
  EXPECT_GT(count, 35u);
}

TEST(MethodTable, EachDocumentedParameterIsReadByAHandler) {
  const std::string text = sources();
  for (const std::string& name : documented()) {
    const bool is_read = text.find("\"" + name + "\"") != std::string::npos;
    EXPECT_EQ(is_read, !kWithoutEffect.contains(name)) << name;
  }
}

TEST(MethodTable, AParameterThatTheMethodDoesNotHaveIsNotRead) {
  InProcess google;
  const std::string event =
      R"({"summary":"A","organizer":{"email":"ben@example.com"},"iCalUID":"a@example.com",)"
      R"("attendees":[{"email":"anna@example.com"}],"start":{"date":"2026-12-01"},)"
      R"("end":{"date":"2026-12-02"}})";
  const Response imported =
      google.call("POST", "/calendar/v3/calendars/primary/events/import?sendUpdates=some", event);
  EXPECT_EQ(imported.status, 200) << imported.body;
  EXPECT_EQ(google.call("GET", "/calendar/v3/colors?maxResults=x").status, 200);
}

TEST(SchemaTable, TheMembersOfAnEventAreTheWritableOnesAndTheComputedOnes) {
  const Names computed{"kind",    "etag",    "id",      "htmlLink",         "created",
                       "updated", "creator", "iCalUID", "recurringEventId", "originalStartTime"};
  Names stored, shown;
  for (const EventMember& member : event_members()) stored.emplace(member.name);
  for (const Property& property : schema_properties())
    if (property.schema == "Event") shown.emplace(property.name);
  Names all = stored;
  all.insert(computed.begin(), computed.end());
  EXPECT_EQ(shown, all);
}

TEST(SchemaTable, APlaceIsAnObjectOfItsSchema) {
  Names places;
  for (const Property& property : schema_properties()) {
    if (property.type == "object")
      places.insert(std::string(property.schema) + "." + std::string(property.name));
    const bool inside = property.schema.find('.') != std::string_view::npos;
    EXPECT_TRUE(!inside || places.contains(std::string(property.schema))) << property.schema;
  }
  EXPECT_EQ(places.size(), 10u);
}

TEST(PrettyPrint, LinesAreIndentedByOneSpaceForALevel) {
  EXPECT_EQ(indented(R"({"a":1,"b":[],"c":{},"d":[{"e":"x"},2],"f":{"g":null}})"),
            "{\n \"a\": 1,\n \"b\": [],\n \"c\": {},\n \"d\": [\n  {\n   \"e\": \"x\"\n  },\n  2\n "
            "],\n \"f\": {\n  \"g\": null\n }\n}\n");
}

TEST(PrettyPrint, TheValueStaysTheSame) {
  for (const char* text : {R"({"a\"b":"c\\","d":"{[,:]}"})", R"(["\\\"",{"":""}])", R"("alone")",
                           "7", R"({"nested":[[[[]]],[{}]]})", "{\"umlaut\":\"\xc3\xa4\"}"}) {
    const auto before = Json::parse(text), after = Json::parse(indented(text));
    ASSERT_TRUE(before && after) << text;
    EXPECT_EQ(after->dump(), before->dump());
    EXPECT_EQ(indented(indented(text)), indented(text));
  }
}

TEST(PrettyPrint, TextThatIsNoJsonIsLaidOutWithoutAFault) {
  for (const char* text : {"", "{", "}}}]", "\"", "\"\\", "{\"a\":\"b", "[[[[", ",,,:::"})
    EXPECT_TRUE(indented(text).ends_with('\n')) << text;
}

}  // namespace
}  // namespace emulator
