#include "src/hosting/services/change_feed.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

#include "src/common/base/fnv.hpp"
#include "src/common/base/json_array.hpp"
#include "src/hosting/services/noted_change.hpp"
#include "src/hosting/services/port_tables.hpp"

namespace hosting {
namespace {

using gcal::base::Json;
using Kind = AppointmentChange::Kind;

constexpr std::size_t kMaxAddresses = 200, kMaxKnownCalendars = 10'000;

Error foreign() {
  return {Code::gone, "the cursor is foreign or too old: list everything again", {}};
}

Result<std::int64_t> next_number(CrmTransaction& transaction) {
  TRY(const SqlRows rows,
      transaction.execute("UPDATE hosting_feed SET seq=seq+1 WHERE one=1 RETURNING seq", {}));
  if (rows.empty()) return Error{Code::internal, "the database has no change counter", {}};
  return integer_of(rows[0][0]);
}

struct Text {
  std::string epoch;
  FeedPosition position;
  std::string mark;  // of the calendar; "": none was given
};

std::string mark_of(std::string_view calendar) {
  char mark[9];
  std::snprintf(mark, sizeof mark, "%08x", static_cast<unsigned>(gcal::base::fnv1a(calendar)));
  return mark;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number < 0)
    return std::nullopt;
  return number;
}

std::optional<Text> parse_cursor(std::string_view text) {
  const auto cut = [&text]() -> std::string_view {
    const auto end = text.find('-');
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
  };
  Text cursor;
  cursor.epoch = cut();
  const std::string_view first = cut();
  const auto start = number_of(cut());
  cursor.mark = cut();
  const auto seq = first == "l" ? std::optional<std::int64_t>(0) : number_of(first);
  if (cursor.epoch.empty() || !seq || !start) return std::nullopt;
  cursor.position = {*seq, *start, first == "l", {}};
  // An id may contain the separator; nothing follows it.
  if (cursor.position.listing)
    cursor.position.after = text;
  else if (!text.empty())
    return std::nullopt;
  return cursor;
}

// The one row of the feed, as every statement here begins with it.
struct Head {
  std::string epoch;
  std::int64_t counter = 0, floor = 0;
};

Head head_of(const SqlValues& row) {
  return {text_of(row[0]), integer_of(row[1]), integer_of(row[2])};
}

bool is_valid(const Text& cursor, const Head& head, std::string_view mark) {
  const FeedPosition& at = cursor.position;
  return cursor.epoch == head.epoch && (cursor.mark.empty() || cursor.mark == mark) &&
         at.seq <= head.counter && at.start <= head.counter && at.start >= head.floor;
}

void publish(ChangeBus& bus, CrmTransaction& transaction, Change change) {
  change.origin = transaction.origin();
  transaction.after_commit([&bus, change = std::move(change)] { bus.publish(change); });
}

// What a row says of the acts of persons on its appointment, and whom they shall inform: the newest
// act, and the newest one that informs anybody, which a reader who has not seen it must not lose
// behind a silent one.
struct Wishes {
  std::string notify, loud;
  std::int64_t loud_seq = 0;
  bool is_loud = false;       // this act informs guests: it is the newest that does
  bool keeps_notify = false;  // what the row says stays, if the appointment is in the calendar
  bool keeps_loud = false;
};

// Those of an appointment that is in the calendar.
Result<Wishes> wishes_of(CrmTransaction& transaction, const std::string& calendar,
                         const std::string& id) {
  TRY(const SqlRows rows,
      transaction.execute("SELECT notify, loud, loud_seq FROM hosting_changes WHERE calendar=?1 "
                          "AND id=?2 AND kind=0",
                          {calendar, id}));
  if (rows.empty()) return Wishes{};
  return Wishes{text_of(rows[0][0]), text_of(rows[0][1]), integer_of(rows[0][2])};
}

// Writes the change under the next number. The number is taken first: its row is locked until the
// commit, so that numbers are in the order of commits. Both only write, and so need no answer of
// their own from a database behind a network.
Result<> write_row(CrmTransaction& transaction, const AppointmentChange& change,
                   const Wishes& wishes, std::int64_t now) {
  TRY_VOID(transaction.execute("UPDATE hosting_feed SET seq=seq+1 WHERE one=1", {}));
  const auto flag = [](bool value) { return std::int64_t{value ? 1 : 0}; };
  TRY_VOID(transaction.execute(
      "INSERT INTO hosting_changes(calendar, id, seq, kind, moved_to, changed_at, notify, loud, "
      "loud_seq) VALUES (?1, ?2, (SELECT seq FROM hosting_feed WHERE one=1), ?3, ?4, ?5, ?6, ?7, "
      "CASE WHEN ?8=1 THEN (SELECT seq FROM hosting_feed WHERE one=1) ELSE ?9 END) "
      "ON CONFLICT(calendar, id) DO UPDATE SET seq=excluded.seq, moved_to=excluded.moved_to, "
      "changed_at=excluded.changed_at, kind=excluded.kind, notify=CASE WHEN ?10=0 THEN "
      "excluded.notify WHEN hosting_changes.kind=0 THEN hosting_changes.notify ELSE '' END, "
      "loud=CASE WHEN ?11=0 THEN excluded.loud WHEN hosting_changes.kind=0 THEN "
      "hosting_changes.loud ELSE '' END, loud_seq=CASE WHEN ?11=0 THEN excluded.loud_seq WHEN "
      "hosting_changes.kind=0 THEN hosting_changes.loud_seq ELSE 0 END",
      {change.calendar, change.id, static_cast<std::int64_t>(change.kind), change.moved_to, now,
       wishes.notify, wishes.is_loud ? wishes.notify : wishes.loud, flag(wishes.is_loud),
       wishes.loud_seq, flag(wishes.keeps_notify), flag(wishes.keeps_loud)}));
  return {};
}

}  // namespace

