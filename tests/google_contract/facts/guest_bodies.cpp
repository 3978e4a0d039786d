#include "tests/google_contract/facts/guest_bodies.hpp"

namespace contract {
namespace {

std::string lines(const Response& list) {
  std::string out;
  for (const Json& item : list.list("items"))
    out += item["start"].string("dateTime") + " " + item.string("summary") + "\n";
  return out;
}

std::string of(const Response& made, const std::string& query) {
  return "/calendars/primary/events?iCalUID=" + escape(made.text("iCalUID")) + query;
}

constexpr const char* kExpanded = "&singleEvents=true&orderBy=startTime";

}  // namespace

Json guest_list(const std::vector<std::string>& guests) {
  Json list = Json::array();
  for (const std::string& email : guests) list.push(Json::object({{"email", email}}));
  return Json::object({{"attendees", std::move(list)}});
}

Json inviting(Json body, const std::vector<std::string>& guests) {
  body.set("attendees", guest_list(guests)["attendees"]);
  return body;
}

Json answered(const Response& copy, const std::string& email, const std::string& status) {
  Json list = copy.json["attendees"];
  for (Json& one : list.mutable_items())
    if (one.string("email") == email) one.set("responseStatus", status);
  return Json::object({{"attendees", std::move(list)}});
}

Json own_answer(const std::string& email, const std::string& status) {
  return Json::object(
      {{"attendeesOmitted", true},
       {"attendees", Json::array({Json::object({{"email", email}, {"responseStatus", status}})})}});
}

std::string response_of(const Json& event, const std::string& email) {
  for (const Json& one : event["attendees"].items())
    if (one.string("email") == email) return one.string("responseStatus");
  return "";
}

Response copies(TwoAccounts& client, const User& guest, const Response& made,
                const std::string& query) {
  return client.as(guest, "GET", of(made, query));
}

std::string occurrences(TwoAccounts& client, const User& guest, const Response& made) {
  return lines(client.as(guest, "GET", of(made, kExpanded)));
}

std::string occurrences(Client& client, const Response& made) {
  return lines(client.get(of(made, kExpanded)));
}

}  // namespace contract
