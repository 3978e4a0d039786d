// Whom an act of a user shall inform reaches the plugin with the feed, and no act that informs
// guests is lost behind one that does not.
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

class NotifyTest : public CrmTest {
 protected:
  NotifyTest()
      : anna_(add_user("anna@crm.example")),
        calendar_(add_calendar(add_account(anna_), "primary")) {}

  const Json event_ = with(timed("Call", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
                           "attendees", guests({"a@x.example"}));

  SaveResult create(std::string_view notify) {
    return must(crm_->appointment_editor().create(anna_.id, calendar_.id, event_, notify));
  }
  Result<SaveResult> edit(const std::string& id, const char* title, std::string_view notify) {
    return crm_->appointment_editor().edit(anna_.id, id, revision(id), Scope::all, {},
                                           Json::object({{"summary", title}}), notify);
  }
  std::string revision(const std::string& id) {
    return must(crm_->appointment_queries().get(anna_.id, id)).document.revision;
  }
  // What the plugin reads next, for each: what happened, and whom it informs.
  std::vector<std::string> read() {
    const FeedPage page =
        must(crm_->appointment_feed().changes(kPlugin, calendar_.id, cursor_, 2500));
    cursor_ = page.cursor;
    std::vector<std::string> lines;
    const Json json = page.to_json();
    for (const Json& change : json["changes"].items())
      lines.push_back(change.contains("deleted")
                          ? "deleted " + change.string("notify")
                          : "changed " + change["document"].string("notify"));
    return lines;
  }

  User anna_;
  Calendar calendar_;
  std::string cursor_;
};

using Lines = std::vector<std::string>;

TEST_F(NotifyTest, TheFeedSaysWhomAnActInforms) {  // I-19
  const std::string id = create("").id;
  EXPECT_EQ(read(), Lines{"changed "});
  must(edit(id, "Two", "nobody"));
  EXPECT_EQ(read(), Lines{"changed nobody"});
  must(edit(id, "Three", "google"));
  EXPECT_EQ(read(), Lines{"changed google"});
  must(edit(id, "Four", ""));
  EXPECT_EQ(read(), Lines{"changed "});
  must(crm_->appointment_editor().erase(anna_.id, id, revision(id), Scope::all, {}, "nobody"));
  EXPECT_EQ(read(), Lines{"deleted nobody"});
}

TEST_F(NotifyTest, WhatInformsIsNotLostBehindASilentActBeforeItIsRead) {  // I-19
  const std::string id = create("").id;
  must(edit(id, "Two", "nobody"));
  EXPECT_EQ(read(), Lines{"changed "}) << "the creation is not known yet";
  must(edit(id, "Three", "google"));
  must(edit(id, "Four", "nobody"));
  EXPECT_EQ(read(), Lines{"changed google"});
}

TEST_F(NotifyTest, UndoInformsAsTheActThatItTakesBack) {  // I-19
  const std::string id = create("").id;
  read();
  const SaveResult silent = must(edit(id, "Two", "nobody"));
  read();
  must(crm_->appointment_editor().undo(anna_.id, silent.undo));
  EXPECT_EQ(read(), Lines{"changed nobody"});
}

TEST_F(NotifyTest, AnUnknownWishIsRefused) {  // I-19
  const std::string id = create("").id;
  const auto refused = edit(id, "Two", "everybody");
  EXPECT_EQ(code_of(refused), Code::invalid);
  EXPECT_EQ(refused.error().message, "notify: guests, nobody or google");
}

}  // namespace
}  // namespace host::test
