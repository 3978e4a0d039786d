#include "src/host/crm/appointment_feed.hpp"

#include <algorithm>

#include "src/host/crm/appointment_access.hpp"
#include "src/host/crm/calendar_rows.hpp"
#include "src/hosting/services/feed.hpp"

namespace host {
namespace {

using hosting::FeedCursor;

constexpr std::size_t kMaxBatch = 500, kMaxId = 128, kMaxOpId = 256;

OperationResult failed(Code code, std::string message) {
  return {code, "", std::move(message)};
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

struct SequencedEntry {
  std::int64_t seq = 0, row = 0;
  FeedEntry entry;
};

Result<> read_changed(Connection& c, std::string_view calendar, std::int64_t after,
                      std::int64_t count, std::vector<SequencedEntry>& entries) {
  return c.each(
      "SELECT seq, row, id, revision, event, split_of, CASE WHEN notify='nobody' AND loud_seq>?2 "
      "THEN loud ELSE notify END FROM events WHERE calendar=?1 AND seq>?2 ORDER BY seq LIMIT ?3",
      [&](const Row& row) -> Result<> {
        SequencedEntry entry{row.integer(0), row.integer(1), {}};
        entry.entry.id = row.text(2);
        TRY(Json event, Json::parse(row.view(4)));
        entry.entry.document = {row.text(2), std::string(calendar), row.text(3), std::move(event),
                                {},          row.text(5),           row.text(6)};
        entries.push_back(std::move(entry));
        return {};
      },
      calendar, after, count);
}

Result<> read_deleted(Connection& c, std::string_view calendar, std::int64_t after,
                      std::int64_t count, std::vector<SequencedEntry>& entries) {
  return c.each(
      "SELECT seq, event, moved_to, notify FROM tombstones WHERE calendar=?1 AND seq>?2 ORDER BY "
      "seq LIMIT ?3",
      [&](const Row& row) {
        SequencedEntry entry{row.integer(0), 0, {}};
        entry.entry.id = row.text(1);
        entry.entry.moved_to = row.text(2);
        entry.entry.notify = row.text(3);
        entry.entry.kind =
            entry.entry.moved_to.empty() ? FeedEntry::Kind::deleted : FeedEntry::Kind::moved;
        entries.push_back(std::move(entry));
      },
      calendar, after, count);
}

}  // namespace

Result<FeedPage> AppointmentFeed::changes(std::string_view plugin, std::string_view calendar_id,
                                          std::string_view text, std::uint32_t limit) const {
  if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
  return database_.read([&](Connection& c) -> Result<FeedPage> {
    TRY(const Calendar calendar, one_calendar(c, calendar_id));
    if (!plugin_may_read(c, plugin, calendar)) return no_calendar();
    TRY(FeedCursor cursor, hosting::read_cursor(c, text, "events_floor", calendar.id));
    std::vector<SequencedEntry> entries;
    const std::int64_t count = static_cast<std::int64_t>(limit) + 1;  // one more: is there more?
    TRY_VOID(read_changed(c, calendar.id, cursor.seq, count, entries));
    // During a listing, deletions from before it began are left out.
    TRY_VOID(read_deleted(c, calendar.id, std::max(cursor.seq, cursor.start), count, entries));
    std::ranges::sort(entries, {}, &SequencedEntry::seq);
    FeedPage page;
    page.more = entries.size() > limit;
    if (page.more) entries.resize(limit);
    for (SequencedEntry& entry : entries) {
      if (entry.entry.kind == FeedEntry::Kind::changed) {
        TRY(entry.entry.document.records, AppointmentStore::links_of(c, entry.row));
      }
      cursor.seq = entry.seq;
      page.changes.push_back(std::move(entry.entry));
    }
    if (!page.more) {
      TRY(cursor.seq, hosting::current_seq(c));
      cursor.start = cursor.seq;
    }
    TRY(page.cursor, hosting::write_cursor(c, cursor, calendar.id));
    return page;
  });
}

Result<std::vector<EventDocument>> AppointmentFeed::get(std::string_view plugin,
                                                        const std::vector<std::string>& ids) const {
  if (ids.size() > kMaxBatch) return Error{Code::invalid, "at most 500 ids", {}};
  return database_.read([&](Connection& c) -> Result<std::vector<EventDocument>> {
    std::vector<EventDocument> documents;
    for (const auto& id : ids) {
      TRY(const auto stored, store_.load(c, id));
      if (!stored || !plugin_may_read(c, plugin, stored->calendar)) continue;
      TRY(LinkedRecords records, AppointmentStore::links_of(c, stored->row));
      documents.push_back({stored->id, stored->calendar.id, stored->revision, stored->parsed->event,
                           std::move(records), stored->split_of, stored->notify});
    }
    return documents;
  });
}

Result<OperationResult> AppointmentFeed::create(Connection& c, std::string_view plugin,
                                                const Operation& operation) {
  const auto target = one_calendar(c, operation.calendar);
  if (!target || !plugin_may_write(c, plugin, *target))
    return failed(Code::not_found, no_calendar().message);
  const auto view = view_of(operation.event);
  if (!view) return failed(view.error().code, view.error().message);
  TRY(const std::string revision, store_.save(c, *target, operation.id, operation.event, *view,
                                              operation.records, nullptr, plugin));
  return OperationResult{Code::ok, revision, ""};
}

Result<OperationResult> AppointmentFeed::link(Connection& c, std::string_view plugin,
                                              const Operation& operation,
                                              const StoredAppointment& stored) {
  if (!operation.records) return failed(Code::invalid, "records: missing");
  TRY_VOID(AppointmentStore::write_links(c, stored.row, *operation.records));
  store_.publish_change(c, stored.calendar, stored.id, plugin);
  return OperationResult{Code::ok, stored.revision, ""};
}

Result<OperationResult> AppointmentFeed::move(Connection& c, std::string_view plugin,
                                              const Operation& operation,
                                              const StoredAppointment& stored) {
  const auto target = one_calendar(c, operation.calendar);
  if (!target || !plugin_may_write(c, plugin, *target) || target->user != stored.calendar.user)
    return failed(Code::not_found, no_calendar().message);
  OperationResult result{Code::ok, stored.revision, ""};
  if (target->id != stored.calendar.id) {
    TRY(result.revision, store_.move_to_calendar(c, stored, *target, plugin));
  }
  return result;
}

// An event equal to the stored one gets no new revision and is no change in the feed.
Result<OperationResult> AppointmentFeed::replace(Connection& c, std::string_view plugin,
                                                 const Operation& operation,
                                                 const StoredAppointment& stored) {
  if (!operation.calendar.empty() && operation.calendar != stored.calendar.id)
    return failed(Code::conflict, "the appointment is in another calendar now");
  const auto view = view_of(operation.event);
  if (!view) return failed(view.error().code, view.error().message);
  OperationResult result{Code::ok, stored.revision, ""};
  if (operation.event == stored.parsed->event) {
    if (operation.records)
      TRY_VOID(AppointmentStore::write_links(c, stored.row, *operation.records));
  } else {
    TRY(result.revision, store_.save(c, stored.calendar, stored.id, operation.event, *view,
                                     operation.records, &stored, plugin));
  }
  return result;
}

// An operation that failed has no stored answer: repeated, it is performed again.
Result<OperationResult> AppointmentFeed::perform(Connection& c, std::string_view plugin,
                                                 const Operation& operation) {
  if (operation.op_id.empty() || operation.op_id.size() > kMaxOpId)
    return failed(Code::invalid, "op_id: 1 to 256 bytes");
  if (!is_id(operation.id)) return failed(Code::invalid, "id: 1 to 128 letters, digits, - and _");
  TRY(const auto answered,
      c.text("SELECT revision FROM answers WHERE plugin=?1 AND op_id=?2", plugin, operation.op_id));
  if (answered) return OperationResult{Code::ok, *answered, ""};
  TRY(OperationResult result, execute(c, plugin, operation));
  if (result.status == Code::ok)
    TRY_VOID(c.run("INSERT INTO answers(plugin, op_id, revision, at) VALUES (?1, ?2, ?3, ?4)",
                   plugin, operation.op_id, result.revision,
                   clock_.now().time_since_epoch().count()));
  return result;
}

// Everything is checked before the first statement writes, so a refused operation leaves no trace
// in the transaction of the batch.
Result<OperationResult> AppointmentFeed::execute(Connection& c, std::string_view plugin,
                                                 const Operation& operation) {
  using Kind = Operation::Kind;
  TRY(const auto stored, store_.load(c, operation.id));
  if (operation.kind == Kind::put && !operation.if_revision) {
    if (stored) return failed(Code::conflict, "an appointment with this id exists");
    return create(c, plugin, operation);
  }
  if (!stored || !plugin_may_write(c, plugin, stored->calendar))
    return failed(Code::not_found, no_appointment().message);
  if (operation.kind == Kind::link) return link(c, plugin, operation, *stored);
  if (!operation.if_revision) return failed(Code::invalid, "if_revision: missing");
  if (*operation.if_revision != stored->revision)
    return failed(Code::conflict, "the appointment was changed meanwhile");
  if (operation.kind == Kind::move) return move(c, plugin, operation, *stored);
  if (operation.kind == Kind::put) return replace(c, plugin, operation, *stored);
  TRY_VOID(store_.erase(c, *stored, plugin));
  return OperationResult{Code::ok, "", ""};
}

Result<std::vector<OperationResult>> AppointmentFeed::apply(
    std::string_view plugin, std::int64_t fence, const std::vector<Operation>& operations,
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

Result<> AppointmentFeed::acknowledge(std::string_view plugin,
                                      const std::vector<std::string>& op_ids) {
  if (op_ids.empty()) return {};
  return database_.write([&](Connection& c) -> Result<> {
    for (const auto& op_id : op_ids)
      TRY_VOID(c.run("DELETE FROM answers WHERE plugin=?1 AND op_id=?2", plugin, op_id));
    return {};
  });
}

Result<> AppointmentFeed::purge() {
  const std::int64_t oldest = clock_.now().time_since_epoch().count() - hosting::kFeedMemoryMs;
  return database_.write([&](Connection& c) -> Result<> {
    constexpr std::string_view kFloor =
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value=CASE WHEN "
        "CAST(meta.value AS BIGINT)>CAST(excluded.value AS BIGINT) THEN meta.value ELSE "
        "excluded.value END";
    TRY(const auto events, c.integer("SELECT max(seq) FROM tombstones WHERE at<?1", oldest));
    if (events) TRY_VOID(c.run(kFloor, "events_floor", *events));
    TRY(const auto records, c.integer("SELECT max(seq) FROM record_changes WHERE at<?1", oldest));
    if (records) TRY_VOID(c.run(kFloor, "records_floor", *records));
    TRY_VOID(c.run("DELETE FROM tombstones WHERE at<?1", oldest));
    // Of plugins that ended before they settled them.
    TRY_VOID(c.run("DELETE FROM answers WHERE at<?1", oldest));
    return c.run("DELETE FROM record_changes WHERE at<?1", oldest);
  });
}

Result<> AppointmentFeed::new_epoch() {
  const std::uint64_t a = random_.next(), b = random_.next();
  return database_.write([&](Connection& c) {
    return c.run("UPDATE meta SET value=?1 WHERE key='epoch'",
                 std::to_string(a) + std::to_string(b));
  });
}

}  // namespace host
