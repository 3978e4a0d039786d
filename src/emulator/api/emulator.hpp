// The whole of Google that this emulator serves, behind one call: a request in, a response out.
// Used by the program, by tests and by simulations, which need no sockets. It must never block:
// slow answers and deliveries are left to the caller.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/api/message.hpp"
#include "src/emulator/api/request_log.hpp"
#include "src/emulator/controls/faults.hpp"
#include "src/emulator/controls/quotas.hpp"
#include "src/emulator/model/google.hpp"
#include "src/emulator/oauth/tokens.hpp"

namespace emulator {

// A clock that can be moved ahead by POST /_emulator/clock. [any thread under the emulator's lock]
class ShiftedClock final : public gcal::base::Clock {
 public:
  explicit ShiftedClock(gcal::base::Clock& real) : real_(real) {}
  gcal::base::Instant now() const override { return real_.now() + shift_; }
  gcal::base::Milliseconds monotonic() const override { return real_.monotonic() + shift_; }
  void advance(gcal::base::Milliseconds by) { shift_ += by; }

 private:
  gcal::base::Clock& real_;
  gcal::base::Milliseconds shift_{0};
};

struct Channel {
  std::string id, resource_id, resource_uri, calendar_id;  // calendar_id "" for the calendar list
  std::string email, client_id, address, token;
  std::int64_t expires = 0;  // milliseconds
  std::uint64_t number = 0;
};

// One notification to be sent by whoever owns sockets.
struct Push {
  std::uint64_t number =
      0;  // from 1, in the order in which they were made; 0 when the clock holds it back
  std::string address;
  Fields headers;
  int attempt = 0;
  std::int64_t delay_ms = 0;  // a fault: not before so long
  std::int64_t due = 0;  // a fault: not before this time of the emulator's clock, in milliseconds
};

// What goes wrong with notifications, each with its probability; the seed makes a run repeatable.
struct PushFaults {
  double lose = 0, duplicate = 0;
  double reorder = 0;  // it waits until the next one has gone
  std::int64_t delay_ms =
      0;  // each message waits a random time up to this: they overtake each other
  std::int64_t delay_seconds = 0;  // of the emulator's clock
  std::uint64_t random = 0;
};

Push push_for(const Channel& channel, const std::string& state);

class SigningKey;

class Emulator {
 public:
  Emulator(gcal::base::Clock& clock, gcal::base::Random& random);
  ~Emulator();

  Response handle(const Request& request);  // [any thread]
  std::deque<Push> take_pushes();           // [any thread] what has to be delivered now
  std::optional<std::int64_t>
  next_push();  // [any thread] milliseconds until more is due, when nothing is to be delivered now
  std::function<void()> on_push;  // called (under the lock) when there is something to take

  // For loading and for tests; the caller is the only user at that time.
  void allow_kill() { faults_.allow_kill = true; }
  Google& google() { return *google_; }
  Tokens& tokens() { return *tokens_; }
  // The push channels outlive a restart, as Google's do: part of the document that --state keeps.
  gcal::base::Json save_channels() const;
  void restore_channels(const gcal::base::Json& list);

 private:
  friend class CalendarApi;
  friend class OAuthApi;
  friend class Controls;
  void reset();
  void changed(const std::string& calendar_id, const std::string& email);
  void notify(Channel& channel, const char* state);
  void enqueue(Push push);
  void close_channel(std::map<std::string, Channel>::iterator at);
  Response serve(const Request& request);  // counted, logged, hit by faults
  Response batch(const Request& request, const Effect& effect);
  Response dispatch(const Request& request, std::string& path_template, ListFaults faults,
                    const Effect* effect);

  std::mutex mutex_;
  ShiftedClock clock_;
  gcal::base::Random& random_;
  std::unique_ptr<Google> google_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<SigningKey> key_;
  Faults faults_;
  Quotas quotas_;
  PushFaults push_faults_;
  std::uint64_t pushes_sent_ = 0, pushes_lost_ = 0, last_push_ = 0;
  RequestLog log_;
  std::uint64_t version_ = 0;  // raised by whatever the page shows
  std::map<std::string, std::uint64_t>
      requests_;  // "GET /calendar/v3/calendars/{calendarId}/events"
  std::map<std::string, Channel> channels_;
  std::map<std::string, Channel>
      past_channels_;  // stopped or expired: controls can still send for them, as a fault
  std::deque<Push> pushes_;
  std::optional<Push> overtaken_;  // waits for the next one (reorder)
};

}  // namespace emulator
