// What has to survive the end of the host's process, however it ends. The first part leaves it, and
// the second one, in the next process, looks for it.
#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kNote = "conformance.restart";
constexpr std::int64_t kDay = 24LL * 3600 * 1000;

std::string durable_value() {
  return {"durable \0 value", 15};
}

constexpr std::string_view kPayload = "durable payload";

Json operation_of(const Suite& s, std::string_view calendar) {
  return put_operation(s.name("durable"), s.name("durable"), calendar, simple_event("durable"));
}

Result<std::int64_t> count_rows(const Suite& s) {
  auto tx = s.services.sql.begin(CRM_SQL_READ, 0);
  if (!tx) return std::move(tx).error();
  std::int64_t count = -1;
  const auto done = tx->exec("SELECT count(*) FROM conformance WHERE id='durable'", {},
                             [&](std::span<const crm_value> row) { count = row[0].integer; });
  if (!done) return done.error();
  return count;
}

// The run that holds this fence began again in the present process.
void check_old_fence(Suite& s, std::int64_t fence) {
  Sentence is(s.report, "services/sql.h",
              "If it is no longer current, the answer is CONFLICT, here or from commit.");
  auto stale = s.services.sql.begin(CRM_SQL_WRITE, fence);
  if (stale)
    is.fails(stale->commit(), Code::conflict, "commit with the fence of the process before");
  else
    is.fails(stale, Code::conflict, "begin with the fence of the process before");
}

}  // namespace

void leave_for_restart(Suite& s) {
  Sentence is(s.report, "services/tasks.h", "When the time of an entry comes, the host");
  const Services& services = s.services;
  Json note = Json::object({{"run", s.run_id}, {"account", s.account_id()}});
  const std::string calendar = make_calendar(s, "durable");
  note.set("calendar", calendar);
  is.succeeds(services.secrets.put(s.name("durable"), durable_value()), "secrets put");
  auto tx = services.sql.begin(CRM_SQL_WRITE, 0);
  if (is.succeeds(tx, "sql begin")) {
    is.succeeds(tx->exec("INSERT INTO conformance(id) VALUES ('durable')", {}), "sql exec");
    is.succeeds(tx->commit(), "sql commit");
  }
  const auto put = perform(s, operation_of(s, calendar));
  if (is.succeeds(put, "put")) note.set("revision", *put);
  const auto page = services.events.changes(calendar, "", 100);
  if (is.succeeds(page, "changes")) note.set("cursor", (*Json::parse(*page)).string("cursor"));
  is.succeeds(services.accounts.put_config(s.account_id(), R"({"kept":true})"), "put_config");
  const std::string hidden = make_calendar(s, "durable-hidden");
  note.set("hidden", hidden);
  is.succeeds(services.calendars.set_state(hidden, "hidden"), "set_state");
  is.succeeds(services.tasks.schedule(s.name("far"), services.clock.wall() + 60 * kDay, ""),
              "schedule");
  is.succeeds(services.tasks.schedule(s.name("ended"), 0, ""), "schedule");
  auto run = s.runs.take(s.name("ended"));
  if (is.expect(run.has_value(), "a task that is due did not run")) run->end();
  // This run is never answered: the process ends first.
  is.succeeds(services.tasks.schedule(s.name("open"), 0, kPayload), "schedule");
  const std::int64_t fence = s.runs.leave_open(s.name("open"));
  is.expect(fence != 0, "a task that is due did not run");
  note.set("fence", fence);
  is.succeeds(services.secrets.put(kNote, note.dump()), "secrets put");
}

void check_after_restart(Suite& s) {
  const Services& services = s.services;
  const auto text = services.secrets.get(kNote);
  const auto parsed = text ? Json::parse(*text) : Result<Json>(text.error());
  const Json note = parsed ? *parsed : Json();
  s.run_id = note.string("run");
  const std::string& calendar = note.string("calendar");
  {
    Sentence is(s.report, "services/secrets.h", "It is durable when the call returns.");
    if (!is.succeeds(text, "get")) return;
    const auto value = services.secrets.get(s.name("durable"));
    if (is.succeeds(value, "get"))
      is.expect(*value == durable_value(), "the secret came back as another one");
  }
  {
    Sentence is(s.report, "services/sql.h", "The plugin's own database");
    const auto rows = count_rows(s);
    if (is.succeeds(rows, "select"))
      is.expect(*rows == 1, "a committed row is there " + std::to_string(*rows) + " times");
  }
  {
    Sentence is(s.report, "services/accounts.h",
                "a JSON object that the host stores and does not interpret.");
    const auto account = services.accounts.get(note.string("account"));
    if (is.succeeds(account, "get"))
      is.expect((*Json::parse(*account))["config"]["kept"].as_bool(), "the account is " + *account);
  }
  {
    Sentence is(s.report, "services/calendars.h", "Sets the state of a calendar");
    const auto list = services.calendars.list(note.string("account"));
    std::string state = "missing";
    if (is.succeeds(list, "list")) {
      const auto json = Json::parse(*list);
      for (const Json& one : json->items())
        if (one.string("id") == note.string("hidden")) state = one.string("state");
      is.expect(state == "hidden", "the hidden calendar is " + state);
    }
  }
  {
    Sentence is(s.report, "services/events.h",
                "the result of a successful operation is stored with its op_id in the transaction "
                "of its effect and returned again for the same op_id, until settle");
    const auto again = perform(s, operation_of(s, calendar));
    if (is.succeeds(again, "the operation of the process before, again"))
      is.expect(*again == note.string("revision"), "it has another result now");
    is.expect(event_of(s, s.name("durable")).string("revision") == note.string("revision"),
              "the event has another revision than before");
  }
  {
    Sentence is(s.report, "services/events.h", "the cursor of the page before");
    const std::string id = s.name("after-restart");
    const auto put = perform(s, put_operation(id, id, calendar, simple_event("later")));
    const auto page = services.events.changes(calendar, note.string("cursor"), 100);
    if (is.succeeds(put, "put") && is.succeeds(page, "changes with an older process's cursor")) {
      const Json changes = (*Json::parse(*page))["changes"];
      is.expect(changes.items().size() == 1 && changes[0].string("id") == id,
                "it continues with " + changes.dump());
    }
  }
  {
    Sentence is(s.report, "services/tasks.h", "They survive a restart and a reload.");
    auto run = s.runs.take(s.name("open"), std::chrono::seconds(60));
    if (is.expect(run.has_value(),
                  "a run that the end of the process interrupted did not begin "
                  "again within a minute")) {
      is.expect(run->payload == kPayload, "it came with another payload");
      is.expect(run->fence > note["fence"].as_integer(), "its fence is not newer");
      check_old_fence(s, note["fence"].as_integer());
      run->end();
    }
    is.expect(!s.runs.has(s.name("far")), "a task of the far future ran");
    is.expect(!s.runs.has(s.name("ended")), "a task that had ended ran again");
    is.succeeds(services.tasks.cancel(s.name("far")), "cancel");
  }
  static_cast<void>(services.secrets.erase(kNote));
}

}  // namespace conformance
