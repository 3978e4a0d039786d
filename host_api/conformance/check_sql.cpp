// crm.sql/0.
#include <atomic>
#include <cstdint>
#include <limits>
#include <variant>

#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kHeader = "services/sql.h";

crm_value integer(std::int64_t value) {
  return {CRM_SQL_INTEGER, value, 0, {nullptr, 0}};
}
crm_value real(double value) {
  return {CRM_SQL_REAL, 0, value, {nullptr, 0}};
}
crm_value text(std::string_view value) {
  return {CRM_SQL_TEXT, 0, 0, crm::to_abi(value)};
}

// One cell, copied.
struct Cell {
  std::int32_t type = CRM_SQL_NULL;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};
using Rows = std::vector<std::vector<Cell>>;

// A transaction on the C table: ended by its destructor if nothing else ended it.
class Tx {
 public:
  Tx(const Suite& s, std::int32_t mode, std::int64_t fence = 0)
      : table_(static_cast<const crm_sql_0*>(s.host->service(s.host, CRM_SQL))),
        begun_(crm::call(table_->begin, s.host, mode, fence, &tx_)) {}
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;
  ~Tx() { rollback(); }

  const Result<>& begun() const { return begun_; }
  Result<Rows> exec(std::string_view sql, const std::vector<crm_value>& args = {}) {
    if (!begun_) return begun_.error();
    Rows rows;
    auto done = crm::call(table_->exec, tx_, crm::to_abi(sql), args.data(), args.size(), &collect,
                          static_cast<void*>(&rows));
    if (!done) return std::move(done).error();
    return rows;
  }
  Result<> commit() {
    if (!begun_) return begun_;
    return crm::call(table_->commit, std::exchange(tx_, nullptr));
  }
  void rollback() {
    if (begun_ && tx_) table_->rollback(std::exchange(tx_, nullptr));
  }
  const crm_sql_0* table() const { return table_; }
  crm_tx* raw() const { return tx_; }

 private:
  static void collect(void* ctx, const crm_value* values, std::size_t count) noexcept {
    std::vector<Cell> row;
    for (std::size_t i = 0; i < count; ++i)
      row.push_back({values[i].type, values[i].integer, values[i].real,
                     values[i].type == CRM_SQL_TEXT ? std::string(crm::from_abi(values[i].text))
                                                    : std::string()});
    static_cast<Rows*>(ctx)->push_back(std::move(row));
  }
  const crm_sql_0* table_;
  crm_tx* tx_ = nullptr;
  Result<> begun_;
};

Result<> run(const Suite& s, std::string_view sql, const std::vector<crm_value>& args = {},
             std::int64_t fence = 0) {
  Tx tx(s, CRM_SQL_WRITE, fence);
  auto done = tx.exec(sql, args);
  if (!done) return std::move(done).error();
  return tx.commit();
}

std::int64_t count(const Suite& s, std::string_view where) {
  Tx tx(s, CRM_SQL_READ);
  const auto rows = tx.exec("SELECT count(*) FROM conformance WHERE " + std::string(where));
  return rows && rows->size() == 1 ? (*rows)[0][0].integer : -1;
}

void check_values(Suite& s) {
  Sentence is(s.report, kHeader, "Placeholders $1, $2, ... are bound by number");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min(),
                 kMost = std::numeric_limits<std::int64_t>::max();
  is.succeeds(run(s, "INSERT INTO conformance(id, n, r, t) VALUES ($4, $2, $3, $1)",
                  {text("ä 📞 ' \n"), integer(kLeast), real(0.1), text("values")}),
              "an insert whose placeholders are not in order");
  is.succeeds(run(s, "INSERT INTO conformance(id, n, t) VALUES ($1, $2, $1)",
                  {text("twice"), integer(kMost)}),
              "an insert with a placeholder twice");
  Tx tx(s, CRM_SQL_READ);
  const auto rows =
      tx.exec("SELECT n, r, t FROM conformance WHERE id='values' OR id='twice' ORDER BY id DESC");
  if (!is.succeeds(rows, "select") || !is.expect(rows->size() == 2, "not two rows")) return;
  const auto& first = (*rows)[0];
  const auto& second = (*rows)[1];
  is.expect(first[0].type == CRM_SQL_INTEGER && first[0].integer == kLeast,
            "the least integer is another one");
  is.expect(first[1].type == CRM_SQL_REAL && first[1].real == 0.1, "0.1 is another number");
  is.expect(first[2].type == CRM_SQL_TEXT && first[2].text == "ä 📞 ' \n", "a text is another one");
  is.expect(second[0].integer == kMost, "the greatest integer is another one");
  is.expect(second[1].type == CRM_SQL_NULL, "NULL is no NULL");
  is.expect(second[2].text == "twice", "a placeholder that is used twice has two values");
}

