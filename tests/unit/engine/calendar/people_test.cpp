#include "src/engine/calendar/people.hpp"

#include <gtest/gtest.h>

namespace gcal::calendar {
namespace {

Attendee guest(std::string email) {
  Attendee attendee;
  attendee.email = std::move(email);
  return attendee;
}

TEST(PeopleTest, OwnAddressesAndRoomsAreNotMatched) {  // S-22
  Series series;
  Attendee room = guest("room@resource.calendar.google.com");
  room.resource = true;
  Attendee self = guest("me@example.com");
  self.self = true;
  series.master.attendees = {guest("Lead@Example.com"),
                             room,
                             self,
                             guest("alias@example.com"),
                             guest("abc@group.calendar.google.com"),
                             guest("lead@example.com ")};
  Occurrence changed;
  changed.event.attendees = {guest("only-once@example.com")};
  Occurrence cancelled;
  cancelled.cancelled = true;
  cancelled.event.attendees = {guest("never@example.com")};
  series.occurrences = {
      {OriginalStart{false, std::chrono::sys_seconds{std::chrono::seconds{1}}}, changed},
      {OriginalStart{false, std::chrono::sys_seconds{std::chrono::seconds{2}}}, cancelled}};
  const AddressesToMatch found = addresses_to_match(series, {"ALIAS@example.com"});
  EXPECT_EQ(found.addresses, (std::set<std::string>{"lead@example.com", "only-once@example.com"}));
  EXPECT_FALSE(found.owner_only);
}

TEST(PeopleTest, OrganizerAndCreatorAreMatchedWhereTheyAreOtherPeople) {  // S-22, P-24
  Series series;
  series.facts.organizer_email = "Customer@Client.example";
  series.facts.creator_email = "assistant@client.example";
  series.facts.organized_by_self = false;
  series.master.attendees = {guest("lead@client.example")};
  EXPECT_EQ(addresses_to_match(series, {"assistant@client.example"}).addresses,
            (std::set<std::string>{"customer@client.example", "lead@client.example"}));
  series.facts.organized_by_self = true;
  series.facts.creator_email = "unknownorganizer@calendar.google.com";
  EXPECT_EQ(addresses_to_match(series, {}).addresses,
            (std::set<std::string>{"lead@client.example"}));
}

TEST(PeopleTest, GuestsWithoutAnAddressDifferByName) {  // P-24
  Attendee bridge;
  bridge.name = "Bridge line";
  Attendee room;
  room.name = "Room 7";
  const std::vector<Attendee> guests{guest("a@b.example"), bridge, room};
  EXPECT_EQ(find_guest(guests, guest_key(room))->name, "Room 7");
  EXPECT_EQ(find_guest(guests, ""), nullptr);
}

TEST(PeopleTest, LinksOfAPrivateAppointmentAreForItsOwnerOnly) {  // P-19
  Series series;
  series.master.attendees = {guest("lead@example.com")};
  for (const Visibility visibility : {Visibility::private_, Visibility::confidential}) {
    series.master.visibility = visibility;
    EXPECT_TRUE(addresses_to_match(series, {}).owner_only);
  }
}

}  // namespace
}  // namespace gcal::calendar
