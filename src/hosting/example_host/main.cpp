// A CRM of one user that hosts plugins: the smallest program that a vendor can begin with.
//   example_host DATA PLUGINS PORT [GOOGLE_BASE]
#include <httplib.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include "crm_hosting/hosting.hpp"
#include "crm_hosting/sqlite.hpp"

using namespace crm;
using namespace hosting;
using In = httplib::Request;
using Out = httplib::Response;
using Kind = AppointmentChange::Kind;

namespace {

const std::string kUser = "anna", kOwnCalendar = "own";

// The appointments in one SQLite file, as the JSON that plugins exchange, and the port to them.
class Diary final : public CrmPort {
 public:
  Diary(const std::string& file, std::string public_url) : public_url_(std::move(public_url)) {
    constexpr const char* kTables =
        "CREATE TABLE IF NOT EXISTS appointments(id TEXT PRIMARY KEY, calendar TEXT NOT NULL,"
        " revision TEXT NOT NULL, event TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS default_calendar(one INTEGER PRIMARY KEY, id TEXT NOT NULL);";
    if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK || !execute(kTables))
      throw std::runtime_error(file + ": " + sqlite3_errmsg(database_));
  }
  ~Diary() override { sqlite3_close(database_); }

  crm_hosting::Hosting* library = nullptr;  // once it is open: every change is noted there

  // For the page: creates an appointment in the default calendar; lists all of them.
  Result<std::string> create(const std::string& event) {
    constexpr const char* kNew =
        "SELECT json_object('id', lower(hex(randomblob(12))), 'calendar',"
        " coalesce((SELECT id FROM default_calendar), 'own'), 'event', json(?1))";
    return in_transaction([&](CrmTransaction& tx) -> Result<std::string> {
      TRY(const std::string document, text(tx, kNew, {event}));
      TRY_VOID(save(tx, document, std::nullopt));
      return document;
    });
  }
  Result<std::string> list() {
    constexpr const char* kAll = "SELECT json_group_array(json(event)) FROM appointments";
    return in_transaction([](CrmTransaction& tx) { return text(tx, kAll, {}); });
  }

  Result<CrmUser> user(std::string_view id) const override {
    if (id != kUser) return Error{Code::not_found, "there is no such user", {}};
    return CrmUser{kUser, "", "Anna", "admin", "en", "Europe/Berlin", kOwnCalendar};
  }
  Result<std::string> owner(CrmTransaction&, std::string_view calendar) const override {
    if (calendar != kOwnCalendar) return Error{Code::not_found, "it is nobody's own", {}};
    return kUser;
  }
  std::string public_url() const override { return public_url_; }

  Result<> write(const Work& work) override { return run("BEGIN IMMEDIATE", work); }
  Result<> read(const Work& work) const override { return run("BEGIN", work); }
  Result<std::vector<std::string>> load(CrmTransaction& tx,
                                        const std::vector<std::string>& ids) const override {
    constexpr const char* kDocument =
        "SELECT json_object('id', id, 'calendar', calendar, 'revision', revision,"
        " 'event', json(event), 'records', json('{\"leads\":[],\"contacts\":[]}'))"
        " FROM appointments WHERE id=?1";
    std::vector<std::string> documents;
    for (const std::string& id : ids) {
      TRY(std::string document, text(tx, kDocument, {id}));
      if (!document.empty()) documents.push_back(std::move(document));
    }
    return documents;
  }
  Result<std::string> save(CrmTransaction& tx, std::string_view document,
                           const std::optional<std::string>& if_revision) override {
    constexpr const char* kFields =
        "SELECT json_extract(?1, '$.id'), json_extract(?1, '$.calendar'),"
        " json_extract(?1, '$.event'), lower(hex(randomblob(12)))";
    TRY(const auto rows, tx.execute(kFields, {std::string(document)}));
    const auto& row = rows.front();
    const std::string id = text_of(row[0]), calendar = text_of(row[1]);
    TRY(const std::string before, calendar_of(tx, id, if_revision));
    TRY_VOID(tx.execute("INSERT OR REPLACE INTO appointments VALUES (?1, ?2, ?3, ?4)",
                        {id, calendar, row[3], row[2]}));
    AppointmentChange change{Kind::saved, id, calendar, kUser};
    if (!before.empty() && before != calendar) change = {Kind::moved, id, before, kUser, calendar};
    TRY_VOID(note(tx, change));
    return text_of(row[3]);
  }
  Result<> erase(CrmTransaction& tx, std::string_view id, std::string_view if_revision) override {
    TRY(const std::string calendar, calendar_of(tx, id, std::string(if_revision)));
    TRY_VOID(tx.execute("DELETE FROM appointments WHERE id=?1", {std::string(id)}));
    return note(tx, {Kind::erased, std::string(id), calendar, kUser});
  }
  Result<std::vector<std::string>> appointments_of(CrmTransaction& tx, std::string_view calendar,
                                                   std::string_view after,
                                                   std::uint32_t limit) const override {
    constexpr const char* kIds =
        "SELECT id FROM appointments WHERE calendar=?1 AND id>?2 ORDER BY id LIMIT ?3";
    const SqlValues values{std::string(calendar), std::string(after), std::int64_t{limit}};
    TRY(const auto rows, tx.execute(kIds, values));
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(text_of(row[0]));
    return ids;
  }
  // This CRM has no leads and contacts.
  Result<> link(CrmTransaction&, std::string_view, const std::vector<CrmRecord>&) override {
    return {};
  }
  Result<std::map<std::string, RecordsOfAddress>> records_by_address(
      std::string_view, const std::vector<std::string>&) const override {
    return std::map<std::string, RecordsOfAddress>();
  }
  Result<> calendar_changed(CrmTransaction& tx, const CrmCalendar& one) override {
    const bool used = one.is_default && one.state == "live" && one.mode == "two_way";
    constexpr const char* kSet = "INSERT OR REPLACE INTO default_calendar VALUES (1, ?1)";
    TRY_VOID(tx.execute(used ? kSet : "DELETE FROM default_calendar WHERE id=?1", {one.id}));
    return {};
  }

