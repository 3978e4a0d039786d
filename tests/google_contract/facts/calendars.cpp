// calendarList, calendars, colours, settings.
#include <set>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// The calendar's entry in a page of calendarList; nullptr if it has none.
const Json* entry_of(const Response& response, const std::string& id) {
  for (const Json& entry : response.json["items"].items())
    if (entry.string("id") == id) return &entry;
  return nullptr;
}

SECTION("calendarList");

FACT(Client, "the primary calendar's entry has primary: true, role owner, the e-mail as id",
     documented) {
  const Response list = client.get("/users/me/calendarList");
  EXPECT_EQ(list.text("kind"), "calendar#calendarList");
  const Json* entry = entry_of(list, client.me.email);
  ASSERT_TRUE(entry);
  EXPECT_TRUE((*entry)["primary"].as_bool());
  EXPECT_EQ(entry->string("accessRole"), "owner");
  EXPECT_EQ(entry->string("kind"), "calendar#calendarListEntry");
}

FACT(Client, "the last page has a nextSyncToken", documented) {
  EXPECT_NE(client.get("/users/me/calendarList").dump("nextSyncToken"), "absent");
}

FACT(PrivateAccount,
     "pages: nextPageToken until the end, each entry once, the token only at the end", documented) {
  for (int i = 0; i < 4; ++i) (void)client.new_calendar();
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const Response page = client.get("/users/me/calendarList?maxResults=2" +
                                     (token.empty() ? "" : "&pageToken=" + escape(token)));
    for (const Json& entry : page.list("items"))
      EXPECT_TRUE(seen.insert(entry.string("id")).second);
    token = page.text("nextPageToken");
    EXPECT_EQ(page.dump("nextSyncToken") == "absent", !token.empty());
    ++pages;
  } while (!token.empty() && pages < 10);
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_EQ(pages, 3);
}

FACT(Client, "incremental: a new calendar comes, nothing else", documented) {
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  const std::string id = client.new_calendar();
  const Response next = client.get("/users/me/calendarList?syncToken=" + escape(token));
  EXPECT_EQ(next.count(), 1u);
  EXPECT_EQ(next.text("items.0.id"), id);
}

FACT(Client, "incremental: an unsubscribed one comes with deleted: true", documented) {
  const std::string id = client.new_calendar();
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  EXPECT_EQ(client.remove("/users/me/calendarList/" + escape(id)).status, 204);
  EXPECT_EQ(client.get("/users/me/calendarList?syncToken=" + escape(token)).dump("items.0.deleted"),
            "true");
}

FACT(Client, "incremental: a rename by calendars.patch does not come", documented) {
  const std::string id = client.new_calendar();
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  (void)client.patch("/calendars/" + escape(id), json("{'summary':'Renamed'}"));
  EXPECT_EQ(client.get("/users/me/calendarList?syncToken=" + escape(token)).count(), 0u);
  EXPECT_EQ(entry_of(client.get("/users/me/calendarList"), id)->string("summary"), "Renamed");
}

FACT(Client, "a sync token excludes minAccessRole", documented) {
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  EXPECT_EQ(
      client.get("/users/me/calendarList?minAccessRole=owner&syncToken=" + escape(token)).status,
      400);
}

FACT(Client, "a sync token excludes showDeleted=false and showHidden=false", documented) {
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  EXPECT_EQ(
      client.get("/users/me/calendarList?showDeleted=false&syncToken=" + escape(token)).status,
      400);
  EXPECT_EQ(client.get("/users/me/calendarList?showHidden=false&syncToken=" + escape(token)).status,
            400);
}

FACT(EmulatorOnly, "expired sync token: 410 fullSyncRequired", documented) {
  const std::string token = client.get("/users/me/calendarList").text("nextSyncToken");
  (void)client.control("POST", "/sync_tokens/expire", Json::object());
  const Response response = client.get("/users/me/calendarList?syncToken=" + escape(token));
  EXPECT_EQ(response.status, 410);
  EXPECT_EQ(response.reason(), "fullSyncRequired");
}

FACT(Client, "hidden entries come only with showHidden", documented) {
  const std::string id = client.new_calendar();
  (void)client.patch("/users/me/calendarList/" + escape(id), json("{'hidden':true}"));
  EXPECT_FALSE(entry_of(client.get("/users/me/calendarList"), id));
  const Response shown = client.get("/users/me/calendarList?showHidden=true");
  ASSERT_TRUE(entry_of(shown, id));
  EXPECT_TRUE((*entry_of(shown, id))["hidden"].as_bool());
}

FACT(Client, "deleted entries come with showDeleted", documented) {
  const std::string id = client.new_calendar();
  (void)client.remove("/users/me/calendarList/" + escape(id));
  EXPECT_FALSE(entry_of(client.get("/users/me/calendarList"), id));
  EXPECT_TRUE(entry_of(client.get("/users/me/calendarList?showDeleted=true"), id));
}

