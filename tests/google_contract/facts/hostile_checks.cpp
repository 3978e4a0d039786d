// Hostile input: whatever is sent, an answer comes, a refusal has Google's shape, and the next
// request is served. Never asked of the real Google.
#include <array>

#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/facts/raw_client.hpp"

namespace contract {
namespace {

using enum Known;

constexpr const char* kEvents = "/calendars/primary/events";

std::string times(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// An answer, and where it refuses a body as Google writes it.
void well_answered(const Answer& answer, const std::string& what) {
  EXPECT_NE(answer.status, 0) << "no answer to " << what.substr(0, 200);
  EXPECT_LT(answer.status, 500) << what.substr(0, 200) << "\n" << answer.body.substr(0, 500);
  if (answer.status < 400) return;
  EXPECT_EQ(answer.dump("error.code"), std::to_string(answer.status)) << what.substr(0, 200) << "\n"
                                                                      << answer.body.substr(0, 500);
  EXPECT_NE(answer.reason(), "") << what.substr(0, 200);
  EXPECT_NE(answer.text("error.message"), "") << what.substr(0, 200);
  EXPECT_LT(answer.body.size(), 4'096u)
      << "a refusal does not repeat what was sent: " << what.substr(0, 200);
}

void lives(Own& p) {
  EXPECT_EQ(p.get("/colors").status, 200);
}

Answer insert_text(Probe& p, const std::string& body) {
  return p.call("POST", kEvents, body);
}

const char* const kWholeEvent =
    R"({"summary":"A","start":{"dateTime":"2026-12-01T10:00:00","timeZone":"Europe/Berlin"},"end":{"dateTime":"2026-12-01T11:00:00","timeZone":"Europe/Berlin"},)"
    R"("recurrence":["RRULE:FREQ=DAILY;COUNT=2"],"attendees":[{"email":"a@example.org"}],"reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":5}]}})";

void json_checks(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"hostile", fact, guessed, std::move(run)});
  };
  add("JSON that breaks off at any byte: 400 each time", [](Own& p) {
    const std::string whole = kWholeEvent;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Answer answer = insert_text(p, whole.substr(0, size));
      EXPECT_EQ(answer.status, 400) << size;
      well_answered(answer, whole.substr(0, size));
    }
    EXPECT_EQ(insert_text(p, whole).status, 200);
  });
  add("JSON nested 65 to a million levels", [](Own& p) {
    for (const std::size_t depth : {65u, 1'000u, 100'000u, 1'000'000u})
      for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
        const std::string nested = times(open, depth) + "1" + times(close, depth);
        for (
            const std::string& body :
            {nested,
             R"({"summary":"A","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},"source":)" +
                 nested + "}",
             R"({"summary":"A","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},"unknown":)" +
                 nested + "}",
             times(open, depth)})
          well_answered(insert_text(p, body), std::to_string(depth) + " levels");
      }
    lives(p);
  });
  add("numbers: absurd exponents, 400 digits, beyond 64 bits", [](Own& p) {
    for (const std::string& number :
         {std::string("0.00000000001e-2147483639"), std::string("1e400"), std::string("-0"),
          times("9", 400), "-" + times("9", 400), std::string("9223372036854775808"),
          std::string("-9223372036854775809"), std::string("18446744073709551616"),
          "0." + times("0", 100'000) + "1", std::string("1e2147483648"), std::string("1."),
          std::string("01"), std::string("+1"), std::string("NaN"), std::string("0x10")})
      for (
          const char* place :
          {R"({"start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},"sequence":)",
           R"({"start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},"reminders":{"overrides":[{"method":"popup","minutes":)",
           R"({"start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},"unknown":)"}) {
        const std::string begin = place;
        well_answered(
            insert_text(
                p, begin + number + (begin.find("overrides") == std::string::npos ? "}" : "}]}}")),
            number);
      }
    lives(p);
  });
  add("strings that are no UTF-8, lone surrogates, BOM, NUL, U+2028; keys twice and a megabyte "
      "long",
      [](Own& p) {
        const std::string rest = R"("start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"}})";
        for (const std::string& text :
             {std::string("\xff"), std::string("\xc0\xaf"), std::string("\xed\xa0\x80"),
              std::string("\xf4\x90\x80\x80"), std::string("\\ud800"),
              std::string("\\udc00\\ud800"), std::string("\\u0000"), std::string("a\0b", 3),
              std::string("\\u2028"), std::string("\xe2\x80\xa8"), std::string("\\x41"),
              std::string("\n"), std::string("\\uZZZZ")})
          well_answered(insert_text(p, "{\"summary\":\"" + text + "\"," + rest), text);
        well_answered(insert_text(p, "\xef\xbb\xbf{" + rest), "a BOM");
        well_answered(insert_text(p, "{\"" + times("k", 1 << 20) + "\":1," + rest), "a long key");
        well_answered(insert_text(p, R"({"summary":"A","summary":"B",)" + rest), "a key twice");
        well_answered(insert_text(p, "{" + rest + "x"), "trailing bytes");
        well_answered(insert_text(p, "{" + rest + "{" + rest), "two documents");
        well_answered(insert_text(p, R"({"Summary":"A","START":{},)" + rest), "other case");
        well_answered(insert_text(p, R"({"eventType":")" + times("a", 39) + "ä\"," + rest),
                      "a wrong value that the answer quotes in part");
        lives(p);
      });
  add("each member of an event with each wrong type, in insert and patch", [](Own& p) {
    const std::string id = p.insert(timed("A")).text("id");
    for (const char* name : {"id",
                             "status",
                             "summary",
                             "description",
                             "location",
                             "colorId",
                             "start",
                             "end",
                             "endTimeUnspecified",
                             "recurrence",
                             "transparency",
                             "visibility",
                             "iCalUID",
                             "sequence",
                             "attendees",
                             "attendeesOmitted",
                             "extendedProperties",
                             "conferenceData",
                             "anyoneCanAddSelf",
                             "guestsCanInviteOthers",
                             "guestsCanModify",
                             "privateCopy",
                             "locked",
                             "reminders",
                             "source",
                             "attachments",
                             "eventType",
                             "birthdayProperties",
                             "focusTimeProperties",
                             "outOfOfficeProperties",
                             "workingLocationProperties",
                             "organizer",
                             "originalStartTime",
                             "recurringEventId",
                             "eventLabelId",
                             "creator",
                             "gadget"})
      for (const char* value : {"null", "true", "7", "-1.5", "\"x\"", "\"\"", "[]", "{}", "[[]]",
                                "[null]", "[7]", "[{}]", "{\"a\":{\"b\":[]}}"}) {
        const std::string what = std::string("\"") + name + "\":" + value;
        std::string body =
            R"({"summary":"B","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"}})";
        body.insert(body.size() - 1, "," + what);
        for (const char* query :
             {"", "?conferenceDataVersion=1&supportsAttachments=true&eventLabelVersion=1"}) {
          well_answered(p.call("POST", std::string(kEvents) + query, body), what);
          well_answered(p.call("PATCH", std::string(kEvents) + "/" + id + query, "{" + what + "}"),
                        what);
        }
        well_answered(p.call("POST", std::string(kEvents) + "/import", body), what);
      }
    EXPECT_EQ(p.events("?maxResults=2500").status, 200) << "what was taken can be shown";
    EXPECT_EQ(
        p.events("?singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2027-01-01T00:00:00Z")
            .status,
        200);
  });
  add("each member of the other resources with each wrong type", [](Own& p) {
    struct Place {
      const char* method;
      const char* path;
      std::vector<const char*> members;
    };
    const std::vector<Place> places{
        {"POST",
         "/calendars",
         {"summary", "description", "location", "timeZone", "labelProperties"}},
        {"PATCH",
         "/calendars/primary",
         {"summary", "description", "location", "timeZone", "labelProperties"}},
        {"POST",
         "/users/me/calendarList",
         {"id", "colorId", "backgroundColor", "defaultReminders", "notificationSettings",
          "selected", "summaryOverride"}},
        {"PATCH",
         "/users/me/calendarList/primary",
         {"colorId", "backgroundColor", "foregroundColor", "defaultReminders",
          "notificationSettings", "selected", "hidden", "summaryOverride"}},
        {"POST", "/calendars/primary/acl", {"role", "scope"}},
        {"POST",
         "/freeBusy",
         {"timeMin", "timeMax", "timeZone", "items", "groupExpansionMax", "calendarExpansionMax"}},
        {"POST",
         "/calendars/primary/events/watch",
         {"id", "type", "address", "token", "expiration", "params", "payload"}},
        {"POST", "/channels/stop", {"id", "resourceId"}}};
    for (const Place& place : places)
      for (const char* member : place.members)
        for (const char* value : {"null", "true", "7", "-1", "9223372036854775807", "\"x\"", "\"\"",
                                  "[]", "{}", "[null]", "[7]", "[{}]", "{\"type\":7,\"value\":{}}",
                                  "{\"ttl\":{}}", "{\"eventLabels\":7}"})
          well_answered(
              p.call(place.method, place.path, std::string("{\"") + member + "\":" + value + "}"),
              std::string(place.path) + " " + member + " " + value);
    lives(p);
  });
  add("an array of 100000 items wherever one fits", [](Own& p) {
    for (const char* member : {"attendees", "recurrence", "attachments", "unknown"})
      for (const char* item : {"null,", "7,", "\"x\",", "{},"}) {
        std::string list = times(item, 100'000);
        list.pop_back();
        well_answered(
            insert_text(
                p, R"({"summary":"A","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"},")" +
                       std::string(member) + "\":[" + list + "]}"),
            std::string(member) + item);
      }
    lives(p);
  });
}

