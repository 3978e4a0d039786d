// The schemas themselves, and the documents that need no host: events, steps of the settings flow,
// the manifest.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "src/engine/calendar/event_json.hpp"
#include "src/host/crm/event_view.hpp"
#include "tests/schema/validator.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/settings/fake_ports.hpp"

namespace {

using gcal::base::Json;
using gcal::support::SeededRandom;
using schema::Schemas;
using testing::HasSubstr;
using testing::IsEmpty;

const Schemas& schemas() {
  static const Schemas all(GCAL_SOURCE_DIRECTORY "/host_api/schema");
  return all;
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Json parsed(std::string_view text) {
  auto json = Json::parse(text);
  EXPECT_TRUE(json) << text;
  return json ? *std::move(json) : Json();
}

TEST(Schema, EachSchemaNamesItselfAndKeepsToTheDialect) {
  EXPECT_GE(schemas().names().size(), 18u);
  for (const std::string& name : schemas().names()) {
    const Json& text = schemas().text(name);
    EXPECT_EQ(text.string("$id"), name);
    EXPECT_EQ(text.string("$schema"), "https://json-schema.org/draft/2020-12/schema") << name;
    EXPECT_FALSE(text.string("title").empty()) << name;
    EXPECT_FALSE(text.string("description").empty()) << name;
    EXPECT_THAT(schema::outside_of_dialect(text), IsEmpty()) << name;
    schemas().fault(name, Json());  // compiles it: every $ref is resolved
  }
}

TEST(Schema, EachSchemaThatAHeaderNamesExists) {
  const std::filesystem::path root = GCAL_SOURCE_DIRECTORY "/host_api";
  std::size_t named = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".hpp" &&
        entry.path().extension() != ".md")
      continue;
    const std::string text = read(entry.path());
    for (std::size_t at = text.find("schema/"); at != std::string::npos;
         at = text.find("schema/", at + 1)) {
      const std::size_t end = text.find(".json", at);
      if (end == std::string::npos || end - at > 60 ||
          text.substr(at, end - at).find_first_of(" \n`") != std::string::npos)
        continue;
      ++named;
      EXPECT_TRUE(std::filesystem::exists(root / text.substr(at, end + 5 - at)))
          << entry.path() << ": " << text.substr(at, end + 5 - at);
    }
  }
  EXPECT_GE(named, 5u);
}