Result<> ChangeFeed::create_tables(CrmTransaction& transaction, std::string_view epoch) {
  for (const std::string_view statement : kPortTables) TRY_VOID(transaction.execute(statement, {}));
  TRY_VOID(transaction.execute(
      "INSERT INTO hosting_feed(one, epoch, seq, events_floor, records_floor) VALUES "
      "(1, ?1, 0, 0, 0) ON CONFLICT(one) DO NOTHING",
      {std::string(epoch)}));
  return {};
}

Result<> ChangeFeed::begin_epoch(CrmTransaction& transaction, std::string_view epoch) {
  TRY_VOID(transaction.execute("UPDATE hosting_feed SET epoch=?1 WHERE one=1 AND epoch<>?1",
                               {std::string(epoch)}));
  return {};
}

Result<> ChangeFeed::note_changed(CrmTransaction& transaction, const AppointmentChange& change) {
  TRY_VOID(check_note(change));
  const std::int64_t now = clock_.now().time_since_epoch().count();
  if (change.kind == Kind::moved) {
    // The wishes move along.
    TRY(const Wishes wishes, wishes_of(transaction, change.calendar, change.id));
    const AppointmentChange arrival{Kind::saved, change.id, change.moved_to, change.user};
    TRY_VOID(write_row(transaction, change, {}, now));
    TRY_VOID(write_row(transaction, arrival, wishes, now));
    TRY_VOID(announce(transaction, arrival));
    return announce(transaction, change);
  }
  Wishes wishes;
  const bool by_person = transaction.origin().empty();
  if (by_person) wishes.notify = change.notify;
  if (change.kind == Kind::saved) {
    wishes.is_loud = by_person && change.notify != "nobody";
    wishes.keeps_notify = !by_person;
    wishes.keeps_loud = !wishes.is_loud;
  }
  TRY_VOID(write_row(transaction, change, wishes, now));
  return announce(transaction, change);
}

Result<std::string> ChangeFeed::plugin_of(CrmTransaction& transaction,
                                          const std::string& calendar) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = plugins_.find(calendar); known != plugins_.end()) return known->second;
  }
  TRY(const SqlRows rows,
      transaction.execute("SELECT plugin FROM hosting_calendars WHERE id=?1", {calendar}));
  if (rows.empty()) return std::string();
  const std::lock_guard lock(mutex_);
  if (plugins_.size() >= kMaxKnownCalendars) plugins_.clear();
  return plugins_[calendar] = text_of(rows[0][0]);
}

