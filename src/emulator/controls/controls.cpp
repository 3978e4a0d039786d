#include "src/emulator/controls/controls.hpp"

#include <algorithm>

#include "src/emulator/load/world.hpp"

namespace emulator {

using gcal::base::Json;

namespace {

Response wrong(const std::string& message) {
  return json_response(400, Json::object({{"error", message}}));
}
Response done() {
  return json_response(200, Json::object({{"ok", true}}));
}

}  // namespace

Response Controls::handle(const Request& request) {
  const std::string path = request.path.substr(std::string_view("/_emulator").size());
  Json body = Json::object();
  if (!request.body.empty()) {
    auto parsed = Json::parse(request.body);
    if (!parsed) return wrong(parsed.error().message);
    body = *std::move(parsed);
  }
  const bool post = request.method == "POST", get = request.method == "GET";
  Google& google = *e_.google_;
  if (path == "/accounts" && post) {
    if (body.string("email").find('@') == std::string::npos) return wrong("email is missing");
    const Account& account =
        google.add_account(body.string("email"), body.string("name"),
                           body.contains("time_zone") ? body.string("time_zone") : "Europe/Berlin");
    if (body.contains("admin")) google.account(account.email)->admin = body["admin"].as_bool();
    return json_response(
        200,
        Json::object({{"email", account.email}, {"name", account.name}, {"sub", account.sub}}));
  }
  if (path == "/accounts" && get) {
    Json list = Json::array();
    for (const auto& [email, account] : google.accounts())
      list.push(Json::object({{"email", email}, {"name", account.name}, {"sub", account.sub}}));
    return json_response(200, Json::object({{"accounts", std::move(list)}}));
  }
  if (path == "/groups" && post) {
    if (body.string("email").find('@') == std::string::npos || !body["members"].is_array())
      return wrong("a group is {email, members: [addresses]}");
    std::vector<std::string> members;
    for (const Json& member : body["members"].items()) members.push_back(lower(member.as_string()));
    google.set_group(lower(body.string("email")), std::move(members));
    return done();
  }
  if (path == "/tokens" && post) return add_token(body);
  if (path == "/tokens/revoke" && post)
    return json_response(
        200, Json::object({{"revoked", e_.tokens_->revoke_all(lower(body.string("email")))}}));
  if (path == "/clients" && post) {
    if (body.string("client_id").empty()) return wrong("client_id is missing");
    Client client;
    client.secret = body.string("client_secret");
    client.name = body.string("name");
    for (const Json& uri : body["redirect_uris"].items())
      client.redirect_uris.push_back(uri.as_string());
    e_.tokens_->clients[body.string("client_id")] = std::move(client);
    return done();
  }
  if (path == "/stats" && get) return stats();
  if (path == "/stats/reset" && post) {
    e_.requests_.clear();
    google.forget_mails();
    google.forget_writes();
    return done();
  }
  if (path == "/faults" && post) {
    const auto id = e_.faults_.add(body);
    return id ? json_response(200, Json::object({{"id", *id}})) : wrong(id.error().message);
  }
  if (path == "/faults" && get)
    return json_response(200, Json::object({{"faults", e_.faults_.describe()}}));
  if (path == "/faults" && request.method == "DELETE") {
    e_.faults_.clear();
    return done();
  }
  if (path.starts_with("/faults/") && request.method == "DELETE")
    return e_.faults_.remove(std::strtoull(path.c_str() + 8, nullptr, 10))
               ? done()
               : json_response(404, Json::object({{"error", "no such fault"}}));
  if (path == "/quotas" && post) {
    e_.quotas_.clear();
    e_.quotas_.limits.per_user = body["per_user_per_minute"].as_integer(0);
    e_.quotas_.limits.per_project = body["per_project_per_minute"].as_integer(0);
    e_.quotas_.limits.patch_units =
        body.contains("patch_units") ? body["patch_units"].as_integer(3) : 3;
    return done();
  }
  if (path == "/push" && post) {
    PushFaults faults;
    faults.lose = body["lose"].as_double(0);
    faults.duplicate = body["duplicate"].as_double(0);
    faults.reorder = body["reorder"].as_double(0);
    faults.delay_ms = body["delay_ms"].as_integer(0);
    faults.delay_seconds = body["delay_seconds"].as_integer(0);
    faults.random = static_cast<std::uint64_t>(body["seed"].as_integer(1));
    const auto is_probability = [](double value) { return value >= 0 && value <= 1; };
    if (!is_probability(faults.lose) || !is_probability(faults.duplicate) ||
        !is_probability(faults.reorder) || faults.delay_ms < 0 || faults.delay_ms > 3'600'000 ||
        faults.delay_seconds < 0 || faults.delay_seconds > 3'600)
      return wrong(
          "lose, duplicate and reorder are probabilities, delay_ms and delay_seconds are at most "
          "an hour");
    e_.push_faults_ = faults;
    return done();
  }
  if (path == "/push/send" && post) return send_push(body);
  if (path == "/oauth" && post) {
    Tokens& tokens = *e_.tokens_;
    if (body.contains("access_seconds"))
      tokens.lifetime_seconds = body["access_seconds"].as_integer(3599);
    if (body.contains("grant_seconds")) tokens.grant_seconds = body["grant_seconds"].as_integer(0);
    if (body.contains("rotate_refresh_tokens"))
      tokens.rotate = body["rotate_refresh_tokens"].as_bool();
    return done();
  }
  if (path == "/clock" && post) {
    const Json& advance = body["advance"];  // seconds
    if (!advance.is_number()) return wrong("advance is a number of seconds");
    e_.clock_.advance(
        gcal::base::Milliseconds{static_cast<std::int64_t>(advance.as_double() * 1000)});
    if (e_.on_push) e_.on_push();  // what was delayed may be due
    return json_response(200, Json::object({{"now", timestamp(google.now_ms())}}));
  }
  if (path == "/clock" && get)
    return json_response(200, Json::object({{"now", timestamp(google.now_ms())}}));
  if (path == "/sync_tokens/expire" && post) {
    google.expire_sync_tokens(body.string("calendar"));
    return done();
  }
  if (path == "/load" && post) {
    const LoadReport loaded = load_world(google, body);
    Json problems = Json::array();
    for (const std::string& problem : loaded.problems) problems.push(problem);
    return json_response(
        200, Json::object({{"events", loaded.events}, {"problems", std::move(problems)}}));
  }
  if (path == "/reset" && post) {
    e_.reset();
    return done();
  }
  if (path == "/requests" && get) {
    auto query = gcal::net::form_decode(request.query);
    const std::string after = query ? std::string(gcal::net::parameter(*query, "after")) : "";
    return json_response(
        200, Json::object(
                 {{"requests", e_.log_.describe(std::strtoull(after.c_str(), nullptr, 10), 200)}}));
  }
  if (path == "/version" && get)
    return json_response(
        200, Json::object({{"version", e_.version_}, {"now", timestamp(google.now_ms())}}));
  if (path == "/series" && post) return edit_series(body);
  if (path == "/channels" && get) {
    Json list = Json::array();
    for (const auto& [id, channel] : e_.channels_)
      list.push(Json::object({{"id", id},
                              {"calendar", channel.calendar_id},
                              {"email", channel.email},
                              {"address", channel.address},
                              {"number", channel.number},
                              {"expiration", timestamp(channel.expires)}}));
    return json_response(200, Json::object({{"channels", std::move(list)}}));
  }
  return json_response(404, Json::object({{"error", "no such control"}}));
}

Response Controls::add_token(const Json& body) {
  const std::string email = lower(body.string("email"));
  if (!e_.google_->account(email))
    return json_response(404, Json::object({{"error", "no such account"}}));
  Scopes scopes;
  if (body["scopes"].is_string()) scopes = split_scopes(body.string("scopes"));
  for (const Json& scope : body["scopes"].items()) scopes.insert(scope.as_string());
  if (scopes.empty()) scopes.insert("calendar");
  scopes = full_scopes(scopes);
  const std::string client =
      body.string("client_id").empty() ? "emulator" : body.string("client_id");
  const std::string refresh = e_.tokens_->issue_refresh(email, client, scopes);
  const std::string access = e_.tokens_->issue_access(email, client, scopes, refresh);
  return json_response(200, Json::object({{"access_token", access},
                                          {"refresh_token", refresh},
                                          {"token_type", "Bearer"},
                                          {"expires_in", e_.tokens_->lifetime_seconds},
                                          {"scope", join_scopes(scopes)}}));
}

// A message that Google would not send now: for a channel that is open, stopped or expired, with
// whatever is to be wrong about it.
Response Controls::send_push(const Json& body) {
  const std::string& id = body.string("channel");
  const bool open = e_.channels_.contains(id);
  if (!open && !e_.past_channels_.contains(id))
    return json_response(404, Json::object({{"error", "there never was such a channel"}}));
  const std::int64_t count = body["count"].as_integer(1);
  if (count < 1 || count > 100'000) return wrong("count is from 1 to 100000");
  const Channel& channel = open ? e_.channels_.at(id) : e_.past_channels_.at(id);
  Channel shown = channel;
  if (body.contains("number"))
    shown.number = static_cast<std::uint64_t>(body["number"].as_integer());
  if (body.contains("token")) shown.token = body.string("token");
  if (body.contains("resource_id")) shown.resource_id = body.string("resource_id");
  for (std::int64_t i = 0; i < count; ++i) {
    if (!body.contains("number")) ++shown.number;
    e_.enqueue(push_for(shown, body.string("state").empty() ? "exists" : body.string("state")));
  }
  if (open) e_.channels_.at(id).number = std::max(channel.number, shown.number);
  return json_response(200, Json::object({{"sent", count}}));
}

// What a person does on Google's page: {email, calendar, event, scope: "following" | "all", change:
// {…} | delete: true, send_updates?}.
Response Controls::edit_series(const Json& body) {
  Google& google = *e_.google_;
  const std::string email = lower(body.string("email"));
  auto calendar = google.calendar(
      email, body.string("calendar").empty() ? "primary" : body.string("calendar"), "writer");
  if (!calendar) return problem_response(calendar.error());
  WriteOptions options;
  options.attachments = options.conference = true;
  if (!body.string("send_updates").empty()) options.send_updates = body.string("send_updates");
  const bool following = body.string("scope") == "following";
  if (!following && body.string("scope") != "all") return wrong("scope is following or all");
  const std::string& id = body.string("event");
  if (body["delete"].as_bool()) {
    const auto removed = following ? google.remove_following(email, **calendar, id, options)
                                   : google.remove_all(email, **calendar, id, options);
    return removed ? done() : problem_response(removed.error());
  }
  if (!body["change"].is_object())
    return wrong("change is an object: the members of the event that change");
  const auto event = following
                         ? google.change_following(email, **calendar, id, body["change"], options)
                         : google.change_all(email, **calendar, id, body["change"], options);
  return event ? json_text_response(event->json, event->etag) : problem_response(event.error());
}

Response Controls::stats() const {
  Json requests = Json::object();
  std::uint64_t total = 0;
  for (const auto& [name, count] : e_.requests_) {
    requests.set(name, count);
    total += count;
  }
  Json mails = Json::array();
  Json by_event = Json::object();  // {"<event id>": {"invitation": 2}}: messages, one per recipient
  for (const Mail& mail : e_.google_->mails()) {
    Json to = Json::array();
    for (const std::string& address : mail.recipients) to.push(address);
    Json& kinds = by_event.contains(mail.event_id) ? by_event.member(mail.event_id)
                                                   : by_event.set(mail.event_id, Json::object());
    kinds.set(mail.kind,
              kinds[mail.kind].as_integer(0) + static_cast<std::int64_t>(mail.recipients.size()));
    mails.push(Json::object({{"kind", mail.kind},
                             {"calendar", mail.calendar_id},
                             {"event", mail.event_id},
                             {"summary", mail.summary},
                             {"recipients", std::move(to)},
                             {"at", timestamp(mail.at)}}));
  }
  return json_response(200, Json::object({{"requests", std::move(requests)},
                                          {"total", total},
                                          {"writes", e_.google_->writes()},
                                          {"fault_hits", e_.faults_.hits()},
                                          {"quota_refusals", e_.quotas_.refused()},
                                          {"pushes_sent", e_.pushes_sent_},
                                          {"pushes_lost", e_.pushes_lost_},
                                          {"mails", std::move(mails)},
                                          {"mails_by_event", std::move(by_event)},
                                          {"now", timestamp(e_.google_->now_ms())}}));
}

}  // namespace emulator
