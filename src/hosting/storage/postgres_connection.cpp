#include "src/hosting/storage/postgres_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "src/hosting/storage/guest_statement.hpp"
#include "src/hosting/storage/postgres_text.hpp"
#include "src/hosting/storage/postgres_url.hpp"
#include "src/hosting/storage/postgres_values.hpp"

namespace hosting {
namespace {

using std::chrono::milliseconds;

// Longer than the server's own limits below, so that it is the server that gives up first.
constexpr milliseconds kStatementLimit{20'000}, kCommitLimit{10'000}, kRollbackLimit{5'000};
constexpr std::size_t kMaxPrepared = 512;

// Waits of libpq that a URL may set otherwise.
constexpr std::array<std::pair<const char*, const char*>, 7> kDefaults{{
    {"connect_timeout", "3"},
    {"keepalives", "1"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "5000"},
    {"target_session_attrs", "read-write"},
}};

// The server gives up a statement, a wait for a lock and a transaction that waits for us. Sent
// after the connect instead of as start-up options, which not every pool in between passes on.
constexpr std::string_view kSession =
    "SET statement_timeout='15s'; SET lock_timeout='5s'; "
    "SET idle_in_transaction_session_timeout='10s'; SET client_min_messages='error'; "
    "SET default_transaction_isolation='read committed'; SET search_path=";

struct EndParse {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

void say_nothing(void*, const char*) {}

// Of a query: 0.
std::int64_t changed_rows(const pg_result* answer) {
  auto* const result = const_cast<pg_result*>(answer);  // libpq reads it, and has no const here
  std::int64_t changed = 0;
  if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) return changed;
  const std::string_view count = PQcmdTuples(result);
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

// A schema of the server itself, or a name that the server would shorten, is none to work in.
Result<> check_schema_name(std::string_view name) {
  constexpr std::size_t kLongest = 63;
  const auto refused = [&](const char* why) {
    return Error{Code::invalid,
                 "the database: the schema \"" + std::string(name.substr(0, kLongest)) + "\" " +
                     why + ": choose a name of its own, such as crm_hosting",
                 {}};
  };
  if (name.empty()) return refused("has no name");
  if (name.size() > kLongest) return refused("and so on has more than 63 bytes");
  if (name.find('\0') != std::string_view::npos) return refused("has a NUL in its name");
  if (name.starts_with("pg_") || name == "information_schema")
    return refused("belongs to the server");
  return {};
}

// The error of a connect that failed. libpq names no SQLSTATE for it.
Error cannot_connect(std::string_view message) {
  const bool refused = message.find("authentication") != std::string_view::npos ||
                       message.find("no password supplied") != std::string_view::npos ||
                       message.find("pg_hba.conf") != std::string_view::npos ||
                       (message.find("role \"") != std::string_view::npos &&
                        message.find("does not exist") != std::string_view::npos);
  if (refused)
    return {Code::denied,
            "the database server refuses this user: check its name, the password file and "
            "pg_hba.conf (" +
                first_line(message) + ")",
            {}};
  return {Code::unavailable,
          "the database server cannot be reached: check its URL and that it runs (" +
              first_line(message) + ")",
          {}};
}

}  // namespace

Result<PostgresParameters> postgres_parameters(const PostgresPlace& place) {
  TRY_VOID(check_schema_name(place.schema));
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, EndParse> parsed(
      PQconninfoParse(place.url.c_str(), &message));
  if (!parsed) {
    // The message quotes the URL, which may have a password.
    PQfreemem(message);
    return Error{Code::invalid,
                 "the database: this is no URL of PostgreSQL; postgresql://USER@HOST/DATABASE is "
                 "expected",
                 {}};
  }
  PostgresParameters parameters;
  // What an administrator sees in pg_stat_activity.
  parameters.emplace_back("fallback_application_name", program_invocation_short_name);
  for (const auto& [name, value] : kDefaults) parameters.emplace_back(name, value);
  bool has_database = false;
  for (const PQconninfoOption* option = parsed.get(); option->keyword; ++option) {
    const std::string_view name = option->keyword;
    if (!option->val || !*option->val) continue;
    if (name == "password")
      return Error{Code::invalid,
                   "the database: a password in the URL may be read by every user of this machine: "
                   "give it apart (crm_host: --database-password-file), or use PGPASSFILE",
                   {}};
    if (name == "dbname") has_database = true;
    parameters.emplace_back(name, option->val);
  }
  if (!has_database)
    return Error{Code::invalid, "the database: postgresql://USER@HOST/DATABASE is expected", {}};
  if (!place.password.empty()) parameters.emplace_back("password", place.password);
  parameters.emplace_back("client_encoding", "UTF8");
  return parameters;
}

Result<> check_postgres_url(const std::string& url) {
  PostgresPlace place;
  place.url = url;
  TRY_VOID(postgres_parameters(place));
  return {};
}

void PostgresConnection::EndResult::operator()(pg_result* result) const {
  PQclear(result);
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::connect(
    const PostgresParameters& parameters, std::string_view schema) {
  std::vector<const char*> names, values;
  for (const auto& [name, value] : parameters) {  // the last of a name counts
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(PQconnectdbParams(names.data(), values.data(), 0)));
  if (!connection->handle_) return Error{Code::unavailable, "out of memory", {}};
  if (PQstatus(connection->handle_) != CONNECTION_OK)
    return cannot_connect(PQerrorMessage(connection->handle_));
  PQsetNoticeProcessor(connection->handle_, &say_nothing, nullptr);
  TRY_VOID(connection->script((std::string(kSession) + quoted_name(schema)).c_str()));
  return connection;
}

PostgresConnection::~PostgresConnection() {
  PQfinish(handle_);
}

int PostgresConnection::server_version() const {
  return PQserverVersion(handle_);
}

PostgresConnection::Answer PostgresConnection::receive(milliseconds limit, const OnAnswer& each) {
  auto end = Clock::now() + limit;
  Answer kept;
  while (true) {
    while (PQisBusy(handle_)) {
      const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
      pollfd socket{PQsocket(handle_), POLLIN, 0};
      const int ready = left > 0 ? ::poll(&socket, 1, static_cast<int>(left)) : 0;
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0 || !PQconsumeInput(handle_)) {
        broken_ = true;
        return nullptr;
      }
    }
    Answer answer(PQgetResult(handle_));
    const bool in_pipeline = PQpipelineStatus(handle_) != PQ_PIPELINE_OFF;
    if (!answer && in_pipeline && PQstatus(handle_) == CONNECTION_OK) continue;  // a statement ends
    if (!answer || PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) break;
    end = Clock::now() + limit;  // the server's limits are those of one statement
    if (each) each(answer.get());
    if (!kept || PQresultStatus(kept.get()) != PGRES_FATAL_ERROR) kept = std::move(answer);
  }
  if (PQstatus(handle_) != CONNECTION_OK) broken_ = true;
  return kept;
}

PostgresConnection::Answer PostgresConnection::receive_all(milliseconds limit,
                                                           const OnAnswer& each) {
  if (unanswered_ == 0) return receive(limit, each);
  unanswered_ = 0;
  if (!PQpipelineSync(handle_)) {
    broken_ = true;
    return nullptr;
  }
  Answer answer = receive(limit, each);
  if (!broken_ && !PQexitPipelineMode(handle_)) broken_ = true;
  return answer;
}

Result<> PostgresConnection::settle() {
  if (unanswered_ == 0) return {};
  const Answer answer = receive_all(kStatementLimit);
  if (!answer || PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
    return error_of(answer.get(), StatementOf::host);
  changes_ = changed_rows(answer.get());
  return {};
}

Error PostgresConnection::error_of(const pg_result* answer, StatementOf whose) {
  const char* state = answer ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : nullptr;
  const std::string_view sqlstate = state ? state : "";
  const char* primary = answer ? PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  const std::string detail = primary ? primary : first_line(PQerrorMessage(handle_));
  if (sqlstate == "25006" && reads_only_)  // not the server's state, but ours
    return {whose == StatementOf::guest ? Code::invalid : Code::internal,
            "a transaction that reads cannot write (" + detail + ")",
            {}};
  if (is_conflict(sqlstate)) conflict_ = true;
  if (ends_session(sqlstate)) broken_ = true;
  return postgres_error(sqlstate, detail, whose);
}

Result<> PostgresConnection::script(const char* sql) {
  if (broken_) return postgres_error("", "", StatementOf::host);
  TRY_VOID(settle());
  if (!PQsendQuery(handle_, sql)) {
    broken_ = true;
    return error_of(nullptr, StatementOf::host);
  }
  const Answer answer = receive(kStatementLimit);
  if (!answer || PQresultStatus(answer.get()) == PGRES_FATAL_ERROR)
    return error_of(answer.get(), StatementOf::host);
  return {};
}

Result<const PostgresConnection::Prepared*> PostgresConnection::prepared(
    std::string_view sql, const PostgresArguments& arguments, StatementOf whose) {
  // A guest reaches no statement of the host, whose placeholders are of another form.
  std::string key = (whose == StatementOf::guest ? "g" : "h") + arguments.signature() + '\n';
  key += sql;
  if (const auto found = prepared_.find(key); found != prepared_.end()) return &found->second;
  TRY_VOID(settle());
  if (prepared_.size() >= kMaxPrepared) {
    TRY_VOID(script("DEALLOCATE ALL"));
    prepared_.clear();
  }
  const bool of_host = whose == StatementOf::host;
  if (is_blank_sql(sql)) return Error{Code::invalid, "there is no statement", {}};
  Prepared statement{"s" + std::to_string(next_statement_++), of_host && only_writes(sql)};
  const std::string text = of_host ? postgres_statement(sql) : std::string(sql);
  if (!PQsendPrepare(handle_, statement.name.c_str(), text.c_str(), arguments.count(),
                     arguments.types())) {
    broken_ = true;
    return error_of(nullptr, whose);
  }
  const Answer answer = receive(kStatementLimit);
  if (!answer || PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    Error refused = error_of(answer.get(), whose);
    // The server says so in its own language.
    const auto checked = check_one_statement(sql);
    return checked ? std::move(refused) : checked.error();
  }
  return &prepared_.emplace(std::move(key), std::move(statement)).first->second;
}

Result<> PostgresConnection::send(const Prepared& statement, const PostgresArguments& arguments,
                                  StatementOf whose) {
  if (PQsendQueryPrepared(handle_, statement.name.c_str(), arguments.count(), arguments.bytes(),
                          arguments.lengths(), arguments.formats(), 1))
    return {};
  broken_ = true;
  return error_of(nullptr, whose);
}

Result<> PostgresConnection::send_in_pipeline(const Prepared& statement,
                                              const PostgresArguments& arguments,
                                              StatementOf whose) {
  if (unanswered_ == 0 && !PQenterPipelineMode(handle_)) {
    broken_ = true;
    return error_of(nullptr, whose);
  }
  ++unanswered_;
  return send(statement, arguments, whose);
}

Result<> PostgresConnection::answer_rows(const pg_result& answer, const OnRow& row) {
  const int rows = PQntuples(&answer), columns = PQnfields(&answer);
  std::vector<Value> values(static_cast<std::size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      Value& value = values[static_cast<std::size_t>(c)];
      if (PQgetisnull(&answer, r, c)) {
        value = {};
        continue;
      }
      const std::string_view bytes(PQgetvalue(&answer, r, c),
                                   static_cast<std::size_t>(PQgetlength(&answer, r, c)));
      TRY(value, postgres_value(PQftype(&answer, c), bytes));
    }
    TRY(const bool goes_on, row(Row(values)));
    if (!goes_on) break;
  }
  return {};
}

Result<> PostgresConnection::run_statement(std::string_view sql, std::span<const Value> arguments,
                                           const OnRow& row, StatementOf whose) {
  if (broken_) return postgres_error("", "", whose);
  if (whose == StatementOf::guest) TRY_VOID(settle());
  changes_ = 0;
  const PostgresArguments sent(arguments);
  TRY(const Prepared* const statement, prepared(sql, sent, whose));
  if (statement->only_writes && may_defer_) {
    TRY_VOID(send_in_pipeline(*statement, sent, whose));
    return unanswered_ < kMaxUnanswered ? Result<>() : settle();
  }
  if (unanswered_ > 0)
    TRY_VOID(send_in_pipeline(*statement, sent, whose));
  else
    TRY_VOID(send(*statement, sent, whose));
  const Answer answer = receive_all(kStatementLimit);
  const ExecStatusType status = answer ? PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return error_of(answer.get(), whose);
  if (whose == StatementOf::guest && PQresultMemorySize(answer.get()) > kMaxGuestResult)
    return result_too_large();
  const std::int64_t changed = changed_rows(answer.get());
  TRY_VOID(answer_rows(*answer, row));
  // The callback may have run statements.
  TRY_VOID(settle());
  changes_ = changed;
  return {};
}

Result<std::int64_t> PostgresConnection::changes() {
  if (broken_) return postgres_error("", "", StatementOf::host);
  TRY_VOID(settle());
  return changes_;
}

Result<> PostgresConnection::exec(std::string_view sql, std::span<const Value> arguments,
                                  const OnRow& row) {
  return run_statement(sql, arguments, row, StatementOf::host);
}

Result<> PostgresConnection::exec_guest(std::string_view sql, std::span<const Value> arguments,
                                        const OnRow& row) {
  TRY_VOID(check_guest_statement(sql));
  TRY_VOID(check_guest_texts(arguments));
  return run_statement(sql, arguments, row, StatementOf::guest);
}

Result<std::int64_t> PostgresConnection::exec_guest_many(std::string_view sql,
                                                         std::span<const Value> arguments,
                                                         std::size_t count, std::size_t rows) {
  if (broken_) return postgres_error("", "", StatementOf::guest);
  if (rows > 0) TRY_VOID(check_guest_statement(sql));
  TRY_VOID(settle());
  std::int64_t changed = 0;
  bool too_large = false;
  const auto take = [&](const pg_result* answer) {
    changed += changed_rows(answer);
    too_large = too_large || PQresultMemorySize(answer) > kMaxGuestResult;
  };
  const auto collect = [&]() -> Result<> {
    if (unanswered_ == 0) return {};
    const Answer answer = receive_all(kStatementLimit, take);
    const ExecStatusType status = answer ? PQresultStatus(answer.get()) : PGRES_FATAL_ERROR;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      return error_of(answer.get(), StatementOf::guest);
    if (too_large) return result_too_large();
    return {};
  };
  std::string types;
  const Prepared* statement = nullptr;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = arguments.subspan(i * count, count);
    TRY_VOID(check_guest_texts(row));
    const PostgresArguments sent(row);
    if (!statement || sent.signature() != types) {
      TRY_VOID(collect());  // a new combination of types has to be prepared
      TRY(statement, prepared(sql, sent, StatementOf::guest));
      types = sent.signature();
    }
    TRY_VOID(send_in_pipeline(*statement, sent, StatementOf::guest));
    if (unanswered_ == kMaxUnanswered) TRY_VOID(collect());
  }
  TRY_VOID(collect());
  return changed;
}

CommitOutcome PostgresConnection::commit(Error& failed) {
  if (broken_) {
    failed = postgres_error("", "", StatementOf::host);
    return CommitOutcome::not_stored;
  }
  if (const auto settled = settle(); !settled) {
    failed = settled.error();
    return CommitOutcome::not_stored;
  }
  if (!PQsendQuery(handle_, "COMMIT")) {
    // The bytes may have left nevertheless.
    broken_ = true;
    return CommitOutcome::unknown;
  }
  const Answer answer = receive(kCommitLimit);
  if (!answer) return CommitOutcome::unknown;
  if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) {
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return CommitOutcome::stored;
    // The server answers ROLLBACK, without an error, when a statement had failed before.
    failed = {Code::internal, "nothing was stored, because a statement had failed", {}};
    return CommitOutcome::not_stored;
  }
  failed = error_of(answer.get(), StatementOf::host);
  return broken_ ? CommitOutcome::unknown : CommitOutcome::not_stored;
}

bool PostgresConnection::roll_back() {
  take_after_commit();
  may_defer_ = false;
  if (broken_) return false;
  // What it was does not matter: it is undone.
  if (unanswered_ > 0) receive_all(kStatementLimit);
  if (broken_) return false;
  if (PQtransactionStatus(handle_) == PQTRANS_IDLE) return true;
  if (!PQsendQuery(handle_, "ROLLBACK")) return false;
  const Answer answer = receive(kRollbackLimit);
  return answer && !broken_ && PQtransactionStatus(handle_) == PQTRANS_IDLE;
}

bool PostgresConnection::is_usable() {
  if (broken_ || PQtransactionStatus(handle_) != PQTRANS_IDLE) return false;
  // What the server sends unasked is its farewell, or so rare that a new connection costs nothing.
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  return ::poll(&socket, 1, 0) == 0 && PQstatus(handle_) == CONNECTION_OK;
}

}  // namespace hosting
