#include "src/engine/settings/forms.hpp"

#include <gtest/gtest.h>

namespace gcal::settings {
namespace {

const std::vector<RemoteCalendar> kCalendars{
    {"me@gmail.example", "me@gmail.example", "#9fc6e7", "owner", "Europe/Berlin", true},
    {"team", "Team", "#ff7537", "writer", "Europe/Berlin", false},
    {"holidays", "Holidays", "#16a765", "reader", "Europe/Berlin", false}};

bool has_error(const FieldErrors& errors, std::string_view field, std::string_view key) {
  for (const auto& [f, k] : errors)
    if (f == field && k == key) return true;
  return false;
}

TEST(Forms, PrimaryCalendarIsFirstAndReadOnlyOnesAreLast) {  // S-15
  const auto ordered = in_order({kCalendars[2], kCalendars[1], kCalendars[0]});
  EXPECT_EQ(ordered, kCalendars);
}

TEST(Forms, DropDownOffersTickedWritableCalendars) {  // S-16
  const Form form = account_form("account", kCalendars, {"Sales", {"team"}, {}});
  const Json& field = form.schema["properties"]["default_calendar"];
  EXPECT_EQ(field["x-options-from"].string("field"), "visible");
  EXPECT_EQ(field["x-options-from"]["always"], Json(Json::Array{"crm"}));
  EXPECT_EQ(field["x-options-from"]["except"], Json(Json::Array{"holidays"}));
}

TEST(Forms, CrmCalendarIsTheInitialDefault) {  // S-17
  const Form form = account_form("account", kCalendars, {"Sales", {"team"}, {}});
  EXPECT_EQ(form.values.string("default_calendar"), kCrmCalendar);
  EXPECT_EQ(account_choice(form.values).default_calendar, "");
}

TEST(Forms, ReadOnlyDefaultIsAnErrorOfTheField) {  // S-16
  const AccountChoice choice{"Sales", {"me@gmail.example", "holidays"}, "holidays"};
  EXPECT_TRUE(has_error(check(choice, kCalendars), "default_calendar", "error.default_read_only"));
}

TEST(Forms, InvisibleDefaultIsAnError) {  // S-16
  EXPECT_TRUE(has_error(check({"Sales", {"team"}, "me@gmail.example"}, kCalendars),
                        "default_calendar", "error.default_not_visible"));
}

TEST(Forms, EveryInvalidFieldHasAnError) {  // S-18
  const FieldErrors errors = check({"", {"not-listed"}, {}}, kCalendars);
  EXPECT_TRUE(has_error(errors, "name", "error.name_missing"));
  EXPECT_TRUE(has_error(errors, "visible", "error.unknown_calendar"));
  EXPECT_TRUE(has_error(check({"Sales", {}, {}}, kCalendars), "visible", "error.nothing_visible"));
}

TEST(Forms, DisplayNameIsTrimmed) {  // S-13
  EXPECT_EQ(account_choice(Json::object({{"name", "  Vertrieb Nord \n"}})).name, "Vertrieb Nord");
}

TEST(Forms, ConfigSurvivesJson) {
  const AccountConfig config{"sub-1", "me@gmail.example",    "Sales", kCalendars,
                             "team",  ExportExisting::future};
  EXPECT_EQ(account_config_from_json(to_json(config)), config);
}

}  // namespace
}  // namespace gcal::settings
