// The same sequence of calls through the service tables of two hosts, crm_host's and the fake one:
// each document fits its schema, and both hosts give equal answers. Therefore a plugin that works
// with the fakes works with a CRM.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host_api/cpp/host.hpp"
#include "host_api/testing/fakes.hpp"
#include "tests/schema/validator.hpp"
#include "tests/schema/worlds.hpp"

namespace {

using gcal::Result;
using gcal::base::Json;
using schema::FakeWorld;
using schema::RealWorld;
using schema::World;

const schema::Schemas& schemas() {
  static const schema::Schemas all(GCAL_SOURCE_DIRECTORY "/host_api/schema");
  return all;
}

// Makes the calls and records every answer, with ids, revisions and cursors replaced by names in
// the order of their appearance.
class Story {
 public:
  explicit Story(World& world) : world_(world), crm_(world.host()) {}

  std::string revision_of(const std::string& account) {
    return Json::parse(*crm_.accounts()->get(account))->string("revision");
  }

  std::vector<std::string> run() {
    const crm::Accounts accounts = *crm_.accounts();
    const crm::Calendars calendars = *crm_.calendars();
    const crm::Events events = *crm_.events();
    const crm::Contacts contacts = *crm_.contacts();

    const std::string user = name(world_.add_user("anna@example.com"), "user");
    const std::string own = name(*calendars.own(user), "own");
    note("the own calendar before anything is connected", status(events.changes(own, "", 10)));
    const std::string account = name(world_.connect(user), "account");

    note("user", document("user.json", accounts.user(user)));
    note("user unknown", status(accounts.user("nobody")));
    note("accounts", list("account.json", accounts.list()));
    note("put_config", status(accounts.put_config(account, R"({"visible":["a"]})")));
    note("put_config no object", status(accounts.put_config(account, "[]")));
    note("put_config no JSON", status(accounts.put_config(account, "{")));
    note("put_config unknown", status(accounts.put_config("nobody", "{}")));
    note("account", document("account.json", accounts.get(account)));
    const std::string revision = revision_of(account);
    note("put_config_if",
         status(accounts.put_config_if(account, revision, R"({"visible":["b"]})")));
    note("put_config_if stale",
         status(accounts.put_config_if(account, revision, R"({"visible":[]})")));
    note("put_config_if no object", status(accounts.put_config_if(account, "", "[]")));
    note("put_config_if unknown", status(accounts.put_config_if("unknown", revision, "{}")));
    note("equal configs", Json(revision_of(account) == revision_of(account)).dump());
    note("account", document("account.json", accounts.get(account)));
    note("set_health",
         status(accounts.set_health(
             account,
             R"({"state":"ok","reason":"health.ok","args":{},"synced_at":0,"attention":[]})")));
    note("set_state wrong", status(accounts.set_state(account, "asleep")));
    note("set_state", status(accounts.set_state(account, "paused")));
    note("account", document("account.json", accounts.get(account)));
    note("set_state", status(accounts.set_state(account, "active")));

    // Users, the host itself, and what a plugin can list of its own.
    const crm::Users users = *crm_.users();
    note("users get", document("user.json", users.get(user)));
    note("users get unknown", status(users.get("nobody")));
    note("users list", list("user.json", users.list()));
    const crm::HostInfo host = *crm_.host_info();
    EXPECT_TRUE(parsed(host.info()).is_object());
    EXPECT_EQ(schemas().fault_or_unknown_member("host_info.json", parsed(host.info())), "");
    note("limits", parsed(host.info())["limits"].dump());
    note("record kinds", parsed(host.info())["record_kinds"].dump());
    note("log.enabled", Json(crm_.log()->enabled(CRM_LOG_ERROR)).dump());
    const crm::Secrets secrets = *crm_.secrets();
    EXPECT_TRUE(secrets.put("grant/b", "1") && secrets.put("grant/a", "2") &&
                secrets.put("grand", "3"));
    note("secrets list", text(parsed(secrets.list("grant/"))));
    note("secrets list all", text(parsed(secrets.list(""))));
    note("secrets list none", text(parsed(secrets.list("x"))));
    EXPECT_TRUE(secrets.erase("grant/a") && secrets.erase("grant/b") && secrets.erase("grand"));
    const crm::Tasks tasks = *crm_.tasks();
    note("schedule a key of the host", status(tasks.schedule("crm:forget/x", 0, "")));
    note("schedule", status(tasks.schedule("later/a", 9'000, "1")));
    note("schedule later", status(tasks.schedule("later/a", 9'500, "2")));
    note("tasks", tasks_of("later/"));
    note("reschedule", status(tasks.reschedule("later/a", 9'500, "3")));
    note("reschedule a new one", status(tasks.reschedule("later/b", 9'700, "")));
    note("reschedule a key of the host", status(tasks.reschedule("crm:x", 0, "")));
    note("tasks", tasks_of("later/"));
    note("cancel", status(tasks.cancel("later/a")));
    note("tasks", tasks_of("later/"));
    note("cancel", status(tasks.cancel("later/b")));
    note("tasks of no key", tasks_of("nothing"));

    const std::string put = Json::object({{"account", account},
                                          {"remote_id", "team@group"},
                                          {"name", "Team"},
                                          {"color", "#aabbcc"},
                                          {"role", "writer"},
                                          {"mode", "two_way"}})
                                .dump();
    EXPECT_EQ(schemas().fault_or_unknown_member("calendar.json#/$defs/put", *Json::parse(put)), "");
    const std::string team = name(*calendars.put(put), "team");
    note("put again", Json(*calendars.put(put) == team).dump());
    for (const auto& [member, value] : {std::pair{"color", "red"},
                                        {"role", "boss"},
                                        {"mode", "sometimes"},
                                        {"account", "nobody"},
                                        {"name", ""},
                                        {"remote_id", ""}}) {
      Json bad = *Json::parse(put);
      bad.set(member, value);
      note(std::string("put with a wrong ") + member, status(calendars.put(bad.dump())));
    }
    note("calendars", list("calendar.json", calendars.list(account)));
    note("set_default", status(calendars.set_default(user, team)));
    note("set_default own", status(calendars.set_default(user, own)));
    note("set_default team", status(calendars.set_default(user, team)));
    note("set_default of nobody", status(calendars.set_default("nobody", team)));
    note("set_default to nothing known", status(calendars.set_default(user, "unknown")));
    note("user", document("user.json", accounts.user(user)));
    note("calendars", list("calendar.json", calendars.list("")));
    note("set_state wrong", status(calendars.set_state(team, "lost")));
    note("set_state of the own one", status(calendars.set_state(own, "hidden")));

    // Appointments.
    const Json lunch = *Json::parse(
        R"({"summary":"Lunch","start":{"date":"2027-01-15"},"end":{"date":"2027-01-16"}})");
    Json dinner = lunch;
    dinner.set("summary", "Dinner");
    const std::string lead = name(world_.add_lead("Kim@Example.com"), "lead");
    const Json records =
        Json::object({{"leads", Json::array({lead, "no-such-lead"})}, {"contacts", Json::array()}});
    const Json create = Json::object({{"op", "put"},
                                      {"op_id", "1"},
                                      {"id", "lunch"},
                                      {"calendar", team},
                                      {"event", lunch},
                                      {"records", records}});
    const Json first = apply("create", create);
    note("create again", text(apply("the same op_id", create)));
    apply("create with the id of another", with(create, {{"op_id", "2"}}));
    apply("create elsewhere", with(create, {{"op_id", "3"}, {"id", "x"}, {"calendar", "unknown"}}));
    apply("create without an end",
          with(create,
               {{"op_id", "4"}, {"id", "x"}, {"event", Json::object({{"start", lunch["start"]}})}}),
          false);
    apply("create without op_id", with(create, {{"op_id", ""}, {"id", "x"}}), false);
    apply("an unknown operation", with(create, {{"op", "paint"}}), false);
    const Json change =
        with(create, {{"op_id", "5"}, {"event", dinner}, {"if_revision", first["revision"]}});
    apply("change with a stale revision", with(change, {{"if_revision", "0-stale"}}));
    const Json second = apply("change", change);
    apply("change nothing", with(change, {{"op_id", "6"}, {"if_revision", second["revision"]}}));
    apply("link", Json::object({{"op", "link"},
                                {"op_id", "7"},
                                {"id", "lunch"},
                                {"records", Json::object({{"leads", Json::array()},
                                                          {"contacts", Json::array()}})}}));
    apply("link the unknown",
          Json::object({{"op", "link"}, {"op_id", "8"}, {"id", "nothing"}, {"records", records}}));
    note("get", list("event_document.json", events.get(R"(["lunch","nothing"])")));

    const std::string cursor = read("feed from the beginning", team, "");
    const Json moved = apply("move", Json::object({{"op", "move"},
                                                   {"op_id", "9"},
                                                   {"id", "lunch"},
                                                   {"if_revision", second["revision"]},
                                                   {"calendar", own}}));
    read("feed of the calendar that it left", team, cursor);
    read("feed of the calendar where it is", own, "");
    apply("erase with a stale revision", Json::object({{"op", "erase"},
                                                       {"op_id", "10"},
                                                       {"id", "lunch"},
                                                       {"if_revision", second["revision"]}}));
    apply("erase", Json::object({{"op", "erase"},
                                 {"op_id", "11"},
                                 {"id", "lunch"},
                                 {"if_revision", moved["revision"]}}));
    apply("erase again", Json::object({{"op", "erase"},
                                       {"op_id", "12"},
                                       {"id", "lunch"},
                                       {"if_revision", moved["revision"]}}));
    read("a new listing knows no deletion", own, "");
    note("changes of an unknown calendar", status(events.changes("unknown", "", 10)));
    note("changes with limit 0", status(events.changes(team, "", 0)));
    note("changes with limit 2501", status(events.changes(team, "", 2501)));
    note("changes with a foreign cursor", status(events.changes(team, "foreign", 10)));
    note("settle", status(events.settle(R"(["1","5"])")));
    note("settle no array", status(events.settle("{}")));
    note("no batch", status(events.apply(0, "{}")));

    // Pages, in the order of commits.
    for (int i = 0; i < 5; ++i)
      apply("create",
            with(create, {{"op_id", "p" + std::to_string(i)}, {"id", "p" + std::to_string(i)}}));
    std::string at;
    for (int page = 0; page < 3; ++page) at = read("page " + std::to_string(page), team, at, 2);

    // Records.
    note("find_by_email",
         document("contacts_found.json",
                  contacts.find_by_email(user, R"(["kim@example.com","nobody@example.com"])")));
    const std::string seen = read_contacts("records", "");
    world_.change_lead(lead, "kim@new.example");
    read_contacts("records after a change", seen);

    // Timers and fences.
    note("schedule without a key", status(tasks.schedule("", 0, "")));
    note("schedule a large payload", status(tasks.schedule("key", 0, std::string(4097, 'x'))));
    note("schedule", status(tasks.schedule("key", 0, "payload")));
    const std::int64_t fence = world_.run_task();
    note("apply with the fence", status(events.apply(fence, "[]")));
    const std::int64_t newer = world_.run_task();
    note("the fence grows", Json(newer > fence).dump());
    note("apply with the old fence", status(events.apply(fence, "[]")));
    note("apply with the new fence", status(events.apply(newer, "[]")));
    note("begin with the old fence", status(crm_.sql()->begin(CRM_SQL_WRITE, fence)));
    note("cancel", status(tasks.cancel("key")));

    // Secrets and options.
    note("secret unknown", status(secrets.get("token")));
    note("secret put", status(secrets.put("token", "t")));
    note("secret", *secrets.get("token"));
    note("secret too large", status(secrets.put("token", std::string(16 * 1024 + 1, 'x'))));
    note("secret put_if", status(secrets.put_if("token", "t", "u")));
    note("secret put_if stale", status(secrets.put_if("token", "t", "v")));
    note("secret", *secrets.get("token"));
    note("secret put_if new", status(secrets.put_if("other", "", "first")));
    note("secret put_if no longer new", status(secrets.put_if("other", "", "second")));
    note("secret put_if too large",
         status(secrets.put_if("other", "first", std::string(16 * 1024 + 1, 'x'))));
    note("secret", *secrets.get("other"));
    note("secret erase", status(secrets.erase("token")));
    note("secret erase again", status(secrets.erase("token")));
    note("option unknown", status(crm_.options()->get("no.such.option")));

    tell_mail(user);

    world_.restore_backup();
    note("a cursor after a restored backup", status(events.changes(team, at, 10)));
    return std::move(lines_);
  }

 private:
  void tell_mail(const std::string& user) {
    const crm::Mailer mailer = *crm_.mailer();
    note("mailer without a server", document("mailer_info.json", mailer.info()));
    world_.set_up_mail();
    note("mailer", document("mailer_info.json", mailer.info()));
    const Json message =
        with(*Json::parse(R"({"key":"k1","group":"g","from_name":"Anna","subject":"Invitation",)"
                          R"("to":{"address":"guest@example.net"},"language":"en","text":"text",)"
                          R"("reply_to":{"address":"anna@gmail.example"},"html":"<p>text</p>",)"
                          R"("calendar":{"method":"REQUEST","text":"BEGIN"},"kind":"invite",)"
                          R"("expires_at":4000000000000})"),
             {{"user", user}});
    const auto submit = [&](const char* what, const Json& one) {
      const Json batch = Json::object({{"messages", Json::array({one})}});
      note(what, outcomes(mailer.submit(0, batch.dump())));
    };
    EXPECT_EQ(schemas().fault_or_unknown_member("mail.json#/$defs/message", message), "");
    submit("submit", message);
    submit("submit again", message);
    submit("submit a newer one", with(message, {{"key", "k2"}}));
    submit("submit to nobody", with(message, {{"key", "k3"}, {"to", Json::object()}}));
    note("submit no batch", status(mailer.submit(0, "{}")));
    note("withdraw", outcomes(mailer.withdraw(0, R"(["k2","k9","k2"])")));
    note("withdraw no array", status(mailer.withdraw(0, "{}")));
    const Json page = parsed(mailer.changes("", 10));
    EXPECT_EQ(schemas().fault_or_unknown_member("mail_changes.json", page), "");
    for (const Json& change : page["changes"].items())
      note("change of " + change.string("key"), change.string("state"));
    note("changes with a foreign cursor", status(mailer.changes("foreign", 10)));
    note("changes without a limit", status(mailer.changes("", 0)));
    const Json preview =
        parsed(mailer.preview(Json::object({{"messages", Json::array({message})}}).dump()));
    EXPECT_EQ(schemas().fault_or_unknown_member("mail_preview.json", preview), "");
    note("preview", preview.string("subject") + preview.string("html"));
  }
  // Status and state of each result.
  std::string outcomes(const Result<std::string>& answer) {
    const Json results = parsed(answer);
    EXPECT_EQ(schemas().fault_or_unknown_member("mail_results.json", results), "");
    std::string line;
    for (const Json& result : results.items())
      line += std::to_string(result["status"].as_integer()) + result.string("state") + " ";
    return line;
  }
  static Json with(Json json, std::initializer_list<std::pair<const char*, Json>> members) {
    for (const auto& [key, value] : members) json.set(key, value);
    return json;
  }
  template <class T>
  static std::string status(const Result<T>& result) {
    return result ? "ok" : "refused " + std::to_string(static_cast<int>(result.error().code));
  }
  std::string name(std::string id, std::string called) {
    names_[id] = std::move(called);
    return id;
  }
  // A value that differs between hosts gets the same name wherever it occurs.
  Json named(const Json& json, std::string_view key = {}) {
    if (json.is_array()) {
      Json list = Json::array();
      for (const Json& item : json.items()) list.push(named(item));
      return list;
    }
    if (json.is_object()) {
      Json object = Json::object();
      std::vector<std::pair<std::string, Json>> members(json.members().begin(),
                                                        json.members().end());
      std::ranges::sort(members, {}, [](const auto& member) { return member.first; });
      for (const auto& [member, value] : members)
        object.set(member, member == "message" ? Json("...") : named(value, member));
      return object;
    }
    if (!json.is_string()) return json;
    const std::string& value = json.as_string();
    if (const auto known = names_.find(value); known != names_.end()) return Json(known->second);
    if (key == "revision" || key == "cursor")
      return Json(names_[value] =
                      std::string(key) + " " + std::to_string(++counts_[std::string(key)]));
    return json;
  }
  std::string text(const Json& json) { return named(json).dump(); }
  void note(const std::string& what, const std::string& answer) {
    lines_.push_back(what + ": " + answer);
  }

  Json parsed(const Result<std::string>& answer) {
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    if (!answer) return {};
    auto json = Json::parse(*answer);
    EXPECT_TRUE(json) << *answer;
    return json ? *std::move(json) : Json();
  }
  std::string document(const char* schema, const Result<std::string>& answer) {
    const Json json = parsed(answer);
    EXPECT_EQ(schemas().fault_or_unknown_member(schema, json), "") << json.dump_pretty();
    return text(json);
  }
  std::string list(const char* schema, const Result<std::string>& answer) {
    const Json json = parsed(answer);
    for (const Json& item : json.items())
      EXPECT_EQ(schemas().fault_or_unknown_member(schema, item), "") << item.dump_pretty();
    return text(json);
  }
  Json apply(const std::string& what, const Json& operation, bool fits = true) {
    const Json batch = Json::array({operation});
    EXPECT_EQ(schemas().fault_or_unknown_member("event_operations.json", batch).empty(), fits)
        << what;
    const Json results = parsed(crm_.events()->apply(0, batch.dump()));
    EXPECT_EQ(schemas().fault_or_unknown_member("event_results.json", results), "")
        << results.dump();
    note(what, text(results));
    return results.items().empty() ? Json() : results.items()[0];
  }
  std::string read(const std::string& what, std::string_view calendar, std::string_view cursor,
                   std::uint32_t limit = 100) {
    const auto page = crm_.events()->changes(calendar, cursor, limit);
    note(what, document("event_changes.json", page));
    return parsed(page).string("cursor");
  }
  std::string tasks_of(std::string_view prefix) {
    const auto pending = crm_.tasks()->list(prefix);
    EXPECT_EQ(schemas().fault_or_unknown_member("tasks.json", parsed(pending)), "");
    return text(parsed(pending));
  }
  std::string read_contacts(const std::string& what, std::string_view cursor) {
    const auto page = crm_.contacts()->changes(cursor, 100);
    note(what, document("contact_changes.json", page));
    return parsed(page).string("cursor");
  }

  World& world_;
  crm::Host crm_;
  std::map<std::string, std::string> names_;
  std::map<std::string, int> counts_;
  std::vector<std::string> lines_;
};

TEST(Services, CrmHostAndTheFakeHostGiveTheSameAnswersAndFitTheSchemas) {
  RealWorld real;
  FakeWorld fake;
  const std::vector<std::string> expected = Story(real).run(), answered = Story(fake).run();
  ASSERT_EQ(expected.size(), answered.size());
  EXPECT_GT(expected.size(), 70u);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(answered[i], expected[i]) << "crm_host is the second line";
}

}  // namespace
