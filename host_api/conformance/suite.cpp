#include "suite.hpp"

#include <utility>

namespace conformance {

Json Objects::to_json() const {
  return Json::object({{"user", user},
                       {"account", account},
                       {"calendar", calendar},
                       {"event", event},
                       {"secret", secret},
                       {"own", own}});
}

Objects Objects::from_json(const Json& json) {
  return {json.string("user"),  json.string("account"), json.string("calendar"),
          json.string("event"), json.string("secret"),  json.string("own")};
}

void at_once(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

std::string make_calendar(const Suite& suite, std::string_view remote_id) {
  const Json calendar = Json::object({{"account", suite.account_id()},
                                      {"remote_id", suite.name(remote_id)},
                                      {"name", "Conformance " + std::string(remote_id)},
                                      {"color", "#336699"},
                                      {"role", "owner"},
                                      {"mode", "two_way"}});
  auto id = suite.services.calendars.put(calendar.dump());
  return id ? *id : std::string();
}

Json simple_event(std::string_view summary) {
  const Json start =
      Json::object({{"date_time", "2031-05-06T09:00:00+02:00"}, {"time_zone", "Europe/Berlin"}});
  const Json end =
      Json::object({{"date_time", "2031-05-06T10:00:00+02:00"}, {"time_zone", "Europe/Berlin"}});
  return Json::object({{"summary", std::string(summary)}, {"start", start}, {"end", end}});
}

Json put_operation(std::string_view op_id, std::string_view id, std::string_view calendar,
                   Json event, std::string_view if_revision) {
  Json put = operation("put", op_id, id, if_revision);
  put.set("calendar", std::string(calendar));
  put.set("event", std::move(event));
  return put;
}

Json operation(std::string_view op, std::string_view op_id, std::string_view id,
               std::string_view if_revision) {
  Json out = Json::object(
      {{"op", std::string(op)}, {"op_id", std::string(op_id)}, {"id", std::string(id)}});
  if (!if_revision.empty()) out.set("if_revision", std::string(if_revision));
  return out;
}

Result<std::string> perform(const Suite& suite, const Json& operation, std::int64_t fence) {
  Json batch = Json::array();
  batch.push(operation);
  auto text = suite.services.events.apply(fence, batch.dump());
  if (!text) return std::move(text).error();
  auto results = Json::parse(*text);
  if (!results || results->items().size() != 1)
    return Error{Code::internal, "apply wrote no list of one result: " + *text, {}};
  const Json& result = (*results)[0];
  const auto code = crm::to_code(static_cast<crm_status>(result["status"].as_integer()));
  if (code != Code::ok) return Error{code, result.string("message"), {}};
  return result.string("revision");
}

Json event_of(const Suite& suite, std::string_view id) {
  Json ids = Json::array();
  ids.push(std::string(id));
  auto text = suite.services.events.get(ids.dump());
  if (!text) return {};
  auto documents = Json::parse(*text);
  return documents ? (*documents)[0] : Json();
}

void check_before_restart(Suite& suite) {
  check_host(suite);
  check_accounts(suite);
  check_calendars(suite);
  check_contacts(suite);
  check_secrets(suite);
  check_sql(suite);
  check_events(suite);
  check_feed(suite);
  check_tasks(suite);
  check_neighbour(suite);
  leave_for_restart(suite);
}

}  // namespace conformance
