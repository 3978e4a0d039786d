// crm.events/0: the feed of changes.
#include <atomic>
#include <map>
#include <set>

#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kHeader = "services/events.h";

struct Page {
  Json changes;
  std::string cursor;
  bool more = false;
};

Result<Page> page_of(const Suite& s, std::string_view calendar, std::string_view cursor,
                     std::uint32_t limit) {
  auto text = s.services.events.changes(calendar, cursor, limit);
  if (!text) return std::move(text).error();
  auto json = Json::parse(*text);
  if (!json) return std::move(json).error();
  return Page{(*json)["changes"], json->string("cursor"), (*json)["more"].as_bool()};
}

// Event -> its revision, for what is there; every page is followed. The number of entries in count.
Result<std::map<std::string, std::string>> list(const Suite& s, std::string_view calendar,
                                                std::uint32_t limit, std::string* end = nullptr,
                                                std::size_t* count = nullptr) {
  std::map<std::string, std::string> found;
  std::string cursor;
  for (bool more = true; more;) {
    auto page = page_of(s, calendar, cursor, limit);
    if (!page) return std::move(page).error();
    if (page->changes.items().size() > limit)
      return Error{Code::internal, "a page has more entries than its limit", {}};
    for (const Json& change : page->changes.items()) {
      found[change.string("id")] = change.string("revision");
      if (count) ++*count;
    }
    cursor = page->cursor;
    more = page->more;
  }
  if (end) *end = cursor;
  return found;
}

void check_listing(Suite& s, const std::string& calendar) {
  std::set<std::string> made;
  for (int i = 0; i < 9; ++i) {
    const std::string id = s.name("list-" + std::to_string(i));
    if (perform(s, put_operation(id, id, calendar, simple_event("listed")))) made.insert(id);
  }
  {
    Sentence is(s.report, kHeader,
                "the cursor of the page before, or empty to list everything in the calendar");
    std::size_t count = 0;
    const auto found = list(s, calendar, 2, nullptr, &count);
    if (is.succeeds(found, "a list in pages of two")) {
      is.expect(made.size() == 9 && count == 9, "9 events have " + std::to_string(count) +
                                                    " entries in a list that nothing changed");
      for (const std::string& id : made) is.expect(found->contains(id), id + " is not listed");
    }
  }
  Sentence is(s.report, kHeader, "the largest number of entries, 1 to 2500");
  is.fails(s.services.events.changes(calendar, "", 0), Code::invalid, "a limit of 0");
  is.fails(s.services.events.changes(calendar, "", 2501), Code::invalid, "a limit of 2501");
  is.succeeds(s.services.events.changes(calendar, "", 2500), "a limit of 2500");
}

void check_changes(Suite& s, const std::string& calendar) {
  std::string cursor;
  const auto before = list(s, calendar, 100, &cursor);
  const std::string id = s.name("feed");
  const auto first = perform(s, put_operation(s.name("f1"), id, calendar, simple_event("one")));
  {
    Sentence is(s.report, kHeader,
                "An object appears at most once in a page, with its newest content. Writes of "
                "`apply` appear too.");
    if (is.succeeds(before, "changes") && is.succeeds(first, "put")) {
      const auto second =
          perform(s, put_operation(s.name("f2"), id, calendar, simple_event("two"), *first));
      const auto page = page_of(s, calendar, cursor, 100);
      if (is.succeeds(second, "put") && is.succeeds(page, "changes")) {
        is.expect(page->changes.items().size() == 1,
                  "two writes of one event are the entries " + page->changes.dump());
        is.expect(page->changes[0]["document"]["event"].string("summary") == "two",
                  "the entry has not the newest content");
        cursor = page->cursor;
      }
    }
  }
  Sentence is(s.report, kHeader, "deletes an event");
  const std::string revision = event_of(s, id).string("revision");
  if (!is.succeeds(perform(s, operation("erase", s.name("f3"), id, revision)), "erase")) return;
  const auto page = page_of(s, calendar, cursor, 100);
  if (is.succeeds(page, "changes"))
    is.expect(page->changes.items().size() == 1 && page->changes[0].string("id") == id &&
                  page->changes[0]["deleted"].as_bool(),
              "an erase is the entries " + page->changes.dump());
  is.expect(event_of(s, id).is_null(), "get still has an erased event");
}

void check_cursors(Suite& s, const std::string& calendar, const std::string& other) {
  Sentence is(s.report, kHeader, "GONE if the cursor is of another calendar");
  std::string cursor;
  const auto listed = list(s, calendar, 100, &cursor);
  if (!is.succeeds(listed, "changes")) return;
  is.succeeds(s.services.events.changes(calendar, cursor, 1), "a cursor of this calendar");
  is.fails(s.services.events.changes(other, cursor, 1), Code::gone, "a cursor of another calendar");
  for (const std::string& text : {std::string("x"), std::string("\0", 1), std::string(4000, '9')})
    is.fails(s.services.events.changes(calendar, text, 1), Code::gone, "a text that is no cursor");
}

// Writers commit side by side while a reader follows the feed: an order by the beginning of a
// transaction, or by a number that was drawn before the commit, loses events here.
void check_order(Suite& s, const std::string& calendar) {
  Sentence is(s.report, kHeader,
              "by commit. After a page was returned, no change becomes visible before its cursor.");
  constexpr int kWriters = 4, kWrites = 40;
  std::atomic<int> writing = kWriters, failed = 0;
  std::map<std::string, std::string> seen;
  std::string cursor;
  Error error;
  std::atomic<bool> broken = false;
  at_once(kWriters + 1, [&](int i) {
    if (i == kWriters) {  // the reader
      for (bool last = false, more = true; more || !last;) {
        last = writing == 0;
        const auto page = page_of(s, calendar, cursor, 7);
        if (!page) {
          error = page.error();
          broken = true;
          return;
        }
        for (const Json& change : page->changes.items())
          seen[change.string("id")] = change.string("revision");
        cursor = page->cursor;
        more = page->more;
      }
      return;
    }
    for (int n = 0; n < kWrites; ++n) {
      const std::string id = s.name("w" + std::to_string(i) + "-" + std::to_string(n / 2));
      const std::string op = s.name("w" + std::to_string(i) + "-op-" + std::to_string(n));
      const std::string revision = n % 2 ? event_of(s, id).string("revision") : std::string();
      if (!perform(s, put_operation(op, id, calendar, simple_event(op), revision))) ++failed;
    }
    --writing;
  });
  is.expect(!broken, "changes failed: " + error.message);
  is.expect(failed == 0, std::to_string(failed) + " writes failed");
  const auto all = list(s, calendar, 2500);
  if (!is.succeeds(all, "changes")) return;
  for (const auto& [id, revision] : *all) {
    const auto found = seen.find(id);
    if (found == seen.end())
      is.expect(false, "the reader never saw " + id);
    else
      is.expect(found->second == revision, "the reader never saw the newest revision of " + id);
  }
}

}  // namespace

void check_feed(Suite& s) {
  const std::string calendar = make_calendar(s, "feed"), other = make_calendar(s, "feed-2");
  check_listing(s, calendar);
  check_changes(s, calendar);
  check_cursors(s, calendar, other);
  check_order(s, make_calendar(s, "feed-3"));
}

}  // namespace conformance
