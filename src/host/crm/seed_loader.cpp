#include "src/host/crm/seed_loader.hpp"

#include <algorithm>
#include <map>
#include <system_error>

#include "src/common/base/whole_file.hpp"

namespace host {
namespace {

using gcal::base::Json;

Error at(std::string_view list, std::size_t index, const Error& error) {
  return {error.code, std::string(list) + "[" + std::to_string(index) + "]: " + error.message,
          error.retry_after};
}

Result<> check_members(const Json& document, std::initializer_list<std::string_view> allowed) {
  if (!document.is_object()) return Error{Code::invalid, "a JSON object is expected", {}};
  for (const auto& [name, value] : document.members()) {
    if (std::ranges::find(allowed, name) == allowed.end())
      return Error{Code::invalid, "'" + name + "' is no known member", {}};
  }
  return {};
}

// Calls `load` for each entry of the list `name`; an error names the entry.
template <class Load>
Result<> each(const Json& seed, std::string_view name, Load&& load) {
  const Json* list = seed.find(name);
  if (!list) return {};
  if (!list->is_array())
    return Error{Code::invalid, std::string(name) + ": a list is expected", {}};
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    if (auto loaded = load(list->items()[i]); !loaded) return at(name, i, loaded.error());
  }
  return {};
}

Result<> load_user(Crm& crm, const Json& document, std::map<std::string, std::string>& ids) {
  TRY_VOID(check_members(document, {"email", "name", "password", "role", "locale", "time_zone"}));
  NewUser user{.email = document.string("email"),
               .name = document.string("name"),
               .password = document.string("password")};
  if (document.contains("role")) user.role = document.string("role");
  if (document.contains("locale")) user.locale = document.string("locale");
  if (document.contains("time_zone")) user.time_zone = document.string("time_zone");
  TRY(const User created, crm.users().create(user));
  ids[created.email] = created.id;
  return {};
}

Result<> load_appointment(Crm& crm, const Json& document,
                          const std::map<std::string, std::string>& ids) {
  if (!document.is_object()) return Error{Code::invalid, "a JSON object is expected", {}};
  const auto owner = ids.find(normalised_address(document.string("user")));
  if (owner == ids.end())
    return Error{Code::invalid, "user: the address of one of the users is expected", {}};
  Json event = document;
  event.erase("user");
  TRY(const std::string calendar, crm.calendars().own_of(owner->second));
  TRY(const SaveResult saved, crm.appointment_editor().create(owner->second, calendar, event));
  return {};
}

Error cannot(std::string what, const std::filesystem::path& path, const std::error_code& failure) {
  return {Code::unavailable,
          "cannot " + std::move(what) + " " + path.string() + ": " + failure.message(),
          {}};
}

}  // namespace

Result<> load_seed(Crm& crm, const Json& seed) {
  TRY_VOID(check_members(seed, {"users", "leads", "contacts", "appointments"}));
  TRY(const auto users, crm.users().list());
  if (!users.empty())
    return Error{
        Code::conflict, "the database has users already: a demo world goes into an empty one", {}};
  std::map<std::string, std::string> ids;
  TRY_VOID(
      each(seed, "users", [&](const Json& document) { return load_user(crm, document, ids); }));
  for (const auto& [list, kind] :
       {std::pair("leads", RecordKind::lead), std::pair("contacts", RecordKind::contact)}) {
    TRY_VOID(each(seed, list, [&, kind = kind](const Json& document) -> Result<> {
      TRY(const Record record, crm.records().create(kind, document));
      return {};
    }));
  }
  return each(seed, "appointments",
              [&](const Json& document) { return load_appointment(crm, document, ids); });
}

Result<bool> seed_database(const CrmOptions& options, const Json& seed,
                           const gcal::base::Clock& clock, gcal::base::Random& random,
                           gcal::base::Log& log) {
  const auto place = options.database.empty() ? options.data / "crm.sqlite" : options.database;
  std::error_code failure;
  // On PostgreSQL there is no file to move into place: what an interruption leaves behind has
  // users, so it is not loaded again.
  if (options.is_postgres() || std::filesystem::exists(place, failure)) {
    TRY(const auto crm, Crm::open(options, clock, random, log));
    TRY(const auto users, crm->users().list());
    if (!users.empty()) return false;
    TRY_VOID(load_seed(*crm, seed));
    return true;
  }
  // On the same file system as the place, so that the move is one step.
  const std::filesystem::path site = place.string() + ".seeding";
  std::filesystem::remove_all(site, failure);
  if (failure) return cannot("remove", site, failure);
  {
    TRY(const auto crm,
        Crm::open({.data = site, .database = {}, .scrypt_cost = options.scrypt_cost}, clock, random,
                  log));
    TRY_VOID(load_seed(*crm, seed));
    TRY_VOID(crm->database().checkpoint());  // only the one file moves
  }
  if (!place.parent_path().empty())
    std::filesystem::create_directories(place.parent_path(), failure);
  if (failure) return cannot("create", place.parent_path(), failure);
  std::filesystem::rename(site / "crm.sqlite", place, failure);
  if (failure) return cannot("move the new database to", place, failure);
  std::filesystem::remove_all(site, failure);
  if (failure)
    log.warning("seed.left_behind",
                Json::object({{"path", site.string()}, {"why", failure.message()}}));
  return true;
}

Result<Json> read_seed(const std::filesystem::path& file) {
  const auto text = gcal::base::read_whole_file(file);
  if (!text) return Error{Code::unavailable, "--seed: " + text.error().message, {}};
  auto seed = Json::parse(*text);
  if (!seed)
    return Error{
        Code::invalid, "--seed: " + file.string() + " is no JSON: " + seed.error().message, {}};
  return seed;
}

}  // namespace host
