// calendarList, calendars, colours, settings.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

const Json* entry_of(const Answer& answer, const std::string& id) {
  for (const Json& entry : answer.json["items"].items())
    if (entry.string("id") == id) return &entry;
  return nullptr;
}

std::string new_calendar(Probe& p, const std::string& name = "Second") {
  return p.post("/calendars", Json::object({{"summary", name}})).text("id");
}

void list_checks_of(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"calendarList", fact, known, std::move(run)});
  };
  add("the primary calendar is an entry with primary: true, role owner and the e-mail as id",
      documented, [](Probe& p) {
        const Answer list = p.get("/users/me/calendarList");
        EXPECT_EQ(list.text("kind"), "calendar#calendarList");
        const Json* entry = entry_of(list, p.me.email);
        ASSERT_TRUE(entry);
        EXPECT_TRUE((*entry)["primary"].as_bool());
        EXPECT_EQ(entry->string("accessRole"), "owner");
        EXPECT_EQ(entry->string("kind"), "calendar#calendarListEntry");
      });
  add("the last page has a nextSyncToken", documented,
      [](Probe& p) { EXPECT_NE(p.get("/users/me/calendarList").dump("nextSyncToken"), "absent"); });
  add("pages: nextPageToken until the end, each entry once, the token only at the end", documented,
      [](Own& p) {
        for (int i = 0; i < 4; ++i) (void)new_calendar(p);
        std::set<std::string> seen;
        std::string token;
        int pages = 0;
        do {
          const Answer page = p.get("/users/me/calendarList?maxResults=2" +
                                    (token.empty() ? "" : "&pageToken=" + escape(token)));
          for (const Json& entry : page.list("items"))
            EXPECT_TRUE(seen.insert(entry.string("id")).second);
          token = page.text("nextPageToken");
          EXPECT_EQ(page.dump("nextSyncToken") == "absent", !token.empty());
          ++pages;
        } while (!token.empty() && pages < 10);
        EXPECT_EQ(seen.size(), 5u);
        EXPECT_EQ(pages, 3);
      });
  add("incremental: a new calendar comes, nothing else", documented, [](Probe& p) {
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    const std::string id = new_calendar(p);
    const Answer next = p.get("/users/me/calendarList?syncToken=" + escape(token));
    EXPECT_EQ(next.count(), 1u);
    EXPECT_EQ(next.text("items.0.id"), id);
  });
  add("incremental: an unsubscribed one comes with deleted: true", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    EXPECT_EQ(p.remove("/users/me/calendarList/" + escape(id)).status, 204);
    EXPECT_EQ(p.get("/users/me/calendarList?syncToken=" + escape(token)).dump("items.0.deleted"),
              "true");
  });
  add("incremental: a rename by calendars.patch does not come", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    (void)p.patch("/calendars/" + escape(id), js("{'summary':'Renamed'}"));
    EXPECT_EQ(p.get("/users/me/calendarList?syncToken=" + escape(token)).count(), 0u);
    EXPECT_EQ(entry_of(p.get("/users/me/calendarList"), id)->string("summary"), "Renamed");
  });
  add("a sync token excludes minAccessRole", documented, [](Probe& p) {
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    EXPECT_EQ(p.get("/users/me/calendarList?minAccessRole=owner&syncToken=" + escape(token)).status,
              400);
  });
  add("a sync token excludes showDeleted=false and showHidden=false", documented, [](Probe& p) {
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    EXPECT_EQ(p.get("/users/me/calendarList?showDeleted=false&syncToken=" + escape(token)).status,
              400);
    EXPECT_EQ(p.get("/users/me/calendarList?showHidden=false&syncToken=" + escape(token)).status,
              400);
  });
  add("expired sync token: 410 fullSyncRequired", documented, [](Emulated& p) {
    const std::string token = p.get("/users/me/calendarList").text("nextSyncToken");
    (void)p.control("POST", "/sync_tokens/expire", Json::object());
    const Answer answer = p.get("/users/me/calendarList?syncToken=" + escape(token));
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.reason(), "fullSyncRequired");
  });
  add("hidden entries come only with showHidden", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    (void)p.patch("/users/me/calendarList/" + escape(id), js("{'hidden':true}"));
    EXPECT_FALSE(entry_of(p.get("/users/me/calendarList"), id));
    const Answer shown = p.get("/users/me/calendarList?showHidden=true");
    ASSERT_TRUE(entry_of(shown, id));
    EXPECT_TRUE((*entry_of(shown, id))["hidden"].as_bool());
  });
  add("deleted entries come with showDeleted", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    (void)p.remove("/users/me/calendarList/" + escape(id));
    EXPECT_FALSE(entry_of(p.get("/users/me/calendarList"), id));
    EXPECT_TRUE(entry_of(p.get("/users/me/calendarList?showDeleted=true"), id));
  });
  add("minAccessRole leaves out the weaker ones", documented, [](Own& p) {
    const Person other = p.another();
    (void)p.as(other, "POST", "/calendars/primary/acl",
               Json::object({{"role", "reader"},
                             {"scope", Json::object({{"type", "user"}, {"value", p.me.email}})}})
                   .dump());
    (void)p.post("/users/me/calendarList", Json::object({{"id", other.email}}));
    EXPECT_TRUE(entry_of(p.get("/users/me/calendarList?minAccessRole=reader"), other.email));
    EXPECT_FALSE(entry_of(p.get("/users/me/calendarList?minAccessRole=writer"), other.email));
  });
  add("hidden, selected and primary appear only when true", observed, [](Probe& p) {
    const std::string id = new_calendar(p);
    (void)p.patch("/users/me/calendarList/" + escape(id), js("{'selected':false}"));
    const Answer entry = p.get("/users/me/calendarList/" + escape(id));
    for (const char* name : {"hidden", "selected", "primary", "deleted"})
      EXPECT_EQ(entry.dump(name), "absent") << name;
  });
  add("update replaces: what it leaves out is at its default again", documented, [](Probe& p) {
    const std::string id = new_calendar(p), path = "/users/me/calendarList/" + escape(id);
    (void)p.patch(path, js("{'summaryOverride':'Mine','hidden':true,'defaultReminders':[{'method':'"
                           "popup','minutes':5}]}"));
    const Answer entry = p.put(path, js("{'colorId':'7'}"));
    EXPECT_EQ(entry.status, 200) << entry.body;
    EXPECT_EQ(entry.text("colorId"), "7");
    for (const char* name : {"summaryOverride", "hidden"})
      EXPECT_EQ(entry.dump(name), "absent") << name;
    EXPECT_EQ(entry.dump("defaultReminders"), "[]");
  });
  add("a colorId gives its background", observed, [](Probe& p) {
    EXPECT_EQ(
        p.patch("/users/me/calendarList/primary", js("{'colorId':'7'}")).text("backgroundColor"),
        "#42d692");
  });
  add("an unknown colorId is refused", guessed, [](Probe& p) {
    EXPECT_EQ(p.patch("/users/me/calendarList/primary", js("{'colorId':'77'}")).status, 400);
  });
  add("RGB colours are written with colorRgbFormat=true; the nearest colorId is chosen", documented,
      [](Probe& p) {
        const Answer entry =
            p.patch("/users/me/calendarList/primary?colorRgbFormat=true",
                    js("{'backgroundColor':'#42d693','foregroundColor':'#000000'}"));
        EXPECT_EQ(entry.status, 200);
        EXPECT_EQ(entry.text("backgroundColor"), "#42d693");
        EXPECT_EQ(entry.text("colorId"), "7");
      });
  add("summaryOverride is kept beside summary", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    const Answer entry =
        p.patch("/users/me/calendarList/" + escape(id), js("{'summaryOverride':'Mine'}"));
    EXPECT_EQ(entry.text("summaryOverride"), "Mine");
    EXPECT_EQ(entry.text("summary"), "Second");
  });
  add("default reminders are written and read", documented, [](Probe& p) {
    EXPECT_EQ(p.patch("/users/me/calendarList/primary",
                      js("{'defaultReminders':[{'method':'popup','minutes':15}]}"))
                  .dump("defaultReminders"),
              "[{\"method\":\"popup\",\"minutes\":15}]");
  });
  add("the primary calendar cannot be unsubscribed", observed,
      [](Own& p) { EXPECT_GE(p.remove("/users/me/calendarList/primary").status, 400); });
  add("inserting an unknown id: 404", documented, [](Probe& p) {
    EXPECT_EQ(p.post("/users/me/calendarList", js("{'id':'nobody@example.org'}")).status, 404);
  });
  add("get of an unknown id: 404 notFound", documented, [](Probe& p) {
    EXPECT_EQ(p.get("/users/me/calendarList/nobody%40example.org").reason(), "notFound");
  });
}

