#include "tests/google_contract/live/live_stage.hpp"

#include <algorithm>

#include "src/common/base/clock.hpp"
#include "src/common/net/retry.hpp"
#include "src/common/net/url.hpp"

namespace live {
namespace {

using contract::Answer;
using contract::Json;
using contract::Needs;
using contract::Person;
using contract::Request;
using namespace std::chrono_literals;

// What a check writes where the token belongs. The tokens themselves are put in as the request
// leaves, so that no record can hold one.
constexpr std::string_view kMine = "TOKEN-OF-THE-ACCOUNT", kSeconds = "TOKEN-OF-THE-SECOND-ACCOUNT";
constexpr std::size_t kKept = 20'000;  // bytes of a body in the records

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

bool slow_down(const Answer& answer) {
  const std::string reason = answer.reason();
  return answer.status == 429 || (answer.status == 403 && (reason == "rateLimitExceeded" ||
                                                           reason == "userRateLimitExceeded"));
}

bool broken(const Answer& answer) {
  return answer.status == 0 || answer.status == 500 ||
         (answer.status >= 502 && answer.status <= 504);
}

}  // namespace

LiveStage::LiveStage(const Endpoints& endpoints, Account& account, Account* second,
                     const Folder& folder, Pace pace, gcal::base::Random& random)
    : endpoints_(endpoints),
      account_(account),
      second_(second),
      folder_(folder),
      pace_(pace),
      random_(random),
      wire_(contract::Connections::kept_for_reads, endpoints.authority) {
  wire_.give_up_when(broken_off);
  ground_.base = endpoints.api;
  ground_.own_email = account.email();
  ground_.second_email = second ? second->email() : "";
}

// Quota is counted over a minute; an even pace keeps clear of the bursts that Google refuses below
// it.
void LiveStage::wait_turn(const std::string& method) {
  const auto now = std::chrono::steady_clock::now();
  const auto turn = std::max(next_turn_, now);
  if (pace_.per_minute > 0)
    next_turn_ =
        turn + std::chrono::milliseconds{60'000 * (method == "PATCH" ? 3 : 1) / pace_.per_minute};
  wait_for(std::chrono::duration_cast<std::chrono::milliseconds>(turn - now));
}

Answer LiveStage::deliver(const Request& request, bool second, bool real_token) {
  const gcal::net::RetryPolicy policy{
      .attempts = pace_.repetitions, .first = 1s, .cap = 64s, .longest_answer = 300s};
  for (int attempt = 1;; ++attempt) {
    Request sent = request;
    if (real_token) {
      auto token = (second ? *second_ : account_).access_token();
      if (!token && token.error().code == gcal::Code::needs_auth)
        throw Stop{"the access to the account is gone: " + token.error().message};
      if (!token) throw Unanswered{token.error().message};
      for (auto& [name, value] : sent.headers)
        value = replaced(std::move(value), second ? kSeconds : kMine, *token);
      if (!second) {
        sent.url = replaced(std::move(sent.url), kMine, *token);
        sent.body = replaced(std::move(sent.body), kMine, *token);
      }
    }
    wait_turn(request.method);
    Answer answer = wire_.send(sent);
    ++requests_;
    if (broken_off()) {
      uncertain_ = uncertain_ || answer.status == 0;
      throw Stop{"broken off"};
    }
    if (broken(answer))
      uncertain_ = uncertain_ || (request.method == "POST" &&
                                  request.url == endpoints_.api + "/calendar/v3/calendars");
    if (broken(answer))
      throw Unanswered{answer.status == 0 ? "no answer: " + wire_.problem()
                                          : "Google answered " + std::to_string(answer.status)};
    if (answer.status == 401 && real_token && attempt == 1) {
      (second ? *second_ : account_).drop_access_token();
      continue;
    }
    if (!slow_down(answer)) return answer;
    if (attempt >= policy.attempts) throw Stop{"Google asks to slow down for too long"};
    ++slowed_;
    const auto asked =
        gcal::net::retry_after(answer.header("Retry-After"), gcal::base::SystemClock().now());
    if (asked > policy.longest_answer)
      throw Stop{"Google asks to come back later: Retry-After " + answer.header("Retry-After")};
    wait_for(std::max(asked, std::chrono::duration_cast<std::chrono::milliseconds>(
                                 gcal::net::back_off(policy, attempt, random_))));
  }
}

Answer LiveStage::call(const std::string& method, const std::string& path, const Json& body) {
  const Request request{method,
                        endpoints_.api + "/calendar/v3" + path,
                        body.is_null() ? "" : body.dump(),
                        {{"Authorization", "Bearer " + std::string(kMine)}}};
  for (int attempt = 0;; ++attempt) {
    try {
      return deliver(request, false, true);
    } catch (const Unanswered& unanswered) {
      // A repeated POST may make a second calendar; close() looks for it.
      if (attempt == 4) throw Stop{unanswered.why};
      wait_for(std::chrono::seconds{1 << attempt});
    }
  }
}

Person LiveStage::me() {
  return {account_.email(), std::string(kMine)};
}

Person LiveStage::another(const std::string&) {
  if (!second_) throw NotHere{"needs a second account (--second)"};
  return {second_->email(), std::string(kSeconds)};
}
std::string LiveStage::token(const std::string&, const std::string&, const std::string&) {
  throw NotHere{word(Needs::emulator)};
}
Answer LiveStage::control(const std::string&, const std::string&, const Json&) {
  throw NotHere{word(Needs::emulator)};
}

Answer LiveStage::send(Request request) {
  bool mine = request.url.find(kMine) != std::string::npos ||
              request.body.find(kMine) != std::string::npos,
       seconds = false;
  for (const auto& [name, value] : request.headers) {
    mine = mine || value.find(kMine) != std::string::npos;
    seconds = seconds || value.find(kSeconds) != std::string::npos;
  }
  const bool making =
      request.method == "POST" && request.url == endpoints_.api + "/calendar/v3/calendars";
  const bool reading = request.method == "GET";
  request = guarded(std::move(request), ground_, seconds);
  if (making && !spare_calendar()) throw NotHere{"this run has made enough calendars"};
  if (reading && settle_ > 0ms) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - last_write_);
    if (since < settle_) wait_for(settle_ - since);
  }
  Answer answer = deliver(request, seconds, mine || seconds);
  if (!reading) last_write_ = std::chrono::steady_clock::now();
  look_at(request, answer);
  take_mark_off(answer);
  record(request, answer);
  // A batch is not repeated as a whole: half of it has taken place. The check is, in an empty
  // calendar.
  const bool batch = request.url.ends_with("/batch/calendar/v3");
  if (batch && answer.body.find("ateLimitExceeded") != std::string::npos)
    throw Unanswered{"Google asked to slow down within a batch"};
  const std::string reason = answer.reason();
  if (reason == "accessNotConfigured")
    throw Stop{"the Calendar API is not enabled in the project: " + answer.text("error.message")};
  if (answer.status == 403 && reason == "insufficientPermissions")
    throw NotHere{"needs a scope that was not allowed"};
  if (answer.status == 403 && reason == "quotaExceeded") {
    if (making) throw NotHere{"Google makes no more calendars for some hours (quotaExceeded)"};
    throw Stop{"Google's use limits are reached (quotaExceeded); try again in some hours"};
  }
  return answer;
}