// The validator is tested too: without this a validator that accepts everything would pass.
TEST(Schema, TheValidatorNamesTheMemberAndTheRule) {
  Json event = parsed(R"({"start":{"date":"2027-01-15"},"end":{"date":"2027-01-16"},)"
                      R"("attendees":[{"email":"a@b.c","partstat":"perhaps"}]})");
  EXPECT_THAT(schemas().fault("event.json", event), HasSubstr("#/attendees/0/partstat"));
  event.erase("attendees");
  EXPECT_EQ(schemas().fault("event.json", event), "");
  event.set("novel", 1);
  EXPECT_EQ(schemas().fault("event.json", event), "") << "documents may grow";
  EXPECT_THAT(schemas().fault_or_unknown_member("event.json", event),
              HasSubstr("additionalProperties"));
  EXPECT_NE(schemas().fault("calendar.json#/$defs/put", Json::object({{"account", "a"}})), "");
  // Two files deep, behind a oneOf.
  event.erase("novel");
  Json page = parsed(
      R"({"changes":[{"id":"x","revision":"1","document":{"id":"x","calendar":"c","revision":"1",)"
      R"("records":{"leads":[],"contacts":[]}}}],"cursor":"c","more":false})");
  Json& document = *page.find("changes")->mutable_items()[0].find("document");
  document.set("event", event);
  EXPECT_EQ(schemas().fault_or_unknown_member("event_changes.json", page), "");
  document.find("event")->set("status", "cancelled");
  EXPECT_NE(schemas().fault("event_changes.json", page), "");
  EXPECT_THAT(schema::outside_of_dialect(parsed(R"({"const":1,"items":{"$ref":"#","title":"x"}})")),
              testing::SizeIs(2));
}

// --- event.json ---

using namespace gcal::calendar;

class Events {
 public:
  explicit Events(std::uint64_t seed) : random_(seed) {}

  Series series() {
    Series series;
    const bool all_day = coin();
    series.master = event(all_day);
    if (coin()) {
      series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=5"};
      if (coin())
        series.recurrence.emplace_back(all_day ? "EXDATE;VALUE=DATE:20270122"
                                               : "EXDATE:20270122T090000Z");
      for (std::uint64_t n = random_.below(4); n > 0; --n) {
        const Occurrence occurrence =
            coin() ? Occurrence{true, {}} : Occurrence{false, event(all_day)};
        series.occurrences[OriginalStart::of(time(all_day, static_cast<int>(n)))] = occurrence;
      }
    }
    if (coin()) {
      series.facts = {text(),
                      static_cast<std::int64_t>(random_.below(9)),
                      static_cast<EventType>(random_.below(7)),
                      text(),
                      text(),
                      coin(),
                      text(),
                      text(),
                      coin(),
                      coin(),
                      text(),
                      text(),
                      text()};
    }
    return series;
  }

 private:
  bool coin() { return random_.below(2) == 1; }
  std::string text() {
    static constexpr std::array kTexts{"",
                                       "Lunch",
                                       "Caf\xC3\xA9 <b>&amp;</b>",
                                       "\"quoted\"\n\ttabs",
                                       "\xF0\x9F\x8E\x82",
                                       "me@example.com"};
    return kTexts[random_.below(kTexts.size())];
  }
  EventTime time(bool all_day, int days) {
    const std::chrono::sys_days day =
        std::chrono::sys_days(std::chrono::year(2027) / 1 / 15) + std::chrono::days(days);
    if (all_day) return Date(day);
    static constexpr std::array kZones{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"};
    return ZonedTime{day + std::chrono::hours(9), kZones[random_.below(kZones.size())]};
  }
  Event event(bool all_day) {
    Event event;
    event.summary = text();
    event.description = text();
    event.location = text();
    event.start = time(all_day, 0);
    event.end = time(all_day, 1 + static_cast<int>(random_.below(3)));
    event.status = static_cast<Status>(random_.below(2));
    event.transparency = static_cast<Transparency>(random_.below(2));
    event.visibility = static_cast<Visibility>(random_.below(4));
    if (coin()) event.color = "11";
    for (std::uint64_t n = random_.below(4); n > 0; --n) {
      event.attendees.push_back({"guest" + std::to_string(n) + "@example.com", text(),
                                 static_cast<PartStat>(random_.below(4)), coin(), coin(), coin(),
                                 coin(), text()});
    }
    if (coin()) event.reminders.emplace();
    if (coin()) event.reminders = {{"popup", 10}, {"email", 1440}};
    return event;
  }
  SeededRandom random_;
};

TEST(EventSchema, ThousandRandomSeriesFitTheSchemaAndTheHostReadsThem) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Json json = to_json(Events(seed).series());
    ASSERT_EQ(schemas().fault_or_unknown_member("event.json", json), "") << "seed " << seed << "\n"
                                                                         << json.dump_pretty();
    const auto view = host::view_of(json);
    ASSERT_TRUE(view) << "seed " << seed << ": " << view.error().message << "\n"
                      << json.dump_pretty();
  }
}

// What the schema refuses, the plugin and the host refuse too, and name the member.
TEST(EventSchema, SchemaPluginAndHostRefuseTheSameFaults) {
  const Json good = parsed(
      R"({"summary":"x",
          "start":{"date_time":"2027-01-15T09:00:00+01:00","time_zone":"Europe/Berlin"},
          "end":{"date_time":"2027-01-15T10:00:00+01:00","time_zone":"Europe/Berlin"}})");
  ASSERT_EQ(schemas().fault("event.json", good), "");
  ASSERT_TRUE(series_from_json(good));
  ASSERT_TRUE(host::view_of(good));
  const std::pair<const char*, const char*> faults[] = {
      {"start", "null"},
      {"start", "{}"},
      {"start", R"({"date":"tomorrow"})"},
      {"end", R"({"date_time":"2027-01-15 09:00"})"},
      {"status", R"("cancelled")"},
      {"transparency", R"("half")"},
      {"visibility", "7"},
      {"attendees", R"([{"name":"without an address"}])"},
      {"attendees", R"([{"email":"a@b.c","partstat":"perhaps"}])"},
      {"occurrences", R"([{"original_start":{"date_time":"2027-01-15T08:00:00Z"}}])"},
      {"occurrences", R"([{"cancelled":true}])"},
  };
  for (const auto& [member, value] : faults) {
    Json bad = good;
    bad.set(member, parsed(value));
    EXPECT_NE(schemas().fault("event.json", bad), "") << member << " " << value;
    EXPECT_FALSE(series_from_json(bad)) << member << " " << value;
    EXPECT_FALSE(host::view_of(bad)) << member << " " << value;
  }
}

// --- flow_step.json ---

using gcal::settings::FakePorts;
using gcal::settings::Flow;

class FlowSchema : public testing::Test {
 protected:
  // Sends a request, checks it and its answer, and returns the step.
  Json send(const char* kind, std::string step, Json input) {
    const Json request =
        Json::object({{"flow", "f1"},
                      {"kind", kind},
                      {"user", "u1"},
                      {"account", "a1"},
                      {"step", step},
                      {"memo", memo_},
                      {"input", input},
                      {"locale", "de"},
                      {"callback_url", "https://crm.example.com/plugins/x/callback"}});
    EXPECT_EQ(schemas().fault_or_unknown_member("flow_request.json", request), "");
    auto answer = gcal::support::run_task(flow_.step(request));
    EXPECT_TRUE(answer) << kind << " " << step;
    if (!answer) return {};
    EXPECT_EQ(schemas().fault_or_unknown_member("flow_step.json", *answer), "")
        << answer->dump_pretty();
    seen_.insert(answer->string("type") + " " + answer->string("step") + answer->string("reason"));
    if (answer->contains("memo")) memo_ = (*answer)["memo"];
    return *answer;
  }
  void begin_anew() { memo_ = Json::object(); }