FACT(PrivateAccount, "minAccessRole leaves out the weaker ones", documented) {
  const User other = client.another_user();
  (void)client.as(
      other, "POST", "/calendars/primary/acl",
      Json::object({{"role", "reader"},
                    {"scope", Json::object({{"type", "user"}, {"value", client.me.email}})}})
          .dump());
  (void)client.post("/users/me/calendarList", Json::object({{"id", other.email}}));
  EXPECT_TRUE(entry_of(client.get("/users/me/calendarList?minAccessRole=reader"), other.email));
  EXPECT_FALSE(entry_of(client.get("/users/me/calendarList?minAccessRole=writer"), other.email));
}

FACT(Client, "hidden, selected and primary appear only when true", observed) {
  const std::string id = client.new_calendar();
  (void)client.patch("/users/me/calendarList/" + escape(id), json("{'selected':false}"));
  const Response entry = client.get("/users/me/calendarList/" + escape(id));
  for (const char* name : {"hidden", "selected", "primary", "deleted"})
    EXPECT_EQ(entry.dump(name), "absent") << name;
}

FACT(Client, "update replaces: what it leaves out is at its default again", documented) {
  const std::string id = client.new_calendar(), path = "/users/me/calendarList/" + escape(id);
  (void)client.patch(path, json("{'summaryOverride':'Mine','hidden':true,"
                                "'defaultReminders':[{'method':'popup','minutes':5}]}"));
  const Response entry = client.put(path, json("{'colorId':'7'}"));
  EXPECT_EQ(entry.status, 200) << entry.body;
  EXPECT_EQ(entry.text("colorId"), "7");
  for (const char* name : {"summaryOverride", "hidden"})
    EXPECT_EQ(entry.dump(name), "absent") << name;
  EXPECT_EQ(entry.dump("defaultReminders"), "[]");
}

FACT(Client, "a colorId gives its background", observed) {
  EXPECT_EQ(client.patch("/users/me/calendarList/primary", json("{'colorId':'7'}"))
                .text("backgroundColor"),
            "#42d692");
}

FACT(Client, "an unknown colorId is refused", guessed) {
  EXPECT_EQ(client.patch("/users/me/calendarList/primary", json("{'colorId':'77'}")).status, 400);
}

FACT(Client, "RGB colours are written with colorRgbFormat=true; the nearest colorId is chosen",
     documented) {
  const Response entry =
      client.patch("/users/me/calendarList/primary?colorRgbFormat=true",
                   json("{'backgroundColor':'#42d693','foregroundColor':'#000000'}"));
  EXPECT_EQ(entry.status, 200);
  EXPECT_EQ(entry.text("backgroundColor"), "#42d693");
  EXPECT_EQ(entry.text("colorId"), "7");
}

FACT(Client, "summaryOverride is kept beside summary", documented) {
  const std::string id = client.new_calendar();
  const Response entry =
      client.patch("/users/me/calendarList/" + escape(id), json("{'summaryOverride':'Mine'}"));
  EXPECT_EQ(entry.text("summaryOverride"), "Mine");
  EXPECT_EQ(entry.text("summary"), "Second");
}

FACT(Client, "default reminders are written and read", documented) {
  EXPECT_EQ(client
                .patch("/users/me/calendarList/primary",
                       json("{'defaultReminders':[{'method':'popup','minutes':15}]}"))
                .dump("defaultReminders"),
            "[{\"method\":\"popup\",\"minutes\":15}]");
}

FACT(PrivateAccount, "the primary calendar cannot be unsubscribed", observed) {
  EXPECT_GE(client.remove("/users/me/calendarList/primary").status, 400);
}

FACT(Client, "inserting an unknown id: 404", documented) {
  EXPECT_EQ(client.post("/users/me/calendarList", json("{'id':'nobody@example.org'}")).status, 404);
}

FACT(Client, "get of an unknown id: 404 notFound", documented) {
  EXPECT_EQ(client.get("/users/me/calendarList/nobody%40example.org").reason(), "notFound");
}

Response transfer(EmulatorOnly& client, const std::string& calendar, const std::string& query) {
  return client.call("POST", "/calendars/" + escape(calendar) + "/transferOwnership" + query);
}

// Makes the user an administrator of the domain.
void make_admin(EmulatorOnly& client) {
  const Json account = Json::object({{"email", client.me.email}, {"admin", true}});
  EXPECT_EQ(client.control("POST", "/accounts", account).status, 200);
}

SECTION("calendars");

FACT(Client, "insert wants a summary", documented) {
  EXPECT_EQ(client.post("/calendars", json("{'timeZone':'UTC'}")).status, 400);
}

