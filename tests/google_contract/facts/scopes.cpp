// The scopes that each call accepts and refuses, where Google's documentation is easily misread. A
// refused scope gives 403 insufficientPermissions.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

SECTION("scopes");

struct Call {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
};

struct ScopeRow {
  Call call;
  bool accepted;
  const char* scope;
  std::string title() const {
    return std::string(call.name) + (accepted ? " accepts " : " refuses ") + scope;
  }
};

using Scopes = std::vector<const char*>;

void add(std::vector<ScopeRow>& rows, const Call& call, const Scopes& accepted,
         const Scopes& refused) {
  for (const char* scope : accepted) rows.push_back({call, true, scope});
  for (const char* scope : refused) rows.push_back({call, false, scope});
}

std::vector<ScopeRow> scope_rows() {
  std::vector<ScopeRow> rows;
  add(rows, {"calendarList.list", "GET", "/users/me/calendarList", ""},
      {"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"},
      {"calendar.events", "calendar.app.created", "calendar.events.readonly", "calendar.freebusy"});
  add(rows, {"calendarList.get", "GET", "/users/me/calendarList/primary", ""},
      {"calendar.calendarlist.readonly", "calendar.app.created"}, {"calendar.events"});
  add(rows,
      {"calendarList.patch", "PATCH", "/users/me/calendarList/primary", "{\"selected\":true}"},
      {"calendar", "calendar.calendarlist", "calendar.app.created"},
      {"calendar.readonly", "calendar.calendarlist.readonly"});
  add(rows, {"calendars.get", "GET", "/calendars/primary", ""},
      {"calendar", "calendar.readonly", "calendar.calendars", "calendar.calendars.readonly",
       "calendar.app.created"},
      {"calendar.events", "calendar.calendarlist"});
  add(rows, {"calendars.insert", "POST", "/calendars", "{\"summary\":\"New\"}"},
      {"calendar", "calendar.calendars", "calendar.app.created"},
      {"calendar.events", "calendar.calendarlist", "calendar.calendars.readonly"});
  add(rows, {"calendars.clear", "POST", "/calendars/primary/clear", ""},
      {"calendar", "calendar.calendars"}, {"calendar.app.created", "calendar.events"});
  add(rows, {"events.list", "GET", "/calendars/primary/events", ""},
      {"calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly",
       "calendar.events.owned", "calendar.events.owned.readonly", "calendar.events.public.readonly",
       "calendar.events.freebusy", "calendar.app.created"},
      {"calendar.calendarlist", "calendar.calendars", "calendar.freebusy",
       "calendar.settings.readonly", "calendar.acls"});
  add(rows,
      {"events.insert", "POST", "/calendars/primary/events",
       "{\"start\":{\"date\":\"2026-12-01\"},\"end\":{\"date\":\"2026-12-02\"}}"},
      {"calendar", "calendar.events", "calendar.events.owned", "calendar.app.created"},
      {"calendar.readonly", "calendar.events.readonly", "calendar.events.owned.readonly",
       "calendar.events.freebusy", "calendar.calendarlist"});
  add(rows, {"acl.list", "GET", "/calendars/primary/acl", ""},
      {"calendar", "calendar.acls", "calendar.acls.readonly"},
      {"calendar.readonly", "calendar.events"});
  add(rows,
      {"acl.insert", "POST", "/calendars/primary/acl",
       "{\"role\":\"reader\",\"scope\":{\"type\":\"user\",\"value\":\"x@example.org\"}}"},
      {"calendar", "calendar.acls"}, {"calendar.acls.readonly", "calendar.events"});
  add(rows,
      {"freebusy.query", "POST", "/freeBusy",
       "{\"timeMin\":\"2026-12-01T00:00:00Z\",\"timeMax\":\"2026-12-02T00:00:00Z\",\"items\":[]}"},
      {"calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"},
      {"calendar.events", "calendar.calendarlist"});
  add(rows, {"settings.list", "GET", "/users/me/settings", ""},
      {"calendar", "calendar.readonly", "calendar.settings.readonly"},
      {"calendar.events", "calendar.calendarlist.readonly"});
  add(rows, {"colors.get", "GET", "/colors", ""},
      {"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly",
       "calendar.app.created", "calendar.events.owned", "calendar.events.freebusy"},
      {"calendar.events", "calendar.events.readonly", "calendar.settings.readonly"});
  return rows;
}

FACT_FOR_EACH(EmulatorOnly, ScopeRow, scope_rows(), documented) {
  const std::string scope = row.scope;
  const User limited{client.me.email, client.token(client.me.email, scope)};
  std::string path = row.call.path;
  const std::size_t primary = path.find("primary");
  // This scope opens only calendars that the same OAuth client has made.
  if (scope == "calendar.app.created" && row.accepted && primary != std::string::npos)
    path.replace(primary, 7, escape(client.new_calendar()));
  const Response response = client.as(limited, row.call.method, path, row.call.body);
  if (row.accepted) {
    EXPECT_TRUE(response.status == 200 || response.status == 204)
        << response.status << " " << response.body;
  } else {
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.reason(), "insufficientPermissions");
    EXPECT_EQ(response.text("error.details.0.reason"), "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
  }
}

FACT(EmulatorOnly, "calendar.app.created: 404 for the primary calendar and for those of other apps",
     guessed) {
  const std::string made = client.new_calendar();
  const User limited{client.me.email,
                     client.token(client.me.email, "calendar.app.created", "another app")};
  EXPECT_EQ(client.as(limited, "GET", "/calendars/primary/events").reason(), "notFound");
  EXPECT_EQ(client.as(limited, "GET", "/calendars/" + escape(made) + "/events").reason(),
            "notFound");
  EXPECT_EQ(client.as(limited, "POST", "/calendars/" + escape(made) + "/events", timed("A").dump())
                .status,
            404);
  const std::string own =
      client.as(limited, "POST", "/calendars", "{\"summary\":\"Own\"}").text("id");
  EXPECT_EQ(
      client.as(limited, "POST", "/calendars/" + escape(own) + "/events", timed("A").dump()).status,
      200);
}

}  // namespace
}  // namespace contract