 private:
  bool execute(const char* sql) const {
    return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  Result<> run(const char* begin, const Work& work) const {
    const std::lock_guard lock(mutex_);
    if (!execute(begin)) return Error{Code::unavailable, sqlite3_errmsg(database_), {}};
    const auto tx = crm_hosting::transaction_on(database_);
    Result<> done = work(*tx);
    if (done && !execute("COMMIT")) done = Error{Code::unavailable, "the disk is full", {}};
    done ? tx->committed() : static_cast<void>(execute("ROLLBACK"));
    return done;
  }
  template <class Read>
  Result<std::string> in_transaction(const Read& work) {
    Result<std::string> out = std::string();
    TRY_VOID(write([&](CrmTransaction& tx) -> Result<> {
      out = work(tx);
      return out ? Result<>() : out.error();
    }));
    return out;
  }
  // The first value of the first row; "" without one.
  static Result<std::string> text(CrmTransaction& tx, const char* sql, const SqlValues& values) {
    TRY(const auto rows, tx.execute(sql, values));
    return rows.empty() ? std::string() : text_of(rows.front().front());
  }
  // Where the appointment is, if its revision is the expected one; "" if it is to be created.
  static Result<std::string> calendar_of(CrmTransaction& tx, std::string_view id,
                                         const std::optional<std::string>& expected) {
    constexpr const char* kStored = "SELECT calendar, revision FROM appointments WHERE id=?1";
    TRY(const auto rows, tx.execute(kStored, {std::string(id)}));
    if (rows.empty() && !expected) return std::string();
    if (rows.empty()) return Error{Code::not_found, "there is no such appointment", {}};
    if (!expected || text_of(rows.front()[1]) != *expected)
      return Error{Code::conflict, "it was changed meanwhile, or exists already", {}};
    return text_of(rows.front()[0]);
  }
  Result<> note(CrmTransaction& tx, const AppointmentChange& change) {
    return library ? library->note_changed(tx, change) : Result<>();
  }

  sqlite3* database_ = nullptr;
  mutable std::mutex mutex_;  // one transaction at a time
  std::string public_url_;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "example_host: %s\n", why.c_str());
  return 1;
}

crm_hosting::Options options_of(int argc, char** argv) {
  crm_hosting::Options options;
  options.data = argv[1];
  options.plugins = argv[2];
  options.dev_unsigned = true;
  if (argc > 4) options.plugin_options["google_base"] = argv[4];
  options.log = [](crm_hosting::Level, std::string_view event, std::string_view fields) {
    fail(std::string(event) + " " + std::string(fields));
  };
  return options;
}

// Its one user is always logged in. A page of another site cannot send the header.
crm_hosting::Identity identity_of(const In& request) {
  return {kUser, true, "the only session", "en", true, request.has_header("X-Example-Host")};
}

void pass_on(crm_hosting::Hosting& library, const In& in, Out& out) {
  const auto question = in.target.find('?');
  const std::string path = in.target.substr(0, question);
  crm_hosting::Request request{in.method, path, {}, {}, in.body, in.remote_addr};
  if (question != std::string::npos) request.query = in.target.substr(question + 1);
  for (const auto& [name, value] : in.headers) request.headers.push_back({name, value});
  const crm_hosting::Admission admission = library.admit(request);
  const crm_hosting::Response response =
      admission.refusal ? *admission.refusal : library.handle(request, identity_of(in));
  out.status = response.status;
  for (const auto& [name, value] : response.headers) out.set_header(name, value);
  out.body = response.body;
}

void answer(Out& out, const Result<std::string>& result) {
  if (!result) out.status = 500;
  out.set_content(result ? *result : result.error().message, "application/json");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("DATA PLUGINS PORT [GOOGLE_BASE]");
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // in every thread: the main thread waits for it

  std::filesystem::create_directories(argv[1]);
  Diary diary(std::string(argv[1]) + "/diary.sqlite", std::string("http://127.0.0.1:") + argv[3]);
  const auto opened = crm_hosting::Hosting::open(options_of(argc, argv), diary);
  if (!opened) return fail(opened.error().message);
  crm_hosting::Hosting& library = **opened;
  diary.library = &library;
  if (const auto started = library.start(); !started) return fail(started.error().message);

  httplib::Server server;
  server.Get("/appointments", [&](const In&, Out& out) { answer(out, diary.list()); });
  server.Post("/appointments", [&](const In& in, Out& out) { answer(out, diary.create(in.body)); });
  const auto rest = [&](const In& in, Out& out) { pass_on(library, in, out); };
  server.Get(".*", rest).Post(".*", rest).Put(".*", rest).Patch(".*", rest).Delete(".*", rest);
  std::thread serving([&] { server.listen("127.0.0.1", std::atoi(argv[3])); });

  sigwaitinfo(&signals, nullptr);
  const bool is_stopped = library.stop().empty();
  server.stop();
  serving.join();
  if (!is_stopped) _exit(1);  // a thread of a plugin may still run
}