FACT(Client, "a new calendar has an id at group.calendar.google.com", observed) {
  EXPECT_TRUE(client.new_calendar().ends_with("@group.calendar.google.com"));
}

FACT(Client, "it is subscribed at once, as owner", observed) {
  const std::string id = client.new_calendar();
  const Response list = client.get("/users/me/calendarList");
  ASSERT_TRUE(entry_of(list, id));
  EXPECT_EQ(entry_of(list, id)->string("accessRole"), "owner");
}

FACT(Client, "its maker is the data owner", documented) {
  EXPECT_EQ(client.post("/calendars", json("{'summary':'S'}")).text("dataOwner"), client.me.email);
}

FACT(PrivateAccount, "get: kind, etag, id, summary, timeZone", documented) {
  const Response response = client.get("/calendars/primary");
  EXPECT_EQ(response.text("kind"), "calendar#calendar");
  EXPECT_EQ(response.text("id"), client.me.email);
  EXPECT_EQ(response.text("timeZone"), "Europe/Berlin");
  EXPECT_NE(response.text("etag"), "");
}

FACT(Client, "patch changes only what is sent", documented) {
  const std::string id =
      client.post("/calendars", json("{'summary':'S','description':'D','timeZone':'Europe/Paris'}"))
          .text("id");
  const Response response = client.patch("/calendars/" + escape(id), json("{'summary':'T'}"));
  EXPECT_EQ(response.text("summary"), "T");
  EXPECT_EQ(response.text("description"), "D");
  EXPECT_EQ(response.text("timeZone"), "Europe/Paris");
}

FACT(Client, "put clears what is left out", documented) {
  const std::string id =
      client.post("/calendars", json("{'summary':'S','description':'D'}")).text("id");
  EXPECT_EQ(client.put("/calendars/" + escape(id), json("{'summary':'T'}")).dump("description"),
            "absent");
}

FACT(Client, "an unknown time zone is refused", guessed) {
  EXPECT_EQ(client.patch("/calendars/primary", json("{'timeZone':'Mars/Base'}")).status, 400);
}

FACT(Client, "a secondary calendar is deleted: 204, then 404", documented) {
  const std::string id = client.new_calendar();
  EXPECT_EQ(client.remove("/calendars/" + escape(id)).status, 204);
  EXPECT_EQ(client.get("/calendars/" + escape(id)).status, 404);
  EXPECT_EQ(client.get("/calendars/" + escape(id) + "/events").status, 404);
}

FACT(PrivateAccount, "the primary calendar cannot be deleted: cannotDeletePrimaryCalendar",
     observed) {
  const Response response = client.remove("/calendars/primary");
  EXPECT_GE(response.status, 400);
  EXPECT_EQ(response.reason(), "cannotDeletePrimaryCalendar");
}

FACT(PrivateAccount, "clear empties the primary calendar", documented) {
  (void)client.insert(timed("A"));
  EXPECT_EQ(client.call("POST", "/calendars/primary/clear").status, 204);
  EXPECT_EQ(client.events().count(), 0u);
}

FACT(Client, "clear on a secondary calendar is refused", guessed) {
  EXPECT_EQ(client.call("POST", "/calendars/" + escape(client.new_calendar()) + "/clear").status,
            400);
}

FACT(PrivateAccount, "clear shows as one tombstone for each event in the next sync", guessed) {
  for (int i = 0; i < 3; ++i) (void)client.insert(timed("E"));
  (void)client.insert(daily());
  const std::string token = client.sync_token();
  (void)client.call("POST", "/calendars/primary/clear");
  const Response next = client.changes_since(token);
  EXPECT_EQ(next.count(), 4u);
  for (const Json& item : next.list("items")) EXPECT_EQ(item.string("status"), "cancelled");
}

FACT(EmulatorOnly, "ids with # need %23 and work so", observed) {
  (void)client.control("POST", "/load",
                       json("{'accounts':[{'email':'" + client.me.email +
                            "','calendars':[{'id':'de.x#holiday@group.v.calendar.google.com',"
                            "'summary':'Holidays','access_role':'reader'}]}]}"));
  EXPECT_EQ(client.get("/calendars/de.x%23holiday%40group.v.calendar.google.com").status, 200);
}

FACT(EmulatorOnly, "writing to a calendar one may only read: 403 requiredAccessLevel", observed) {
  (void)client.control("POST", "/load",
                       json("{'accounts':[{'email':'" + client.me.email +
                            "','calendars':[{'id':'de.y#holiday@group.v.calendar.google.com',"
                            "'summary':'Holidays','access_role':'reader'}]}]}"));
  const Response response =
      client.post("/calendars/de.y%23holiday%40group.v.calendar.google.com/events", timed("A"));
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.reason(), "requiredAccessLevel");
}

