#include "tests/google_contract/live/live_backend.hpp"

#include <algorithm>

#include "src/common/base/clock.hpp"
#include "src/common/net/retry.hpp"
#include "src/common/net/url.hpp"

namespace live {
namespace {

using contract::Json;
using contract::Needs;
using contract::Request;
using contract::Response;
using contract::User;
using namespace std::chrono_literals;

// What a fact writes in the place of a token. The real token is put in as the request leaves, so
// that no record can hold one.
constexpr std::string_view kOwnToken = "TOKEN-OF-THE-ACCOUNT";
constexpr std::string_view kSecondToken = "TOKEN-OF-THE-SECOND-ACCOUNT";
constexpr std::size_t kRecordedBytes = 20'000;  // of a body
constexpr const char* kEnoughCalendars = "this run has made enough calendars";

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

bool asks_to_slow_down(const Response& response) {
  const std::string reason = response.reason();
  return response.status == 429 || (response.status == 403 && (reason == "rateLimitExceeded" ||
                                                               reason == "userRateLimitExceeded"));
}

bool is_outage(const Response& response) {
  return response.status == 0 || response.status == 500 ||
         (response.status >= 502 && response.status <= 504);
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

std::string not_enabled(const Response& response) {
  return "the Calendar API is not enabled in the project: " + response.text("error.message");
}

// Whose tokens a request of a fact holds.
struct TokenUse {
  bool own = false, second = false;
};

TokenUse tokens_in(const Request& request) {
  TokenUse use;
  use.own = request.url.find(kOwnToken) != std::string::npos ||
            request.body.find(kOwnToken) != std::string::npos;
  for (const auto& [name, value] : request.headers) {
    use.own = use.own || value.find(kOwnToken) != std::string::npos;
    use.second = use.second || value.find(kSecondToken) != std::string::npos;
  }
  return use;
}

}  // namespace

LiveBackend::LiveBackend(const Endpoints& endpoints, Account& account, Account* second,
                         const StateFolder& folder, Limits limits, gcal::base::Random& random)
    : endpoints_(endpoints),
      account_(account),
      second_(second),
      folder_(folder),
      limits_(limits),
      random_(random),
      http_(contract::ConnectionReuse::reads_only, endpoints.ca_file) {
  http_.abort_when(interrupted);
  sandbox_.base = endpoints.api;
  sandbox_.own_email = account.email();
  sandbox_.second_email = second ? second->email() : "";
  sandbox_.invitations = folder.invitations();
}

// Quota is counted per minute. An even pace avoids the bursts that Google refuses below it.
void LiveBackend::wait_turn(const std::string& method) {
  const auto now = std::chrono::steady_clock::now();
  const auto turn = std::max(next_turn_, now);
  const int cost = method == "PATCH" ? 3 : 1;
  if (limits_.requests_per_minute > 0)
    next_turn_ = turn + std::chrono::milliseconds{60'000 * cost / limits_.requests_per_minute};
  wait_for(std::chrono::duration_cast<std::chrono::milliseconds>(turn - now));
}

Request LiveBackend::with_token(Request request, bool second) {
  auto token = (second ? *second_ : account_).access_token();
  if (!token && token.error().code == gcal::Code::needs_auth)
    throw RunStopped{"the access to the account is gone: " + token.error().message};
  if (!token) throw Unavailable{token.error().message};
  for (auto& [name, value] : request.headers)
    value = replaced(std::move(value), second ? kSecondToken : kOwnToken, *token);
  if (!second) {
    request.url = replaced(std::move(request.url), kOwnToken, *token);
    request.body = replaced(std::move(request.body), kOwnToken, *token);
  }
  return request;
}

Response LiveBackend::deliver(const Request& request, bool second, bool real_token) {
  const gcal::net::RetryPolicy policy{
      .attempts = limits_.attempts, .first = 1s, .cap = 64s, .longest_answer = 300s};
  for (int attempt = 1;; ++attempt) {
    const Request sent = real_token ? with_token(request, second) : request;
    wait_turn(request.method);
    Response response = http_.send(sent);
    ++requests_;
    if (interrupted()) {
      lost_calendar_ = lost_calendar_ || response.status == 0;
      throw RunStopped{"interrupted"};
    }
    if (is_outage(response)) {
      lost_calendar_ = lost_calendar_ || makes_calendar(request);
      throw Unavailable{response.status == 0
                            ? "no response: " + http_.error()
                            : "Google answered " + std::to_string(response.status)};
    }
    if (response.status == 401 && real_token && attempt == 1) {
      (second ? *second_ : account_).drop_access_token();
      continue;
    }
    if (!asks_to_slow_down(response)) return response;
    if (attempt >= policy.attempts) throw RunStopped{"Google asks to slow down for too long"};
    ++rate_limited_;
    const auto asked =
        gcal::net::retry_after(response.header("Retry-After"), gcal::base::SystemClock().now());
    if (asked > policy.longest_answer)
      throw RunStopped{"Google asks to come back later: Retry-After " +
                       response.header("Retry-After")};
    wait_for(std::max(asked, std::chrono::duration_cast<std::chrono::milliseconds>(
                                 gcal::net::back_off(policy, attempt, random_))));
  }
}

Response LiveBackend::call(const std::string& method, const std::string& path, const Json& body,
                           bool second) {
  const Request request{
      method,
      endpoints_.api + "/calendar/v3" + path,
      body.is_null() ? "" : body.dump(),
      {{"Authorization", "Bearer " + std::string(second ? kSecondToken : kOwnToken)}}};
  for (int attempt = 0;; ++attempt) {
    try {
      return deliver(request, second, true);
    } catch (const Unavailable& unavailable) {
      // A repeated POST may make a second calendar; close() looks for it.
      if (attempt == 4) throw RunStopped{unavailable.reason};
      wait_for(std::chrono::seconds{1 << attempt});
    }
  }
}

User LiveBackend::new_user() {
  return {account_.email(), std::string(kOwnToken)};
}

User LiveBackend::another_user(const std::string&) {
  if (!second_) throw NotRun{"needs a second account (--second)"};
  return {second_->email(), std::string(kSecondToken)};
}
std::string LiveBackend::token(const std::string&, const std::string&, const std::string&) {
  throw NotRun{to_string(Needs::emulator)};
}
Response LiveBackend::control(const std::string&, const std::string&, const Json&) {
  throw NotRun{to_string(Needs::emulator)};
}

void LiveBackend::wait_settled() {
  if (settle_ <= 0ms) return;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - last_write_);
  if (since < settle_) wait_for(settle_ - since);
}

Response LiveBackend::send(Request request) {
  const TokenUse tokens = tokens_in(request);
  const bool making = makes_calendar(request), reading = request.method == "GET";
  request = guarded(std::move(request), sandbox_, tokens.second);
  if (making && !may_make_calendar()) throw NotRun{kEnoughCalendars};
  if (reading) wait_settled();
  Response response = deliver(request, tokens.second, tokens.own || tokens.second);
  if (!reading) last_write_ = std::chrono::steady_clock::now();
  track_changes(request, response);
  remove_mark(response);
  record(request, response);
  check_refusal(request, response);
  return response;
}

// Throws if a response says something about the account or the quota and not about the fact.
void LiveBackend::check_refusal(const Request& request, const Response& response) {
  // A batch is not repeated as a whole, since a part of it has taken effect. The fact is asked
  // again with an empty calendar.
  const bool batch = request.url.ends_with("/batch/calendar/v3");
  if (batch && response.body.find("ateLimitExceeded") != std::string::npos)
    throw Unavailable{"Google asked to slow down within a batch"};
  const std::string reason = response.reason();
  if (reason == "accessNotConfigured") throw RunStopped{not_enabled(response)};
  if (response.status == 403 && reason == "insufficientPermissions")
    throw NotRun{"needs a scope that was not allowed"};
  if (response.status == 403 && reason == "quotaExceeded") {
    if (makes_calendar(request))
      throw NotRun{"Google makes no more calendars for some hours (quotaExceeded)"};
    throw RunStopped{"Google's use limits are reached (quotaExceeded); try again in some hours"};
  }
}

bool LiveBackend::makes_calendar(const Request& request) const {
  return request.method == "POST" &&
         request.url.substr(0, request.url.find('?')) == endpoints_.api + "/calendar/v3/calendars";
}

// Notes what has to be undone after this request.
void LiveBackend::track_changes(const Request& request, const Response& response) {
  const std::string path =
      request.url.substr(endpoints_.api.size(), request.url.find('?') - endpoints_.api.size());
  const std::string calendar = gcal::net::percent_encode(sandbox_.calendar);
  const bool success = is_success(response.status);
  if (makes_calendar(request) && success) {
    add_calendar(response.text("id"));
    made_by_fact_.push_back(response.text("id"));
  }
  if (request.method == "POST" && path.ends_with("/watch") && success)
    channels_.push_back(
        Json::object({{"id", response.text("id")}, {"resourceId", response.text("resourceId")}}));
  if (request.method == "GET") return;
  if (success) track_invitation(request, response);
  chose_ids_ = chose_ids_ || request.body.find("\"id\":") != std::string::npos ||
               request.body.find("\"iCalUID\":") != std::string::npos;
  const bool labels = request.body.find("labelProperties") != std::string::npos;
  if (path.ends_with("/" + calendar))
    (labels ? state_.unusable : state_.modified) = true;
  else if (path.find("/acl") != std::string::npos)
    state_.has_rules = true;
  else
    state_.has_events = true;
}

// Of a list of calendars only our own are recorded: the others are the user's.
void LiveBackend::record(const Request& request, const Response& response) {
  Exchange one{request.method, request.url.substr(endpoints_.api.size()), request.body,
               response.status, response.body};
  const std::string path = one.target.substr(0, one.target.find('?'));
  if (path == "/calendar/v3/users/me/calendarList" && request.method == "GET") {
    Json shown = response.json, ours = Json::array();
    for (const Json& entry : response.json["items"].items())
      if (sandbox_.calendars.contains(entry.string("id"))) ours.push(entry);
    if (shown.contains("items")) shown.set("items", std::move(ours));
    one.response = shown.dump();
  }
  // The test calendar's id is long and means nothing to a reader.
  const std::string id = sandbox_.calendar, encoded = gcal::net::percent_encode(id);
  one.target = replaced(std::move(one.target), encoded, "TEST-CALENDAR");
  for (std::string* text : {&one.body, &one.response}) {
    *text = replaced(std::move(*text), encoded, "TEST-CALENDAR");
    *text = replaced(std::move(*text), id, "TEST-CALENDAR");
    if (text->size() > kRecordedBytes) text->resize(kRecordedBytes);
  }
  exchanges_.push_back(std::move(one));
}

void LiveBackend::store_calendars() {
  const auto stored =
      folder_.store_calendars({sandbox_.calendars.begin(), sandbox_.calendars.end()});
  if (!stored) throw RunStopped{stored.error().message};
}

void LiveBackend::add_calendar(const std::string& id) {
  ++calendars_made_;
  if (!id.empty() && sandbox_.calendars.insert(id).second) store_calendars();
}

void LiveBackend::forget_calendar(const std::string& id) {
  sandbox_.calendars.erase(id);
  store_calendars();
}

bool LiveBackend::delete_calendar(const std::string& id) {
  const int status = call("DELETE", "/calendars/" + contract::escape(id)).status;
  return is_success(status) || status == 404 || status == 410;
}

std::vector<std::string> LiveBackend::marked_calendars() {
  std::vector<std::string> ids;
  std::string page;
  do {
    const Response list =
        call("GET", "/users/me/calendarList?showHidden=true&maxResults=250" +
                        (page.empty() ? "" : "&pageToken=" + contract::escape(page)));
    if (list.status != 200)
      throw RunStopped{"the list of calendars cannot be read: " + std::to_string(list.status) +
                       " " + list.reason()};
    for (const Json& entry : list.list("items"))
      if (entry.string("summary").starts_with(kMark) && entry.string("accessRole") == "owner" &&
          !entry["primary"].as_bool())
        ids.push_back(entry.string("id"));
    page = list.text("nextPageToken");
  } while (!page.empty());
  return ids;
}

// The last fifth is kept for test calendars: without one no fact can be asked.
bool LiveBackend::may_make_calendar() const {
  const std::size_t limit = static_cast<std::size_t>(limits_.calendars);
  return calendars_made_ + limit / 5 < limit;
}

void LiveBackend::new_test_calendar() {
  if (calendars_made_ >= static_cast<std::size_t>(limits_.calendars))
    throw NotRun{kEnoughCalendars};
  const Response response = call(
      "POST", "/calendars",
      Json::object({{"summary", std::string(kMark) + "calendar"}, {"timeZone", "Europe/Berlin"}}));
  if (response.reason() == "quotaExceeded")
    throw RunStopped{"Google makes no more calendars for some hours (quotaExceeded)"};
  if (response.reason() == "accessNotConfigured") throw RunStopped{not_enabled(response)};
  if (response.status != 200 || response.text("id").empty())
    throw RunStopped{"no calendar could be made: " + std::to_string(response.status) + " " +
                     response.reason() + " " + response.text("error.message")};
  sandbox_.calendar = response.text("id");
  add_calendar(sandbox_.calendar);
  state_ = {};
  if (!set_up_calendar()) throw RunStopped{"a new calendar could not be prepared"};
}

// Makes it like a primary calendar: a new secondary one has no default reminders.
bool LiveBackend::set_up_calendar() {
  const std::string id = contract::escape(sandbox_.calendar);
  Json entry = contract::json("{'defaultReminders':[{'method':'popup','minutes':30}]}");
  if (std::exchange(state_.modified, false)) {
    Json own = contract::json("{'description':null,'location':null,'timeZone':'Europe/Berlin'}");
    own.set("summary", std::string(kMark) + "calendar");
    if (call("PATCH", "/calendars/" + id, own).status != 200) return false;
    entry.set("selected", true);
    entry.set("hidden", false);
    entry.set("summaryOverride", "");
  }
  return call("PATCH", "/users/me/calendarList/" + id, entry).status == 200;
}

void LiveBackend::delete_events() {
  const std::string events = "/calendars/" + contract::escape(sandbox_.calendar) + "/events";
  for (int round = 0; round < 9; ++round) {
    if (round > 1) wait_for(round * round * 200ms);  // Google shows a deletion late
    std::vector<std::string> masters, others;
    std::string page;
    do {
      const Response list =
          call("GET",
               events + "?maxResults=2500&fields=nextPageToken,items(id,status,recurringEventId)" +
                   (page.empty() ? "" : "&pageToken=" + contract::escape(page)));
      if (list.status != 200) break;
      for (const Json& item : list.list("items"))
        if (item.string("status") != "cancelled")
          (item.contains("recurringEventId") ? others : masters).push_back(item.string("id"));
      page = list.text("nextPageToken");
      if (page.empty() && masters.empty() && others.empty()) {
        state_.has_events = false;
        return;
      }
    } while (!page.empty());
    // An exception is deleted with its series; only one without a series is deleted by itself.
    for (const std::string& id : masters.empty() ? others : masters)
      (void)call("DELETE", events + "/" + id + "?sendUpdates=none");
  }
  state_.unusable = true;
}

// Of the facts' making: the owner's own rule and the calendar's are kept.
void LiveBackend::delete_rules() {
  const std::string rules = "/calendars/" + contract::escape(sandbox_.calendar) + "/acl";
  const Response list = call("GET", rules);
  for (const Json& rule : list.list("items")) {
    const std::string& id = rule.string("id");
    if (id != "user:" + sandbox_.own_email && !id.ends_with(sandbox_.calendar))
      (void)call("DELETE", rules + "/" + contract::escape(id));
  }
  state_.has_rules = false;
}

void LiveBackend::begin(Needs needs, std::chrono::milliseconds settle, bool again) {
  exchanges_.clear();
  settle_ = 0ms;
  const bool fresh = needs == Needs::new_calendar || (again && chose_ids_);
  chose_ids_ = false;
  // Checked before the old calendar is deleted.
  if (fresh && state_.used && !may_make_calendar()) throw NotRun{kEnoughCalendars};
  if (state_.has_events && !state_.unusable && !fresh) delete_events();
  if (state_.has_rules && !state_.unusable && !fresh) delete_rules();
  if (state_.modified && !state_.unusable && !fresh) state_.unusable = !set_up_calendar();
  if (!sandbox_.calendar.empty() && (state_.unusable || (state_.used && fresh))) {
    const std::string old = std::exchange(sandbox_.calendar, "");
    find_invitations(old);
    if (delete_calendar(old)) forget_calendar(old);
  }
  if (sandbox_.calendar.empty()) new_test_calendar();
  state_.used = true;
  settle_ = settle;
}

void LiveBackend::end() {
  (void)withdraw_invitations();
  for (const Json& channel : channels_) (void)call("POST", "/channels/stop", channel);
  channels_.clear();
  for (const std::string& id : std::exchange(made_by_fact_, {}))
    if (delete_calendar(id)) forget_calendar(id);
}

std::vector<Exchange> LiveBackend::exchanges() {
  return exchanges_;
}

std::size_t LiveBackend::close() {
  try {
    for (const std::string& id : sandbox_.calendars) find_invitations(id);
    (void)withdraw_invitations();
  } catch (const RunStopped&) {
    // They stay in the state folder; --clean tries again.
  }
  std::set<std::string> all = sandbox_.calendars;
  if (lost_calendar_) {
    try {
      for (const std::string& id : marked_calendars()) all.insert(id);
    } catch (const RunStopped&) {
      return std::max<std::size_t>(all.size(), 1);  // --clean looks again
    }
  }
  for (const std::string& id : all) {
    try {
      if (delete_calendar(id)) forget_calendar(id);
    } catch (const RunStopped&) {
      break;  // counted below; --clean deletes them
    }
  }
  return sandbox_.calendars.size();
}

}  // namespace live