// What has to be tidied up after this request.
void LiveStage::look_at(const Request& request, const Answer& answer) {
  const std::string path =
      request.url.substr(endpoints_.api.size(), request.url.find('?') - endpoints_.api.size());
  const std::string room = gcal::net::percent_encode(ground_.room);
  const bool good = answer.status >= 200 && answer.status < 300;
  if (request.method == "POST" && path == "/calendar/v3/calendars" && good) {
    made(answer.text("id"));
    of_check_.push_back(answer.text("id"));
  }
  if (request.method == "POST" && path.ends_with("/watch") && good)
    channels_.push_back(
        Json::object({{"id", answer.text("id")}, {"resourceId", answer.text("resourceId")}}));
  if (request.method == "GET") return;
  named_ = named_ || request.body.find("\"id\":") != std::string::npos ||
           request.body.find("\"iCalUID\":") != std::string::npos;
  if (path.ends_with("/" + room))
    (request.body.find("labelProperties") == std::string::npos ? changed_ : spoiled_) = true;
  else if (path.find("/acl") != std::string::npos)
    shared_ = true;
  else
    dirty_ = true;
}

// Lists of calendars hold the person's own: only what is ours is kept.
void LiveStage::record(const Request& request, const Answer& answer) {
  Exchange one{request.method, request.url.substr(endpoints_.api.size()), request.body,
               answer.status, answer.body};
  const std::string path = one.target.substr(0, one.target.find('?'));
  if (path == "/calendar/v3/users/me/calendarList" && request.method == "GET") {
    Json shown = answer.json, ours = Json::array();
    for (const Json& entry : answer.json["items"].items())
      if (ground_.calendars.contains(entry.string("id"))) ours.push(entry);
    if (shown.contains("items")) shown.set("items", std::move(ours));
    one.answer = shown.dump();
  }
  const std::string encoded =
      gcal::net::percent_encode(ground_.room);  // long and of no meaning to a reader
  one.target = replaced(std::move(one.target), encoded, "ROOM");
  for (std::string* text : {&one.body, &one.answer})
    *text = replaced(replaced(std::move(*text), encoded, "ROOM"), ground_.room, "ROOM");
  if (one.answer.size() > kKept) one.answer.resize(kKept);
  if (one.body.size() > kKept) one.body.resize(kKept);
  exchanges_.push_back(std::move(one));
}

