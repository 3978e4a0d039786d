// crm.events/0: the conditional writes.
#include <atomic>
#include <set>

#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kHeader = "services/events.h";

// A series with a moved and a cancelled occurrence, guests, reminders and what an organiser's
// system sets: every kind of member of schema/event.json.
Json rich_event() {
  auto event = Json::parse(R"({
    "summary": "Visit \"north\" \\ 📞 ä", "description": "line 1\nline 2\ttab",
    "location": "Köln",
    "start": {"date_time": "2031-03-03T09:00:00+01:00", "time_zone": "Europe/Berlin"},
    "end": {"date_time": "2031-03-03T10:30:00+01:00", "time_zone": "Europe/Berlin"},
    "status": "tentative", "transparency": "transparent", "visibility": "private", "color": "11",
    "attendees": [{"email": "kim@customers.example", "name": "Kim", "partstat": "accepted"},
                  {"email": "room@crm.example", "resource": true, "optional": true}],
    "reminders": [{"method": "popup", "minutes": 10}],
    "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=10", "EXDATE:20310310T080000Z"],
    "occurrences": [
      {"original_start": {"date_time": "2031-03-17T09:00:00+01:00"}, "cancelled": true},
      {"original_start": {"date_time": "2031-03-24T09:00:00+01:00"},
       "event": {"summary": "Later", "start": {"date_time": "2031-03-24T11:00:00+01:00"},
                 "end": {"date_time": "2031-03-24T12:00:00+01:00"}}}],
    "facts": {"ical_uid": "uid-1@example.com", "sequence": 3,
              "organizer_email": "kim@customers.example", "organized_by_self": false,
              "html_link": "https://example.com/e"}})");
  return event ? *event : Json();
}

Json all_day_event() {
  auto event =
      Json::parse(R"({"summary":"Fair","start":{"date":"2031-02-27"},"end":{"date":"2031-03-01"},)"
                  R"("reminders":[]})");
  return event ? *event : Json();
}

void check_put(Suite& s, const std::string& calendar) {
  {
    Sentence is(s.report, kHeader,
                "One document carries a whole series; a single appointment is a series without a "
                "recurrence rule.");
    for (const auto& [part, event] :
         {std::pair("rich", rich_event()), std::pair("day", all_day_event())}) {
      const std::string id = s.name(part);
      const auto revision = perform(s, put_operation(s.name(part), id, calendar, event));
      if (!is.succeeds(revision, "put")) continue;
      const Json document = event_of(s, id);
      is.expect(document["event"] == event,
                "the event came back as " + document["event"].dump() + " and not as it was put");
      is.expect(document.string("revision") == *revision, "get has another revision than put");
      is.expect(document.string("calendar") == calendar, "get has another calendar than put");
    }
  }
  Sentence is(
      s.report, kHeader,
      "creates (without if_revision) or replaces an event; CONFLICT if the id exists or the "
      "revision is another");
  const std::string id = s.name("put");
  const auto first = perform(s, put_operation(s.name("p1"), id, calendar, simple_event("one")));
  if (!is.succeeds(first, "put")) return;
  is.fails(perform(s, put_operation(s.name("p2"), id, calendar, simple_event("two"))),
           Code::conflict, "put without if_revision of an id that exists");
  const auto second =
      perform(s, put_operation(s.name("p3"), id, calendar, simple_event("three"), *first));
  if (!is.succeeds(second, "put with the present revision")) return;
  is.fails(perform(s, put_operation(s.name("p4"), id, calendar, simple_event("four"), *first)),
           Code::conflict, "put with an older revision");
  is.fails(perform(s, operation("erase", s.name("p5"), id, *first)), Code::conflict,
           "erase with an older revision");
  is.expect(event_of(s, id)["event"].string("summary") == "three",
            "a refused operation changed the event");
}

void check_batch(Suite& s, const std::string& calendar) {
  Sentence is(s.report, kHeader, "An operation that fails does not undo the others.");
  Sentence order(s.report, kHeader,
                 "Performs operations in one transaction of the host and writes one result for "
                 "each, in order");
  Json batch = Json::array();
  batch.push(put_operation(s.name("b1"), s.name("batch-1"), calendar, simple_event("one")));
  batch.push(put_operation(s.name("b2"), s.name("batch-1"), calendar, simple_event("two")));
  batch.push(put_operation(s.name("b3"), s.name("batch-3"), calendar, simple_event("three")));
  const auto text = s.services.events.apply(0, batch.dump());
  if (!order.succeeds(text, "apply")) return;
  const auto results = Json::parse(*text);
  if (!order.expect(results && results->items().size() == 3, "not three results: " + *text)) return;
  order.expect((*results)[0]["status"].as_integer() == CRM_OK &&
                   (*results)[1]["status"].as_integer() == CRM_CONFLICT &&
                   (*results)[2]["status"].as_integer() == CRM_OK,
               "the results are " + *text);
  is.expect(event_of(s, s.name("batch-1"))["event"].string("summary") == "one" &&
                event_of(s, s.name("batch-3"))["event"].string("summary") == "three",
            "the operations beside the failed one had no effect");
}

