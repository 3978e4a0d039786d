#include "src/host/crm/crm.hpp"

#include <system_error>

#include "src/common/base/id.hpp"
#include "src/host/crm/schema.hpp"

namespace host {

gcal::Result<std::unique_ptr<Database>> Crm::open_database(const CrmOptions& options,
                                                           gcal::base::Random& random) {
  std::error_code failure;
  std::filesystem::create_directories(options.data, failure);
  if (failure)
    return Error{Code::denied,
                 "cannot create the folder " + options.data.string() + ": " + failure.message(),
                 {}};
  std::filesystem::permissions(options.data, std::filesystem::perms::owner_all, failure);
  if (failure)
    return Error{
        Code::denied,
        "cannot close the folder " + options.data.string() + " to others: " + failure.message(),
        {}};

  std::unique_ptr<Database> database;
  if (options.is_postgres()) {
    TRY(database, Database::open(options.postgres));
  } else {
    TRY(database,
        Database::open(options.database.empty() ? options.data / "crm.sqlite" : options.database));
  }
  TRY_VOID(migrate(*database, gcal::base::new_id(random)));
  return database;
}

gcal::Result<std::unique_ptr<Crm>> Crm::open(const CrmOptions& options,
                                             const gcal::base::Clock& clock,
                                             gcal::base::Random& random, gcal::base::Log& log) {
  std::unique_ptr<Crm> crm(new Crm);
  TRY(crm->database_, open_database(options, random));
  TRY(crm->context_, hosting::HostContext::open(options.data, *crm->database_, clock, random, log,
                                                options.secrets));
  Database& database = *crm->database_;
  ChangeBus& bus = crm->bus();
  crm->users_ = std::make_unique<Users>(database, clock, random, options.scrypt_cost);
  TRY_VOID(crm->users_->open());
  crm->records_ = std::make_unique<Records>(database, bus, clock, random);
  crm->calendars_ = std::make_unique<Calendars>(database, bus, clock, random);
  crm->appointments_ = std::make_unique<AppointmentStore>(bus, clock, random);
  AppointmentStore& appointments = *crm->appointments_;
  crm->editor_ =
      std::make_unique<AppointmentEditor>(database, appointments, *crm->calendars_, clock, random);
  crm->queries_ =
      std::make_unique<AppointmentQueries>(database, appointments, *crm->records_, clock);
  crm->feed_ = std::make_unique<AppointmentFeed>(database, appointments, clock, random);
  crm->port_ =
      std::make_unique<CrmAdapter>(*crm->users_, *crm->calendars_, *crm->records_, *crm->feed_);
  return crm;
}

}  // namespace host
