#include "tests/sim/emulated_google.hpp"

#include "tests/support/run_task.hpp"

namespace gcal::simulation {

using base::Json;

namespace {

constexpr const char* kOrigin = "http://127.0.0.1";

std::string token_for(emulator::Emulator& emulator) {
  emulator.google().add_account(EmulatedGoogle::kOwner, "Owner");
  emulator.google().add_account(EmulatedGoogle::kGuest, "Guest");
  const emulator::Scopes scopes =
      emulator::full_scopes({"calendar.events", "calendar.calendarlist.readonly"});
  emulator.tokens().lifetime_seconds = 1'000'000'000;
  return emulator.tokens().issue_access(
      EmulatedGoogle::kOwner, "sim", scopes,
      emulator.tokens().issue_refresh(EmulatedGoogle::kOwner, "sim", scopes));
}

net::HttpResponse answer_of(emulator::Emulator& emulator, const net::HttpRequest& request) {
  emulator::Request message;
  message.method = request.method;
  const std::size_t path = request.url.find('/', std::string_view("http://").size());
  const std::size_t query = request.url.find('?');
  message.path = request.url.substr(path, query - path);
  if (query != std::string::npos) message.query = request.url.substr(query + 1);
  for (const auto& field : request.headers.fields()) message.headers.push_back(field);
  message.body = request.body;
  emulator::Response response = emulator.handle(message);
  net::HttpResponse out{response.status, {}, std::move(response.body)};
  for (auto& [name, value] : response.headers) out.headers.add(name, value);
  return out;
}

net::HttpResponse refusal(int status, const std::string& reason) {
  return {status,
          {},
          std::string(R"({"error":{"code":)") + std::to_string(status) +
              R"(,"errors":[{"domain":"usageLimits","reason":")" + reason + R"("}]}})"};
}

}  // namespace

net::HttpResponse EmulatorHttp::answer(const net::HttpRequest& request) {
  if (refuses)
    if (std::optional<net::HttpResponse> refused = refuses(request)) return *std::move(refused);
  net::HttpResponse answered = answer_of(emulator_, request);
  constexpr std::string_view kOwner = R"("accessRole":"owner")";
  if (const std::size_t role = answered.body.find(kOwner);
      shows_reader && role != std::string::npos)
    answered.body.replace(role, kOwner.size(), R"("accessRole":"reader")");
  return answered;
}

Result<net::HttpResponse> EmulatorHttp::send_with_fault(const net::HttpRequest& request) {
  const std::size_t point = faults_->points();
  const support::Fault fault = faults_->next("google.http");
  if (fault == support::Fault::before) {
    switch (point % 4) {
      case 0: return net::HttpResponse{503, {}, "<html>busy</html>"};
      case 1: return refusal(429, "rateLimitExceeded");
      case 2: return refusal(403, "userRateLimitExceeded");
      default: return support::failure(fault);
    }
  }
  if (fault == support::Fault::crash_before) return support::failure(fault);
  net::HttpResponse answered = answer(request);
  if (fault == support::Fault::none) return answered;
  if (fault == support::Fault::after && point % 2 == 0)
    return net::HttpResponse{500, {}, "<html>oops</html>"};
  return support::failure(fault);
}

Task<net::HttpResponse> EmulatorHttp::send(net::HttpRequest request, net::HttpLimits) {
  ++sent_;
  if (request.method != "GET" && request.url.find("/events") != std::string::npos) ++writes_;
  Result<net::HttpResponse> answered =
      faults_ ? send_with_fault(request) : Result<net::HttpResponse>(answer(request));
  co_return answered;
}

EmulatedGoogle::EmulatedGoogle(base::Clock& clock, std::uint64_t seed, support::FaultPlan& faults,
                               const emulator::Behaviour& behaviour)
    : random_(seed),
      emulator_(clock, random_),
      token_(token_for(emulator_)),
      tokens_(token_),
      clock_(clock),
      http_(emulator_, &faults),
      reliable_http_(emulator_, nullptr),
      client_(kOrigin, tokens_, http_, {random_, clock_, pause_}),
      reliable_client_(kOrigin, tokens_, reliable_http_, {random_, clock_, pause_}),
      side_(std::make_unique<google::GoogleSide>(client_, log_, kOwner, "Europe/Berlin")) {
  emulator_.google().set_behaviour(behaviour);
}

void EmulatedGoogle::forget_reading() {
  side_ = std::make_unique<google::GoogleSide>(client_, log_, kOwner, "Europe/Berlin");
}

void EmulatedGoogle::refuse(const Refusals& refusals) {
  http_.shows_reader = refusals.role;
  http_.refuses = nullptr;
  if (!refusals.any()) return;
  http_.refuses = [this,
                   refusals](const net::HttpRequest& request) -> std::optional<net::HttpResponse> {
    const bool event = request.url.find("/events") != std::string::npos;
    const bool writes = event && request.method != "GET";
    const bool creates = writes && request.method == "POST";
    if (refusals.account) return refusal(403, "accessNotConfigured");
    if (refusals.gone) return refusal(404, "notFound");
    if (!writes) return std::nullopt;
    if (refusals.role) return refusal(403, "requiredAccessLevel");
    if (creates && refusals.creations) return refusal(403, "quotaExceeded");
    if (refusals.token.empty()) return std::nullopt;
    const std::string id = find(refusals.token);
    const bool about =
        creates ? request.body.find("\"location\":\"" + refusals.token + "\"") != std::string::npos
                : !id.empty() && request.url.find("/" + id) != std::string::npos;
    if (about) return refusal(403, "forbiddenForNonOrganizer");
    return std::nullopt;
  };
}

std::vector<sync::FeedItem> EmulatedGoogle::listing() {
  google::GoogleSide reader(reliable_client_, log_, kOwner, "Europe/Berlin");
  std::vector<sync::FeedItem> all;
  std::string cursor;
  for (;;) {
    auto page = support::run_task(reader.changes(cursor));
    if (!page) return all;
    for (sync::FeedItem& item : page->items)
      if (item.kind != sync::FeedItem::Kind::deleted)
        all.push_back(*support::run_task(reader.get(item.id)));
    if (!page->more) return all;
    cursor = page->next;
  }
}

std::optional<sync::Series> EmulatedGoogle::series(const std::string& id) {
  google::GoogleSide reader(reliable_client_, log_, kOwner, "Europe/Berlin");
  Result<sync::FeedItem> item = support::run_task(reader.get(id));
  if (!item || item->kind == sync::FeedItem::Kind::deleted) return std::nullopt;
  return std::move(item->series);
}

emulator::Calendar& EmulatedGoogle::calendar() {
  return *emulator_.google().find_calendar(kOwner);
}

std::vector<std::string> EmulatedGoogle::live() {
  std::vector<std::string> ids;
  for (const auto& [change, event] : calendar().changes())
    if (!event->cancelled && event->series.empty()) ids.push_back(event->id);
  return ids;
}

std::string EmulatedGoogle::find(const std::string& location) {
  const std::string member = "\"location\":\"" + location + "\"";
  for (const auto& [change, event] : calendar().changes())
    if (!event->cancelled && event->series.empty() &&
        event->fields.find(member) != std::string::npos)
      return event->id;
  return {};
}

Json EmulatedGoogle::read(const std::string& id) {
  auto event = emulator_.google().get(kOwner, calendar(), id, 0, "");
  return event ? *Json::parse(event->json) : Json();
}

void EmulatedGoogle::insert(const Json& event) {
  (void)emulator_.google().insert(kOwner, calendar(), event, {});
}
bool EmulatedGoogle::patch(const std::string& id, const Json& change) {
  return bool(emulator_.google().patch(kOwner, calendar(), id, change, {}));
}
bool EmulatedGoogle::remove(const std::string& id) {
  return bool(emulator_.google().remove(kOwner, calendar(), id, {}));
}
bool EmulatedGoogle::change_following(const std::string& instance, const Json& change) {
  return bool(emulator_.google().change_following(kOwner, calendar(), instance, change, {}));
}
bool EmulatedGoogle::remove_following(const std::string& instance) {
  return bool(emulator_.google().remove_following(kOwner, calendar(), instance, {}));
}
void EmulatedGoogle::clear() {
  (void)emulator_.google().clear_calendar(kOwner, kOwner);
}
void EmulatedGoogle::expire_sync_tokens() {
  emulator_.google().expire_sync_tokens(kOwner);
}

bool EmulatedGoogle::answer_as_guest(const std::string& id, const char* answer) {
  emulator::Calendar& theirs = *emulator_.google().find_calendar(kGuest);
  auto copy = emulator_.google().get(kGuest, theirs, id, 0, "");
  if (!copy) return false;
  Json attendees = (*Json::parse(copy->json))["attendees"];
  for (Json& attendee : attendees.mutable_items())
    if (attendee["self"].as_bool()) attendee.set("responseStatus", answer);
  return bool(emulator_.google().patch(kGuest, theirs, id,
                                       Json::object({{"attendees", std::move(attendees)}}), {}));
}

}  // namespace gcal::simulation