// PostgreSQL has no text with a NUL. A text that comes back shortened would be the worst of all.
void check_nul(Suite& s) {
  Sentence is(s.report, "crm_plugin.h", "May contain NUL.");
  const std::string value("a\0b", 3);
  const auto done = run(s, "INSERT INTO conformance(id, t) VALUES ('nul', $1)", {text(value)});
  if (!done) {
    is.fails(done, Code::invalid, "an insert of a text with a NUL");
    return;
  }
  Tx tx(s, CRM_SQL_READ);
  const auto rows = tx.exec("SELECT t FROM conformance WHERE id='nul'");
  if (is.succeeds(rows, "select"))
    is.expect(rows->size() == 1 && (*rows)[0][0].text == value, "a text with a NUL came back cut");
}

void check_ends(Suite& s) {
  {
    Sentence is(s.report, kHeader, "Ends the transaction without effect.");
    Tx tx(s, CRM_SQL_WRITE);
    is.succeeds(tx.exec("INSERT INTO conformance(id) VALUES ('rolled_back')"), "insert");
    tx.rollback();
    is.expect(count(s, "id='rolled_back'") == 0, "a row that was rolled back is there");
  }
  {
    Sentence is(s.report, kHeader, "return the same status and write nothing.");
    Tx tx(s, CRM_SQL_WRITE);
    is.succeeds(tx.exec("INSERT INTO conformance(id) VALUES ('half')"), "insert");
    is.fails(tx.exec("SELEKT 1"), Code::invalid, "a wrong statement");
    is.fails(tx.exec("SELECT 1"), Code::invalid, "exec after a failure");
    is.fails(tx.commit(), Code::invalid, "commit after a failure");
    is.expect(count(s, "id='half'") == 0, "half of a transaction was written");
  }
  Sentence is(s.report, kHeader, "INVALID: the statement is wrong");
  is.fails(run(s, "SELECT no_such_column FROM conformance"), Code::invalid, "an unknown column");
  is.fails(run(s, "INSERT INTO conformance(id) VALUES ('values')"), Code::invalid,
           "a second row with a primary key");
}

void check_rows(Suite& s) {
  Sentence is(s.report, kHeader, "called once for each row of the result");
  for (int i = 0; i < 5; ++i)
    is.succeeds(run(s, "INSERT INTO conformance(id, n) VALUES ($1, $2)",
                    {text("row-" + std::to_string(i)), integer(i)}),
                "insert");
  struct Inner {
    const crm_sql_0* table;
    crm_tx* tx;
    int rows = 0, failed = 0;
  };
  Tx tx(s, CRM_SQL_WRITE);
  if (!is.succeeds(tx.begun(), "begin")) return;
  Inner inner{tx.table(), tx.raw()};
  const auto each = [](void* ctx, const crm_value* values, std::size_t) noexcept {
    auto* self = static_cast<Inner*>(ctx);
    ++self->rows;
    const crm_value row = values[0];
    self->failed += self->table->exec(self->tx, crm::to_abi("SELECT $1"), &row, 1, nullptr, nullptr,
                                      nullptr) != CRM_OK;
  };
  void (*const row)(void*, const crm_value*, std::size_t) noexcept = each;
  const auto done = crm::call(
      tx.table()->exec, tx.raw(),
      crm::to_abi("SELECT id FROM conformance WHERE id LIKE 'row-%' ORDER BY n"),
      static_cast<const crm_value*>(nullptr), std::size_t{0}, row, static_cast<void*>(&inner));
  is.succeeds(done, "a query whose rows run other statements");
  is.expect(inner.rows == 5, "row was called " + std::to_string(inner.rows) + " times for 5 rows");
  is.expect(inner.failed == 0, "a statement inside row failed");
}