void check_link_and_move(Suite& s, const std::string& calendar, const std::string& other) {
  const std::string id = s.name("link");
  const auto made = perform(s, put_operation(s.name("l1"), id, calendar, simple_event("linked")));
  const auto listed = s.services.events.changes(calendar, "", 2500);
  const auto page = listed ? Json::parse(*listed) : Result<Json>(listed.error());
  {
    Sentence is(s.report, kHeader,
                "replaces the linked records; the revision stays and the feed does not report it");
    if (is.succeeds(made, "put") && is.succeeds(page, "changes")) {
      Json link = operation("link", s.name("l2"), id, "");
      link.set("records", Json::object({{"leads", Json::array()}, {"contacts", Json::array()}}));
      is.succeeds(perform(s, link), "link");
      is.expect(event_of(s, id).string("revision") == *made, "link changed the revision");
      const auto after = s.services.events.changes(calendar, page->string("cursor"), 10);
      is.expect(after && (*Json::parse(*after))["changes"].items().empty(),
                "the feed reports a link");
    }
  }
  {
    Sentence is(s.report, kHeader, "moves an event to another calendar");
    if (!is.succeeds(made, "put")) return;
    Json move = operation("move", s.name("l3"), id, *made);
    move.set("calendar", other);
    const auto moved = perform(s, move);
    if (!is.succeeds(moved, "move")) return;
    is.expect(event_of(s, id).string("calendar") == other, "get shows the old calendar");
    const auto from = s.services.events.changes(calendar, page ? page->string("cursor") : "", 2500);
    is.expect(from && from->find("\"moved\"") != std::string::npos,
              "the feed of the old calendar does not say that it moved");
    const auto into = s.services.events.changes(other, "", 2500);
    is.expect(into && into->find("\"" + id + "\"") != std::string::npos,
              "the feed of the new calendar does not have it");
    Json again = operation("move", s.name("l4"), id, *made);
    again.set("calendar", calendar);
    if (*moved != *made) is.fails(perform(s, again), Code::conflict, "move with an older revision");
  }
}

void check_repetition(Suite& s, const std::string& calendar) {
  const std::string id = s.name("again");
  const Json create = put_operation(s.name("a1"), id, calendar, simple_event("first"));
  const auto first = perform(s, create);
  {
    Sentence is(s.report, kHeader,
                "the result of a successful operation is stored with its op_id in the transaction "
                "of its effect and returned again for the same op_id, until settle");
    if (is.succeeds(first, "put")) {
      const auto second =
          perform(s, put_operation(s.name("a2"), id, calendar, simple_event("second"), *first));
      is.succeeds(second, "put");
      const auto again = perform(s, create);
      if (is.succeeds(again, "the first operation again"))
        is.expect(*again == *first, "the repeated operation has another result");
      is.expect(event_of(s, id)["event"].string("summary") == "second",
                "the repeated operation was performed a second time");
      std::atomic<int> wrong = 0;
      const Json raced = put_operation(s.name("a3"), s.name("raced"), calendar, simple_event("x"));
      std::array<std::string, 6> revisions;
      at_once(6, [&](int i) {
        const auto result = perform(s, raced);
        if (result)
          revisions[static_cast<std::size_t>(i)] = *result;
        else
          ++wrong;
      });
      is.expect(wrong == 0 && std::set(revisions.begin(), revisions.end()).size() == 1,
                "six repetitions at once have different results");
    }
  }
  {
    Sentence is(s.report, kHeader, "Failures are not stored.");
    is.fails(perform(s, put_operation(s.name("a4"), id, calendar, simple_event("x"), "no-such")),
             Code::conflict, "put with a wrong revision");
    const std::string revision = event_of(s, id).string("revision");
    is.succeeds(
        perform(s, put_operation(s.name("a4"), id, calendar, simple_event("third"), revision)),
        "the same op_id with the right revision");
  }
  {
    Sentence is(s.report, kHeader, "Unknown ones are ignored.");
    Json ids = Json::array();
    ids.push(s.name("a1"));
    ids.push(s.name("never-used"));
    is.succeeds(s.services.events.settle(ids.dump()), "settle");
    is.succeeds(s.services.events.settle(ids.dump()), "settle again");
    const auto later = perform(s, create);
    is.expect(later || later.error().code == Code::conflict,
              "after settle the operation answers neither its result nor CONFLICT");
    is.expect(event_of(s, id)["event"].string("summary") == "third",
              "after settle the operation had a second effect");
  }
}

