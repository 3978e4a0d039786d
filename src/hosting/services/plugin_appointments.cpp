#include "src/hosting/services/plugin_appointments.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <shared_mutex>
#include <span>
#include <utility>

#include "src/common/base/id.hpp"
#include "src/common/base/lists.hpp"
#include "src/hosting/services/calendar_access.hpp"
#include "src/hosting/services/event_shape.hpp"
#include "src/hosting/services/plugin_calendars.hpp"
#include "src/hosting/storage/value_list.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxBatch = 500, kMaxOpId = 256;
// Operations whose appointments are in memory together.
constexpr std::size_t kReadAhead = 64;
constexpr std::size_t kAnswersAtOnce = 16;  // rows of a statement
constexpr std::uint32_t kMaxPage = 2500;
// A reader who has seen everything.
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

OperationResult failed(Code code, std::string message) {
  return {code, "", std::move(message)};
}

OperationResult failed(const Error& error) {
  return failed(error.code, error.message);
}

// Errors of one operation; after any other the whole batch is rolled back.
bool concerns_one_operation(const Error& error) {
  return error.code == Code::invalid || error.code == Code::not_found ||
         error.code == Code::conflict || error.code == Code::denied;
}

Error no_appointment() {
  return {Code::not_found, "there is no such appointment", {}};
}

Error wrong_limit() {
  return {Code::invalid, "limit: 1 to 2500", {}};
}

FeedEntry entry_of(EventDocument document, const std::string& notify) {
  FeedEntry entry;
  document.notify = notify;
  entry.id = document.id;
  entry.document = std::move(document);
  return entry;
}

FeedEntry deletion_of(const ChangedAppointment& row) {
  const bool moved = row.kind == AppointmentChange::Kind::moved;
  return {moved ? FeedEntry::Kind::moved : FeedEntry::Kind::deleted,
          row.id,
          {},
          row.moved_to,
          row.notify};
}

}  // namespace

// What the operations of one call share.
struct PluginAppointments::Batch {
  CrmTransaction& transaction;
  std::string plugin;
  CalendarAccess& access;
  // The revisions that operations were answered with, by op_id: before, or in this batch.
  std::map<std::string, std::string> answers = {};
  // Those of this batch that are not stored yet.
  std::vector<std::string> unstored = {};
  // The appointments that no operation of this batch has touched yet; nullopt: there is none.
  std::map<std::string, std::optional<EventDocument>> untouched = {};
};

namespace {

using Answers = std::map<std::string, std::string>;  // revisions by op_id

// Executes `statement`, which ends with "IN ", for these operations of the plugin, which is ?1.
Result<SqlRows> execute_for(CrmTransaction& transaction, const std::string& statement,
                            const std::string& plugin, std::span<const std::string> op_ids) {
  SqlRows all;
  TRY_VOID(gcal::base::in_lists(op_ids, [&](const std::vector<std::string>& list) -> Result<> {
    SqlValues values{plugin};
    values.insert(values.end(), list.begin(), list.end());
    TRY(SqlRows rows, transaction.execute(statement + placeholders(2, list.size()), values));
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
    return {};
  }));
  return all;
}

// The answers that are stored for these operations.
Result<Answers> read_answers(CrmTransaction& transaction, const std::string& plugin,
                             std::span<const std::string> op_ids) {
  TRY(const SqlRows rows,
      execute_for(transaction,
                  "SELECT op_id, revision FROM hosting_answers WHERE plugin=?1 AND op_id IN ",
                  plugin, op_ids));
  Answers answers;
  for (const SqlValues& row : rows) answers[text_of(row[0])] = text_of(row[1]);
  return answers;
}

std::optional<OperationResult> answer_of(const Answers& answers, const std::string& op_id) {
  const auto found = answers.find(op_id);
  if (found == answers.end()) return std::nullopt;
  return OperationResult{Code::ok, found->second, ""};
}

bool is_op_id(const std::string& text) {
  return !text.empty() && text.size() <= kMaxOpId;
}

}  // namespace

Result<std::map<std::string, EventDocument>> PluginAppointments::load(
    CrmTransaction& transaction, const std::vector<std::string>& ids) const {
  std::map<std::string, EventDocument> documents;
  if (ids.empty()) return documents;
  TRY(const auto texts, crm_.load(transaction, ids));
  for (const std::string& text : texts) {
    TRY(EventDocument document, EventDocument::parse(text));
    std::string id = document.id;
    documents.insert_or_assign(std::move(id), std::move(document));
  }
  return documents;
}

