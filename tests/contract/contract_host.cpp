#include "tests/contract/contract_host.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/crm.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/support/postgres_server.hpp"

namespace contract {
namespace {

namespace fs = std::filesystem;

// In memory where possible: hundreds of plugin lives must not wait for a disk.
fs::path scratch_folder() {
  std::error_code none;
  return fs::is_directory("/dev/shm", none) && access("/dev/shm", W_OK) == 0
             ? fs::path("/dev/shm")
             : fs::temp_directory_path();
}

// crm_host's own crm.sql/0 over one database for the whole run, on the engine that TEST_DATABASE
// names: each plugin finds the tables of the one before, as after a restart.
class RealSql {
 public:
  RealSql() : folder_(scratch_folder() / ("gcal-contract-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    host::CrmOptions options{.data = folder_, .database = {}, .scrypt_cost = 4};
    if (gcal::support::tests_use_postgres()) {
      auto& server = gcal::support::PostgresServer::get();
      options.postgres.url = server.url(server.new_database());
    }
    auto opened = host::Crm::open(options, clock_, random_, log_);
    if (!opened) throw std::runtime_error(opened.error().message);
    crm_ = *std::move(opened);
    host_ =
        std::make_unique<hosting::PluginHost>(crm_->context(), crm_->port(), "com.example.subject");
    table_ = static_cast<const crm_sql_0*>(host_->service(host_.get(), CRM_SQL));
  }
  ~RealSql() {
    host_.reset();
    crm_.reset();
    std::error_code ignored;  // a folder that stays in /tmp fails no test
    fs::remove_all(folder_, ignored);
  }
  static RealSql& get() {
    static RealSql sql;
    return sql;
  }
  const crm_host* host() const { return host_.get(); }
  const crm_sql_0* table() const { return table_; }

 private:
  fs::path folder_;
  gcal::base::SystemClock clock_;
  gcal::base::SystemRandom random_;
  gcal::base::SilentLog log_;
  std::unique_ptr<host::Crm> crm_;
  std::unique_ptr<hosting::PluginHost> host_;
  const crm_sql_0* table_ = nullptr;
};

crm_status begin(const crm_host* h, std::int32_t mode, std::int64_t fence, crm_tx** out,
                 crm_error* error) noexcept {
  return crm::guard(error, [&]() -> crm::Result<> {
    crm::fakes::Host& host = crm::fakes::Host::of(h);
    host.enter(CRM_SQL, "begin");
    if (const auto verdict = host.faults.next(CRM_SQL, "begin"); verdict.error)
      return *verdict.error;
    if (!host.tasks.fence_is_current(fence))
      return crm::Error{crm::Code::conflict, "a newer run of this task has begun: stop", {}};
    const RealSql& real = RealSql::get();
    return crm::call(real.table()->begin, real.host(), mode, std::int64_t{0}, out);
  });
}

crm_status begin_run(const crm_host* h, std::int32_t mode, crm_str key, std::int64_t fence,
                     crm_tx** out, crm_error* error) noexcept {
  bool fenced = false;
  const crm_status begun = crm::guard(error, [&]() -> crm::Result<> {
    crm::fakes::Host& host = crm::fakes::Host::of(h);
    host.enter(CRM_SQL, "begin_run");
    if (const auto verdict = host.faults.next(CRM_SQL, "begin_run"); verdict.error)
      return *verdict.error;
    fenced = !host.tasks.fence_is_current(crm::from_abi(key), fence);
    if (fenced)
      return crm::Error{crm::Code::conflict, "a newer run of this task has begun: stop", {}};
    const RealSql& real = RealSql::get();
    return crm::call(real.table()->begin, real.host(), mode, std::int64_t{0}, out);
  });
  return fenced ? static_cast<crm_status>(CRM_FENCED) : begun;
}

const crm_sql_0* sql_table() {
  static const crm_sql_0 table = [] {
    crm_sql_0 t =
        *RealSql::get().table();  // exec, commit and rollback find the transaction by themselves
    t.dialect = [](const crm_host*) noexcept {
      return RealSql::get().table()->dialect(RealSql::get().host());
    };
    t.begin = &begin;
    t.begin_run = &begin_run;
    return t;
  }();
  return &table;
}

}  // namespace

Subject& Subject::get() {
  static Subject subject;
  return subject;
}

ContractHost::ContractHost() {
  const Subject& subject = Subject::get();
  offer(CRM_SQL, sql_table());
  for (const auto& [key, value] : subject.options) options.set(key, value);
  add_user({.id = "anna", .email = "anna@example.com", .name = "Anna"});
  contacts.put("lead", "kim", {"kim@example.com"});
  auto config = crm::fakes::Json::parse(subject.account_config);
  if (!config) throw std::runtime_error("--account-config: " + config.error().message);
  if (const auto connected = accounts.connect({.id = "account",
                                               .user = "anna",
                                               .unique_id = "sub-1",
                                               .title = "Work",
                                               .config = *config});
      !connected)
    throw std::runtime_error(connected.error().message);
  take_notifications();
}

}  // namespace contract
