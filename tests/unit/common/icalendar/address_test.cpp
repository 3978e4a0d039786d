#include "src/common/icalendar/address.hpp"

#include <gtest/gtest.h>

namespace gcal::icalendar {
namespace {

TEST(AddressTest, SpellingsOfOneMailboxAreEqual) {  // P-24
  for (const char* spelling :
       {"ann@example.com", " Ann@Example.COM ", "mailto:ann@example.com", "\tANN@EXAMPLE.COM\r\n",
        "MAILTO:ann@example.com", "Mailto:Ann@example.com"})
    EXPECT_EQ(normalised_address(spelling), "ann@example.com") << spelling;
  EXPECT_EQ(normalised_address("ann+crm@example.com"), "ann+crm@example.com");
  EXPECT_EQ(normalised_address("\"Ann Lee\"@example.com"), "\"ann lee\"@example.com");
}

TEST(AddressTest, AnInternationalDomainIsEqualInBothForms) {  // P-24
  const std::string ascii = "ина@xn--e1afmkfd.example";
  for (const char* spelling : {"ина@пример.example", "ина@ПРИМЕР.Example",
                               "ина@XN--E1AFMKFD.example", "mailto:ина@пример。example"})
    EXPECT_EQ(normalised_address(spelling), ascii) << spelling;
  EXPECT_EQ(normalised_address("a@bu\xCC\x88"
                               "cher.example"),
            "a@xn--bcher-kva.example");
  EXPECT_EQ(normalised_address("a@bücher.example"), "a@xn--bcher-kva.example");
  EXPECT_EQ(normalised_address("a@\xE2\x98\x83\xE2\x80\x8D..example"),
            "a@\xE2\x98\x83\xE2\x80\x8D..example")
      << "no domain of DNS stays as it is";
}

TEST(AddressTest, AddressesOfCalendarsAreNoPersons) {  // P-24
  EXPECT_EQ(person_address("Ann@Example.com"), "ann@example.com");
  EXPECT_EQ(person_address("ann@mycalendar.google.com"), "ann@mycalendar.google.com");
  for (const char* machine :
       {"c_1@group.calendar.google.com", "room@resource.calendar.google.com",
        "de.german#holiday@group.v.calendar.google.com", "x@import.calendar.google.com",
        "unknownorganizer@calendar.google.com", "no address"})
    EXPECT_EQ(person_address(machine), "") << machine;
}

TEST(AddressTest, SpellingsThatAProviderDeliversAlikeAreOneMailbox) {  // P-24
  for (const char* spelling : {"first.last@gmail.com", "firstlast@googlemail.com",
                               "f.i.r.s.t.last+demo@gmail.com", "firstlast@gmail.com"})
    EXPECT_EQ(mailbox_of(spelling), "firstlast@gmail.com") << spelling;
  EXPECT_EQ(mailbox_of("ann.lee+crm@outlook.com"), "ann.lee@outlook.com");
  for (const char* unknown :
       {"ann+crm@example.com", "\"a+b\"@gmail.com", "+tag@gmail.com", "", "text"})
    EXPECT_EQ(mailbox_of(unknown), "") << unknown;
}

TEST(AddressTest, TextsThatAreNoAddressAreEmpty) {  // P-24
  for (const std::string& text :
       {std::string(), std::string("ann"), std::string("@example.com"), std::string("ann@"),
        std::string("a\nb@example.com"), std::string(400, 'a') + "@example.com",
        std::string("ann lee@example.com"), std::string("mailto:"), std::string("mailto:@"),
        std::string("\"a\tb\"@example.com")})
    EXPECT_EQ(normalised_address(text), "") << text.substr(0, 20);
}

}  // namespace
}  // namespace gcal::icalendar
