#include "src/emulator/controls/controls.hpp"

#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/load/world.hpp"

namespace emulator {
using gcal::icalendar::lower;

using gcal::base::Json;
using gcal::base::json_array;

struct Controls::Call {
  const Request& request;
  std::string path;  // below /_emulator
  Json body;
};

// A path that ends in "*" matches any path that begins with the text before it.
struct Controls::Route {
  const char* method;
  const char* path;  // below /_emulator
  Handler handler;
};

const Controls::Route Controls::kRoutes[] = {
    {"POST", "/accounts", &Controls::add_account},
    {"GET", "/accounts", &Controls::list_accounts},
    {"POST", "/groups", &Controls::set_group},
    {"POST", "/tokens", &Controls::add_token},
    {"POST", "/tokens/revoke", &Controls::revoke_tokens},
    {"POST", "/clients", &Controls::register_client},
    {"POST", "/keys", &Controls::set_api_keys},
    {"POST", "/oauth", &Controls::set_token_lifetimes},
    {"GET", "/stats", &Controls::stats},
    {"POST", "/stats/reset", &Controls::reset_stats},
    {"GET", "/requests", &Controls::list_requests},
    {"POST", "/faults", &Controls::add_fault},
    {"GET", "/faults", &Controls::list_faults},
    {"DELETE", "/faults", &Controls::remove_faults},
    {"DELETE", "/faults/*", &Controls::remove_fault},
    {"POST", "/quotas", &Controls::set_quotas},
    {"POST", "/push", &Controls::set_push_faults},
    {"POST", "/push/send", &Controls::send_push},
    {"GET", "/channels", &Controls::list_channels},
    {"POST", "/clock", &Controls::advance_clock},
    {"GET", "/clock", &Controls::read_clock},
    {"POST", "/sync_tokens/expire", &Controls::expire_sync_tokens},
    {"POST", "/series", &Controls::edit_series},
    {"GET", "/behaviour", &Controls::read_behaviour},
    {"POST", "/behaviour", &Controls::set_behaviour},
    {"PATCH", "/behaviour", &Controls::set_behaviour},
    {"POST", "/load", &Controls::load},
    {"POST", "/reset", &Controls::reset},
    {"GET", "/version", &Controls::version},
};

namespace {

Response wrong(const std::string& message) {
  return json_response(400, Json::object({{"error", message}}));
}
Response missing(const std::string& message) {
  return json_response(404, Json::object({{"error", message}}));
}
Response done() {
  return json_response(200, Json::object({{"ok", true}}));
}

bool path_fits(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  return path.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_address(const std::string& text) {
  return text.find('@') != std::string::npos;
}

Json account_json(const Account& account) {
  return Json::object({{"email", account.email}, {"name", account.name}, {"sub", account.sub}});
}

}  // namespace

Response Controls::handle(const Request& request) {
  Call call{request, request.path.substr(std::string_view("/_emulator").size()), Json::object()};
  if (!request.body.empty()) {
    auto parsed = Json::parse(request.body);
    if (!parsed) return wrong(parsed.error().message);
    call.body = *std::move(parsed);
  }
  for (const Route& route : kRoutes)
    if (request.method == route.method && path_fits(route.path, call.path))
      return (this->*route.handler)(call);
  return missing("no such control");
}

Response Controls::add_account(const Call& call) {
  const Json& body = call.body;
  if (!is_address(body.string("email"))) return wrong("email is missing");
  Account& account =
      google_.add_account(body.string("email"), body.string("name"),
                          body.contains("time_zone") ? body.string("time_zone") : "Europe/Berlin");
  if (body.contains("admin")) account.admin = body["admin"].as_bool();
  return json_response(200, account_json(account));
}

Response Controls::list_accounts(const Call&) {
  Json list = Json::array();
  for (const auto& [email, account] : google_.accounts()) list.push(account_json(account));
  return json_response(200, Json::object({{"accounts", std::move(list)}}));
}

Response Controls::set_group(const Call& call) {
  if (!is_address(call.body.string("email")) || !call.body["members"].is_array())
    return wrong("a group is {email, members: [addresses]}");
  std::vector<std::string> members;
  for (const Json& member : call.body["members"].items())
    members.push_back(lower(member.as_string()));
  google_.set_group(lower(call.body.string("email")), std::move(members));
  return done();
}

Response Controls::add_token(const Call& call) {
  const Json& body = call.body;
  const std::string email = lower(body.string("email"));
  if (!google_.account(email)) return missing("no such account");
  Scopes scopes;
  if (body["scopes"].is_string()) scopes = split_scopes(body.string("scopes"));
  for (const Json& scope : body["scopes"].items()) scopes.insert(scope.as_string());
  if (scopes.empty()) scopes.insert("calendar");
  scopes = full_scopes(scopes);
  const std::string client =
      body.string("client_id").empty() ? "emulator" : body.string("client_id");
  const std::string refresh = tokens_.issue_refresh(email, client, scopes);
  const std::string access = tokens_.issue_access(email, client, scopes, refresh);
  return json_response(200, Json::object({{"access_token", access},
                                          {"refresh_token", refresh},
                                          {"token_type", "Bearer"},
                                          {"expires_in", tokens_.lifetime_seconds},
                                          {"scope", join_scopes(scopes)}}));
}

Response Controls::revoke_tokens(const Call& call) {
  const int revoked = tokens_.revoke_all(lower(call.body.string("email")));
  return json_response(200, Json::object({{"revoked", revoked}}));
}

Response Controls::register_client(const Call& call) {
  const Json& body = call.body;
  if (body.string("client_id").empty()) return wrong("client_id is missing");
  Client client;
  client.secret = body.string("client_secret");
  client.name = body.string("name");
  for (const Json& uri : body["redirect_uris"].items())
    client.redirect_uris.push_back(uri.as_string());
  tokens_.clients[body.string("client_id")] = std::move(client);
  return done();
}

Response Controls::set_api_keys(const Call& call) {
  if (!call.body["keys"].is_array()) return wrong("keys is a list of API keys");
  tokens_.api_keys.clear();
  for (const Json& key : call.body["keys"].items()) tokens_.api_keys.insert(key.as_string());
  return done();
}

Response Controls::set_token_lifetimes(const Call& call) {
  const Json& body = call.body;
  if (body.contains("access_seconds"))
    tokens_.lifetime_seconds = body["access_seconds"].as_integer(3599);
  if (body.contains("grant_seconds")) tokens_.grant_seconds = body["grant_seconds"].as_integer(0);
  if (body.contains("rotate_refresh_tokens"))
    tokens_.rotate = body["rotate_refresh_tokens"].as_bool();
  return done();
}

Response Controls::stats(const Call&) {
  Json requests = Json::object();
  std::uint64_t total = 0;
  for (const auto& [name, count] : context_.requests) {
    requests.set(name, count);
    total += count;
  }
  Json mails = Json::array();
  Json by_event = Json::object();  // {"<event id>": {"invitation": 2}}: one for each recipient
  for (const Mail& mail : google_.mails()) {
    Json& kinds = by_event.contains(mail.event_id) ? by_event.member(mail.event_id)
                                                   : by_event.set(mail.event_id, Json::object());
    kinds.set(mail.kind,
              kinds[mail.kind].as_integer(0) + static_cast<std::int64_t>(mail.recipients.size()));
    mails.push(Json::object({{"kind", mail.kind},
                             {"calendar", mail.calendar_id},
                             {"event", mail.event_id},
                             {"summary", mail.summary},
                             {"recipients", json_array(mail.recipients)},
                             {"at", timestamp(mail.at)}}));
  }
  return json_response(200, Json::object({{"requests", std::move(requests)},
                                          {"total", total},
                                          {"writes", google_.writes()},
                                          {"fault_hits", context_.faults.hits()},
                                          {"quota_refusals", context_.quotas.refused()},
                                          {"pushes_sent", context_.channels.sent()},
                                          {"pushes_lost", context_.channels.lost()},
                                          {"mails", std::move(mails)},
                                          {"mails_by_event", std::move(by_event)},
                                          {"now", timestamp(google_.now_ms())}}));
}

Response Controls::reset_stats(const Call&) {
  context_.requests.clear();
  google_.clear_mails();
  google_.clear_writes();
  return done();
}

Response Controls::list_requests(const Call& call) {
  auto query = gcal::net::form_decode(call.request.query);
  const std::string after = query ? std::string(gcal::net::parameter(*query, "after")) : "";
  return json_response(
      200, Json::object({{"requests",
                          context_.log.describe(std::strtoull(after.c_str(), nullptr, 10), 200)}}));
}

Response Controls::add_fault(const Call& call) {
  const auto id = context_.faults.add(call.body);
  return id ? json_response(200, Json::object({{"id", *id}})) : wrong(id.error().message);
}

Response Controls::list_faults(const Call&) {
  return json_response(200, Json::object({{"faults", context_.faults.describe()}}));
}

Response Controls::remove_faults(const Call&) {
  context_.faults.clear();
  return done();
}

Response Controls::remove_fault(const Call& call) {
  const std::string id = call.path.substr(std::string_view("/faults/").size());
  return context_.faults.remove(std::strtoull(id.c_str(), nullptr, 10)) ? done()
                                                                        : missing("no such fault");
}

Response Controls::set_quotas(const Call& call) {
  const Json& body = call.body;
  Quotas& quotas = context_.quotas;
  quotas.clear();
  quotas.limits.per_user = body["per_user_per_minute"].as_integer(0);
  quotas.limits.per_project = body["per_project_per_minute"].as_integer(0);
  quotas.limits.patch_units = body.contains("patch_units") ? body["patch_units"].as_integer(3) : 3;
  return done();
}

Response Controls::set_push_faults(const Call& call) {
  const Json& body = call.body;
  PushFaults faults;
  faults.lose = body["lose"].as_double(0);
  faults.duplicate = body["duplicate"].as_double(0);
  faults.reorder = body["reorder"].as_double(0);
  faults.delay_ms = body["delay_ms"].as_integer(0);
  faults.delay_seconds = body["delay_seconds"].as_integer(0);
  faults.random = FaultRandom(static_cast<std::uint64_t>(body["seed"].as_integer(1)));
  const auto is_probability = [](double value) { return value >= 0 && value <= 1; };
  if (!is_probability(faults.lose) || !is_probability(faults.duplicate) ||
      !is_probability(faults.reorder) || faults.delay_ms < 0 || faults.delay_ms > 3'600'000 ||
      faults.delay_seconds < 0 || faults.delay_seconds > 3'600)
    return wrong(
        "lose, duplicate and reorder are probabilities, delay_ms and delay_seconds are at most "
        "an hour");
  context_.channels.faults = faults;
  return done();
}

// Sends a notification that Google would not send now: for a channel that is open, stopped or
// expired, with any header wrong.
Response Controls::send_push(const Call& call) {
  const Json& body = call.body;
  const Channel* known = context_.channels.find(body.string("channel"));
  if (!known) return missing("there never was such a channel");
  const std::int64_t count = body["count"].as_integer(1);
  if (count < 1 || count > 100'000) return wrong("count is from 1 to 100000");
  Channel channel = *known;
  const bool count_up = !body.contains("number");
  if (!count_up) channel.number = static_cast<std::uint64_t>(body["number"].as_integer());
  if (body.contains("token")) channel.token = body.string("token");
  if (body.contains("resource_id")) channel.resource_id = body.string("resource_id");
  const std::string state = body.string("state").empty() ? "exists" : body.string("state");
  context_.channels.send(std::move(channel), state, count, count_up);
  return json_response(200, Json::object({{"sent", count}}));
}

Response Controls::list_channels(const Call&) {
  Json list = Json::array();
  for (const auto& [id, channel] : context_.channels.open_channels())
    list.push(Json::object({{"id", id},
                            {"calendar", channel.calendar_id},
                            {"email", channel.email},
                            {"address", channel.address},
                            {"number", channel.number},
                            {"expiration", timestamp(channel.expires)}}));
  return json_response(200, Json::object({{"channels", std::move(list)}}));
}

Response Controls::advance_clock(const Call& call) {
  const Json& advance = call.body["advance"];
  if (!advance.is_number()) return wrong("advance is a number of seconds");
  context_.clock.advance(
      gcal::base::Milliseconds{static_cast<std::int64_t>(advance.as_double() * 1000)});
  // Notifications that wait for the clock may have to be delivered now.
  if (context_.channels.on_push) context_.channels.on_push();
  return read_clock(call);
}

Response Controls::read_clock(const Call&) {
  return json_response(200, Json::object({{"now", timestamp(google_.now_ms())}}));
}

Response Controls::expire_sync_tokens(const Call& call) {
  google_.expire_sync_tokens(call.body.string("calendar"));
  return done();
}

// {email, calendar, event, scope: "following" | "all", change: {...} | delete: true, send_updates?}
Response Controls::edit_series(const Call& call) {
  const Json& body = call.body;
  const std::string email = lower(body.string("email"));
  auto calendar = google_.calendar(
      email, body.string("calendar").empty() ? "primary" : body.string("calendar"), "writer");
  if (!calendar) return problem_response(calendar.error());
  WriteOptions options;
  options.attachments = options.conference = true;
  if (!body.string("send_updates").empty()) options.send_updates = body.string("send_updates");
  const bool following = body.string("scope") == "following";
  if (!following && body.string("scope") != "all") return wrong("scope is following or all");
  const std::string& id = body.string("event");
  if (body["delete"].as_bool()) {
    const auto removed = following ? google_.remove_following(email, **calendar, id, options)
                                   : google_.remove_all(email, **calendar, id, options);
    return removed ? done() : problem_response(removed.error());
  }
  if (!body["change"].is_object())
    return wrong("change is an object: the members of the event that change");
  const auto event = following
                         ? google_.change_following(email, **calendar, id, body["change"], options)
                         : google_.change_all(email, **calendar, id, body["change"], options);
  return event ? json_text_response(event->json, event->etag) : problem_response(event.error());
}

Response Controls::read_behaviour(const Call&) {
  const Behaviour& current = google_.behaviour();
  Json list = Json::array();
  for (const Behaviour::Switch& one : Behaviour::all()) {
    list.push(Json::object({{"name", one.name},
                            {"value", current.value(one)},
                            {"values", json_array(one.values)},
                            {"default", one.values[0]},
                            {"strict", one.values[one.strict]},
                            {"question", one.question},
                            {"sources", one.sources},
                            {"evidence", "guessed"}}));
  }
  return json_response(
      200, Json::object({{"behaviour", current.to_json()}, {"switches", std::move(list)}}));
}

// {"<name>": "<value>", ...}: all of them, or none and an error.
Response Controls::set_behaviour(const Call& call) {
  Behaviour behaviour = google_.behaviour();
  if (const auto set = behaviour.merge(call.body); !set) return wrong(set.error().message);
  google_.set_behaviour(behaviour);
  return read_behaviour(call);
}

Response Controls::load(const Call& call) {
  const LoadReport loaded = load_world(google_, tokens_, call.body);
  return json_response(
      200, Json::object({{"events", loaded.events}, {"problems", json_array(loaded.problems)}}));
}

// {}: deletes everything. {to: "world"}: what the emulator was started with. {to: {accounts...}}:
// that world, or nothing changes when something in it cannot be read.
Response Controls::reset(const Call& call) {
  const bool has_target = call.body.contains("to");
  if (!call.body.is_object() || call.body.members().size() > (has_target ? 1u : 0u))
    return wrong("reset takes {} or {to: \"world\" or a world}");
  if (!has_target) {
    context_.reset();
    return done();
  }
  const Json& target = call.body["to"];
  if (target.is_object()) return reset_to(target);
  if (target.as_string() != "world") return wrong("to is \"world\" or a world: {accounts: [...]}");
  const auto loaded = context_.reset_to(context_.start);
  if (!loaded) return json_response(500, Json::object({{"error", loaded.error().message}}));
  return json_response(200, Json::object({{"ok", true},
                                          {"events", loaded->events},
                                          {"problems", json_array(loaded->problems)}}));
}

Response Controls::reset_to(const Json& world) {
  LoadReport read;
  const auto loaded = context_.reset_to([&](NewWorld& into) -> Outcome<LoadReport> {
    read = load_world(into.google, into.tokens, world);
    if (read.problems.empty()) return read;
    return bad_request("invalid", "the world has problems, so nothing was changed");
  });
  if (!loaded)
    return json_response(400, Json::object({{"error", loaded.error().message},
                                            {"problems", json_array(read.problems)}}));
  return json_response(200, Json::object({{"ok", true}, {"events", read.events}}));
}

Response Controls::version(const Call&) {
  return json_response(
      200, Json::object({{"version", context_.version}, {"now", timestamp(google_.now_ms())}}));
}

}  // namespace emulator