void calendars_checks_of(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"calendars", fact, known, std::move(run)});
  };
  add("insert wants a summary", documented,
      [](Probe& p) { EXPECT_EQ(p.post("/calendars", js("{'timeZone':'UTC'}")).status, 400); });
  add("a new calendar has an id at group.calendar.google.com", observed,
      [](Probe& p) { EXPECT_TRUE(new_calendar(p).ends_with("@group.calendar.google.com")); });
  add("it is subscribed at once, as owner", observed, [](Probe& p) {
    const std::string id = new_calendar(p);
    const Answer list = p.get("/users/me/calendarList");
    ASSERT_TRUE(entry_of(list, id));
    EXPECT_EQ(entry_of(list, id)->string("accessRole"), "owner");
  });
  add("its maker is the data owner", documented, [](Probe& p) {
    EXPECT_EQ(p.post("/calendars", js("{'summary':'S'}")).text("dataOwner"), p.me.email);
  });
  add("get: kind, etag, id, summary, timeZone", documented, [](Own& p) {
    const Answer answer = p.get("/calendars/primary");
    EXPECT_EQ(answer.text("kind"), "calendar#calendar");
    EXPECT_EQ(answer.text("id"), p.me.email);
    EXPECT_EQ(answer.text("timeZone"), "Europe/Berlin");
    EXPECT_NE(answer.text("etag"), "");
  });
  add("patch changes only what is sent", documented, [](Probe& p) {
    const std::string id =
        p.post("/calendars", js("{'summary':'S','description':'D','timeZone':'Europe/Paris'}"))
            .text("id");
    const Answer answer = p.patch("/calendars/" + escape(id), js("{'summary':'T'}"));
    EXPECT_EQ(answer.text("summary"), "T");
    EXPECT_EQ(answer.text("description"), "D");
    EXPECT_EQ(answer.text("timeZone"), "Europe/Paris");
  });
  add("put clears what is left out", documented, [](Probe& p) {
    const std::string id = p.post("/calendars", js("{'summary':'S','description':'D'}")).text("id");
    EXPECT_EQ(p.put("/calendars/" + escape(id), js("{'summary':'T'}")).dump("description"),
              "absent");
  });
  add("an unknown time zone is refused", guessed, [](Probe& p) {
    EXPECT_EQ(p.patch("/calendars/primary", js("{'timeZone':'Mars/Base'}")).status, 400);
  });
  add("a secondary calendar is deleted: 204, then 404", documented, [](Probe& p) {
    const std::string id = new_calendar(p);
    EXPECT_EQ(p.remove("/calendars/" + escape(id)).status, 204);
    EXPECT_EQ(p.get("/calendars/" + escape(id)).status, 404);
    EXPECT_EQ(p.get("/calendars/" + escape(id) + "/events").status, 404);
  });
  add("the primary calendar cannot be deleted: cannotDeletePrimaryCalendar", observed, [](Own& p) {
    const Answer answer = p.remove("/calendars/primary");
    EXPECT_GE(answer.status, 400);
    EXPECT_EQ(answer.reason(), "cannotDeletePrimaryCalendar");
  });
  add("clear empties the primary calendar", documented, [](Own& p) {
    (void)p.insert(timed("A"));
    EXPECT_EQ(p.call("POST", "/calendars/primary/clear").status, 204);
    EXPECT_EQ(p.events().count(), 0u);
  });
  add("clear on a secondary calendar is refused", guessed, [](Probe& p) {
    EXPECT_EQ(p.call("POST", "/calendars/" + escape(new_calendar(p)) + "/clear").status, 400);
  });
  add("clear shows as one tombstone for each event in the next sync", guessed, [](Own& p) {
    for (int i = 0; i < 3; ++i) (void)p.insert(timed("E"));
    (void)p.insert(daily());
    const std::string token = p.sync_token();
    (void)p.call("POST", "/calendars/primary/clear");
    const Answer next = p.since(token);
    EXPECT_EQ(next.count(), 4u);
    for (const Json& item : next.list("items")) EXPECT_EQ(item.string("status"), "cancelled");
  });
  add("ids with # need %23 and work so", observed, [](Emulated& p) {
    (void)p.control("POST", "/load",
                    js("{'accounts':[{'email':'" + p.me.email +
                       "','calendars':[{'id':'de.x#holiday@group.v.calendar.google.com','summary':'"
                       "Holidays','access_role':'reader'}]}]}"));
    EXPECT_EQ(p.get("/calendars/de.x%23holiday%40group.v.calendar.google.com").status, 200);
  });
  add("writing to a calendar one may only read: 403 requiredAccessLevel", observed,
      [](Emulated& p) {
        (void)p.control("POST", "/load",
                        js("{'accounts':[{'email':'" + p.me.email +
                           "','calendars':[{'id':'de.y#holiday@group.v.calendar.google.com','"
                           "summary':'Holidays','access_role':'reader'}]}]}"));
        const Answer answer =
            p.post("/calendars/de.y%23holiday%40group.v.calendar.google.com/events", timed("A"));
        EXPECT_EQ(answer.status, 403);
        EXPECT_EQ(answer.reason(), "requiredAccessLevel");
      });
  add("colors: kind, updated, 24 calendar and 11 event colours", documented, [](Probe& p) {
    const Answer answer = p.get("/colors");
    EXPECT_EQ(answer.text("kind"), "calendar#colors");
    EXPECT_EQ(answer.json["calendar"].members().size(), 24u);
    EXPECT_EQ(answer.json["event"].members().size(), 11u);
  });
  add("colors: the values of the two palettes", observed, [](Probe& p) {
    const Answer answer = p.get("/colors");
    EXPECT_EQ(answer.text("event.11.background"), "#dc2127");
    EXPECT_EQ(answer.text("calendar.14.background"), "#9fe1e7");
    EXPECT_EQ(answer.text("event.1.foreground"), "#1d1d1d");
    EXPECT_EQ(answer.text("updated"), "2012-02-14T00:00:00.000Z");
  });
  add("settings: the twelve ids, values as text", documented, [](Probe& p) {
    const Answer answer = p.get("/users/me/settings");
    EXPECT_EQ(answer.count(), 12u);
    for (const Json& setting : answer.list("items")) EXPECT_TRUE(setting["value"].is_string());
  });
  add("settings: pages, and a sync token on the last one, after which nothing is new", documented,
      [](Probe& p) {
        const Answer first = p.get("/users/me/settings?maxResults=8");
        EXPECT_EQ(first.count(), 8u);
        EXPECT_EQ(first.dump("nextSyncToken"), "absent");
        const Answer last = p.get("/users/me/settings?maxResults=8&pageToken=" +
                                  escape(first.text("nextPageToken")));
        EXPECT_EQ(last.count(), 4u);
        EXPECT_EQ(last.dump("nextPageToken"), "absent");
        const Answer since =
            p.get("/users/me/settings?syncToken=" + escape(last.text("nextSyncToken")));
        EXPECT_EQ(since.status, 200) << since.body;
        EXPECT_NE(since.dump("nextSyncToken"), "absent");
        EXPECT_EQ(p.get("/users/me/settings?syncToken=nonsense").status, 400);
      });
  add("settings: one by its id; timezone is the primary calendar's", documented, [](Own& p) {
    EXPECT_EQ(p.get("/users/me/settings/timezone").text("value"), "Europe/Berlin");
    EXPECT_EQ(p.get("/users/me/settings/weekStart").text("kind"), "calendar#setting");
    EXPECT_EQ(p.get("/users/me/settings/nonsense").status, 404);
  });
}

