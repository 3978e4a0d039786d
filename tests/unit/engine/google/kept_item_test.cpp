// Members that the engine does not know survive its writes.
#include "src/engine/google/kept_item.hpp"

#include <gtest/gtest.h>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/google/event_json.hpp"
#include "src/engine/google/guest_json.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/google/google_json.hpp"

namespace gcal::google {
namespace {

Json guest_entry(const std::string& email, Json::Object members = {}) {
  return with_members(Json::object({{"email", email}, {"responseStatus", "needsAction"}}),
                      std::move(members));
}

TEST(KeptItem, OfAPlainEventNothingIsKept) {
  Json::Array guests{
      guest_entry("a@example.com", {{"self", true}, {"organizer", true}, {"comment", "late"}}),
      guest_entry("b@example.com", {{"displayName", "B"}, {"optional", true}, {"id", "7"}})};
  const Json item = event_json(
      "e",
      {{"status", "confirmed"},
       {"htmlLink", "https://www.google.com/calendar/event?eid=x"},
       {"created", "2025-01-01T00:00:00.000Z"},
       {"creator", Json::object({{"email", "a@example.com"}, {"self", true}})},
       {"organizer", Json::object({{"email", "a@example.com"}, {"self", true}})},
       {"description", "d"},
       {"colorId", "3"},
       {"sequence", 2},
       {"eventType", "default"},
       {"attendees", Json::array(std::move(guests))},
       {"extendedProperties", link_property("l")},
       {"reminders",
        Json::object(
            {{"useDefault", false},
             {"overrides", Json::array({Json::object({{"method", "popup"}, {"minutes", 5}})})}})}});
  EXPECT_EQ(kept_item(item), "");
}

TEST(KeptItem, AListOfGuestsIsOmittedIfGoogleSaysSoOrIfTheyAreHidden) {
  const Json other = Json::object({{"email", "boss@example.com"}});
  const Json self = Json::object({{"email", "me@example.com"}, {"self", true}});
  EXPECT_FALSE(guests_are_omitted(event_json("e")));
  EXPECT_TRUE(guests_are_omitted(event_json("e", {{"attendeesOmitted", true}})));
  EXPECT_TRUE(guests_are_omitted(
      event_json("e", {{"guestsCanSeeOtherGuests", false}, {"organizer", other}})));
  EXPECT_FALSE(guests_are_omitted(
      event_json("e", {{"guestsCanSeeOtherGuests", false}, {"organizer", self}})));
  // Also of what was kept, which has no organizer.
  const Json hidden = event_json("e", {{"guestsCanSeeOtherGuests", false}, {"organizer", other}});
  EXPECT_TRUE(guests_are_omitted(parse_kept(kept_item(hidden))));
}

TEST(KeptItem, DamagedBytesCountAsNone) {
  EXPECT_TRUE(parse_kept("").members().empty());
  EXPECT_TRUE(parse_kept("{\"a\":").members().empty());
  EXPECT_TRUE(parse_kept("[1]").members().empty());
}

TEST(KeptItem, ACopyTakesNothingThatBelongsToOneEvent) {
  const Json item = event_json(
      "e", {{"conferenceData",
             Json::object({{"conferenceId", "abc"},
                           {"entryPoints", Json::array({Json::object({{"uri", "https://m"}})})},
                           {"createRequest", Json::object({{"requestId", "r"}})}})},
            {"hangoutLink", "https://m"},
            {"eventType", "workingLocation"},
            {"workingLocationProperties", Json::object({{"type", "homeOffice"}})},
            {"eventLabelId", "label"},
            {"privateCopy", true},
            {"locked", true},
            {"source", Json::object({{"url", "https://s"}, {"title", "S"}})},
            {"extendedProperties",
             Json::object({{"private", Json::object({{"crm_link", "old"}, {"theirs", "1"}})},
                           {"shared", Json::object({{"both", "2"}})}})}});
  const auto read = item_from_json(item, "UTC");
  ASSERT_TRUE(read);
  const Json body = insert_body(read->series, "new", "link", parse_kept(read->kept));
  EXPECT_EQ(body["conferenceData"],
            Json::object({{"conferenceId", "abc"},
                          {"entryPoints", Json::array({Json::object({{"uri", "https://m"}})})}}));
  EXPECT_EQ(body["source"].string("title"), "S");
  EXPECT_EQ(body["extendedProperties"],
            Json::object({{"private", Json::object({{"crm_link", "link"}, {"theirs", "1"}})},
                          {"shared", Json::object({{"both", "2"}})}}));
  EXPECT_EQ(body.string("id"), "new");
  for (const char* name : {"etag", "kind", "iCalUID", "hangoutLink", "eventType", "privateCopy",
                           "workingLocationProperties", "eventLabelId", "locked"})
    EXPECT_FALSE(body.contains(name)) << name;
}

TEST(KeptItem, AFocusTimeIsCreatedAgainAsOne) {
  const Json item =
      event_json("e", {{"eventType", "focusTime"},
                       {"focusTimeProperties", Json::object({{"chatStatus", "doNotDisturb"}})}});
  const auto read = item_from_json(item, "UTC");
  const Json body = insert_body(read->series, "new", "link", parse_kept(read->kept));
  EXPECT_EQ(body.string("eventType"), "focusTime");
  EXPECT_EQ(body["focusTimeProperties"].string("chatStatus"), "doNotDisturb");
}

TEST(KeptItem, GuestsOfALongerListThanWasKnownStay) {
  const Json held = Json::array({guest_entry("a@example.com"), guest_entry("unknown@example.com"),
                                 guest_entry("gone@example.com")});
  const auto guest = [](const char* email) {
    calendar::Attendee one;
    one.email = email;
    return one;
  };
  const Guests before{guest("a@example.com"), guest("gone@example.com"), guest("left@example.com")};
  const Guests after{guest("A@example.com"), guest("left@example.com"), guest("new@example.com")};
  EXPECT_EQ(changed_guests(held, before, after, Missing::left),
            Json::array({guest_entry("a@example.com"), guest_entry("unknown@example.com"),
                         guest_entry("new@example.com")}));
  EXPECT_EQ(changed_guests(held, before, after, Missing::added),
            Json::array({guest_entry("a@example.com"), guest_entry("unknown@example.com"),
                         guest_entry("left@example.com"), guest_entry("new@example.com")}));
}

// --- Random items, random edits ---

// A value as a later API could have it.
Json any_value(base::Random& random, int depth = 0) {
  switch (random.below(depth > 2 ? 4 : 6)) {
    case 0: return Json("text \u00e4 \"" + std::to_string(random.below(100)));
    case 1: return Json(static_cast<std::int64_t>(random.below(1'000'000)) - 500'000);
    case 2: return Json(random.below(2) == 0);
    case 3: return Json(static_cast<double>(random.below(1000)) + 0.25);
    case 4: {
      Json list = Json::array({any_value(random, depth + 1)});
      if (random.below(2) == 0) list.push(any_value(random, depth + 1));
      return list;
    }
    default:
      return Json::object({{"a" + std::to_string(random.below(9)), any_value(random, depth + 1)}});
  }
}

Json::Object unknown_members(base::Random& random, const char* prefix) {
  Json::Object members;
  for (std::uint64_t i = random.below(4); i > 0; --i)
    members.emplace_back(prefix + std::to_string(i), any_value(random));
  return members;
}

Json any_item(base::Random& random) {
  Json item = event_json("e", unknown_members(random, "later"));
  Json guests = Json::array();
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    Json guest = guest_entry("g" + std::to_string(i) + "@example.com",
                             unknown_members(random, "guestLater"));
    if (random.below(2) == 0) guest.set("additionalGuests", random.below(3) + 1);
    if (random.below(2) == 0) guest.set("comment", "with a dog");
    if (random.below(3) == 0) guest.set("displayName", "G");
    guests.push(std::move(guest));
  }
  if (!guests.items().empty()) item.set("attendees", std::move(guests));
  if (random.below(2) == 0) item.set("guestsCanModify", true);
  if (random.below(2) == 0)
    item.set("attachments", Json::array({Json::object({{"fileUrl", "https://f"}})}));
  if (random.below(2) == 0)
    item.set("extendedProperties",
             Json::object({{"shared", Json::object({{"theirs", "x"}})},
                           {"private", Json::object({{"crm_link", "l"}, {"other", "y"}})}}));
  if (random.below(2) == 0)
    item.set("reminders",
             Json::object(
                 {{"useDefault", false},
                  {"overrides", Json::array({Json::object(
                                    {{"method", "popup"}, {"minutes", 5}, {"sound", "gong"}})})}}));
  return item;
}

void edit(base::Random& random, calendar::Event& event) {
  if (random.below(2) == 0) event.summary = "edited";
  if (random.below(2) == 0) event.location = "elsewhere";
  if (random.below(3) == 0) event.color = "4";
  if (random.below(3) == 0) event.reminders->push_back({"email", 30});
  std::erase_if(event.attendees, [&](const calendar::Attendee&) { return random.below(4) == 0; });
  for (calendar::Attendee& guest : event.attendees) {
    if (random.below(3) == 0) guest.partstat = calendar::PartStat::accepted;
    if (random.below(3) == 0) guest.optional = !guest.optional;
  }
  if (random.below(2) == 0) {
    calendar::Attendee added;
    added.email = "added" + std::to_string(random.below(1'000'000)) + "@example.com";
    event.attendees.push_back(std::move(added));
  }
}

// What a PATCH of Google's does: null clears, objects merge, lists are replaced.
void apply_patch(Json& stored, const Json& patch) {
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null())
      stored.erase(name);
    else if (value.is_object() && stored[name].is_object())
      apply_patch(stored.member(name), value);
    else
      stored.set(name, value);
  }
}