Result<> ChangeFeed::announce(CrmTransaction& transaction, const AppointmentChange& change) {
  TRY(std::string plugin, plugin_of(transaction, change.calendar));
  publish(bus_, transaction,
          {.kind = Change::Kind::event,
           .user = change.user,
           .plugin = std::move(plugin),
           .calendar = change.calendar,
           .id = change.id});
  return {};
}

Result<> ChangeFeed::note_record_changed(CrmTransaction& transaction, const RecordNote& change) {
  TRY_VOID(check_note(change));
  TRY(const std::int64_t seq, next_number(transaction));
  const auto& [kind, id] = change.record;
  TRY(const SqlRows earlier,
      transaction.execute("SELECT addresses FROM hosting_record_changes WHERE kind=?1 AND id=?2",
                          {kind, id}));
  std::set<std::string> addresses(change.addresses.begin(), change.addresses.end());
  if (!earlier.empty()) {
    TRY(const Json list, Json::parse(text_of(earlier[0][0])));
    for (const Json& address : list.items())
      if (addresses.size() < kMaxAddresses) addresses.insert(address.as_string());
  }
  const std::vector<std::string> all(addresses.begin(), addresses.end());
  TRY_VOID(transaction.execute(
      "INSERT INTO hosting_record_changes(kind, id, seq, addresses, changed_at) VALUES "
      "(?1, ?2, ?3, ?4, ?5) ON CONFLICT(kind, id) DO UPDATE SET seq=excluded.seq, "
      "addresses=excluded.addresses, changed_at=excluded.changed_at",
      {kind, id, seq, gcal::base::json_array(all).dump(),
       clock_.now().time_since_epoch().count()}));
  publish(bus_, transaction, {.kind = Change::Kind::record, .id = id, .record = kind});
  return {};
}

Result<FeedPosition> ChangeFeed::position(CrmTransaction& transaction, std::string_view calendar,
                                          std::string_view text) {
  TRY(const SqlRows rows,
      transaction.execute("SELECT epoch, seq, events_floor FROM hosting_feed WHERE one=1", {}));
  if (rows.empty()) return Error{Code::internal, "the database has no change counter", {}};
  const Head head = head_of(rows[0]);
  if (text.empty()) return FeedPosition{0, head.counter, true, {}};
  const auto cursor = parse_cursor(text);
  if (!cursor || !is_valid(*cursor, head, mark_of(calendar))) return foreign();
  return cursor->position;
}

std::string ChangeFeed::cursor(std::string_view epoch, std::string_view calendar,
                               const FeedPosition& position) {
  const std::string begin = std::string(epoch) + "-";
  const std::string mark = calendar.empty() ? std::string() : "-" + mark_of(calendar);
  if (position.listing)
    return begin + "l-" + std::to_string(position.start) + mark + "-" + position.after;
  return begin + std::to_string(position.seq) + "-" +
         std::to_string(std::max(position.seq, position.start)) + mark;
}

// One statement, so that the counter and the rows are of one moment also where two statements of a
// transaction see two.
Result<ChangedAppointments> ChangeFeed::appointments(CrmTransaction& transaction,
                                                     std::string_view calendar,
                                                     const FeedPosition& position,
                                                     std::uint32_t count) {
  // During a listing, deletions from before it began are left out.
  TRY(const SqlRows rows,
      transaction.execute(
          "SELECT f.epoch, f.seq, f.events_floor, c.id, c.seq, c.kind, c.moved_to, CASE WHEN "
          "c.notify='nobody' AND c.loud_seq>?2 THEN c.loud ELSE c.notify END FROM "
          "hosting_feed f LEFT JOIN hosting_changes c ON c.calendar=?1 AND c.seq>?2 AND "
          "(c.kind=0 OR c.seq>?3) WHERE f.one=1 ORDER BY c.seq LIMIT ?4",
          {std::string(calendar), position.seq, position.start, std::int64_t{count}}));
  if (rows.empty()) return Error{Code::internal, "the database has no change counter", {}};
  const Head head = head_of(rows[0]);
  ChangedAppointments page{{}, position, head.epoch, head.counter};
  for (const SqlValues& row : rows) {
    if (text_of(row[3]).empty()) continue;  // there are none
    page.rows.push_back({text_of(row[3]), integer_of(row[4]), static_cast<Kind>(integer_of(row[5])),
                         text_of(row[6]), text_of(row[7])});
  }
  return page;
}

