// An open transaction of the CRM's database, in which the hosting library executes statements of
// its own. The CRM begins and ends it; the library never does. So what the library writes about an
// appointment is committed together with the appointment, or not at all: when the process dies at
// any moment, the two never differ.
//
// Ready-made for SQLite: crm_hosting::transaction_on (sqlite.hpp). For another database, implement
// execute.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host_api/cpp/result.hpp"

namespace hosting {

// A value of a statement or of a row: NULL, an integer or a text (UTF-8, without NUL). On
// PostgreSQL bind an integer as int8 and a text as text; int2, int4 and int8 come back as integers.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string>;
using SqlValues = std::vector<SqlValue>;
using SqlRows = std::vector<SqlValues>;

// 0 and "" for a value of another kind.
std::int64_t integer_of(const SqlValue& value);
std::string text_of(const SqlValue& value);

// [one thread at a time; the thread that began it]
class CrmTransaction {
 public:
  CrmTransaction() = default;
  CrmTransaction(const CrmTransaction&) = delete;
  CrmTransaction& operator=(const CrmTransaction&) = delete;
  virtual ~CrmTransaction() = default;

  // Executes one statement of the library on the connection of this transaction and returns all its
  // rows. The statement is valid SQL of SQLite (3.35 or newer) and of PostgreSQL (12 or newer); ?1,
  // ?2, ... stand for the values (on PostgreSQL: $1, $2, ...), each of which may appear more than
  // once; no ? is inside a quoted text. NULL may be bound without a type. It names only tables that
  // begin with hosting_. Errors: unavailable (disk full, connection lost, deadlock) or internal;
  // invalid: the text is not exactly one statement. The work that gets one returns it, so that the
  // transaction is rolled back.
  virtual crm::Result<SqlRows> execute(std::string_view statement, const SqlValues& values) = 0;

  // Called by the library: `action` tells plugins of a change and must run after the commit. An
  // adapter with a hook of its own overrides it; otherwise committed() runs what was given.
  virtual void after_commit(std::function<void()> action);
  // Call it right after a successful COMMIT, on any thread. Without it, or when the process dies
  // before, nothing is lost: plugins find the change when they next look at the feed, only later.
  // After a rollback call nothing.
  void committed();

  // The plugin on whose behalf the library writes; "" for users. The library sets it.
  const std::string& origin() const { return origin_; }
  void set_origin(std::string plugin) { origin_ = std::move(plugin); }

 private:
  std::string origin_;
  std::vector<std::function<void()>> actions_;
};

}  // namespace hosting
