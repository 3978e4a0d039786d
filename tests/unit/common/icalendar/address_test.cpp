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