Result<ChangedAppointment> ChangeFeed::newest(CrmTransaction& transaction,
                                              std::string_view calendar, std::string_view id,
                                              std::int64_t position) {
  TRY(const SqlRows rows,
      transaction.execute("SELECT seq, kind, moved_to, CASE WHEN notify='nobody' AND loud_seq>?3 "
                          "THEN loud ELSE notify END FROM hosting_changes WHERE calendar=?1 AND "
                          "id=?2",
                          {std::string(calendar), std::string(id), position}));
  ChangedAppointment newest;
  newest.id = id;
  if (rows.empty()) return newest;
  newest.seq = integer_of(rows[0][0]);
  newest.kind = static_cast<Kind>(integer_of(rows[0][1]));
  newest.moved_to = text_of(rows[0][2]);
  newest.notify = text_of(rows[0][3]);
  return newest;
}

Result<ChangedRecords> ChangeFeed::records(CrmTransaction& transaction, std::string_view text,
                                           std::uint32_t limit) {
  const auto cursor = parse_cursor(text);
  if (!text.empty() && (!cursor || cursor->position.listing)) return foreign();
  FeedPosition at = cursor ? cursor->position : FeedPosition{};
  TRY(const SqlRows rows,
      transaction.execute(
          "SELECT f.epoch, f.seq, f.records_floor, r.kind, r.id, r.seq, r.addresses FROM "
          "hosting_feed f LEFT JOIN hosting_record_changes r ON r.seq>?1 WHERE f.one=1 "
          "ORDER BY r.seq LIMIT ?2",
          {at.seq, std::int64_t{limit} + 1}));
  if (rows.empty()) return Error{Code::internal, "the database has no change counter", {}};
  const Head head = head_of(rows[0]);
  if (cursor && !is_valid(*cursor, head, "")) return foreign();
  if (!cursor) at.start = head.counter;
  ChangedRecords page{{}, at, head.epoch, rows.size() > limit};
  for (const SqlValues& row : rows) {
    if (text_of(row[4]).empty() || page.rows.size() == limit) break;
    RecordNote note{{text_of(row[3]), text_of(row[4])}, {}};
    TRY(const Json addresses, Json::parse(text_of(row[6])));
    for (const Json& address : addresses.items()) note.addresses.push_back(address.as_string());
    page.rows.push_back(std::move(note));
    page.position.seq = integer_of(row[5]);
  }
  if (!page.more) page.position.seq = page.position.start = head.counter;
  return page;
}

Result<FeedMark> ChangeFeed::head(CrmTransaction& transaction) {
  TRY(const SqlRows rows,
      transaction.execute("SELECT epoch, seq FROM hosting_feed WHERE one=1", {}));
  return rows.empty() ? FeedMark{} : FeedMark{text_of(rows[0][0]), integer_of(rows[0][1])};
}

// The floor rises in the transaction that forgets: a reader sees both or neither.
Result<> ChangeFeed::purge(CrmTransaction& transaction) {
  const std::int64_t oldest = clock_.now().time_since_epoch().count() - kDeletionsKeptMs;
  TRY(const SqlRows events, transaction.execute("SELECT coalesce(max(seq), 0) FROM hosting_changes "
                                                "WHERE kind<>0 AND changed_at<?1",
                                                {oldest}));
  TRY(const SqlRows records,
      transaction.execute(
          "SELECT coalesce(max(seq), 0) FROM hosting_record_changes WHERE changed_at<?1",
          {oldest}));
  TRY_VOID(transaction.execute(
      "UPDATE hosting_feed SET events_floor=?1 WHERE one=1 AND events_floor<?1", {events[0][0]}));
  TRY_VOID(transaction.execute(
      "UPDATE hosting_feed SET records_floor=?1 WHERE one=1 AND records_floor<?1",
      {records[0][0]}));
  TRY_VOID(
      transaction.execute("DELETE FROM hosting_changes WHERE kind<>0 AND changed_at<?1", {oldest}));
  TRY_VOID(transaction.execute("DELETE FROM hosting_record_changes WHERE changed_at<?1", {oldest}));
  // Of plugins that ended before they settled them.
  TRY_VOID(transaction.execute("DELETE FROM hosting_answers WHERE answered_at<?1", {oldest}));
  return {};
}

}  // namespace hosting
