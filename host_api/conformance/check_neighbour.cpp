// What belongs to another plugin: the objects of a second probe in the same host.
#include "suite.hpp"

namespace conformance {

void check_neighbour(Suite& s) {
  constexpr std::string_view kSentence = "There is no such object, or the caller may not see it.";
  Sentence is(s.report, "crm_plugin.h", kSentence);
  const Objects& other = s.neighbour;
  if (other.account.empty()) {
    is.skip("no second probe was given");
    return;
  }
  const Services& services = s.services;
  constexpr std::string_view kHealth =
      R"({"state":"ok","reason":"health.ok","args":{},"synced_at":0,"attention":[]})";
  is.fails(services.accounts.get(other.account), Code::not_found, "accounts get");
  is.fails(services.accounts.put_config(other.account, "{}"), Code::not_found, "put_config");
  is.fails(services.accounts.set_state(other.account, "paused"), Code::not_found,
           "accounts set_state");
  is.fails(services.accounts.set_health(other.account, kHealth), Code::not_found, "set_health");
  const auto accounts = services.accounts.list();
  is.expect(accounts && accounts->find("\"" + other.account + "\"") == std::string::npos,
            "list has the account of another plugin");

  Json calendar = Json::object({{"account", other.account},
                                {"remote_id", "taken-over"},
                                {"name", "Taken over"},
                                {"color", "#000000"},
                                {"role", "owner"},
                                {"mode", "two_way"}});
  is.fails(services.calendars.put(calendar.dump()), Code::not_found, "calendars put");
  is.fails(services.calendars.set_state(other.calendar, "gone"), Code::not_found,
           "calendars set_state");
  is.fails(services.calendars.set_default(s.user(), other.calendar), Code::not_found,
           "set_default");
  const auto calendars = services.calendars.list("");
  is.expect(calendars && calendars->find("\"" + other.calendar + "\"") == std::string::npos,
            "list has the calendar of another plugin");

  is.fails(services.events.changes(other.calendar, "", 10), Code::not_found, "events changes");
  is.expect(event_of(s, other.event).is_null(), "get has the event of another plugin");
  is.fails(perform(s, put_operation(s.name("n1"), s.name("n1"), other.calendar, simple_event("x"))),
           Code::not_found, "put into its calendar");
  is.fails(perform(s, operation("erase", s.name("n2"), other.event, "1")), Code::not_found,
           "erase of its event");
  const std::string mine = make_calendar(s, "neighbour");
  const auto own = perform(s, put_operation(s.name("n3"), s.name("n3"), mine, simple_event("x")));
  if (is.succeeds(own, "put")) {
    Json move = operation("move", s.name("n4"), s.name("n3"), *own);
    move.set("calendar", other.calendar);
    is.fails(perform(s, move), Code::not_found, "move into its calendar");
  }
  is.fails(perform(s, put_operation(s.name("n5"), other.event, mine, simple_event("x"))),
           Code::conflict, "put of an id that its event has");
  is.fails(services.secrets.get(other.secret), Code::not_found, "secrets get");
  is.succeeds(services.secrets.put(other.secret, "mine"), "secrets put of an equal key");
  is.succeeds(services.secrets.erase(other.secret), "secrets erase of an equal key");
}

}  // namespace conformance
