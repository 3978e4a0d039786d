#include "src/emulator/push/channels.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace emulator {
namespace {

using gcal::base::Json;

std::string http_date(std::int64_t milliseconds) {
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

Push make_push(const Channel& channel, const std::string& state) {
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

}  // namespace

const Channel* Channels::find(const std::string& id) const {
  for (const auto* channels : {&open_, &ended_})
    if (const auto found = channels->find(id); found != channels->end()) return &found->second;
  return nullptr;
}

std::uint64_t Channels::open(Channel channel) {
  Channel& stored = open_[channel.id] = std::move(channel);
  const std::uint64_t before = last_number_;
  notify(stored, "sync");
  return last_number_ > before ? last_number_ : 0;
}

void Channels::close(const std::string& id) {
  if (const auto found = open_.find(id); found != open_.end()) close(found);
}

std::map<std::string, Channel>::iterator Channels::close(
    std::map<std::string, Channel>::iterator at) {
  ended_.insert_or_assign(at->first, std::move(at->second));
  return open_.erase(at);
}

void Channels::notify_change(const std::string& calendar_id, const std::string& email) {
  for (auto at = open_.begin(); at != open_.end();) {
    Channel& channel = at->second;
    if (channel.expires <= now_ms()) {
      at = close(at);
      continue;
    }
    if (channel.calendar_id == calendar_id && (!calendar_id.empty() || channel.email == email))
      notify(channel, "exists");
    ++at;
  }
}

void Channels::send(Channel channel, const std::string& state, std::int64_t count, bool count_up) {
  for (std::int64_t i = 0; i < count; ++i) {
    if (count_up) ++channel.number;
    enqueue(make_push(channel, state));
  }
  if (const auto found = open_.find(channel.id); found != open_.end())
    found->second.number = std::max(found->second.number, channel.number);
}

void Channels::notify(Channel& channel, const char* state) {
  channel.number += channel.number == 0 ? 1 : 1 + random_.below(3);  // numbers have gaps
  Push push = make_push(channel, state);
  const auto hits = [&](double probability) {
    return probability > 0 && faults.random.next_fraction() < probability;
  };
  if (hits(faults.lose)) {
    ++lost_;
    return;
  }
  if (faults.delay_seconds > 0) push.due = now_ms() + faults.delay_seconds * 1000;
  const int copies = hits(faults.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (faults.delay_ms > 0)
      push.delay_ms = static_cast<std::int64_t>(faults.random.next_fraction() *
                                                static_cast<double>(faults.delay_ms));
    if (!reordered_ && hits(faults.reorder))
      reordered_ = push;
    else
      enqueue(push);
  }
}

void Channels::enqueue(Push push) {
  const auto add = [this](Push one) {
    ++sent_;
    // A response never waits for a notification that waits for the emulator's clock.
    if (one.due == 0) one.number = ++last_number_;
    queue_.push_back(std::move(one));
  };
  add(std::move(push));
  if (reordered_) add(*std::exchange(reordered_, std::nullopt));
  if (on_push) on_push();
}

std::deque<Push> Channels::take() {
  std::deque<Push> now, later;
  for (Push& push : queue_) (push.due <= now_ms() ? now : later).push_back(std::move(push));
  queue_ = std::move(later);
  return now;
}

std::optional<std::int64_t> Channels::next_due_ms() const {
  std::optional<std::int64_t> next;
  for (const Push& push : queue_) {
    const std::int64_t left = std::max<std::int64_t>(0, push.due - now_ms());
    next = next ? std::min(*next, left) : left;
  }
  return next;
}

void Channels::clear() {
  faults = {};
  sent_ = lost_ = 0;
  open_.clear();
  ended_.clear();
  queue_.clear();
  reordered_.reset();
}

Json Channels::save() const {
  Json list = Json::array();
  for (const auto& [id, channel] : open_)
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

void Channels::restore(const Json& list) {
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
                    static_cast<std::uint64_t>(json["number"].as_integer())};
    open_[channel.id] = std::move(channel);
  }
}

}  // namespace emulator
