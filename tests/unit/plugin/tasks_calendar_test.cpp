// A calendar in which a task integration keeps the CRM's tasks (D-08): what the CRM shows elsewhere
// already is left out of it.
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;

constexpr const char* kTasks = "tasks@group.calendar.google.com";

class TasksCalendar : public InstallationTest {
 protected:
  TasksCalendar() {
    emulated("/load", must(Json::parse(
                          R"({"accounts":[{"email":"me@gmail.example","name":"Me","calendars":[
      {"id":"tasks@group.calendar.google.com","summary":"Base Tasks","access_role":"owner",
       "time_zone":"Europe/Berlin"}]}]})")));
    connect({kMe, kTasks}, kMe);
    change([](settings::AccountConfig& config) { config.visible[1].name = "Base Tasks"; });
  }
  void add_task(const std::string& summary) {
    add_at_google(kTasks,
                  google_timed(summary, "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  }
  static Json shown(const std::string& summary, const std::string& start = "10") {
    return timed(summary, "2026-05-05T" + start + ":00:00+02:00", "2026-05-05T11:00:00+02:00");
  }
};

TEST_F(TasksCalendar, ATaskThatTheCrmShowsIsNotShownTwice) {  // D-08
  create_in_crm(shown("Call Ben"), must(services_->calendars.own(user_.id)));
  create_in_crm(shown("Call Eve", "09"));
  for (const char* task : {"Call Ben", "Call Eve", "At Google only"}) add_task(task);
  run();
  EXPECT_THAT(in_crm(kTasks), ElementsAre("At Google only", "Call Eve"))
      << "the other Call Eve begins an hour earlier";
  EXPECT_THAT(at_google(kTasks), ElementsAre("At Google only", "Call Ben", "Call Eve"))
      << "nothing is deleted at Google";
}

TEST_F(TasksCalendar, AnyOtherCalendarShowsBoth) {  // D-08
  change([](settings::AccountConfig& config) { config.visible[1].name = "Team"; });
  site_.tasks_calendars.clear();
  create_in_crm(shown("Call Ben"), must(services_->calendars.own(user_.id)));
  add_task("Call Ben");
  run();
  EXPECT_THAT(in_crm(kTasks), ElementsAre("Call Ben"));
}

}  // namespace
}  // namespace gcal::plugin::test
