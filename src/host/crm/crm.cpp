#include "src/host/crm/crm.hpp"

#include "src/common/base/id.hpp"
#include "src/host/crm/schema.hpp"
#include "src/hosting/services/connection_transaction.hpp"
#include "src/hosting/storage/private_folder.hpp"

namespace host {
namespace {

// A restored backup has another epoch than its feeds, and a new database none in them.
Result<> take_over_epoch(Database& database) {
  return database.write([](Connection& c) -> Result<> {
    TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
    hosting::ConnectionTransaction transaction(c);
    return hosting::ChangeFeed::begin_epoch(transaction, epoch.value_or(""));
  });
}

}  // namespace

gcal::Result<std::unique_ptr<Database>> Crm::open_database(const CrmOptions& options,
                                                           gcal::base::Random& random) {
  TRY_VOID(hosting::make_private_folder(options.data));
  std::unique_ptr<Database> database;
  if (options.is_postgres()) {
    TRY(database, Database::open(options.postgres));
  } else {
    TRY(database,
        Database::open(options.database.empty() ? options.data / "crm.sqlite" : options.database));
  }
  TRY_VOID(migrate(*database, gcal::base::new_id(random)));
  TRY_VOID(take_over_epoch(*database));
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
  hosting::HostContext& context = *crm->context_;
  crm->records_ = std::make_unique<Records>(database, bus, context.feed(), random);
  crm->calendars_ = std::make_unique<Calendars>(database, bus);
  crm->appointments_ = std::make_unique<AppointmentStore>(context.feed(), clock, random);
  AppointmentStore& appointments = *crm->appointments_;
  crm->editor_ =
      std::make_unique<AppointmentEditor>(database, appointments, *crm->calendars_, clock, random);
  crm->queries_ =
      std::make_unique<AppointmentQueries>(database, appointments, *crm->records_, clock);
  crm->port_ =
      std::make_unique<CrmAdapter>(database, *crm->users_, *crm->calendars_, *crm->records_,
                                   appointments, clock, options.public_url);
  crm->plugin_calendars_ = std::make_unique<hosting::PluginCalendars>(context, *crm->port_);
  crm->feed_ = std::make_unique<hosting::PluginAppointments>(context, *crm->port_);
  return crm;
}

}  // namespace host