void LiveStage::made(const std::string& id) {
  ++made_;
  if (id.empty() || !ground_.calendars.insert(id).second) return;
  if (auto stored = folder_.remember({ground_.calendars.begin(), ground_.calendars.end()}); !stored)
    throw Stop{stored.error().message};
}

void LiveStage::forget(const std::string& id) {
  ground_.calendars.erase(id);
  if (auto stored = folder_.remember({ground_.calendars.begin(), ground_.calendars.end()}); !stored)
    throw Stop{stored.error().message};
}

bool LiveStage::delete_calendar(const std::string& id) {
  const int status = call("DELETE", "/calendars/" + contract::escape(id)).status;
  return (status >= 200 && status < 300) || status == 404 || status == 410;
}

std::vector<std::string> LiveStage::marked_calendars() {
  std::vector<std::string> ids;
  std::string page;
  do {
    const Answer list =
        call("GET", "/users/me/calendarList?showHidden=true&maxResults=250" +
                        (page.empty() ? "" : "&pageToken=" + contract::escape(page)));
    if (list.status != 200)
      throw Stop{"the list of calendars cannot be read: " + std::to_string(list.status) + " " +
                 list.reason()};
    for (const Json& entry : list.list("items"))
      if (entry.string("summary").starts_with(kMark) && entry.string("accessRole") == "owner" &&
          !entry["primary"].as_bool())
        ids.push_back(entry.string("id"));
    page = list.text("nextPageToken");
  } while (!page.empty());
  return ids;
}

// The last ones are for the room: without one nothing goes on.
bool LiveStage::spare_calendar() const {
  const std::size_t most = static_cast<std::size_t>(pace_.calendars);
  return made_ + most / 5 < most;
}

void LiveStage::new_room() {
  if (made_ >= static_cast<std::size_t>(pace_.calendars))
    throw NotHere{"this run has made enough calendars"};
  const Answer answer =
      call("POST", "/calendars",
           Json::object({{"summary", std::string(kMark) + "room"}, {"timeZone", "Europe/Berlin"}}));
  if (answer.reason() == "quotaExceeded")
    throw Stop{"Google makes no more calendars for some hours (quotaExceeded)"};
  if (answer.reason() == "accessNotConfigured")
    throw Stop{"the Calendar API is not enabled in the project: " + answer.text("error.message")};
  if (answer.status != 200 || answer.text("id").empty())
    throw Stop{"no calendar could be made: " + std::to_string(answer.status) + " " +
               answer.reason() + " " + answer.text("error.message")};
  ground_.room = answer.text("id");
  made(ground_.room);
  dirty_ = shared_ = changed_ = spoiled_ = used_ = false;
  if (!furnish()) throw Stop{"a new calendar could not be prepared"};
}

