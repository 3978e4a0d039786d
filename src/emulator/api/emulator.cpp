#include "src/emulator/api/emulator.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "src/common/base/id.hpp"
#include "src/emulator/api/batch.hpp"
#include "src/emulator/api/calendar_api.hpp"
#include "src/emulator/controls/controls.hpp"
#include "src/emulator/oauth/oauth_api.hpp"
#include "src/emulator/oauth/signing_key.hpp"

namespace emulator {
namespace {

// The emulator's own page says so with each request: what a person does there is neither counted
// nor hit by faults.
constexpr std::string_view kPageHeader = "X-Emulator-Page";

std::string http_date(std::int64_t milliseconds) {
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

}  // namespace

Emulator::Emulator(gcal::base::Clock& clock, gcal::base::Random& random)
    : clock_(clock), random_(random), key_(std::make_unique<SigningKey>()) {
  reset();
}

Emulator::~Emulator() = default;

void Emulator::reset() {
  google_ = std::make_unique<Google>(clock_, random_);
  google_->on_change = [this](const std::string& calendar_id, const std::string& email) {
    changed(calendar_id, email);
  };
  tokens_ = std::make_unique<Tokens>(clock_, random_);
  faults_.clear();
  quotas_.clear();
  push_faults_ = {};
  pushes_sent_ = pushes_lost_ = 0;
  log_.clear();
  requests_.clear();
  channels_.clear();
  past_channels_.clear();
  pushes_.clear();
  overtaken_.reset();
}

void Emulator::changed(const std::string& calendar_id, const std::string& email) {
  ++version_;
  for (auto at = channels_.begin(); at != channels_.end();) {
    Channel& channel = at->second;
    if (channel.expires <= google_->now_ms()) {
      close_channel(at++);
      continue;
    }
    if (channel.calendar_id == calendar_id && (!calendar_id.empty() || channel.email == email))
      notify(channel, "exists");
    ++at;
  }
}

Json Emulator::save_channels() const {
  Json list = Json::array();
  for (const auto& [id, channel] : channels_)
    list.push(Json::object({{"id", id},
                            {"resource_id", channel.resource_id},
                            {"resource_uri", channel.resource_uri},
                            {"calendar_id", channel.calendar_id},
                            {"email", channel.email},
                            {"client_id", channel.client_id},
                            {"address", channel.address},
                            {"token", channel.token},
                            {"expires", channel.expires},
                            {"number", channel.number}}));
  return list;
}

void Emulator::restore_channels(const Json& list) {
  for (const Json& json : list.items()) {
    Channel channel{json.string("id"),
                    json.string("resource_id"),
                    json.string("resource_uri"),
                    json.string("calendar_id"),
                    json.string("email"),
                    json.string("client_id"),
                    json.string("address"),
                    json.string("token"),
                    json["expires"].as_integer(),
                    0};
    channel.number = static_cast<std::uint64_t>(json["number"].as_integer());
    channels_[channel.id] = std::move(channel);
  }
}

Push push_for(const Channel& channel, const std::string& state) {
  Push push;
  push.address = channel.address;
  push.headers = {
      {"X-Goog-Channel-ID", channel.id},
      {"X-Goog-Channel-Expiration", http_date(channel.expires)},
      {"X-Goog-Resource-ID", channel.resource_id},
      {"X-Goog-Resource-URI", channel.resource_uri},
      {"X-Goog-Resource-State", state},
      {"X-Goog-Message-Number", std::to_string(channel.number)},
      {"User-Agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"}};
  if (!channel.token.empty()) push.headers.emplace_back("X-Goog-Channel-Token", channel.token);
  return push;
}

void Emulator::close_channel(std::map<std::string, Channel>::iterator at) {
  past_channels_.insert_or_assign(at->first, std::move(at->second));
  channels_.erase(at);
}

void Emulator::notify(Channel& channel, const char* state) {
  channel.number += channel.number == 0 ? 1 : 1 + random_.below(3);  // numbers grow, but not by one
  Push push = push_for(channel, state);
  const auto chance = [&] {
    return static_cast<double>(next_random(push_faults_.random) >> 11) * 0x1.0p-53;
  };
  if (push_faults_.lose > 0 && chance() < push_faults_.lose) {
    ++pushes_lost_;
    return;
  }
  if (push_faults_.delay_seconds > 0)
    push.due = google_->now_ms() + push_faults_.delay_seconds * 1000;
  const int copies = push_faults_.duplicate > 0 && chance() < push_faults_.duplicate ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (push_faults_.delay_ms > 0)
      push.delay_ms =
          static_cast<std::int64_t>(chance() * static_cast<double>(push_faults_.delay_ms));
    if (!overtaken_ && push_faults_.reorder > 0 && chance() < push_faults_.reorder)
      overtaken_ = push;
    else
      enqueue(push);
  }
}

void Emulator::enqueue(Push push) {
  const auto add = [this](Push one) {
    ++pushes_sent_;
    if (one.due == 0) one.number = ++last_push_;  // nobody waits for one that is held back
    pushes_.push_back(std::move(one));
  };
  add(std::move(push));
  if (overtaken_) add(*std::exchange(overtaken_, std::nullopt));
  if (on_push) on_push();
}

std::deque<Push> Emulator::take_pushes() {
  const std::lock_guard lock(mutex_);
  std::deque<Push> now, later;
  for (Push& push : pushes_)
    (push.due <= google_->now_ms() ? now : later).push_back(std::move(push));
  pushes_ = std::move(later);
  return now;
}

std::optional<std::int64_t> Emulator::next_push() {
  const std::lock_guard lock(mutex_);
  std::optional<std::int64_t> next;
  for (const Push& push : pushes_) {
    const std::int64_t left = std::max<std::int64_t>(0, push.due - google_->now_ms());
    next = next ? std::min(*next, left) : left;
  }
  return next;
}

Response Emulator::dispatch(const Request& request, std::string& path_template, ListFaults faults,
                            const Effect* effect) {
  if (request.path.starts_with("/calendar/v3/"))
    return CalendarApi(*this).handle(request, path_template, faults);
  if (request.path == "/batch/calendar/v3") return batch(request, effect ? *effect : Effect{});
  if (OAuthApi::serves(request.path)) return OAuthApi(*this).handle(request, path_template);
  return problem_response(not_found());
}

// Each part is a request of its own, counted and hit by faults; a part whose answer a fault drops
// is missing.
Response Emulator::batch(const Request& request, const Effect& effect) {
  if (request.method != "POST")
    return problem_response({405, "global", "methodNotAllowed", "Method Not Allowed", {}, {}});
  std::string token = header(request.headers, "Authorization");
  if (token.size() > 7) token.erase(0, 7);
  if (!token.empty() && !tokens_->access(token))
    return problem_response(
        {401, "global", "authError", "Invalid Credentials", "header", "Authorization"});
  const auto parts = read_batch(request);
  if (!parts) return problem_response(parts.error());
  std::vector<std::string> answers;
  std::int64_t done = 0;
  for (const BatchPart& part : *parts) {
    if (effect.parts_done && done++ >= *effect.parts_done) break;
    Response answer = !part.readable || !part.request.path.starts_with("/calendar/v3/")
                          ? problem_response(bad("badRequest", "Bad Request"))
                          : serve(part.request);
    if (answer.drop) continue;
    answers.push_back(write_batch_part(effect.wrong_content_id
                                           ? "<of-nobody-" + std::to_string(answers.size()) + ">"
                                           : part.content_id,
                                       answer));
  }
  if (effect.reverse_parts) std::reverse(answers.begin(), answers.end());
  const std::string boundary = "batch_" + gcal::base::new_id(random_);
  Response response;
  for (const std::string& answer : answers) response.body += "--" + boundary + "\r\n" + answer;
  response.headers = {{"Content-Type", "multipart/mixed; boundary=" + boundary},
                      {"Vary", "Origin, X-Origin, Referer"},
                      {"Cache-Control", "private"}};
  response.body += "--" + boundary + "--\r\n";
  return response;
}

Response Emulator::handle(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (request.path.starts_with("/_emulator/")) {
    if (request.method != "GET") ++version_;
    return Controls(*this).handle(request);
  }
  if (!header(request.headers, kPageHeader).empty()) {
    std::string path_template;
    return dispatch(request, path_template, {}, nullptr);
  }
  return serve(request);
}

Response Emulator::serve(const Request& request) {
  std::string path_template = request.path;
  // The template is needed before the request runs, because a fault rule may stop it.
  if (request.path.starts_with("/calendar/v3/")) path_template = CalendarApi::template_of(request);
  ++requests_[request.method + " " + path_template];
  ++version_;

  const std::optional<Fault> fault = faults_.take(request, path_template);
  if (!fault) {
    Response response = dispatch(request, path_template, {}, nullptr);
    log_.add(request, response, google_->now_ms(), 0);
    return response;
  }
  const Effect& effect = fault->effect;
  if (effect.kill_pid > 0 && !effect.after) ::kill(static_cast<pid_t>(effect.kill_pid), SIGKILL);
  Response response;
  const bool instead = effect.replaces() || effect.reply_to;
  if (!instead || effect.after || effect.parts_done)
    response = dispatch(request, path_template, effect.list, &effect);
  if (effect.kill_pid > 0 && effect.after) ::kill(static_cast<pid_t>(effect.kill_pid), SIGKILL);
  if (effect.reply_to) {
    Request other = *effect.reply_to;
    other.headers = request.headers;
    other.origin = request.origin;
    std::string ignored;
    response = dispatch(other, ignored, {}, nullptr);
  }
  if (effect.replaces()) response = replacement(effect);
  spoil(effect, request, *fault->held, response);
  log_.add(request, response, google_->now_ms(), fault->id);
  return response;
}

}  // namespace emulator
