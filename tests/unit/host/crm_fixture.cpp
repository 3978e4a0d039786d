#include "tests/unit/host/crm_fixture.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/postgres_server.hpp"

namespace host::test {

void StandingClock::set(std::string_view rfc3339) {
  now_ =
      std::chrono::duration_cast<std::chrono::milliseconds>(at(rfc3339).time_since_epoch()).count();
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream) throw std::runtime_error("cannot write " + file.string());
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Json json(std::string_view text) {
  return must(Json::parse(text));
}

std::chrono::sys_seconds at(std::string_view rfc3339) {
  return must(event_time_of(Json::object({{"date_time", rfc3339}}))).instant;
}

CrmTest::CrmTest(std::unique_ptr<gcal::base::Random> random)
    : owned_random_(random ? std::move(random) : std::make_unique<gcal::base::SystemRandom>()),
      random_(*owned_random_) {
  if (gcal::support::tests_use_postgres()) {
    auto& server = gcal::support::PostgresServer::get();
    place_.url = server.url(server.new_database());
  }
  reopen();
}

void CrmTest::reopen() {
  crm_.reset();
  CrmOptions options{.data = folder_.path() / "data", .database = {}, .scrypt_cost = 4};
  options.postgres = place_;
  options.public_url = "https://crm.example";
  crm_ = must(Crm::open(options, clock_, random_, log_));
}

User CrmTest::add_user(const std::string& email, const std::string& zone) {
  return must(crm_->users().create({.email = email,
                                    .name = email.substr(0, email.find('@')),
                                    .password = "correct horse",
                                    .time_zone = zone}));
}

Record CrmTest::add_lead(const std::string& name, const std::string& email) {
  return must(crm_->records().create(
      RecordKind::lead, Json::object({{"name", name}, {"emails", Json::array({email})}})));
}

Record CrmTest::add_contact(const std::string& name, const std::string& email) {
  return must(crm_->records().create(
      RecordKind::contact, Json::object({{"name", name}, {"emails", Json::array({email})}})));
}

Account CrmTest::add_account(const User& user, const std::string& unique_id) {
  return must(crm_->accounts().finish_setup({.id = {},
                                             .plugin = kPlugin,
                                             .user = user.id,
                                             .unique_id = unique_id,
                                             .title = "Google",
                                             .identity = unique_id + "@example.com"}));
}

Calendar CrmTest::add_calendar(const Account& account, const std::string& remote_id,
                               const std::string& role, const std::string& mode) {
  const std::string id = must(crm_->plugin_calendars().put(
      kPlugin, {account.id, remote_id, remote_id, "#0b57d0", role, mode}));
  return must(crm_->calendars().get(id));
}

std::string CrmTest::put(const Calendar& calendar, const std::string& id, const Json& event,
                         const LinkedRecords& records) {
  Operation operation{Operation::Kind::put, "op-" + id, id,     calendar.id,
                      std::nullopt,         event,      records};
  const auto results = must(crm_->appointment_feed().apply(kPlugin, 0, {operation}));
  if (results.at(0).status != Code::ok) throw std::runtime_error(results.at(0).message);
  return results.at(0).revision;
}

Calendar CrmTest::own_calendar(const User& user) {
  return must(crm_->calendars().get(must(crm_->calendars().own_of(user.id))));
}

Json timed(const std::string& summary, const std::string& start, const std::string& end,
           const std::string& zone) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"date_time", start}, {"time_zone", zone}})},
                       {"end", Json::object({{"date_time", end}, {"time_zone", zone}})}});
}

Json all_day(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"date", start}})},
                       {"end", Json::object({{"date", end}})}});
}

Json with(Json event, std::string_view member, Json value) {
  event.set(member, std::move(value));
  return event;
}

Json guests(std::initializer_list<const char*> addresses) {
  Json list = Json::array();
  for (const char* address : addresses) list.push(Json::object({{"email", address}}));
  return list;
}

Json rule(const std::string& line) {
  return Json::array({line});
}

std::vector<std::string> lines_of(const std::vector<OccurrenceRow>& rows) {
  std::vector<std::string> lines;
  for (const auto& row : rows)
    lines.push_back(occurrence_key(row.start) + " " + (row.masked ? "(masked)" : row.summary));
  return lines;
}

}  // namespace host::test