  FakePorts ports_;
  SeededRandom random_{1};
  Flow flow_{ports_, random_};
  Json memo_ = Json::object();
  std::set<std::string> seen_;  // "form account", "abort abort.failed"
};

TEST_F(FlowSchema, EachStepOfEveryFlowFitsTheSchema) {
  const Json consent = Json::object({{"code", "4/abc"}, {"state", "s"}}), none = Json::object();
  const Json account = Json::object(
      {{"name", "Sales"}, {"visible", Json::array({"team"})}, {"default_calendar", "team"}});
  // Set-up; each form is refused once.
  ports_.client.reset();
  send("setup", "", none);
  ports_.administrator = true;
  send("setup", "", none);
  send("setup", "credentials", none);
  send("setup", "credentials", Json::object({{"client_id", "id"}, {"client_secret", "secret"}}));
  send("setup", "consent", consent);
  send("setup", "account",
       Json::object(
           {{"name", ""}, {"visible", Json::array({"unknown"})}, {"default_calendar", "team"}}));
  ports_.state = {10, 0, std::nullopt};
  send("setup", "account", account);
  ports_.state = {800, 800, gcal::settings::PreviewNumbers{.appointments = 800, .existing_all = 4}};
  send("setup", "observe", none);
  send("setup", "preview", Json::object({{"existing", "all"}}));
  // Each way in which a consent fails.
  begin_anew();
  send("setup", "consent", Json::object({{"error", "access_denied"}}));
  send("setup", "consent", Json::object({{"error", "server_error"}}));
  for (const gcal::Code code : {gcal::Code::denied, gcal::Code::needs_auth, gcal::Code::unavailable,
                                gcal::Code::internal}) {
    ports_.grant = gcal::Error{code, "Google said no: \"quoted\"", {}};
    send("setup", "consent", consent);
  }
  ports_.grant = gcal::settings::Grant{"sub-1", "me@gmail.example", false};
  send("setup", "consent", consent);
  // Connecting again.
  send("reauth", "", none);
  ports_.grant = gcal::settings::Grant{"another user", "x@gmail.example", true};
  send("reauth", "consent", consent);
  ports_.grant = gcal::settings::Grant{"sub-1", "me@gmail.example", true};
  send("reauth", "consent", consent);
  // Options.
  ports_.held = 12;
  for (const char* step : {"", "held", "pause", "resume"}) send("options", step, none);
  send("options", "held", Json::object({{"decision", "keep"}}));
  begin_anew();
  send("options", "calendars", none);
  send("options", "calendars", Json::object({{"name", ""}}));
  send("options", "calendars", account);
  send("options", "disconnect", none);
  send("options", "disconnect", Json::object({{"confirm", false}}));
  send("options", "disconnect", Json::object({{"confirm", true}}));

  EXPECT_THAT(seen_,
              testing::IsSupersetOf({"form credentials", "external consent", "form account",
                                     "progress observe", "form preview", "finish ", "menu menu",
                                     "form held", "form calendars", "form disconnect",
                                     "abort abort.no_oauth_client", "abort abort.consent_refused",
                                     "abort abort.consent_failed", "abort abort.google_refused",
                                     "abort abort.google_unreachable", "abort abort.failed",
                                     "abort abort.scope_missing", "abort abort.wrong_account"}));
}

// --- manifest.json ---

TEST(ManifestSchema, OurManifestWithTheFilesOfTheBuildFits) {
  Json manifest = parsed(read(GCAL_SOURCE_DIRECTORY "/manifests/google_calendar.json"));
  EXPECT_THAT(schemas().fault("manifest.json", manifest), HasSubstr("#/files"))
      << "without files nobody may load it";
  manifest.set("files",
               Json::object({{"libgoogle_calendar.so", "sha256:" + std::string(64, 'a')}}));
  EXPECT_EQ(schemas().fault_or_unknown_member("manifest.json", manifest), "");
  for (const auto& [member, value] :
       {std::pair{"id", "\"Calendar\""},
        {"version", "\"1.0\""},
        {"library", "\"../x.so\""},
        {"requires", "[\"log\"]"},
        {"routes", R"([{"path":"/x","methods":["POST"],"auth":"none","max_body":1}])"},
        {"abi", "{\"major\":0}"}}) {
    Json bad = manifest;
    bad.set(member, parsed(value));
    EXPECT_NE(schemas().fault("manifest.json", bad), "") << member;
  }
}

#ifdef GCAL_BUILT_MANIFEST
TEST(ManifestSchema, TheManifestOfTheBuiltPackageFits) {
  EXPECT_EQ(schemas().fault_or_unknown_member("manifest.json", parsed(read(GCAL_BUILT_MANIFEST))),
            "");
}
#endif

}  // namespace
