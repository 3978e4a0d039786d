#include "src/host/web/live_updates.hpp"

#include <algorithm>

#include "src/common/base/json.hpp"

namespace host {
namespace {

using namespace std::chrono_literals;
using gcal::base::Json;

constexpr std::ptrdiff_t kMaxStreams = 16;  // of one user: a browser opens at most six per site
// How long changes are collected: an import commits hundreds of times a second, and the page needs
// one message.
constexpr auto kCollect = 40ms;
// Detects clients that left, and stops proxies from closing the connection.
constexpr auto kKeepAlive = 20s;

std::string message(std::string_view event, const Json& data) {
  return "event: " + std::string(event) + "\ndata: " + data.dump() + "\n\n";
}

// What a user may learn of a change; "" for nothing.
std::string message_for(const Change& change, std::string_view user) {
  const bool own = change.user == user;
  switch (change.kind) {
    // Appointments of other users are on the cards of leads and contacts: the page learns that
    // cards may have changed, but not whose calendar it was.
    case Change::Kind::event:
      return message("events", Json::object({{"calendar", own ? change.calendar : std::string()}}));
    case Change::Kind::calendars: return own ? message("calendars", Json::object()) : std::string();
    case Change::Kind::account: return own ? message("accounts", Json::object()) : std::string();
    case Change::Kind::record: return message("records", Json::object({{"kind", change.record}}));
    case Change::Kind::mail: return own ? message("mail", Json::object()) : std::string();
    case Change::Kind::flow:
      return own ? message("flow", Json::object({{"flow", change.id}})) : std::string();
  }
  return {};
}

}  // namespace

LiveUpdates::LiveUpdates(ChangeBus& bus)
    : thread_([this] { run(); }),
      subscription_(bus.subscribe([this](const Change& change) { on_change(change); })) {}

LiveUpdates::~LiveUpdates() {
  subscription_ = {};
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

bool LiveUpdates::open_event_stream(std::string_view user, std::string_view token,
                                    gcal::net::Responder& responder) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::count(clients_, user, &Client::user) >= kMaxStreams) return false;
  auto stream = responder.stream(200, {{"Content-Type", "text/event-stream; charset=utf-8"},
                                       {"Cache-Control", "no-store"},
                                       {"X-Content-Type-Options", "nosniff"},
                                       {"X-Accel-Buffering", "no"}});
  // A page that reconnects may have missed changes: on "hello" it fetches everything again.
  stream->write("retry: 1000\n\nevent: hello\ndata: {}\n\n");
  clients_.push_back({std::string(user), std::string(token), std::move(stream), {}});
  return true;
}

void LiveUpdates::end_session(std::string_view token) {
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, [&](const Client& client) { return client.token == token; });
}

std::vector<std::string> LiveUpdates::tokens() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const Client& client : clients_)
    if (std::ranges::find(out, client.token) == out.end()) out.push_back(client.token);
  return out;
}

std::vector<std::string> LiveUpdates::users() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const Client& client : clients_)
    if (std::ranges::find(out, client.user) == out.end()) out.push_back(client.user);
  return out;
}

void LiveUpdates::on_change(const Change& change) {
  const std::lock_guard lock(mutex_);
  for (Client& client : clients_) {
    std::string text = message_for(change, client.user);
    if (text.empty() || std::ranges::find(client.pending, text) != client.pending.end()) continue;
    client.pending.push_back(std::move(text));
    something_pending_ = true;
  }
  if (something_pending_) wake_.notify_all();
}

void LiveUpdates::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool woken =
        wake_.wait_for(lock, kKeepAlive, [this] { return stopping_ || something_pending_; });
    if (stopping_) break;
    if (woken && wake_.wait_for(lock, kCollect, [this] { return stopping_; })) break;
    something_pending_ = false;
    std::erase_if(clients_, [woken](Client& client) {
      std::string text;
      for (const std::string& message : std::exchange(client.pending, {})) text += message;
      if (text.empty()) return woken ? false : !client.stream->write(": still here\n\n");
      return !client.stream->write(std::move(text));
    });
  }
  clients_.clear();
}

}  // namespace host
