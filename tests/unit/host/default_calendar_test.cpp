// The default calendar of a user: who is notified when it changes.
#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DefaultCalendars : public CrmTest {
 protected:
  // The accounts of which plugins were notified, with the origin, since the last call.
  std::vector<std::string> notified() {
    crm_->bus().drain();
    const std::lock_guard lock(mutex_);
    return std::exchange(accounts_, {});
  }

  User anna_ = add_user("anna@example.com");
  Account first_ = add_account(anna_, "sub-1");
  Account second_ = add_account(anna_, "sub-2");
  Calendar work_ = add_calendar(first_, "work");
  Calendar home_ = add_calendar(second_, "home");
  std::mutex mutex_;
  std::vector<std::string> accounts_;
  ChangeBus::Subscription subscription_ = crm_->bus().subscribe([this](const Change& change) {
    const std::lock_guard lock(mutex_);
    if (change.kind == Change::Kind::account) accounts_.push_back(change.id + change.origin);
  });
};

TEST_F(DefaultCalendars, AccountsThatLoseAndGainTheDefaultAreNotified) {  // S-17, S-21
  notified();
  must(crm_->plugin_calendars().set_default(anna_.id, work_.id));
  EXPECT_THAT(notified(), ElementsAre(first_.id));
  must(crm_->plugin_calendars().set_default(anna_.id, home_.id));
  EXPECT_THAT(notified(), ElementsAre(first_.id, second_.id));
  must(crm_->plugin_calendars().set_default(anna_.id, ""));
  EXPECT_THAT(notified(), ElementsAre(second_.id));
  must(crm_->plugin_calendars().set_default(anna_.id, ""));
  EXPECT_THAT(notified(), IsEmpty());
}

TEST_F(DefaultCalendars, APluginIsNotNotifiedOfTheDefaultThatItSets) {
  notified();
  must(crm_->plugin_calendars().set_default(anna_.id, work_.id, kPlugin));
  EXPECT_THAT(notified(), ElementsAre(first_.id + kPlugin));
}

TEST_F(DefaultCalendars, APluginMakesNoCalendarOfAnotherPluginTheDefault) {
  EXPECT_EQ(code_of(crm_->plugin_calendars().set_default(anna_.id, work_.id, "com.example.other")),
            Code::not_found);
  EXPECT_EQ(must(crm_->calendars().default_of(anna_.id)).id, own_calendar(anna_).id);
}

}  // namespace
}  // namespace host::test
