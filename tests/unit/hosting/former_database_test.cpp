// A database of the former schema, in which the CRM kept feeds, answers and the calendars of
// plugins, becomes one where the hosting library does.
#include <sqlite3.h>

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FormerDatabase : public CrmTest {
 protected:
  FormerDatabase() {
    crm_.reset();
    std::filesystem::remove_all(folder_.path() / "data");
    std::filesystem::create_directories(folder_.path() / "data");
    sqlite3* database = nullptr;
    sqlite3_open((folder_.path() / "data" / "crm.sqlite").c_str(), &database);
    char* failure = nullptr;
    const std::string script = read_text(FORMER_DATABASE);
    if (sqlite3_exec(database, script.c_str(), nullptr, nullptr, &failure) != SQLITE_OK)
      ADD_FAILURE() << failure;
    sqlite3_close(database);
    reopen();
  }
  // "id: summary", "id deleted" or "id moved to calendar".
  std::vector<std::string> changes(const std::string& calendar, const std::string& cursor) {
    std::vector<std::string> lines;
    for (const FeedEntry& entry :
         must(crm_->appointment_feed().changes(kPlugin, calendar, cursor, 10)).changes) {
      if (entry.kind == FeedEntry::Kind::changed)
        lines.push_back(entry.id + ": " + entry.document.event.string("summary"));
      if (entry.kind == FeedEntry::Kind::deleted) lines.push_back(entry.id + " deleted");
      if (entry.kind == FeedEntry::Kind::moved)
        lines.push_back(entry.id + " moved to " + entry.moved_to);
    }
    return lines;
  }
};

TEST_F(FormerDatabase, CursorsThatPluginsHaveStoredGoOn) {
  EXPECT_THAT(changes("work", "epoch0-1-1"),
              ElementsAre("kept: Kept", "erased deleted", "moved moved to home"));
  EXPECT_THAT(changes("work", "epoch0-6-6"), ElementsAre("moved moved to home"));
  EXPECT_THAT(changes("work", "epoch0-9-9"), IsEmpty());
  EXPECT_THAT(changes("home", "epoch0-7-7"), ElementsAre("moved: Moved"));
  // In the middle of a listing: without the deletions from before it began.
  EXPECT_THAT(changes("work", "epoch0-1-9"), ElementsAre("kept: Kept"));
  EXPECT_EQ(code_of(crm_->appointment_feed().changes(kPlugin, "work", "epoch0-0-0", 10)),
            Code::gone);
  EXPECT_THAT(changes("work", ""), ElementsAre("kept: Kept"));
}

TEST_F(FormerDatabase, RecordsCalendarsAndAnswersAreKept) {
  const RecordChanges records = must(crm_->appointment_feed().record_changes("epoch0-4-4", 10));
  ASSERT_EQ(records.changes.size(), 1u);
  EXPECT_EQ(records.changes[0].id, "lead");
  EXPECT_THAT(records.changes[0].addresses, ElementsAre("lead@customers.example"));

  const auto calendars = must(crm_->plugin_calendars().list(kPlugin, "account"));
  ASSERT_EQ(calendars.size(), 2u);
  EXPECT_EQ(calendars[0].to_json().dump(), Json::object({{"id", "work"},
                                                         {"user", "anna"},
                                                         {"account", "account"},
                                                         {"remote_id", "primary"},
                                                         {"name", "Work"},
                                                         {"color", "#0b57d0"},
                                                         {"role", "owner"},
                                                         {"mode", "two_way"},
                                                         {"state", "live"},
                                                         {"is_default", true}})
                                               .dump());
  EXPECT_EQ(calendars[1].state, "gone");
  EXPECT_EQ(must(crm_->calendars().default_of("anna")).id, "work");

  // Performed before: the same answer, although the appointment exists.
  Operation again{Operation::Kind::put, "op-kept", "kept", "work", {}, Json::object(), {}};
  const auto results = must(crm_->appointment_feed().apply(kPlugin, 0, {again}));
  EXPECT_EQ(results.at(0).status, Code::ok);
  EXPECT_EQ(results.at(0).revision, "2-0123456789abcdef");
}

TEST_F(FormerDatabase, NumbersGoOnWhereTheFormerOnesStood) {
  const std::string before =
      must(crm_->appointment_feed().changes(kPlugin, "work", "epoch0-9-9", 10)).cursor;
  const EventPage kept = must(crm_->appointment_queries().get("anna", "kept"));
  EXPECT_EQ(kept.document.records.leads, std::vector<std::string>{"lead"});
  must(crm_->appointment_editor().erase("anna", "kept", kept.document.revision, Scope::all,
                                        std::nullopt));
  EXPECT_THAT(changes("work", before), ElementsAre("kept deleted"));
  reopen();
  EXPECT_THAT(changes("work", before), ElementsAre("kept deleted"));
}

}  // namespace
}  // namespace host::test
