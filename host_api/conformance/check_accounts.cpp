// crm.accounts/0 and crm.calendars/0.
#include <algorithm>
#include <atomic>

#include "suite.hpp"

namespace conformance {
namespace {

Json account_of(const Suite& s) {
  const auto text = s.services.accounts.get(s.account_id());
  if (!text) return {};
  const auto json = Json::parse(*text);
  return json ? *json : Json();
}

Json calendars_of(const Suite& s, std::string_view account) {
  const auto text = s.services.calendars.list(account);
  if (!text) return {};
  const auto json = Json::parse(*text);
  return json ? *json : Json();
}

Json calendar_of(const Suite& s, std::string_view id) {
  const Json list = calendars_of(s, s.account_id());
  for (const Json& calendar : list.items())
    if (calendar.string("id") == id) return calendar;
  return {};
}

void check_config(Suite& s) {
  constexpr std::string_view kHeader = "services/accounts.h";
  const crm::Accounts& accounts = s.services.accounts;
  {
    Sentence is(s.report, kHeader, "Replaces the config of an account, a JSON object");
    is.succeeds(accounts.put_config(s.account_id(), R"({"a":1,"deep":{"b":["\u0000 ä"]}})"),
                "put_config");
    is.succeeds(accounts.put_config(s.account_id(), R"({"n":0})"), "put_config");
    is.expect(account_of(s)["config"].dump() == R"({"n":0})",
              "the config is " + account_of(s)["config"].dump());
    is.fails(accounts.put_config(s.account_id(), "[1]"), Code::invalid, "put_config of a list");
    is.fails(accounts.put_config(s.account_id(), "{"), Code::invalid, "put_config of no JSON");
  }
  {
    Sentence is(s.report, kHeader,
                "Replaces the config of an account if it still is the one that was read.");
    const std::string old = account_of(s).string("revision");
    is.succeeds(accounts.put_config_if(s.account_id(), old, R"({"n":0,"once":true})"),
                "put_config_if");
    is.fails(accounts.put_config_if(s.account_id(), old, R"({"n":7})"), Code::conflict,
             "put_config_if with an older revision");
    is.expect(account_of(s)["config"]["n"].as_integer() == 0, "a refused config was stored");
  }
  Sentence is(s.report, kHeader,
              "CONFLICT if the config has another revision: read it again and repeat the change");
  is.succeeds(accounts.put_config(s.account_id(), R"({"n":0})"), "put_config");
  std::atomic<int> failures = 0;
  at_once(4, [&](int) {
    for (int done = 0; done < 5;) {
      const Json read = account_of(s);
      const std::int64_t n = read["config"]["n"].as_integer();
      const auto put = accounts.put_config_if(s.account_id(), read.string("revision"),
                                              "{\"n\":" + std::to_string(n + 1) + "}");
      if (put) {
        ++done;
      } else if (put.error().code != Code::conflict && ++failures > 100) {
        return;
      }
    }
  });
  is.expect(failures == 0, "put_config_if failed otherwise than with CONFLICT");
  is.expect(account_of(s)["config"]["n"].as_integer() == 20,
            "20 increments by 4 threads end at " + account_of(s)["config"]["n"].dump());
}

void check_states(Suite& s) {
  constexpr std::string_view kHeader = "services/accounts.h";
  const crm::Accounts& accounts = s.services.accounts;
  {
    Sentence is(s.report, kHeader,
                "Sets the state of an account: \"active\", \"paused\" or \"disconnected\".");
    is.succeeds(accounts.set_state(s.account_id(), "paused"), "set_state");
    is.expect(account_of(s).string("state") == "paused", "the state is not the one that was set");
    is.succeeds(accounts.set_state(s.account_id(), "active"), "set_state");
    is.expect(account_of(s).string("state") == "active", "the state is not the one that was set");
  }
  {
    Sentence is(s.report, kHeader, "INVALID for another state.");
    is.fails(accounts.set_state(s.account_id(), "asleep"), Code::invalid, "set_state");
    is.expect(account_of(s).string("state") == "active", "a refused state was stored");
  }
  Sentence is(s.report, kHeader, "INVALID for another document.");
  is.succeeds(accounts.set_health(s.account_id(),
                                  R"({"state":"ok","reason":"health.ok","args":{},"synced_at":0,)"
                                  R"("attention":[]})"),
              "set_health");
  is.fails(
      accounts.set_health(s.account_id(), R"({"state":"splendid","reason":"health.ok","args":{},)"
                                          R"("synced_at":0,"attention":[]})"),
      Code::invalid, "set_health with an unknown state");
  is.fails(accounts.set_health(s.account_id(), "[]"), Code::invalid, "set_health of a list");
}

}  // namespace

void check_accounts(Suite& s) {
  constexpr std::string_view kHeader = "services/accounts.h";
  const crm::Accounts& accounts = s.services.accounts;
  {
    Sentence is(s.report, kHeader, "Writes all accounts of this plugin as a JSON array");
    const auto list = accounts.list();
    if (is.succeeds(list, "list")) {
      const auto json = Json::parse(*list);
      bool found = false;
      for (const Json& one : json->items()) found = found || one.string("id") == s.account_id();
      is.expect(found, "the probe's account is not in " + *list);
    }
    const Json one = account_of(s);
    for (const char* member : {"id", "user", "unique_id", "title", "state", "revision"})
      is.expect(!one.string(member).empty(), std::string("an account has no ") + member);
    is.expect(one["config"].is_object(), "an account has no config");
  }
  {
    Sentence is(s.report, kHeader, "NOT_FOUND if there is no such account.");
    is.fails(accounts.get("nothing"), Code::not_found, "get");
    is.fails(accounts.put_config("nothing", "{}"), Code::not_found, "put_config");
    is.fails(accounts.put_config_if("nothing", "1", "{}"), Code::not_found, "put_config_if");
    is.fails(accounts.set_state("nothing", "paused"), Code::not_found, "set_state");
    is.fails(accounts.set_health("nothing",
                                 R"({"state":"ok","reason":"health.ok","args":{},"synced_at":0,)"
                                 R"("attention":[]})"),
             Code::not_found, "set_health");
  }
  {
    Sentence is(s.report, kHeader, "Writes a CRM user as schema/user.json.");
    const auto user = accounts.user(s.user());
    if (is.succeeds(user, "user")) {
      const auto json = Json::parse(*user);
      is.expect(json->string("id") == s.user(), "it wrote " + *user);
      for (const char* member : {"email", "name", "role", "locale", "time_zone"})
        is.expect((*json)[member].is_string(), std::string("a user has no ") + member);
      is.expect(!json->string("default_calendar").empty(), "a user has no default calendar");
    }
  }
  {
    Sentence is(s.report, kHeader, "NOT_FOUND if there is no such user.");
    is.fails(accounts.user("nobody"), Code::not_found, "user");
  }
  check_config(s);
  check_states(s);
}

namespace {

void check_put_calendar(Suite& s) {
  constexpr std::string_view kHeader = "services/calendars.h";
  const auto document = [&](const char* member, std::string_view value) {
    Json json = Json::object({{"account", s.account_id()},
                              {"remote_id", s.name("put")},
                              {"name", "Put"},
                              {"color", "#112233"},
                              {"role", "owner"},
                              {"mode", "two_way"}});
    if (*member) json.set(member, std::string(value));
    return json.dump();
  };
  const crm::Calendars& calendars = s.services.calendars;
  {
    Sentence is(
        s.report, kHeader,
        "The calendar is identified by its account and remote_id, so a repeated call has no "
        "further effect.");
    const auto first = calendars.put(document("", ""));
    const auto second = calendars.put(document("name", "Put again"));
    if (is.succeeds(first, "put") && is.succeeds(second, "put again")) {
      is.expect(*first == *second, "the same remote_id has two ids");
      is.expect(calendar_of(s, *first).string("name") == "Put again", "the name is the old one");
      is.expect(calendar_of(s, *first).string("user") == s.user(), "it is of another user");
      int count = 0;
      const Json list = calendars_of(s, s.account_id());
      for (const Json& one : list.items()) count += one.string("remote_id") == s.name("put");
      is.expect(count == 1, "list has it " + std::to_string(count) + " times");
    }
    std::array<std::string, 6> ids;
    at_once(6, [&](int i) {
      const auto id = calendars.put(document("remote_id", s.name("raced")));
      if (id) ids[static_cast<std::size_t>(i)] = *id;
    });
    is.expect(std::count(ids.begin(), ids.end(), ids[0]) == 6 && !ids[0].empty(),
              "six calls at once made several calendars or failed");
  }
  Sentence is(s.report, kHeader,
              "NOT_FOUND if there is no such account, INVALID for another document.");
  is.fails(calendars.put(document("account", "nothing")), Code::not_found, "put");
  for (const auto& [member, value] :
       {std::pair("remote_id", ""), std::pair("name", ""), std::pair("color", "blue"),
        std::pair("role", "king"), std::pair("mode", "one_way")})
    is.fails(calendars.put(document(member, value)), Code::invalid,
             std::string("put with the wrong ") + member);
  is.fails(calendars.put("[]"), Code::invalid, "put of a list");
}

void check_default(Suite& s) {
  constexpr std::string_view kHeader = "services/calendars.h";
  const crm::Calendars& calendars = s.services.calendars;
  const std::string first = make_calendar(s, "default-1"), second = make_calendar(s, "default-2");
  const auto defaults = [&] {
    std::string found;
    const Json list = calendars_of(s, "");
    for (const Json& one : list.items())
      if (one["is_default"].as_bool()) found += one.string("id") + " ";
    return found;
  };
  const auto of_user = [&] {
    const auto user = s.services.accounts.user(s.user());
    return user ? (*Json::parse(*user)).string("default_calendar") : std::string();
  };
  {
    Sentence is(s.report, kHeader, "A user has one default");
    for (const std::string& one : {first, second, first}) {
      is.succeeds(calendars.set_default(s.user(), one), "set_default");
      is.expect(defaults() == one + " ", "the defaults are " + defaults());
      is.expect(of_user() == one, "the user's default is another one");
    }
  }
  {
    Sentence is(s.report, kHeader, "a calendar id, or empty for the user's own CRM calendar.");
    is.succeeds(calendars.set_default(s.user(), ""), "set_default");
    const auto own = calendars.own(s.user());
    if (is.succeeds(own, "own")) {
      is.expect(defaults().empty(), "a calendar of the account is still the default");
      is.expect(of_user() == *own, "the user's default is not their own calendar");
      is.expect(calendar_of(s, *own).is_null(), "list shows the user's own calendar");
    }
  }
  Sentence is(s.report, kHeader, "NOT_FOUND if there is no such user or calendar.");
  is.fails(calendars.set_default("nobody", first), Code::not_found, "set_default");
  is.fails(calendars.set_default(s.user(), "nothing"), Code::not_found, "set_default");
  is.fails(calendars.own("nobody"), Code::not_found, "own");
}

void check_calendar_states(Suite& s) {
  constexpr std::string_view kHeader = "services/calendars.h";
  const crm::Calendars& calendars = s.services.calendars;
  const std::string id = make_calendar(s, "states");
  const std::string event = s.name("states");
  const auto put = perform(s, put_operation(event, event, id, simple_event("kept")));
  const auto is_there = [&](Sentence& is) {
    const auto feed = s.services.events.changes(id, "", 10);
    is.expect(event_of(s, event)["event"].string("summary") == "kept", "get has no appointment");
    is.expect(feed && feed->find("\"" + event + "\"") != std::string::npos,
              "the feed has no appointment");
  };
  {
    Sentence is(s.report, kHeader, "hidden: the appointments are kept and not shown.");
    is.succeeds(put, "put");
    is.succeeds(calendars.set_state(id, "hidden"), "set_state");
    is.expect(calendar_of(s, id).string("state") == "hidden", "it is not hidden");
    is_there(is);
  }
  {
    Sentence is(s.report, kHeader, "With \"live\" they belong to the calendar again.");
    is.succeeds(calendars.set_state(id, "gone"), "set_state");
    is.expect(calendar_of(s, id).string("state") == "gone", "it is not gone");
    is.succeeds(calendars.set_state(id, "live"), "set_state");
    is_there(is);
    is.expect(event_of(s, event).string("calendar") == id, "it is in another calendar");
    is.expect(event_of(s, event).string("revision") == (put ? *put : ""),
              "its revision changed with the calendar's state");
  }
  Sentence is(s.report, kHeader,
              "NOT_FOUND if there is no such calendar, INVALID for another state.");
  is.fails(calendars.set_state(id, "asleep"), Code::invalid, "set_state");
  is.fails(calendars.set_state("nothing", "live"), Code::not_found, "set_state");
  const auto own = calendars.own(s.user());
  if (is.succeeds(own, "own"))
    is.fails(calendars.set_state(*own, "hidden"), Code::not_found, "set_state of an own calendar");
}

}  // namespace

void check_calendars(Suite& s) {
  {
    Sentence is(s.report, "services/calendars.h",
                "an account id, or empty for the calendars of all accounts of this plugin.");
    const std::string id = make_calendar(s, "listed");
    is.expect(!id.empty(), "put failed");
    is.expect(!calendar_of(s, id).is_null(), "list of the account does not have it");
    bool found = false;
    const Json list = calendars_of(s, "");
    for (const Json& one : list.items()) found = found || one.string("id") == id;
    is.expect(found, "list of all accounts does not have it");
    is.expect(calendars_of(s, "nothing").items().empty(), "an unknown account has calendars");
  }
  check_put_calendar(s);
  check_default(s);
  check_calendar_states(s);
}

}  // namespace conformance