void check_limits(Suite& s, const std::string& calendar) {
  {
    Sentence is(s.report, kHeader, "Events that do not exist are left out.");
    Json ids = Json::array();
    ids.push(s.name("put"));
    for (int i = 0; i < 499; ++i) ids.push(s.name("missing-" + std::to_string(i)));
    const auto found = s.services.events.get(ids.dump());
    if (is.succeeds(found, "get of 500 ids"))
      is.expect((*Json::parse(*found)).items().size() == 1, "get wrote " + *found);
  }
  {
    Sentence is(s.report, kHeader, "INVALID for more or other elements.");
    Json ids = Json::array();
    for (int i = 0; i < 501; ++i) ids.push(s.name("missing-" + std::to_string(i)));
    is.fails(s.services.events.get(ids.dump()), Code::invalid, "get of 501 ids");
    is.fails(s.services.events.get("[1]"), Code::invalid, "get of a number");
    is.fails(s.services.events.get("{"), Code::invalid, "get of no JSON");
    is.fails(s.services.events.apply(0, "{}"), Code::invalid, "apply of no list");
    is.fails(perform(s, operation("burn", s.name("x1"), s.name("put"), "")), Code::invalid,
             "an operation of another kind");
    is.fails(perform(s, put_operation(s.name("x2"), "a/b", calendar, simple_event("x"))),
             Code::invalid, "an id with a slash");
    is.fails(perform(s, put_operation(s.name("x3"), s.name("x3"), calendar, Json::object())),
             Code::invalid, "an event without times");
  }
  {
    Sentence is(s.report, kHeader, "at most 500 of schema/event_operations.json");
    Json batch = Json::array();
    for (int i = 0; i < 500; ++i)
      batch.push(operation("erase", s.name("e" + std::to_string(i)),
                           s.name("missing-" + std::to_string(i)), "1"));
    is.succeeds(s.services.events.apply(0, batch.dump()), "apply of 500 operations");
    batch.push(operation("erase", s.name("e500"), s.name("missing-500"), "1"));
    is.fails(s.services.events.apply(0, batch.dump()), Code::invalid, "apply of 501 operations");
  }
}

void check_revisions(Suite& s, const std::string& calendar) {
  Sentence is(s.report, kHeader, "A revision is a text that is never used twice for one event");
  const std::string id = s.name("revisions");
  std::set<std::string> seen;
  int written = 0;
  std::string revision;
  for (int life = 0; life < 2; ++life) {
    for (int i = 0; i < 20; ++i) {
      const std::string op = s.name("r" + std::to_string(life * 100 + i));
      const auto put =
          perform(s, put_operation(op, id, calendar, simple_event(i % 2 ? "A" : "B"), revision));
      if (!is.succeeds(put, "put")) return;
      revision = *put;
      seen.insert(revision);
      ++written;
    }
    const auto erased =
        perform(s, operation("erase", s.name("r" + std::to_string(life * 100 + 99)), id, revision));
    if (!is.succeeds(erased, "erase")) return;
    revision.clear();
  }
  is.expect(static_cast<int>(seen.size()) == written,
            std::to_string(written) + " writes had " + std::to_string(seen.size()) + " revisions");
}

void check_races(Suite& s, const std::string& calendar) {
  Sentence is(s.report, kHeader, "CONFLICT if the id exists or the revision is another");
  std::atomic<int> created = 0, replaced = 0, other = 0;
  const auto count = [&](const Result<std::string>& result, std::atomic<int>& done) {
    if (result)
      ++done;
    else if (result.error().code != Code::conflict && result.error().code != Code::unavailable)
      ++other;
  };
  const std::string id = s.name("race");
  at_once(6, [&](int i) {
    const std::string op = s.name("race-" + std::to_string(i));
    count(perform(s, put_operation(op, id, calendar, simple_event(op))), created);
  });
  const std::string revision = event_of(s, id).string("revision");
  at_once(6, [&](int i) {
    const std::string op = s.name("race-b" + std::to_string(i));
    count(perform(s, put_operation(op, id, calendar, simple_event(op), revision)), replaced);
  });
  is.expect(created == 1, std::to_string(created) + " of 6 creations at once succeeded");
  is.expect(replaced == 1, std::to_string(replaced) + " of 6 replacements at once succeeded");
  is.expect(other == 0, "a loser got another status than CONFLICT");
}

}  // namespace

void check_events(Suite& s) {
  const std::string calendar = make_calendar(s, "events"), other = make_calendar(s, "events-2");
  check_put(s, calendar);
  check_batch(s, calendar);
  check_link_and_move(s, calendar, other);
  check_repetition(s, calendar);
  check_limits(s, calendar);
  check_revisions(s, calendar);
  check_races(s, calendar);
}

}  // namespace conformance
