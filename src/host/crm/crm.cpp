#include "src/host/crm/crm.hpp"

#include <system_error>

#include "src/common/base/id.hpp"
#include "src/host/crm/schema.hpp"

namespace refhost {

gcal::Result<std::unique_ptr<Crm>> Crm::open(const CrmOptions& options,
                                             const gcal::base::Clock& clock,
                                             gcal::base::Random& random, gcal::base::Log& log) {
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

  std::unique_ptr<Crm> crm(new Crm(clock, random, log));
  crm->data_ = options.data;
  TRY(crm->database_,
      Database::open(options.database.empty() ? options.data / "crm.sqlite" : options.database));
  TRY_VOID(migrate(*crm->database_, gcal::base::new_id(random)));
  crm->bus_ = std::make_unique<ChangeBus>();
  crm->users_ = std::make_unique<Users>(*crm->database_, clock, random, options.scrypt_cost);
  crm->records_ = std::make_unique<Records>(*crm->database_, *crm->bus_, clock, random);
  crm->calendars_ = std::make_unique<Calendars>(*crm->database_, *crm->bus_, clock, random);
  crm->events_ = std::make_unique<Events>(*crm->database_, *crm->bus_, *crm->calendars_,
                                          *crm->records_, clock, random);
  crm->accounts_ = std::make_unique<Accounts>(*crm->database_, *crm->bus_, clock, random);
  crm->flows_ = std::make_unique<Flows>(*crm->database_, *crm->bus_, clock, random);
  crm->tasks_ = std::make_unique<Tasks>(*crm->database_, clock);
  TRY(crm->secrets_, Secrets::open(*crm->database_, options.data / "master.key", clock, random));
  return crm;
}

}  // namespace refhost
