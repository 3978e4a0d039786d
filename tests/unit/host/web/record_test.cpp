// Leads, contacts and their cards through the API.
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class RecordPages : public WebTest {};

TEST_F(RecordPages, CardListsAppointmentsThatInviteTheLeadsAddress) {
  Browser page = anna();
  const Reply made =
      page.post("/api/leads", Json::object({{"name", "Jo Lead"},
                                            {"company", "Acme"},
                                            {"emails", Json::array({"Jo@Acme.example"})}}));
  ASSERT_EQ(made.status, 201) << made.body;
  const Json event = Json::object(
      {{"summary", "Demo"},
       {"start", Json::object({{"date_time", "2026-02-02T09:00:00Z"}, {"time_zone", "UTC"}})},
       {"end", Json::object({{"date_time", "2026-02-02T10:00:00Z"}, {"time_zone", "UTC"}})},
       {"attendees",
        Json::array({Json::object({{"email", " jo@acme.EXAMPLE"}, {"name", "Jo"}})})}});
  ASSERT_EQ(page.post("/api/events", Json::object({{"event", event}})).status, 201);
  const Json card = page.get("/api/leads/" + made.json().string("id")).json();
  EXPECT_EQ(card.string("company"), "Acme");
  ASSERT_EQ(card["upcoming"].items().size(), 1u);
  EXPECT_EQ(card["upcoming"].items()[0].string("summary"), "Demo");
  EXPECT_EQ(card["past_total"].as_integer(), 0);
  clock.advance(std::chrono::hours(24 * 60));
  Browser later = anna();
  const Json past = later.get("/api/leads/" + made.json().string("id")).json();
  EXPECT_TRUE(past["upcoming"].items().empty());
  EXPECT_EQ(past["past_total"].as_integer(), 1);
}

TEST_F(RecordPages, SearchReturnsPagesAndTheTotal) {
  Browser page = anna();
  for (int i = 0; i < 7; ++i)
    ASSERT_EQ(page.post("/api/contacts", Json::object({{"name", "Contact " + std::to_string(i)},
                                                       {"company", i % 2 ? "Odd" : "Even"}}))
                  .status,
              201);
  const Json odd = page.get("/api/contacts?search=odd&limit=2").json();
  EXPECT_EQ(odd["total"].as_integer(), 3);
  ASSERT_EQ(odd["items"].items().size(), 2u);
  EXPECT_EQ(page.get("/api/contacts?search=odd&limit=2&offset=2")
                .json()["items"]
                .items()[0]
                .string("name"),
            "Contact 5");
  EXPECT_EQ(page.get("/api/contacts?limit=0").json()["error"].string("field"), "limit");
  EXPECT_EQ(page.get("/api/contacts?offset=x").status, 400);
  EXPECT_EQ(page.get("/api/leads").json()["total"].as_integer(), 0);
}

TEST_F(RecordPages, RecordsAreChangedAndErasedAndWrongFieldsNamed) {
  Browser page = anna();
  const std::string path =
      "/api/contacts/" +
      page.post("/api/contacts", Json::object({{"name", "Kim"}})).json().string("id");
  EXPECT_EQ(page.patch(path, Json::object({{"phone", "123"}})).json().string("phone"), "123");
  const Reply wrong = page.patch(path, Json::object({{"emails", Json::array({"no address"})}}));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.json()["error"].string("field"), "emails");
  EXPECT_EQ(page.get("/api/leads" + path.substr(13)).status, 404) << "a contact is no lead";
  EXPECT_EQ(page.erase(path).status, 200);
  EXPECT_EQ(page.get(path).status, 404);
}

}  // namespace
}  // namespace host