bool is_foreign(const std::string& name) {
  return name.starts_with("later") || name == "guestsCanModify" || name == "attachments";
}

const std::vector<std::string> kOfGuest{"guestLater1",      "guestLater2", "guestLater3",
                                        "additionalGuests", "comment",     "displayName"};

void expect_guests_keep_members(const Json& was, const Json& now) {
  for (const Json& guest : now.items())
    for (const Json& before : was.items())
      for (const std::string& name : kOfGuest) {
        if (!(before["email"] == guest["email"])) continue;
        EXPECT_EQ(guest[name], before[name]) << name << " of " << guest.dump();
      }
}

TEST(KeptItem, UnknownMembersOfEventsAndGuestsSurviveRandomEdits) {  // P-25
  for (std::uint64_t seed = 1; seed <= 3000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::SeededRandom random(seed);
    const Json original = any_item(random);
    Json stored = original;
    for (int round = 0; round < 3; ++round) {
      const auto read = item_from_json(stored, "UTC");
      ASSERT_TRUE(read) << read.error().message;
      calendar::Series wanted = read->series;
      if (!wanted.master.reminders) wanted.master.reminders.emplace();
      edit(random, wanted.master);
      apply_patch(stored, patch_body(read->series, wanted, parse_kept(read->kept)));
      const auto written = item_from_json(stored, "UTC");
      ASSERT_TRUE(written) << written.error().message;
      EXPECT_FALSE(calendar::changed(wanted, written->series).any()) << stored.dump();
    }
    for (const auto& [name, value] : original.members()) {
      if (!is_foreign(name) && name != "extendedProperties") continue;
      EXPECT_EQ(stored[name], value) << name;
    }
    for (const Json& before : original["reminders"]["overrides"].items())
      EXPECT_EQ(stored["reminders"]["overrides"].items().front(), before);
    expect_guests_keep_members(original["attendees"], stored["attendees"]);
  }
}

TEST(KeptItem, ACopyOfARandomEventHasAllItsUnknownMembers) {  // P-25
  for (std::uint64_t seed = 1; seed <= 3000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::SeededRandom random(seed);
    const Json original = any_item(random);
    const auto read = item_from_json(original, "UTC");
    ASSERT_TRUE(read);
    calendar::Series wanted = read->series;
    if (!wanted.master.reminders) wanted.master.reminders.emplace();
    edit(random, wanted.master);
    const Json body = insert_body(wanted, "new", "link", parse_kept(read->kept));
    const auto written = item_from_json(body, "UTC");
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_FALSE(calendar::changed(wanted, written->series).any()) << body.dump();
    for (const auto& [name, value] : original.members()) {
      if (!is_foreign(name)) continue;
      EXPECT_EQ(body[name], value) << name;
    }
    expect_guests_keep_members(original["attendees"], body["attendees"]);
    EXPECT_EQ(body["extendedProperties"]["shared"], original["extendedProperties"]["shared"]);
    for (const char* name : {"kind", "etag", "iCalUID", "sequence", "created", "htmlLink"})
      EXPECT_FALSE(body.contains(name)) << name;
  }
}

}  // namespace
}  // namespace gcal::google