// What was changed since the reading began comes with the later readings, so it is left out here:
// nothing is reported twice.
Result<FeedPage> PluginAppointments::first_reading(CrmTransaction& transaction,
                                                   const std::string& calendar,
                                                   FeedPosition position,
                                                   std::uint32_t limit) const {
  TRY(std::vector<std::string> ids,
      crm_.appointments_of(transaction, calendar, position.after, limit + 1));
  const bool more_ids = ids.size() > limit;
  if (more_ids) ids.resize(limit);
  // The epoch, and whether anything changed since the reading began.
  TRY(const ChangedAppointments now,
      ChangeFeed::appointments(transaction, calendar, {position.start, position.start, false, {}},
                               1));
  TRY(auto documents, load(transaction, ids));
  FeedPage page;
  for (const std::string& id : ids) {
    const auto found = documents.find(id);
    if (found == documents.end() || found->second.calendar != calendar) continue;
    TRY(const ChangedAppointment newest, ChangeFeed::newest(transaction, calendar, id, 0));
    if (newest.seq > position.start) continue;
    page.changes.push_back(entry_of(std::move(found->second), newest.notify));
  }
  if (more_ids) {
    position.after = ids.back();
  } else {
    position = {position.start, position.start, false, {}};
    if (now.rows.empty()) position.seq = position.start = now.counter;
  }
  page.more = more_ids || !now.rows.empty();
  page.cursor = ChangeFeed::cursor(now.epoch, calendar, position);
  return page;
}

// A document may be newer than its row, which then comes again; one that is gone or elsewhere by
// now has a newer row, which comes later.
Result<FeedPage> PluginAppointments::later_reading(CrmTransaction& transaction,
                                                   const std::string& calendar,
                                                   const FeedPosition& position,
                                                   std::uint32_t limit) const {
  using Kind = AppointmentChange::Kind;
  TRY(ChangedAppointments changed,
      ChangeFeed::appointments(transaction, calendar, position, limit + 1));
  FeedPage page;
  page.more = changed.rows.size() > limit;
  if (page.more) changed.rows.resize(limit);
  std::vector<std::string> ids;
  for (const ChangedAppointment& row : changed.rows)
    if (row.kind == Kind::saved) ids.push_back(row.id);
  TRY(auto documents, load(transaction, ids));
  for (const ChangedAppointment& row : changed.rows) {
    changed.position.seq = row.seq;
    if (row.kind != Kind::saved) {
      page.changes.push_back(deletion_of(row));
      continue;
    }
    const auto found = documents.find(row.id);
    if (found == documents.end() || found->second.calendar != calendar) continue;
    page.changes.push_back(entry_of(std::move(found->second), row.notify));
  }
  if (!page.more) changed.position.seq = changed.position.start = changed.counter;
  page.cursor = ChangeFeed::cursor(changed.epoch, calendar, changed.position);
  return page;
}

Result<FeedPage> PluginAppointments::changes(std::string_view plugin, std::string_view calendar,
                                             std::string_view cursor, std::uint32_t limit) const {
  if (limit < 1 || limit > kMaxPage) return wrong_limit();
  TRY(CalendarAccess access, CalendarAccess::open(context_, crm_, plugin, true));
  FeedPage page;
  TRY_VOID(crm_.read([&](CrmTransaction& transaction) -> Result<> {
    const std::string id(calendar);
    TRY(const auto rights, access.of(transaction, id));
    if (!rights.read) return no_calendar();
    TRY(const FeedPosition position, ChangeFeed::position(transaction, id, cursor));
    if (position.listing) {
      TRY(page, first_reading(transaction, id, position, limit));
    } else {
      TRY(page, later_reading(transaction, id, position, limit));
    }
    return {};
  }));
  return page;
}

Result<std::vector<EventDocument>> PluginAppointments::get(
    std::string_view plugin, const std::vector<std::string>& ids) const {
  if (ids.size() > kMaxBatch) return Error{Code::invalid, "at most 500 ids", {}};
  TRY(CalendarAccess access, CalendarAccess::open(context_, crm_, plugin, true));
  std::vector<EventDocument> found;
  TRY_VOID(crm_.read([&](CrmTransaction& transaction) -> Result<> {
    found.clear();
    TRY(const auto documents, load(transaction, ids));
    for (const auto& id : ids) {
      const auto document = documents.find(id);
      if (document == documents.end()) continue;
      TRY(const auto rights, access.of(transaction, document->second.calendar));
      if (!rights.read) continue;
      found.push_back(document->second);
      TRY(const ChangedAppointment newest,
          ChangeFeed::newest(transaction, document->second.calendar, id, kNewest));
      found.back().notify = newest.notify;
    }
    return {};
  }));
  return found;
}

