#include "tests/unit/engine/store/statement_counter.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <stdexcept>
#include <tuple>

namespace gcal::support {
namespace {

struct Cost {
  std::size_t times = 0;
  std::size_t steps = 0;
};
using Statement = std::pair<std::string, std::string>;  // file, text

// Written by every thread that runs statements.
std::mutex mutex;
bool counting = false;
std::map<Statement, Cost> costs;

int on_profile(unsigned, void*, void* statement, void*) {
  auto* const one = static_cast<sqlite3_stmt*>(statement);
  const int steps = sqlite3_stmt_status(one, SQLITE_STMTSTATUS_VM_STEP, 1);
  const char* const file = sqlite3_db_filename(sqlite3_db_handle(one), "main");
  const char* const text = sqlite3_sql(one);
  const std::lock_guard lock(mutex);
  if (!counting || !text) return 0;
  Cost& cost = costs[{file ? file : "", text}];
  ++cost.times;
  cost.steps += static_cast<std::size_t>(steps);
  return 0;
}

int watch(sqlite3* connection, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(connection, SQLITE_TRACE_PROFILE, on_profile, nullptr);
}

void (*entry())() {
  return reinterpret_cast<void (*)()>(watch);
}

std::map<Statement, Cost> snapshot() {
  const std::lock_guard lock(mutex);
  return costs;
}

std::string plan_of(sqlite3* connection, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement,
                         nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(connection));
  std::string lines;
  while (sqlite3_step(statement) == SQLITE_ROW)
    lines += std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3))) + "\n";
  sqlite3_finalize(statement);
  return lines;
}

bool has_plan(const std::string& sql) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"SELECT", "INSERT", "UPDATE", "DELETE"},
      [&](const char* verb) { return sql.starts_with(verb); });
}

}  // namespace

StatementCounter::StatementCounter() {
  reset();
  counting = true;
  sqlite3_auto_extension(entry());
}

StatementCounter::~StatementCounter() {
  sqlite3_cancel_auto_extension(entry());
  const std::lock_guard lock(mutex);
  counting = false;
  costs.clear();
}

void StatementCounter::reset() {
  const std::lock_guard lock(mutex);
  costs.clear();
}

std::size_t StatementCounter::statements() const {
  std::size_t all = 0;
  for (const auto& [statement, cost] : snapshot()) all += cost.times;
  return all;
}

std::size_t StatementCounter::steps() const {
  std::size_t all = 0;
  for (const auto& [statement, cost] : snapshot()) all += cost.steps;
  return all;
}

std::string StatementCounter::most_expensive(std::size_t count) const {
  std::vector<std::tuple<std::size_t, std::size_t, std::string>> sorted;
  for (const auto& [statement, cost] : snapshot())
    sorted.emplace_back(cost.steps, cost.times, statement.second);
  std::ranges::sort(sorted, std::greater{});
  std::string text;
  for (std::size_t i = 0; i < std::min(count, sorted.size()); ++i) {
    const auto& [steps, times, sql] = sorted[i];
    text += std::to_string(steps) + " steps, " + std::to_string(times) + " times: " + sql + "\n";
  }
  return text;
}

std::vector<StatementCounter::Plan> StatementCounter::plans() const {
  std::vector<Plan> found;
  for (const auto& [statement, cost] : snapshot()) {
    const auto& [file, sql] = statement;
    if (!has_plan(sql)) continue;
    sqlite3* connection = nullptr;
    if (sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
      throw std::runtime_error("cannot open " + file);
    found.push_back({sql, plan_of(connection, sql)});
    sqlite3_close(connection);
  }
  return found;
}

}  // namespace gcal::support
