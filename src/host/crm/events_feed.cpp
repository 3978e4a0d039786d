// The plugin's half of Events: the change feed and batches of conditional writes, as
// host_api/services/events.h promises them.
#include <algorithm>

#include "src/host/crm/event_rows.hpp"
#include "src/hosting/services/feed.hpp"

namespace host {
namespace {

using hosting::FeedCursor;
using hosting::kFeedMemoryMs;

constexpr std::size_t kMaxBatch = 500, kMaxId = 128, kMaxOpId = 256;

Error no_calendar() {
  return {Code::not_found, "there is no such calendar", {}};
}
OperationResult failed(Code code, std::string message) {
  return {code, "", std::move(message)};
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

}  // namespace

Result<FeedPage> Events::changes(std::string_view plugin, std::string_view calendar,
                                 std::string_view text, std::uint32_t limit) const {
  if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
  return database_.read([&](Connection& c) -> Result<FeedPage> {
    TRY(const Calendar k, one_calendar(c, calendar));
    if (!plugin_may_read(c, plugin, k)) return no_calendar();
    TRY(FeedCursor cursor, read_cursor(c, text, "events_floor"));
    struct Entry {
      std::int64_t seq = 0, row = 0;
      FeedEntry entry;
    };
    std::vector<Entry> entries;
    const std::int64_t count = static_cast<std::int64_t>(limit) + 1;
    TRY_VOID(c.each(
        "SELECT seq, row, id, revision, event FROM events WHERE calendar=?1 AND seq>?2 ORDER BY "
        "seq LIMIT ?3",
        [&](const Row& row) -> Result<> {
          Entry entry{row.integer(0), row.integer(1), {}};
          entry.entry.id = row.text(2);
          TRY(Json event, Json::parse(row.view(4)));
          entry.entry.document = {row.text(2), k.id, row.text(3), std::move(event), {}};
          entries.push_back(std::move(entry));
          return {};
        },
        k.id, cursor.seq, count));
    // While a listing runs, deletions from before it began are no news.
    TRY_VOID(c.each(
        "SELECT seq, event, moved_to FROM tombstones WHERE calendar=?1 AND seq>?2 ORDER BY seq "
        "LIMIT ?3",
        [&](const Row& row) {
          Entry entry{row.integer(0), 0, {}};
          entry.entry.id = row.text(1);
          entry.entry.moved_to = row.text(2);
          entry.entry.kind =
              entry.entry.moved_to.empty() ? FeedEntry::Kind::deleted : FeedEntry::Kind::moved;
          entries.push_back(std::move(entry));
        },
        k.id, std::max(cursor.seq, cursor.start), count));
    std::ranges::sort(entries, {}, &Entry::seq);
    FeedPage page;
    page.more = entries.size() > limit;
    if (page.more) entries.resize(limit);
    for (Entry& entry : entries) {
      if (entry.entry.kind == FeedEntry::Kind::changed) {
        TRY(entry.entry.document.records, records_of_event(c, entry.row));
      }
      cursor.seq = entry.seq;
      page.changes.push_back(std::move(entry.entry));
    }
    if (!page.more) {
      TRY(cursor.seq, current_seq(c));
      cursor.start = cursor.seq;
    }
    TRY(page.cursor, write_cursor(c, cursor));
    return page;
  });
}

Result<std::vector<EventDocument>> Events::get_documents(
    std::string_view plugin, const std::vector<std::string>& ids) const {
  if (ids.size() > kMaxBatch) return Error{Code::invalid, "at most 500 ids", {}};
  return database_.read([&](Connection& c) -> Result<std::vector<EventDocument>> {
    std::vector<EventDocument> documents;
    for (const auto& id : ids) {
      TRY(const auto stored, load(c, id));
      if (!stored || !plugin_may_read(c, plugin, stored->calendar)) continue;
      TRY(LinkedRecords records, records_of_event(c, stored->row));
      documents.push_back({stored->id, stored->calendar.id, stored->revision, stored->parsed->event,
                           std::move(records)});
    }
    return documents;
  });
}

// Everything is checked before the first statement writes, so a refused operation leaves no trace
// in the batch's transaction.
Result<OperationResult> Events::perform(Connection& c, std::string_view plugin,
                                        const Operation& operation) {
  using Kind = Operation::Kind;
  if (operation.op_id.empty() || operation.op_id.size() > kMaxOpId)
    return failed(Code::invalid, "op_id: 1 to 256 bytes");
  if (!is_id(operation.id)) return failed(Code::invalid, "id: 1 to 128 letters, digits, - and _");
  TRY(const auto answered,
      c.text("SELECT revision FROM answers WHERE plugin=?1 AND op_id=?2", plugin, operation.op_id));
  if (answered) return OperationResult{Code::ok, *answered, ""};

  TRY(const auto stored, load(c, operation.id));
  const bool creating = operation.kind == Kind::put && !operation.if_revision;
  OperationResult result{Code::ok, "", ""};
  if (creating) {
    if (stored) return failed(Code::conflict, "an appointment with this id exists");
    const auto target = one_calendar(c, operation.calendar);
    if (!target || !plugin_may_know(c, plugin, *target))
      return failed(Code::not_found, no_calendar().message);
    const auto view = view_of(operation.event);
    if (!view) return failed(view.error().code, view.error().message);
    TRY(result.revision, store(c, *target, operation.id, operation.event, *view, operation.records,
                               nullptr, plugin));
  } else {
    if (!stored || !plugin_may_know(c, plugin, stored->calendar))
      return failed(Code::not_found, "there is no such appointment");
    if (operation.kind == Kind::link) {
      if (!operation.records) return failed(Code::invalid, "records: missing");
      TRY_VOID(write_links(c, stored->row, *operation.records));
      announce(c, stored->calendar, stored->id, plugin);
      result.revision = stored->revision;
    } else {
      if (!operation.if_revision) return failed(Code::invalid, "if_revision: missing");
      if (*operation.if_revision != stored->revision)
        return failed(Code::conflict, "the appointment was changed meanwhile");
      if (operation.kind == Kind::erase) {
        TRY_VOID(remove(c, *stored, plugin));
      } else if (operation.kind == Kind::move) {
        const auto target = one_calendar(c, operation.calendar);
        if (!target || !plugin_may_know(c, plugin, *target) ||
            target->user != stored->calendar.user)
          return failed(Code::not_found, no_calendar().message);
        result.revision = stored->revision;
        if (target->id != stored->calendar.id) {
          TRY(result.revision, relocate(c, *stored, *target, plugin));
        }
      } else {
        if (!operation.calendar.empty() && operation.calendar != stored->calendar.id)
          return failed(Code::conflict, "the appointment is in another calendar now");
        const auto view = view_of(operation.event);
        if (!view) return failed(view.error().code, view.error().message);
        if (operation.event == stored->parsed->event) {  // nothing changes: no revision, no news
          if (operation.records) TRY_VOID(write_links(c, stored->row, *operation.records));
          result.revision = stored->revision;
        } else {
          TRY(result.revision, store(c, stored->calendar, stored->id, operation.event, *view,
                                     operation.records, &*stored, plugin));
        }
      }
    }
  }
  TRY_VOID(
      c.run("INSERT INTO answers VALUES (?1, ?2, ?3)", plugin, operation.op_id, result.revision));
  return result;
}

Result<std::vector<OperationResult>> Events::apply(std::string_view plugin, std::int64_t fence,
                                                   const std::vector<Operation>& operations,
                                                   const FenceCheck& fence_is_current) {
  if (operations.size() > kMaxBatch) return Error{Code::invalid, "at most 500 operations", {}};
  return database_.write([&](Connection& c) -> Result<std::vector<OperationResult>> {
    if (fence != 0 && !fence_is_current(plugin, fence))
      return Error{Code::conflict, "a newer run of this task has begun: stop", {}};
    std::vector<OperationResult> results;
    results.reserve(operations.size());
    for (const Operation& operation : operations) {
      TRY(OperationResult result, perform(c, plugin, operation));
      results.push_back(std::move(result));
    }
    return results;
  });
}

Result<> Events::settle(std::string_view plugin, const std::vector<std::string>& op_ids) {
  if (op_ids.empty()) return {};
  return database_.write([&](Connection& c) -> Result<> {
    for (const auto& op_id : op_ids)
      TRY_VOID(c.run("DELETE FROM answers WHERE plugin=?1 AND op_id=?2", plugin, op_id));
    return {};
  });
}

Result<> Events::purge() {
  const std::int64_t oldest = clock_.now().time_since_epoch().count() - kFeedMemoryMs;
  return database_.write([&](Connection& c) -> Result<> {
    constexpr std::string_view kFloor =
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value=max(value, "
        "excluded.value)";
    TRY(const auto events, c.integer("SELECT max(seq) FROM tombstones WHERE at<?1", oldest));
    if (events) TRY_VOID(c.run(kFloor, "events_floor", *events));
    TRY(const auto records, c.integer("SELECT max(seq) FROM record_changes WHERE at<?1", oldest));
    if (records) TRY_VOID(c.run(kFloor, "records_floor", *records));
    TRY_VOID(c.run("DELETE FROM tombstones WHERE at<?1", oldest));
    return c.run("DELETE FROM record_changes WHERE at<?1", oldest);
  });
}

Result<> Events::new_epoch() {
  const std::uint64_t a = random_.next(), b = random_.next();
  return database_.write([&](Connection& c) {
    return c.run("UPDATE meta SET value=?1 WHERE key='epoch'",
                 std::to_string(a) + std::to_string(b));
  });
}

}  // namespace host
