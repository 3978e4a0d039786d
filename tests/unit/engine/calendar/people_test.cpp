#include "src/engine/calendar/people.hpp"

#include <gtest/gtest.h>

namespace gcal::calendar {
namespace {

TEST(People, P24_GivenSpellingsOfOneMailbox_WhenNormalised_ThenTheyAreEqual) {
  for (const char* spelling :
       {"ann@example.com", " Ann@Example.COM ", "mailto:ann@example.com", "\tANN@EXAMPLE.COM\r\n"})
    EXPECT_EQ(normalised(spelling), "ann@example.com") << spelling;
  EXPECT_EQ(normalised("ann+crm@example.com"), "ann+crm@example.com");
}

TEST(People, P24_GivenWhatIsNoAddress_WhenNormalised_ThenItMatchesNothing) {
  for (const std::string& text :
       {std::string(), std::string("ann"), std::string("@example.com"), std::string("ann@"),
        std::string("a\nb@example.com"), std::string(400, 'a') + "@example.com"})
    EXPECT_EQ(normalised(text), "") << text.substr(0, 20);
}

Attendee guest(std::string email) {
  Attendee attendee;
  attendee.email = std::move(email);
  return attendee;
}

TEST(People, S22_GivenTheGuestsOfASeries_WhenCollected_ThenOwnAddressesAndRoomsAreNotMatched) {
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

TEST(People, P19_GivenAPrivateAppointment_WhenCollected_ThenItsLinksAreForItsOwnerOnly) {
  Series series;
  series.master.attendees = {guest("lead@example.com")};
  for (const Visibility visibility : {Visibility::private_, Visibility::confidential}) {
    series.master.visibility = visibility;
    EXPECT_TRUE(addresses_to_match(series, {}).owner_only);
  }
}

}  // namespace
}  // namespace gcal::calendar
