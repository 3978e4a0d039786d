// Event labels.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

constexpr const char* kTeamId = "42617328-8756-4291-8273-192837465647";
const std::string kTeam =
    std::string("{'id':'") + kTeamId + "','backgroundColor':'#039be5','name':'Team'}";

// `labels`: the items of an array, as json() takes it.
Response set_labels(Client& client, const std::string& labels) {
  return client.patch("/calendars/primary",
                      json("{'labelProperties':{'eventLabels':[" + labels + "]}}"));
}

void expect_refused_label(Client& client, const std::string& label) {
  EXPECT_EQ(set_labels(client, label).status, 400);
}

SECTION("labels");

FACT(NewCalendar, "a calendar keeps its labels, shown in labelProperties.eventLabels", documented) {
  EXPECT_EQ(set_labels(client, kTeam).status, 200);
  const Response response = client.get("/calendars/primary");
  EXPECT_EQ(response.text("labelProperties.eventLabels.0.name"), "Team");
  EXPECT_EQ(response.text("labelProperties.eventLabels.0.backgroundColor"), "#039be5");
}

FACT(NewCalendar, "a label without id gets a UUID", documented) {
  EXPECT_EQ(set_labels(client, "{'backgroundColor':'#33b679'}")
                .text("labelProperties.eventLabels.0.id")
                .size(),
            36u);
}

FACT(PrivateAccount, "sent labels replace all; absent ones stay, even in an update", documented) {
  (void)set_labels(client, kTeam);
  const Response kept = client.put("/calendars/primary", json("{'summary':'Mine'}"));
  EXPECT_EQ(kept.count("labelProperties.eventLabels"), 1u);
  EXPECT_EQ(set_labels(client, "").dump("labelProperties"), "absent");
}

FACT(Client, "refused: {'name':'no colour'}", documented) {
  expect_refused_label(client, "{'name':'no colour'}");
}

FACT(Client, "refused: {'backgroundColor':'blue'}", documented) {
  expect_refused_label(client, "{'backgroundColor':'blue'}");
}

FACT(Client, "refused: {'id':'7','backgroundColor':'#039be5'}", documented) {
  expect_refused_label(client, "{'id':'7','backgroundColor':'#039be5'}");
}

FACT(Client, "refused: a name of 51 characters", documented) {
  expect_refused_label(client,
                       "{'backgroundColor':'#039be5',"
                       "'name':'123456789012345678901234567890123456789012345678901'}");
}

FACT(NewCalendar, "over 200 labels are refused; the same id twice as well", documented) {
  std::string many = "{'backgroundColor':'#039be5'}";
  for (int i = 0; i < 200; ++i) many += ",{'backgroundColor':'#039be5'}";
  EXPECT_EQ(set_labels(client, many).status, 400);
  EXPECT_EQ(set_labels(client, kTeam + "," + kTeam).status, 400);
}

FACT(NewCalendar, "eventLabelVersion=1: eventLabelId is set, colorId ignored", documented) {
  (void)set_labels(client, kTeam);
  Json body = timed("A");
  body.set("eventLabelId", kTeamId);
  body.set("colorId", "3");
  const Response made = client.insert(body, "?eventLabelVersion=1");
  EXPECT_EQ(made.text("eventLabelId"), kTeamId);
  EXPECT_EQ(made.dump("colorId"), "absent");
  EXPECT_EQ(client.events().text("items.0.eventLabelId"), kTeamId);
}

FACT(NewCalendar, "without it eventLabelId is ignored and colorId set", documented) {
  (void)set_labels(client, kTeam);
  Json body = timed("A");
  body.set("eventLabelId", kTeamId);
  body.set("colorId", "3");
  const Response made = client.insert(body);
  EXPECT_EQ(made.dump("eventLabelId"), "absent");
  EXPECT_EQ(made.text("colorId"), "3");
}

FACT(NewCalendar, "an empty eventLabelId removes it; so does an update without", documented) {
  (void)set_labels(client, kTeam);
  Json body = timed("A");
  body.set("eventLabelId", kTeamId);
  const std::string path =
      event_path(client.insert(body, "?eventLabelVersion=1").text("id"), "?eventLabelVersion=1");
  EXPECT_EQ(client.patch(path, json("{'eventLabelId':''}")).dump("eventLabelId"), "absent");
  EXPECT_EQ(client.patch(path, Json::object({{"eventLabelId", kTeamId}})).text("eventLabelId"),
            kTeamId);
  EXPECT_EQ(client.put(path, timed("A")).dump("eventLabelId"), "absent");
}

FACT(NewCalendar, "a client that does not know labels does not lose them", guessed) {
  (void)set_labels(client, kTeam);
  Json body = timed("A");
  body.set("eventLabelId", kTeamId);
  const std::string path = event_path(client.insert(body, "?eventLabelVersion=1").text("id"));
  EXPECT_EQ(client.put(path, timed("B")).text("eventLabelId"), kTeamId);
}

FACT(Client, "a label that the calendar does not have: 400; eventLabelVersion=2: 400", guessed) {
  Json body = timed("A");
  body.set("eventLabelId", "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(client.insert(body, "?eventLabelVersion=1").status, 400);
  EXPECT_EQ(client.insert(timed("A"), "?eventLabelVersion=2").status, 400);
}

}  // namespace
}  // namespace contract
