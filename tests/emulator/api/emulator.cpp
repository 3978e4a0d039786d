#include "tests/emulator/api/emulator.hpp"

#include <cstdio>
#include <ctime>

#include "tests/emulator/api/calendar_api.hpp"
#include "tests/emulator/controls/controls.hpp"
#include "tests/emulator/oauth/oauth_api.hpp"
#include "tests/emulator/oauth/signing_key.hpp"

namespace emulator {
namespace {

// The emulator's own page says so with each request: what a person does there is neither counted nor hit by faults.
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

Emulator::Emulator(gcal::base::Clock& clock, gcal::base::Random& random) : clock_(clock), random_(random), key_(std::make_unique<SigningKey>()) { reset(); }

Emulator::~Emulator() = default;

void Emulator::reset() {
  google_ = std::make_unique<Google>(clock_, random_);
  google_->on_change = [this](const std::string& calendar_id, const std::string& email) { changed(calendar_id, email); };
  tokens_ = std::make_unique<Tokens>(clock_, random_);
  faults_.clear();
  log_.clear();
  requests_.clear();
  channels_.clear();
  pushes_.clear();
}

void Emulator::changed(const std::string& calendar_id, const std::string& email) {
  ++version_;
  for (auto at = channels_.begin(); at != channels_.end();) {
    Channel& channel = at->second;
    if (channel.expires <= google_->now_ms()) {
      at = channels_.erase(at);
      continue;
    }
    if (channel.calendar_id == calendar_id && (!calendar_id.empty() || channel.email == email)) notify(channel, "exists");
    ++at;
  }
}

void Emulator::notify(Channel& channel, const char* state) {
  channel.number += channel.number == 0 ? 1 : 1 + random_.below(3);  // numbers grow, but not by one
  Push push;
  push.address = channel.address;
  push.headers = {{"X-Goog-Channel-ID", channel.id},
                  {"X-Goog-Channel-Expiration", http_date(channel.expires)},
                  {"X-Goog-Resource-ID", channel.resource_id},
                  {"X-Goog-Resource-URI", channel.resource_uri},
                  {"X-Goog-Resource-State", state},
                  {"X-Goog-Message-Number", std::to_string(channel.number)},
                  {"User-Agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"}};
  if (!channel.token.empty()) push.headers.emplace_back("X-Goog-Channel-Token", channel.token);
  pushes_.push_back(std::move(push));
  if (on_push) on_push();
}

std::deque<Push> Emulator::take_pushes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pushes_, {});
}

Response Emulator::dispatch(const Request& request, std::string& path_template, bool empty_page) {
  if (request.path.starts_with("/calendar/v3/")) return CalendarApi(*this).handle(request, path_template, empty_page);
  if (OAuthApi::serves(request.path)) return OAuthApi(*this).handle(request, path_template);
  return problem_response(not_found());
}

Response Emulator::handle(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (request.path.starts_with("/_emulator/")) {
    if (request.method != "GET") ++version_;
    return Controls(*this).handle(request);
  }
  std::string path_template = request.path;
  if (!header(request.headers, kPageHeader).empty()) return dispatch(request, path_template, false);

  // The template is needed before the request runs, because a fault rule may stop it.
  if (request.path.starts_with("/calendar/v3/")) path_template = CalendarApi::template_of(request);
  ++requests_[request.method + " " + path_template];
  ++version_;

  const Fault* rule = faults_.take(request, path_template);
  if (!rule) {
    Response response = dispatch(request, path_template, false);
    log_.add(request, response, google_->now_ms(), 0);
    return response;
  }
  const Fault fault = *rule;
  const bool replaces = fault.drop || fault.garbage || fault.status > 0;
  Response response;
  if (!replaces || fault.after) response = dispatch(request, path_template, fault.empty_page);
  if (replaces) response = Faults::answer(fault);
  if (fault.truncate) response.body.resize(response.body.size() / 2);
  response.delay_ms = fault.delay_ms;
  log_.add(request, response, google_->now_ms(), fault.id);
  return response;
}

}  // namespace emulator