void check_conflicts(Suite& s) {
  Sentence is(s.report, kHeader, "CONFLICT: roll back and run the whole transaction again");
  is.succeeds(run(s, "INSERT INTO conformance(id, n) VALUES ('counter', 0)"), "insert");
  std::atomic<int> other = 0;
  at_once(4, [&](int) {
    for (int done = 0; done < 10 && other < 10;) {
      Tx tx(s, CRM_SQL_WRITE);
      const auto read = tx.exec("SELECT n FROM conformance WHERE id='counter'");
      Result<> ended = read ? Result<>() : Result<>(read.error());
      if (read && !read->empty()) {
        const auto written = tx.exec("UPDATE conformance SET n=$1 WHERE id='counter'",
                                     {integer((*read)[0][0].integer + 1)});
        ended = written ? tx.commit() : Result<>(written.error());
      }
      if (ended)
        ++done;
      else if (ended.error().code != Code::conflict && ended.error().code != Code::unavailable)
        ++other;
    }
  });
  is.expect(other == 0, "a transaction failed otherwise than with CONFLICT or UNAVAILABLE");
  is.expect(count(s, "id='counter' AND n=40") == 1,
            "40 increments by 4 threads, read and written in one transaction each, are not 40");
}

// A transaction of a run may outlive its run. What it writes then must not count.
void check_fences(Suite& s) {
  Sentence is(s.report, kHeader,
              "If it is no longer current, the answer is CONFLICT, here or from commit.");
  Sentence events(s.report, "services/events.h", "CONFLICT for a fence that is no longer current.");
  const std::string key = s.name("fence");
  is.succeeds(s.services.tasks.schedule(key, 0, ""), "schedule");
  auto first = s.runs.take(key);
  if (!is.expect(first.has_value(), "the task did not run")) return;
  const std::int64_t old = first->fence;
  is.succeeds(run(s, "INSERT INTO conformance(id) VALUES ('fence-1')", {}, old),
              "a transaction with the fence of the present run");
  const std::string calendar = make_calendar(s, "fence");
  const auto put = [&](std::string_view id) {
    return put_operation(s.name(id), s.name(id), calendar, simple_event(id));
  };
  events.succeeds(perform(s, put("fence-1"), old), "apply with the fence of the present run");
  Tx open(s, CRM_SQL_WRITE, old);
  is.succeeds(open.exec("INSERT INTO conformance(id) VALUES ('fence-2')"), "insert");
  is.succeeds(s.services.tasks.schedule(key, 0, ""), "schedule");
  first->end();
  auto second = s.runs.take(key);
  if (!is.expect(second.has_value(), "the task did not run again")) return;
  is.fails(open.commit(), Code::conflict, "commit of the older run");
  is.expect(count(s, "id='fence-2'") == 0, "the older run has written");
  is.fails(run(s, "INSERT INTO conformance(id) VALUES ('fence-3')", {}, old), Code::conflict,
           "a transaction that begins with the fence of the older run");
  events.fails(perform(s, put("fence-2"), old), Code::conflict,
               "apply with the fence of the older run");
  events.expect(event_of(s, s.name("fence-2")).is_null(), "the older run has written");
  is.fails(run(s, "INSERT INTO conformance(id) VALUES ('fence-4')", {}, second->fence + 1'000'000),
           Code::conflict, "a fence that no run received");
  is.succeeds(run(s, "INSERT INTO conformance(id) VALUES ('fence-5')", {}, second->fence),
              "a transaction of the newer run");
  second->end();
}

}  // namespace

void check_sql(Suite& s) {
  {
    Sentence is(s.report, kHeader, "Returns CRM_SQL_SQLITE or CRM_SQL_POSTGRESQL.");
    const auto* table = static_cast<const crm_sql_0*>(s.host->service(s.host, CRM_SQL));
    const std::int32_t dialect = table->dialect(s.host);
    is.expect(dialect == CRM_SQL_SQLITE || dialect == CRM_SQL_POSTGRESQL,
              "it returns " + std::to_string(dialect));
  }
  {
    Sentence is(s.report, kHeader, "ON CONFLICT, RETURNING,");
    is.succeeds(run(s, "DROP TABLE IF EXISTS conformance"), "drop table");
    is.succeeds(run(s,
                    "CREATE TABLE conformance(id TEXT PRIMARY KEY, n BIGINT, r DOUBLE PRECISION, "
                    "t TEXT)"),
                "create table");
    Tx tx(s, CRM_SQL_WRITE);
    for (int i = 0; i < 2; ++i) {
      const auto rows = tx.exec(
          "INSERT INTO conformance(id, n) VALUES ('upsert', 1) ON CONFLICT(id) DO UPDATE SET "
          "n=conformance.n+1 RETURNING n");
      if (is.succeeds(rows, "upsert"))
        is.expect(rows->size() == 1 && (*rows)[0][0].integer == i + 1, "RETURNING is wrong");
    }
    is.succeeds(tx.commit(), "commit");
  }
  check_values(s);
  check_nul(s);
  check_ends(s);
  check_rows(s);
  check_conflicts(s);
  check_fences(s);
}

}  // namespace conformance