void transfer_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"calendars", fact, known, std::move(run)});
  };
  static const auto transfer = [](Emulated& p, const std::string& calendar,
                                  const std::string& query) {
    return p.call("POST", "/calendars/" + escape(calendar) + "/transferOwnership" + query);
  };
  static const auto as_admin = [](Emulated& p) {
    EXPECT_EQ(p.control("POST", "/accounts", Json::object({{"email", p.me.email}, {"admin", true}}))
                  .status,
              200);
  };
  add("transferOwnership: 204, another data owner, who has it in the list as an owner", documented,
      [](Emulated& p) {
        as_admin(p);
        const Person owner = p.another(), heir = p.another();
        const std::string id =
            p.as(owner, "POST", "/calendars", "{\"summary\":\"Team\"}").text("id");
        const Answer done =
            transfer(p, id, "?newDataOwner=" + escape(heir.email) + "&useAdminAccess=true");
        EXPECT_EQ(done.status, 204);
        EXPECT_EQ(done.body, "");
        EXPECT_EQ(p.as(heir, "GET", "/calendars/" + escape(id)).text("dataOwner"), heir.email);
        EXPECT_EQ(p.as(heir, "GET", "/users/me/calendarList/" + escape(id)).text("accessRole"),
                  "owner");
      });
  add("transferOwnership needs newDataOwner and useAdminAccess=true", documented, [](Emulated& p) {
    as_admin(p);
    const std::string id = new_calendar(p), owner = "newDataOwner=" + escape(p.another().email);
    EXPECT_EQ(transfer(p, id, "?useAdminAccess=true").reason(), "required");
    EXPECT_EQ(transfer(p, id, "?" + owner).reason(), "required");
    EXPECT_EQ(transfer(p, id, "?useAdminAccess=false&" + owner).status, 400);
    EXPECT_EQ(transfer(p, id, "?useAdminAccess=true&newDataOwner=nobody@example.org").status, 400);
  });
  add("transferOwnership is for administrators: 403", documented, [](Emulated& p) {
    EXPECT_EQ(transfer(p, new_calendar(p),
                       "?useAdminAccess=true&newDataOwner=" + escape(p.another().email))
                  .status,
              403);
  });
  add("transferOwnership of a primary or a deleted calendar is refused", documented,
      [](Emulated& p) {
        as_admin(p);
        const std::string query = "?useAdminAccess=true&newDataOwner=" + escape(p.another().email),
                          id = new_calendar(p);
        EXPECT_EQ(transfer(p, "primary", query).status, 400);
        (void)p.remove("/calendars/" + escape(id));
        EXPECT_EQ(transfer(p, id, query).status, 404);
      });
}