void value_checks(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"hostile", fact, guessed, std::move(run)});
  };
  add("texts come back as they were sent: emoji, right-to-left, formulas, marks, quotes",
      [](Own& p) {
        for (const std::string& text :
             {std::string("👩‍👩‍👧‍👦"), "Z" + times("\xcc\x81", 2'000),
              std::string("\xe2\x80\xaegnirts\xe2\x80\xac"),
              std::string("a\xe2\x80\x8b"
                          "b"),
              std::string("\xd0\xb0"
                          "dmin@example.com"),
              std::string("e\xcc\x81 é"), std::string("=1+1"), std::string("{{ 7*7 }} ${x} %s %n"),
              std::string("'; DROP TABLE events; --"),
              std::string("Ignore all previous instructions"),
              std::string("<script>alert(1)</script>"), std::string("a\r\nb\tc"),
              times("x", 8'000)}) {
          const Answer made = p.insert(timed(text));
          EXPECT_EQ(made.status, 200) << text.substr(0, 60);
          EXPECT_EQ(p.event(made.text("id")).text("summary"), text) << text.substr(0, 60);
        }
        Json big = timed("A");
        big.set("description", times("d", 1 << 20));
        well_answered(p.insert(big), "a megabyte of description");
        well_answered(p.insert(timed(std::string("a\0b", 3))), "a NUL");
        EXPECT_EQ(p.events().status, 200);
      });
  add("times at every edge", [](Own& p) {
    const std::vector<std::string> moments{
        R"({})",
        R"({"date":"2026-12-01","dateTime":"2026-12-01T10:00:00Z"})",
        R"({"date":"0000-01-01"})",
        R"({"date":"9999-12-31"})",
        R"({"date":"2026-02-30"})",
        R"({"date":"2026-13-01"})",
        R"({"date":"20261201"})",
        R"({"date":""})",
        R"({"date":"-0001-01-01"})",
        R"({"date":"99999999-01-01"})",
        R"({"dateTime":"2026-12-01T24:00:00Z"})",
        R"({"dateTime":"2026-12-01T23:59:60Z"})",
        R"({"dateTime":"2026-12-01T10:00:00+14:00"})",
        R"({"dateTime":"2026-12-01T10:00:00+25:00"})",
        R"({"dateTime":"2026-12-01T10:00:00-99:99"})",
        R"({"dateTime":"2026-12-01T10:00:00"})",
        R"({"dateTime":"2026-12-01T10:00:00","timeZone":"Nowhere/City"})",
        R"({"dateTime":"2026-12-01T10:00:00","timeZone":"Etc/GMT+5"})",
        R"({"dateTime":"2026-12-01T10:00:00","timeZone":"US/Pacific-New"})",
        R"({"dateTime":"2026-12-01T10:00:00","timeZone":"../../etc/passwd"})",
        R"({"dateTime":"2026-03-29T02:30:00","timeZone":"Europe/Berlin"})",
        R"({"dateTime":"2026-10-25T02:30:00","timeZone":"Europe/Berlin"})",
        R"({"dateTime":"0001-01-01T00:00:00Z"})",
        R"({"dateTime":"9999-12-31T23:59:59Z"})",
        R"({"dateTime":"2026-12-01T10:00:00.123456789Z"})",
        R"({"dateTime":"2026-12-01t10:00:00z"})",
        R"({"dateTime":"2026-12-01 10:00:00Z"})",
        R"({"dateTime":"now"})"};
    for (const std::string& start : moments)
      for (const std::string& end : moments)
        for (const char* more : {"", R"(,"recurrence":["RRULE:FREQ=YEARLY"])"}) {
          if (*more != 0 && start != end) continue;
          const std::string body =
              R"({"summary":"A","start":)" + start + R"(,"end":)" + end + more + "}";
          well_answered(insert_text(p, body), body);
        }
    EXPECT_EQ(p.events("?maxResults=2500").status, 200);
    EXPECT_EQ(
        p.events(
             "?maxResults=2500&singleEvents=true&orderBy=startTime&timeMax=2030-01-01T00:00:00Z")
            .status,
        200);
    for (const char* bound : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "now", "2026-12-01",
                              "2026-12-01T00:00:00+99:99"})
      for (const char* name : {"timeMin", "timeMax", "updatedMin"})
        well_answered(p.events(std::string("?singleEvents=true&") + name + "=" + escape(bound)),
                      bound);
  });
  add("rules: refused, or they can be listed and expanded", [](Own& p) {
    for (const std::string& rule :
         {std::string("RRULE:FREQ=DAILY;COUNT=0"),
          std::string("RRULE:FREQ=DAILY;COUNT=1000000000"),
          std::string("RRULE:FREQ=DAILY;UNTIL=20200101"),
          std::string("RRULE:FREQ=DAILY;UNTIL=20261231"),
          std::string("RRULE:FREQ=DAILY;INTERVAL=0"),
          std::string("RRULE:FREQ=DAILY;INTERVAL=1000000000"),
          std::string("RRULE:FREQ=DAILY;INTERVAL=-1"),
          std::string("RRULE:FREQ=YEARLY;BYDAY=54MO"),
          std::string("RRULE:FREQ=YEARLY;BYDAY=-54MO"),
          std::string("RRULE:FREQ=MONTHLY;BYMONTHDAY=-31"),
          std::string("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
          std::string("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"),
          std::string("RRULE:FREQ=SECONDLY"),
          std::string("RRULE:FREQ=MINUTELY"),
          std::string("RRULE:FREQ=HOURLY"),
          std::string("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261231T000000Z"),
          std::string("EXRULE:FREQ=DAILY"),
          std::string("RDATE;VALUE=PERIOD:20261201T090000Z/PT1H"),
          std::string("RDATE:20261205T090000Z"),
          std::string("EXDATE:20261201T080000Z"),
          std::string("EXDATE;TZID=Nowhere/City:20261202T090000"),
          "EXDATE:" + times("20261202T080000Z,", 10'000) + "20261203T080000Z",
          std::string("RRULE:FREQ=DAILY\r\nRRULE:FREQ=WEEKLY"),
          std::string("RRULE:FREQ=DAILY\nX-EVIL:1"),
          std::string("rrule:freq=daily;count=3"),
          std::string("RRULE:FREQ = DAILY"),
          std::string(" RRULE:FREQ=DAILY"),
          std::string("RRULE:FREQ=DAILY;UNKNOWN=1"),
          std::string("RRULE:"),
          std::string("RRULE"),
          std::string(""),
          std::string("RRULE:FREQ="),
          "RRULE:FREQ=DAILY;BYDAY=" + times("MO,", 20'000) + "TU",
          std::string("RRULE:FREQ=YEARLY;BYSETPOS=367;BYMONTH=1"),
          std::string("RRULE:FREQ=DAILY;BYHOUR=25"),
          std::string("RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO"),
          std::string("RRULE:FREQ=YEARLY;BYYEARDAY=366"),
          std::string("RRULE:FREQ=WEEKLY;WKST=XX")}) {
      const Answer made = p.insert(daily("S", rule));
      well_answered(made, rule);
      if (made.status != 200) continue;
      well_answered(
          p.get(std::string(kEvents) + "/" + made.text("id") + "/instances?maxResults=2500"), rule);
      EXPECT_EQ(p.events("?singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2030-01-01T00:00:"
                         "00Z&maxResults=2500")
                    .status,
                200)
          << rule.substr(0, 100);
      well_answered(p.remove(std::string(kEvents) + "/" + made.text("id")), rule);
    }
    Json many = daily("S");
    many.set("recurrence", Json::array({"RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"}));
    well_answered(p.insert(many), "two rules");
  });
  add("guests: none, twice, without address, 320 characters, 5000 of them", [](Own& p) {
    const std::string rest = R"("start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"}})";
    std::string many;
    for (int i = 0; i < 5'000; ++i)
      many += (i == 0 ? "" : ",") + std::string("{\"email\":\"g") + std::to_string(i) +
              "@example.org\"}";
    for (const std::string& list :
         {std::string("[]"), std::string("[{}]"), std::string(R"([{"displayName":"nobody"}])"),
          std::string(R"([{"email":"A@example.org"},{"email":"a@EXAMPLE.org"}])"),
          std::string(R"([{"email":"a+b@example.org"}])"),
          std::string(R"([{"email":"jürgen@müller.example"}])"),
          std::string(R"([{"email":"\"a b\"@x.example"}])"), std::string(R"([{"email":"@"}])"),
          std::string(R"([{"email":"a@example.org","responseStatus":"perhaps"}])"),
          std::string(
              R"([{"email":"a@example.org","self":true},{"email":"b@example.org","self":true}])"),
          std::string(R"([{"email":"a@example.org","additionalGuests":-1}])"),
          "[{\"email\":\"" + times("a", 320) + "@example.org\"}]", "[" + many + "]",
          "[{\"email\":\"" + p.me.email +
              "\",\"organizer\":true,\"responseStatus\":\"declined\"}]"})
      well_answered(insert_text(p, "{\"attendees\":" + list + "," + rest), list);
    EXPECT_EQ(p.events().status, 200);
  });
}

void address_checks(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back({"hostile", fact, guessed, std::move(run)});
  };
  add("ids in paths: dots, slashes, controls, quotes, a thousand and more characters, what is no "
      "UTF-8",
      [](Own& p) {
        for (const std::string& id : {std::string("."),
                                      std::string(".."),
                                      std::string("%2e%2e"),
                                      std::string("a%2Fb"),
                                      std::string("a%23b"),
                                      std::string("%00"),
                                      std::string("%0d%0aX:1"),
                                      std::string("%ff"),
                                      std::string("%22%27%3Cscript%3E"),
                                      std::string("%zz"),
                                      std::string("%"),
                                      std::string("ABC"),
                                      std::string("_20261201T080000Z"),
                                      std::string("a_20269999T999999Z"),
                                      std::string("a_R"),
                                      std::string("a_R20261201T080000_20261201T080000Z"),
                                      times("a", 1'025),
                                      times("a", 5'000),
                                      std::string("primary"),
                                      std::string("*")})
          for (const char* method : {"GET", "PUT", "PATCH", "DELETE"}) {
            const std::string body = std::string_view(method) == "PUT"     ? timed("A").dump()
                                     : std::string_view(method) == "PATCH" ? "{}"
                                                                           : "";
            well_answered(p.call(method, std::string(kEvents) + "/" + id, body), id);
            well_answered(
                p.call(method, "/calendars/" + id, body.empty() ? "" : "{\"summary\":\"S\"}"), id);
            well_answered(
                p.call(
                    method, "/calendars/primary/acl/" + id,
                    body.empty() ? "" : "{\"role\":\"reader\",\"scope\":{\"type\":\"default\"}}"),
                id);
            well_answered(p.call(method, "/users/me/calendarList/" + id, body.empty() ? "" : "{}"),
                          id);
          }
        for (const std::string& id :
             {std::string("UPPER"), std::string("with space"), std::string("wxyz1"),
              std::string("a"), times("a", 1'025), std::string("äöü55"), std::string("../x")}) {
          Json body = timed("A");
          body.set("id", id);
          well_answered(p.insert(body), id);
        }
        lives(p);
      });
  add("etags and tokens that are none", [](Own& p) {
    const std::string id = p.insert(timed("A")).text("id");
    for (const std::string& etag :
         {std::string("W/\"1\""), std::string("\""), std::string("1"), std::string("\"1\",\"2\""),
          times("x", 8'000), std::string("\"\xff\"")}) {
      well_answered(
          p.patch(std::string(kEvents) + "/" + id, js("{'summary':'B'}"), {{"If-Match", etag}}),
          etag);
      well_answered(p.get(std::string(kEvents) + "/" + id, {{"If-None-Match", etag}}), etag);
    }
    for (const std::string& token :
         {std::string("x"), std::string("%00"), std::string("%ff%fe"), times("a", 8'000),
          p.sync_token() + "x", p.sync_token().substr(1)})
      for (const char* name : {"syncToken", "pageToken"})
        for (const char* path :
             {kEvents, "/users/me/calendarList", "/calendars/primary/acl", "/users/me/settings"})
          well_answered(p.get(std::string(path) + "?" + name + "=" + token), token);
    lives(p);
  });
  add("parameters: twice, empty, beyond numbers, masks of a thousand brackets", [](Own& p) {
    for (const std::string& query :
         {std::string("maxResults=0"), std::string("maxResults=-1"),
          std::string("maxResults=99999999999999999999"), std::string("maxResults=x"),
          std::string("maxResults="), std::string("maxResults=1&maxResults=2"),
          std::string("orderBy=size"), std::string("singleEvents=maybe"),
          std::string("timeZone=Nowhere"), std::string("eventTypes=party"),
          std::string("privateExtendedProperty=x"), std::string("privateExtendedProperty=%3D"),
          std::string("q=%00"), "fields=" + times("items(", 1'000),
          "fields=" + times("a/", 3'000) + "a", "fields=" + times("a,", 5'000) + "a",
          std::string("&&&=&="), std::string("alt=media"), "q=" + times("x", 10'000)})
      well_answered(p.events("?" + query), query);
    lives(p);
  });
  add("HTTP that is none: refused or closed, never served, and the next request is", [](Own& p) {
    const std::string start =
        "GET /calendar/v3/colors HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + p.me.token +
        "\r\n";
    for (const std::string& request :
         {start + times("X-Header: y\r\n", 10'000) + "\r\n",
          start + "X: " + times("y", 1 << 20) + "\r\n\r\n", std::string("GET / HTTP/0.9\r\n\r\n"),
          std::string("GET /calendar/v3/colors HTTP/2.0\r\nHost: a\r\n\r\n"),
          std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), start + "Content-Length: -1\r\n\r\n",
          start + "Content-Length: 99999999999999999999\r\n\r\n",
          start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
          start + "Transfer-Encoding: gzip\r\n\r\n",
          std::string("\x16\x03\x01\x02\x00\x01", 6) + "hello\r\n\r\n", std::string("GET\r\n\r\n"),
          std::string(" / HTTP/1.1\r\n\r\n"), start + "Host: b\r\n\r\n",
          std::string("GET /calendar/v3/colors HTTP/1.1\r\n\r\n"), times("\r\n", 10'000)}) {
      const RawAnswer answer = raw_exchange(p.base, request, std::chrono::milliseconds{300});
      EXPECT_EQ(answer.bytes.find(" 200 OK"), std::string::npos) << request.substr(0, 120);
    }
    lives(p);
  });
  add("a thousand pipelined requests are answered in order", [](Own& p) {
    const std::string one =
        "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
        p.me.token + "\r\n";
    const RawAnswer answer =
        raw_exchange(p.base, times(one + "\r\n", 999) + one + "Connection: close\r\n\r\n");
    std::size_t served = 0;
    for (std::size_t at = answer.bytes.find(" 200 OK"); at != std::string::npos;
         at = answer.bytes.find(" 200 OK", at + 1))
      ++served;
    EXPECT_EQ(served, 1'000u);
  });
  add("the token endpoint and the controls with nonsense", [](Emulated& p) {
    const std::array<std::string, 8> bodies{
        "",
        "{",
        "a=%zz",
        "grant_type=authorization_code&client_id=x&code=" + times("c", 10'240),
        "grant_type=refresh_token&client_id=x&refresh_token=%00",
        times("a=b&", 50'000),
        times("[", 100'000),
        "\xff\xfe"};
    for (const std::string& body : bodies)
      for (const char* path : {"/token", "/revoke", "/tokeninfo", "/o/oauth2/v2/auth"}) {
        const Answer answer =
            p.raw("POST", path, body, {{"Content-Type", "application/x-www-form-urlencoded"}});
        EXPECT_GE(answer.status, 400) << path << " " << body.substr(0, 60);
        EXPECT_LT(answer.status, 500) << path << " " << body.substr(0, 60);
      }
    for (const char* path : {"/accounts", "/clients", "/tokens", "/faults", "/push", "/push/send",
                             "/series", "/groups", "/clock", "/doors", "/nonsense"})
      for (const char* body :
           {"{", "[]", "7", "\"x\"", "null", "{\"email\":7}", "{\"effect\":[],\"match\":7}",
            "{\"advance\":\"x\",\"lose\":\"y\"}", "{\"members\":{},\"email\":[]}"}) {
        const Answer answer = p.raw("POST", std::string("/_emulator") + path, body);
        EXPECT_NE(answer.status, 0) << path << " " << body;
        EXPECT_LT(answer.status, 500) << path << " " << body;
      }
    (void)p.control("POST", "/push", js("{}"));
    lives(p);
  });
}

}  // namespace

void hostile_checks(Checks& checks) {
  json_checks(checks);
  value_checks(checks);
  address_checks(checks);
}

}  // namespace contract