// As a primary calendar is; a new secondary one has no reminders of its own.
bool LiveStage::furnish() {
  const std::string id = contract::escape(ground_.room);
  Json entry = contract::js("{'defaultReminders':[{'method':'popup','minutes':30}]}");
  if (std::exchange(changed_, false)) {
    Json own = contract::js("{'description':null,'location':null,'timeZone':'Europe/Berlin'}");
    own.set("summary", std::string(kMark) + "room");
    if (call("PATCH", "/calendars/" + id, own).status != 200) return false;
    entry.set("selected", true);
    entry.set("hidden", false);
    entry.set("summaryOverride", "");
  }
  return call("PATCH", "/users/me/calendarList/" + id, entry).status == 200;
}

void LiveStage::empty_room() {
  const std::string events = "/calendars/" + contract::escape(ground_.room) + "/events";
  for (int round = 0; round < 9; ++round) {
    if (round > 1) wait_for(round * round * 200ms);  // a deletion shows late
    std::vector<std::string> masters, others;
    std::string page;
    do {
      const Answer list =
          call("GET",
               events + "?maxResults=2500&fields=nextPageToken,items(id,status,recurringEventId)" +
                   (page.empty() ? "" : "&pageToken=" + contract::escape(page)));
      if (list.status != 200) break;
      for (const Json& item : list.list("items"))
        if (item.string("status") != "cancelled")
          (item.contains("recurringEventId") ? others : masters).push_back(item.string("id"));
      page = list.text("nextPageToken");
      if (page.empty() && masters.empty() && others.empty()) {
        dirty_ = false;
        return;
      }
    } while (!page.empty());
    // Exceptions go with their series; what has none goes alone.
    for (const std::string& id : masters.empty() ? others : masters)
      (void)call("DELETE", events + "/" + id + "?sendUpdates=none");
  }
  spoiled_ = true;  // it does not become empty: the next check gets another one
}

// Rules that a check made; the owner's own and the calendar's stay.
void LiveStage::unshare() {
  const std::string rules = "/calendars/" + contract::escape(ground_.room) + "/acl";
  const Answer list = call("GET", rules);
  for (const Json& rule : list.list("items")) {
    const std::string& id = rule.string("id");
    if (id != "user:" + ground_.own_email && !id.ends_with(ground_.room))
      (void)call("DELETE", rules + "/" + contract::escape(id));
  }
  shared_ = false;
}

void LiveStage::begin(Needs needs, std::chrono::milliseconds settle, bool again) {
  exchanges_.clear();
  settle_ = 0ms;
  const bool fresh = needs == Needs::fresh_calendar || (again && named_);
  named_ = false;
  if (fresh && used_ && !spare_calendar())
    throw NotHere{"this run has made enough calendars"};  // before the old one is gone
  if (dirty_ && !spoiled_ && !fresh) empty_room();
  if (shared_ && !spoiled_ && !fresh) unshare();
  if (changed_ && !spoiled_ && !fresh) spoiled_ = !furnish();
  if (!ground_.room.empty() && (spoiled_ || (used_ && fresh))) {
    const std::string old = std::exchange(ground_.room, "");
    if (delete_calendar(old)) forget(old);
  }
  if (ground_.room.empty()) new_room();
  used_ = true;
  settle_ = settle;
}

void LiveStage::end() {
  for (const Json& channel : channels_) (void)call("POST", "/channels/stop", channel);
  channels_.clear();
  for (const std::string& id : std::exchange(of_check_, {}))
    if (delete_calendar(id)) forget(id);
}

std::vector<Exchange> LiveStage::exchanges() {
  return exchanges_;
}

std::size_t LiveStage::close() {
  std::set<std::string> all = ground_.calendars;
  if (uncertain_) {
    try {
      for (const std::string& id : marked_calendars()) all.insert(id);
    } catch (const Stop&) {
      return std::max<std::size_t>(all.size(), 1);  // --clean looks again
    }
  }
  for (const std::string& id : all) {
    try {
      if (delete_calendar(id)) forget(id);
    } catch (const Stop&) {
      break;  // counted below; --clean takes them away
    }
  }
  return ground_.calendars.size();
}

}  // namespace live