void label_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"labels", fact, known, std::move(run)});
  };
  constexpr const char* kId = "42617328-8756-4291-8273-192837465647";
  static const auto with = [](Probe& p, const std::string& labels) {
    return p.patch("/calendars/primary",
                   js("{'labelProperties':{'eventLabels':[" + labels + "]}}"));
  };
  static const std::string kTeam =
      std::string("{'id':'") + kId + "','backgroundColor':'#039be5','name':'Team'}";
  add("a calendar keeps its labels, shown in labelProperties.eventLabels", documented,
      [](Fresh& p) {
        EXPECT_EQ(with(p, kTeam).status, 200);
        const Answer answer = p.get("/calendars/primary");
        EXPECT_EQ(answer.text("labelProperties.eventLabels.0.name"), "Team");
        EXPECT_EQ(answer.text("labelProperties.eventLabels.0.backgroundColor"), "#039be5");
      });
  add("a label without id gets a UUID", documented, [](Fresh& p) {
    EXPECT_EQ(
        with(p, "{'backgroundColor':'#33b679'}").text("labelProperties.eventLabels.0.id").size(),
        36u);
  });
  add("sent labels replace all; absent ones stay, even in an update", documented, [](Own& p) {
    (void)with(p, kTeam);
    const Answer kept = p.put("/calendars/primary", js("{'summary':'Mine'}"));
    EXPECT_EQ(kept.count("labelProperties.eventLabels"), 1u);
    EXPECT_EQ(with(p, "").dump("labelProperties"), "absent");
  });
  for (const char* wrong : {"{'name':'no colour'}", "{'backgroundColor':'blue'}",
                            "{'id':'7','backgroundColor':'#039be5'}",
                            "{'backgroundColor':'#039be5','name':'"
                            "123456789012345678901234567890123456789012345678901'}"})
    checks.push_back({"labels", std::string("refused: ") + wrong, documented,
                      [wrong](Probe& p) { EXPECT_EQ(with(p, wrong).status, 400); }});
  add("over 200 labels are refused; the same id twice as well", documented, [](Fresh& p) {
    std::string many = "{'backgroundColor':'#039be5'}";
    for (int i = 0; i < 200; ++i) many += ",{'backgroundColor':'#039be5'}";
    EXPECT_EQ(with(p, many).status, 400);
    EXPECT_EQ(with(p, kTeam + "," + kTeam).status, 400);
  });
  add("eventLabelVersion=1: eventLabelId is set, colorId ignored", documented, [=](Fresh& p) {
    (void)with(p, kTeam);
    Json body = timed("A");
    body.set("eventLabelId", kId);
    body.set("colorId", "3");
    const Answer made = p.insert(body, "?eventLabelVersion=1");
    EXPECT_EQ(made.text("eventLabelId"), kId);
    EXPECT_EQ(made.dump("colorId"), "absent");
    EXPECT_EQ(p.events().text("items.0.eventLabelId"), kId);
  });
  add("without it eventLabelId is ignored and colorId set", documented, [=](Fresh& p) {
    (void)with(p, kTeam);
    Json body = timed("A");
    body.set("eventLabelId", kId);
    body.set("colorId", "3");
    const Answer made = p.insert(body);
    EXPECT_EQ(made.dump("eventLabelId"), "absent");
    EXPECT_EQ(made.text("colorId"), "3");
  });
  add("an empty eventLabelId removes it; so does an update without", documented, [=](Fresh& p) {
    (void)with(p, kTeam);
    Json body = timed("A");
    body.set("eventLabelId", kId);
    const std::string path = "/calendars/primary/events/" +
                             p.insert(body, "?eventLabelVersion=1").text("id") +
                             "?eventLabelVersion=1";
    EXPECT_EQ(p.patch(path, js("{'eventLabelId':''}")).dump("eventLabelId"), "absent");
    EXPECT_EQ(p.patch(path, Json::object({{"eventLabelId", kId}})).text("eventLabelId"), kId);
    EXPECT_EQ(p.put(path, timed("A")).dump("eventLabelId"), "absent");
  });
  add("a client that does not know labels does not lose them", guessed, [=](Fresh& p) {
    (void)with(p, kTeam);
    Json body = timed("A");
    body.set("eventLabelId", kId);
    const std::string path =
        "/calendars/primary/events/" + p.insert(body, "?eventLabelVersion=1").text("id");
    EXPECT_EQ(p.put(path, timed("B")).text("eventLabelId"), kId);
  });
  add("a label that the calendar does not have: 400; eventLabelVersion=2: 400", guessed,
      [=](Probe& p) {
        Json body = timed("A");
        body.set("eventLabelId", "00000000-0000-4000-8000-000000000000");
        EXPECT_EQ(p.insert(body, "?eventLabelVersion=1").status, 400);
        EXPECT_EQ(p.insert(timed("A"), "?eventLabelVersion=2").status, 400);
      });
}

}  // namespace

void calendar_checks(Checks& checks) {
  list_checks_of(checks);
  calendars_checks_of(checks);
  transfer_checks(checks);
  label_checks(checks);
}

}  // namespace contract
