#include "src/host/program/key_commands.hpp"

#include <cstdio>

#include "src/common/base/clock.hpp"
#include "src/hosting/services/master_key.hpp"

namespace host {
namespace {

using hosting::Secrets;

// Secrets and the database that they are in.
struct OpenSecrets {
  std::unique_ptr<Database> database;
  gcal::base::SystemClock clock;
  std::unique_ptr<Secrets> secrets;
};

Result<std::unique_ptr<OpenSecrets>> open(const CrmOptions& options, gcal::base::Random& random,
                                          gcal::base::Log& log) {
  auto opened = std::make_unique<OpenSecrets>();
  TRY(opened->database, Crm::open_database(options, random));
  hosting::SecretsOptions secrets = options.secrets;
  if (secrets.master_key.empty()) secrets.master_key = hosting::master_key::place(options.data);
  TRY(opened->secrets,
      Secrets::open(*opened->database, std::move(secrets), opened->clock, random, log));
  return opened;
}

Result<> list(Secrets& secrets) {
  TRY(const auto keys, secrets.keys());
  for (const hosting::DataKeyInfo& key : keys)
    std::printf("%s  %s  %lld secrets  sealed by master key %s\n", key.id.c_str(),
                key.current ? "current" : "former ", static_cast<long long>(key.secrets),
                key.master.c_str());
  return {};
}

}  // namespace

Result<> run_key_command(const CrmOptions& options, const std::string& action,
                         gcal::base::Random& random, gcal::base::Log& log) {
  TRY(const auto opened, open(options, random, log));
  Secrets& secrets = *opened->secrets;
  if (action == "list") return list(secrets);
  if (action == "rotate") {
    TRY(const std::int64_t sealed, secrets.rotate_data_key());
    log.warning("audit", Json::object({{"action", "keys.rotate"}, {"secrets", sealed}}));
    std::printf("crm_host: %lld secrets are sealed with a new data key\n",
                static_cast<long long>(sealed));
    return {};
  }
  TRY_VOID(secrets.rotate_master_key());
  log.warning("audit", Json::object({{"action", "keys.rotate-master"}}));
  const auto file = hosting::master_key::place(options.data);
  std::printf(
      "crm_host: %s is new; keep %s.old with the backups that were made before, and nowhere else\n",
      file.c_str(), file.c_str());
  return {};
}

Result<> check_secrets(const CrmOptions& options, gcal::base::Random& random,
                       gcal::base::Log& log) {
  TRY(const auto opened, open(options, random, log));
  TRY(const Secrets::Report report, opened->secrets->check());
  std::printf("secrets: %lld whole, %lld lost, %lld altered\n",
              static_cast<long long>(report.whole), static_cast<long long>(report.lost),
              static_cast<long long>(report.altered));
  if (report.lost + report.altered > 0)
    return Error{
        Code::internal, "some secrets do not open: their users connect their accounts again", {}};
  return {};
}

}  // namespace host
