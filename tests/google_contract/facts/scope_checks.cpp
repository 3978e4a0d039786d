// Which call accepts which scope: the traps of the documentation, as a table. A refused scope gives
// 403 insufficientPermissions.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

struct Row {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
  std::vector<const char*> accepted, refused;
};

}  // namespace

void scope_checks(Checks& checks) {
  const Row rows[] = {
      {"calendarList.list",
       "GET",
       "/users/me/calendarList",
       "",
       {"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"},
       {"calendar.events", "calendar.app.created", "calendar.events.readonly",
        "calendar.freebusy"}},
      {"calendarList.get",
       "GET",
       "/users/me/calendarList/primary",
       "",
       {"calendar.calendarlist.readonly", "calendar.app.created"},
       {"calendar.events"}},
      {"calendarList.patch",
       "PATCH",
       "/users/me/calendarList/primary",
       "{\"selected\":true}",
       {"calendar", "calendar.calendarlist", "calendar.app.created"},
       {"calendar.readonly", "calendar.calendarlist.readonly"}},
      {"calendars.get",
       "GET",
       "/calendars/primary",
       "",
       {"calendar", "calendar.readonly", "calendar.calendars", "calendar.calendars.readonly",
        "calendar.app.created"},
       {"calendar.events", "calendar.calendarlist"}},
      {"calendars.insert",
       "POST",
       "/calendars",
       "{\"summary\":\"New\"}",
       {"calendar", "calendar.calendars", "calendar.app.created"},
       {"calendar.events", "calendar.calendarlist", "calendar.calendars.readonly"}},
      {"calendars.clear",
       "POST",
       "/calendars/primary/clear",
       "",
       {"calendar", "calendar.calendars"},
       {"calendar.app.created", "calendar.events"}},
      {"events.list",
       "GET",
       "/calendars/primary/events",
       "",
       {"calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly",
        "calendar.events.owned", "calendar.events.owned.readonly",
        "calendar.events.public.readonly", "calendar.events.freebusy", "calendar.app.created"},
       {"calendar.calendarlist", "calendar.calendars", "calendar.freebusy",
        "calendar.settings.readonly", "calendar.acls"}},
      {"events.insert",
       "POST",
       "/calendars/primary/events",
       "{\"start\":{\"date\":\"2026-12-01\"},\"end\":{\"date\":\"2026-12-02\"}}",
       {"calendar", "calendar.events", "calendar.events.owned", "calendar.app.created"},
       {"calendar.readonly", "calendar.events.readonly", "calendar.events.owned.readonly",
        "calendar.events.freebusy", "calendar.calendarlist"}},
      {"acl.list",
       "GET",
       "/calendars/primary/acl",
       "",
       {"calendar", "calendar.acls", "calendar.acls.readonly"},
       {"calendar.readonly", "calendar.events"}},
      {"acl.insert",
       "POST",
       "/calendars/primary/acl",
       "{\"role\":\"reader\",\"scope\":{\"type\":\"user\",\"value\":\"x@example.org\"}}",
       {"calendar", "calendar.acls"},
       {"calendar.acls.readonly", "calendar.events"}},
      {"freebusy.query",
       "POST",
       "/freeBusy",
       "{\"timeMin\":\"2026-12-01T00:00:00Z\",\"timeMax\":\"2026-12-02T00:00:00Z\",\"items\":[]}",
       {"calendar", "calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"},
       {"calendar.events", "calendar.calendarlist"}},
      {"settings.list",
       "GET",
       "/users/me/settings",
       "",
       {"calendar", "calendar.readonly", "calendar.settings.readonly"},
       {"calendar.events", "calendar.calendarlist.readonly"}},
      {"colors.get",
       "GET",
       "/colors",
       "",
       {"calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly",
        "calendar.app.created", "calendar.events.owned", "calendar.events.freebusy"},
       {"calendar.events", "calendar.events.readonly", "calendar.settings.readonly"}},
  };
  for (const Row& row : rows)
    for (const bool accepted : {true, false})
      for (const char* scope : accepted ? row.accepted : row.refused)
        checks.push_back(
            {"scopes", std::string(row.name) + (accepted ? " accepts " : " refuses ") + scope,
             Known::documented, [row, accepted, scope = std::string(scope)](Emulated& p) {
               const Person limited{p.me.email, p.token(p.me.email, scope)};
               std::string path = row.path;
               if (scope == "calendar.app.created" && accepted)
                 if (const std::size_t at = path.find("primary"); at != std::string::npos)
                   path.replace(at, 7,
                                escape(p.post("/calendars", js("{'summary':'S'}"))
                                           .text("id")));  // by the same client
               const Answer answer = p.as(limited, row.method, path, row.body);
               if (accepted) {
                 EXPECT_TRUE(answer.status == 200 || answer.status == 204)
                     << answer.status << " " << answer.body;
               } else {
                 EXPECT_EQ(answer.status, 403);
                 EXPECT_EQ(answer.reason(), "insufficientPermissions");
                 EXPECT_EQ(answer.text("error.details.0.reason"),
                           "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
               }
             }});
  checks.push_back(
      {"scopes",
       "calendar.app.created opens no calendar that another app made, nor the primary one: 404",
       Known::guessed, [](Emulated& p) {
         const std::string made = p.post("/calendars", js("{'summary':'S'}")).text("id");
         const Person limited{p.me.email,
                              p.token(p.me.email, "calendar.app.created", "another app")};
         EXPECT_EQ(p.as(limited, "GET", "/calendars/primary/events").reason(), "notFound");
         EXPECT_EQ(p.as(limited, "GET", "/calendars/" + escape(made) + "/events").reason(),
                   "notFound");
         EXPECT_EQ(
             p.as(limited, "POST", "/calendars/" + escape(made) + "/events", timed("A").dump())
                 .status,
             404);
         const std::string own =
             p.as(limited, "POST", "/calendars", "{\"summary\":\"Own\"}").text("id");
         EXPECT_EQ(p.as(limited, "POST", "/calendars/" + escape(own) + "/events", timed("A").dump())
                       .status,
                   200);
       }});
}

}  // namespace contract