Result<OperationResult> PluginAppointments::save(Batch& batch, const Operation& operation,
                                                 const EventDocument* before,
                                                 std::string_view calendar) {
  Json document = Json::object(
      {{"id", operation.id},
       {"calendar", calendar},
       {"event",
        before && operation.kind == Operation::Kind::move ? before->event : operation.event}});
  if (operation.records && operation.kind == Operation::Kind::put)
    document.set("records", operation.records->to_json());
  std::optional<std::string> if_revision;
  if (before) if_revision = before->revision;
  const auto revision = crm_.save(batch.transaction, document.dump(), if_revision);
  if (revision) return OperationResult{Code::ok, *revision, ""};
  if (concerns_one_operation(revision.error())) return failed(revision.error());
  return revision.error();
}

// Everything is checked before the first statement writes, so a refused operation leaves no trace
// in the transaction of the batch.
Result<OperationResult> PluginAppointments::execute(Batch& batch, const Operation& operation) {
  using Kind = Operation::Kind;
  if (operation.kind == Kind::put)
    if (const Result<> checked = check_event(operation.event); !checked)
      return failed(checked.error());
  TRY(const auto document, document_of(batch, operation.id));
  const EventDocument* stored = document ? &*document : nullptr;
  if (operation.kind == Kind::put && !operation.if_revision) {
    if (stored) return failed(Code::conflict, "an appointment with this id exists");
    if (operation.calendar.empty()) return failed(Code::invalid, "calendar: missing");
    TRY(const auto rights, batch.access.of(batch.transaction, operation.calendar));
    if (!rights.write) return failed(no_calendar());
    return save(batch, operation, nullptr, operation.calendar);
  }
  CalendarAccess::Rights rights;
  if (stored) {
    TRY(rights, batch.access.of(batch.transaction, stored->calendar));
  }
  if (!stored || !rights.write) return failed(no_appointment());
  if (operation.kind == Kind::link) {
    if (!operation.records) return failed(Code::invalid, "records: missing");
    TRY_VOID(crm_.link(batch.transaction, operation.id, operation.records->records()));
    TRY_VOID(context_.feed().announce(
        batch.transaction,
        {AppointmentChange::Kind::saved, operation.id, stored->calendar, rights.user}));
    return OperationResult{Code::ok, stored->revision, ""};
  }
  if (!operation.if_revision) return failed(Code::invalid, "if_revision: missing");
  if (*operation.if_revision != stored->revision)
    return failed(Code::conflict, "the appointment was changed meanwhile");
  if (operation.kind == Kind::move) {
    TRY(const auto target, batch.access.of(batch.transaction, operation.calendar));
    if (!target.write || target.user != rights.user) return failed(no_calendar());
    if (operation.calendar == stored->calendar)
      return OperationResult{Code::ok, stored->revision, ""};
    return save(batch, operation, stored, operation.calendar);
  }
  if (operation.kind == Kind::put) {
    if (!operation.calendar.empty() && operation.calendar != stored->calendar)
      return failed(Code::conflict, "the appointment is in another calendar now");
    // An event equal to the stored one gets no new revision and is no change in the feed.
    if (operation.event != stored->event) return save(batch, operation, stored, stored->calendar);
    if (operation.records)
      TRY_VOID(crm_.link(batch.transaction, operation.id, operation.records->records()));
    return OperationResult{Code::ok, stored->revision, ""};
  }
  const auto erased = crm_.erase(batch.transaction, operation.id, stored->revision);
  if (erased) return OperationResult{Code::ok, "", ""};
  if (concerns_one_operation(erased.error())) return failed(erased.error());
  return erased.error();
}

// One by one would be two round trips to the database for each operation.
Result<> PluginAppointments::read_ahead(Batch& batch, std::span<const Operation> operations) const {
  std::vector<std::string> op_ids, ids;
  for (const Operation& operation : operations)
    if (is_op_id(operation.op_id)) op_ids.push_back(operation.op_id);
  TRY(Answers answers, read_answers(batch.transaction, batch.plugin, op_ids));
  batch.answers.merge(answers);
  for (const Operation& operation : operations) {
    if (batch.answers.contains(operation.op_id) || !is_event_id(operation.id)) continue;
    if (batch.untouched.emplace(operation.id, std::nullopt).second) ids.push_back(operation.id);
  }
  TRY(auto documents, load(batch.transaction, ids));
  for (auto& [id, document] : documents) batch.untouched[id] = std::move(document);
  return {};
}

Result<std::optional<EventDocument>> PluginAppointments::document_of(Batch& batch,
                                                                     const std::string& id) const {
  if (auto known = batch.untouched.extract(id)) return std::move(known.mapped());
  TRY(auto documents, load(batch.transaction, {id}));
  const auto found = documents.find(id);
  if (found == documents.end()) return std::optional<EventDocument>();
  return std::optional<EventDocument>(std::move(found->second));
}