FACT(Client, "colors: kind, updated, 24 calendar and 11 event colours", documented) {
  const Response response = client.get("/colors");
  EXPECT_EQ(response.text("kind"), "calendar#colors");
  EXPECT_EQ(response.json["calendar"].members().size(), 24u);
  EXPECT_EQ(response.json["event"].members().size(), 11u);
}

FACT(Client, "colors: the values of the two palettes", observed) {
  const Response response = client.get("/colors");
  EXPECT_EQ(response.text("event.11.background"), "#dc2127");
  EXPECT_EQ(response.text("calendar.14.background"), "#9fe1e7");
  EXPECT_EQ(response.text("event.1.foreground"), "#1d1d1d");
  EXPECT_EQ(response.text("updated"), "2012-02-14T00:00:00.000Z");
}

FACT(Client, "settings: the twelve ids, values as text", documented) {
  const Response response = client.get("/users/me/settings");
  EXPECT_EQ(response.count(), 12u);
  for (const Json& setting : response.list("items")) EXPECT_TRUE(setting["value"].is_string());
}

FACT(Client, "settings: pages, and a sync token on the last one, after which nothing is new",
     documented) {
  const Response first = client.get("/users/me/settings?maxResults=8");
  EXPECT_EQ(first.count(), 8u);
  EXPECT_EQ(first.dump("nextSyncToken"), "absent");
  const Response last = client.get("/users/me/settings?maxResults=8&pageToken=" +
                                   escape(first.text("nextPageToken")));
  EXPECT_EQ(last.count(), 4u);
  EXPECT_EQ(last.dump("nextPageToken"), "absent");
  const Response since =
      client.get("/users/me/settings?syncToken=" + escape(last.text("nextSyncToken")));
  EXPECT_EQ(since.status, 200) << since.body;
  EXPECT_NE(since.dump("nextSyncToken"), "absent");
  EXPECT_EQ(client.get("/users/me/settings?syncToken=nonsense").status, 400);
}

FACT(PrivateAccount, "settings: one by its id; timezone is the primary calendar's", documented) {
  EXPECT_EQ(client.get("/users/me/settings/timezone").text("value"), "Europe/Berlin");
  EXPECT_EQ(client.get("/users/me/settings/weekStart").text("kind"), "calendar#setting");
  EXPECT_EQ(client.get("/users/me/settings/nonsense").status, 404);
}

FACT(EmulatorOnly, "transferOwnership: 204, another data owner, who has it in the list as an owner",
     documented) {
  make_admin(client);
  const User owner = client.another_user(), heir = client.another_user();
  const std::string id =
      client.as(owner, "POST", "/calendars", "{\"summary\":\"Team\"}").text("id");
  const Response done =
      transfer(client, id, "?newDataOwner=" + escape(heir.email) + "&useAdminAccess=true");
  EXPECT_EQ(done.status, 204);
  EXPECT_EQ(done.body, "");
  EXPECT_EQ(client.as(heir, "GET", "/calendars/" + escape(id)).text("dataOwner"), heir.email);
  EXPECT_EQ(client.as(heir, "GET", "/users/me/calendarList/" + escape(id)).text("accessRole"),
            "owner");
}

FACT(EmulatorOnly, "transferOwnership needs newDataOwner and useAdminAccess=true", documented) {
  make_admin(client);
  const std::string id = client.new_calendar(),
                    owner = "newDataOwner=" + escape(client.another_user().email);
  EXPECT_EQ(transfer(client, id, "?useAdminAccess=true").reason(), "required");
  EXPECT_EQ(transfer(client, id, "?" + owner).reason(), "required");
  EXPECT_EQ(transfer(client, id, "?useAdminAccess=false&" + owner).status, 400);
  EXPECT_EQ(transfer(client, id, "?useAdminAccess=true&newDataOwner=nobody@example.org").status,
            400);
}

FACT(EmulatorOnly, "transferOwnership is for administrators: 403", documented) {
  EXPECT_EQ(transfer(client, client.new_calendar(),
                     "?useAdminAccess=true&newDataOwner=" + escape(client.another_user().email))
                .status,
            403);
}

FACT(EmulatorOnly, "transferOwnership of a primary or a deleted calendar is refused", documented) {
  make_admin(client);
  const std::string query =
                        "?useAdminAccess=true&newDataOwner=" + escape(client.another_user().email),
                    id = client.new_calendar();
  EXPECT_EQ(transfer(client, "primary", query).status, 400);
  (void)client.remove("/calendars/" + escape(id));
  EXPECT_EQ(transfer(client, id, query).status, 404);
}

}  // namespace
}  // namespace contract