// In the transaction of what they answer.
Result<> PluginAppointments::store_answers(Batch& batch) const {
  const std::int64_t now = context_.clock().now().time_since_epoch().count();
  std::span<const std::string> left = batch.unstored;
  while (!left.empty()) {
    const std::size_t rows = left.size() < kAnswersAtOnce ? 1 : kAnswersAtOnce;
    std::string statement =
        "INSERT INTO hosting_answers(plugin, op_id, revision, answered_at) VALUES ";
    SqlValues values;
    for (const std::string& op_id : left.first(rows)) {
      if (!values.empty()) statement += ", ";
      statement += placeholders(values.size() + 1, 4);
      values.insert(values.end(), {batch.plugin, op_id, batch.answers[op_id], now});
    }
    TRY_VOID(batch.transaction.execute(statement + " ON CONFLICT DO NOTHING", values));
    left = left.subspan(rows);
  }
  batch.unstored.clear();
  return {};
}

// An operation that failed has no stored answer: repeated, it is performed again.
Result<OperationResult> PluginAppointments::perform(Batch& batch, const Operation& operation) {
  if (!is_op_id(operation.op_id)) return failed(Code::invalid, "op_id: 1 to 256 bytes");
  if (!is_event_id(operation.id)) return failed(Code::invalid, kNoEventId);
  if (const auto answered = answer_of(batch.answers, operation.op_id)) return *answered;
  TRY(OperationResult result, execute(batch, operation));
  if (result.status == Code::ok) {
    batch.answers[operation.op_id] = result.revision;
    batch.unstored.push_back(operation.op_id);
    return result;
  }
  // Where two writes run side by side, the first try of this operation may have been committed
  // since, and be what this one met.
  if (result.status != Code::conflict && result.status != Code::not_found) return result;
  TRY(const Answers meanwhile,
      read_answers(batch.transaction, batch.plugin, {&operation.op_id, 1}));
  return answer_of(meanwhile, operation.op_id).value_or(result);
}

Result<std::vector<OperationResult>> PluginAppointments::apply(
    std::string_view plugin, std::int64_t fence, const std::vector<Operation>& operations) {
  if (operations.size() > kMaxBatch) return Error{Code::invalid, "at most 500 operations", {}};
  TRY(CalendarAccess access, CalendarAccess::open(context_, crm_, plugin, false));
  std::vector<OperationResult> results;
  // Kept until the commit has ended: a newer run of the task begins before this transaction or
  // after it. Taken inside, as the dispatcher takes the database before the fences.
  std::shared_lock<std::shared_mutex> current;
  TRY_VOID(crm_.write([&](CrmTransaction& transaction) -> Result<> {
    if (fence != 0) {
      current = {};  // the work may run a second time
      TRY(current, context_.tasks().hold(plugin, fence));
    }
    transaction.set_origin(std::string(plugin));
    Batch batch{transaction, std::string(plugin), access};
    results.clear();
    results.reserve(operations.size());
    for (std::span<const Operation> left = operations; !left.empty();) {
      const auto these = left.first(std::min(kReadAhead, left.size()));
      TRY_VOID(read_ahead(batch, these));
      for (const Operation& operation : these) {
        TRY(OperationResult result, perform(batch, operation));
        results.push_back(std::move(result));
      }
      TRY_VOID(store_answers(batch));
      left = left.subspan(these.size());
    }
    return {};
  }));
  return results;
}

Result<> PluginAppointments::acknowledge(std::string_view plugin,
                                         const std::vector<std::string>& op_ids) {
  if (op_ids.empty()) return {};
  return crm_.write([&](CrmTransaction& transaction) -> Result<> {
    TRY_VOID(execute_for(transaction, "DELETE FROM hosting_answers WHERE plugin=?1 AND op_id IN ",
                         std::string(plugin), op_ids));
    return {};
  });
}

Result<RecordChanges> PluginAppointments::record_changes(std::string_view cursor,
                                                         std::uint32_t limit) const {
  if (limit < 1 || limit > kMaxPage) return wrong_limit();
  RecordChanges page;
  TRY_VOID(crm_.read([&](CrmTransaction& transaction) -> Result<> {
    page.changes.clear();
    TRY(ChangedRecords changed, ChangeFeed::records(transaction, cursor, limit));
    for (RecordNote& note : changed.rows) {
      const auto kind = record_kind_of(note.record.kind);
      if (kind) page.changes.push_back({*kind, note.record.id, std::move(note.addresses)});
    }
    page.cursor = ChangeFeed::cursor(changed.epoch, "", changed.position);
    page.more = changed.more;
    return {};
  }));
  return page;
}

Result<> PluginAppointments::purge() {
  return crm_.write(
      [&](CrmTransaction& transaction) { return context_.feed().purge(transaction); });
}

Result<> PluginAppointments::new_epoch() {
  const std::string epoch = gcal::base::new_id(context_.random());
  return crm_.write(
      [&](CrmTransaction& transaction) { return ChangeFeed::begin_epoch(transaction, epoch); });
}

}  // namespace hosting
