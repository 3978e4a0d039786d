// The emulator's model of Google behind the product's Google client, without sockets: an HTTP
// client with injected faults, and what a user does on Google's page. Used by the second mode of
// the simulation and by bench_sync. Only requests of the engine are points of the fault plan; a
// user's act never fails by a fault.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/engine/google/google_side.hpp"
#include "tests/sim/refusals.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/scripted_http.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

// Passes requests to the emulator. A fault before the effect is a refused connection, a 503 or a
// rate limit; one after it is a lost response or a 500.
class EmulatorHttp final : public net::HttpClient {
 public:
  EmulatorHttp(emulator::Emulator& emulator, support::FaultPlan* faults)
      : emulator_(emulator), faults_(faults) {}
  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override;
  std::size_t sent() const { return sent_; }
  std::size_t writes() const { return writes_; }  // of events
  // The answer of the service in place of its own; nullopt: its own.
  std::function<std::optional<net::HttpResponse>(const net::HttpRequest&)> refuses;
  bool shows_reader = false;  // the account may read the calendar only

 private:
  net::HttpResponse answer(const net::HttpRequest& request);
  Result<net::HttpResponse> send_with_fault(const net::HttpRequest& request);

  emulator::Emulator& emulator_;
  support::FaultPlan* faults_;  // nullptr: no faults
  std::size_t sent_ = 0;
  std::size_t writes_ = 0;
};

class FixedToken final : public google::AccessTokens {
 public:
  explicit FixedToken(std::string token) : token_(std::move(token)) {}
  Task<std::string> token() override { co_return token_; }
  Task<std::string> renew(std::string) override { co_return token_; }

 private:
  std::string token_;
};

class EmulatedGoogle {
 public:
  inline static constexpr const char* kOwner = "owner@example.com";
  inline static constexpr const char* kGuest = "guest@example.net";
  inline static constexpr const char* kColleague = "colleague@example.net";  // has no calendar here

  EmulatedGoogle(base::Clock& clock, std::uint64_t seed, support::FaultPlan& faults,
                 const emulator::Behaviour& behaviour = {});

  sync::Side& side() { return *side_; }  // for the engine
  // What Google refuses from now on.
  void refuse(const Refusals& refusals);
  void forget_reading();                  // the process died: drops what the side kept in memory
  std::vector<sync::FeedItem> listing();  // everything in the calendar, read without faults
  std::size_t requests() const { return http_.sent(); }
  std::size_t engine_writes() const { return http_.writes(); }
  std::size_t writes() { return emulator_.google().writes(); }
  const std::vector<emulator::Mail>& mails() { return emulator_.google().mails(); }

  // What a user does. `id` is that of an event or an instance.
  std::vector<std::string> live();                // ids of single events and masters
  std::string find(const std::string& location);  // a living one's id; "": there is none
  base::Json read(const std::string& id);
  std::optional<sync::Series> series(const std::string& id);  // with its exceptions
  void insert(const base::Json& event);
  bool patch(const std::string& id, const base::Json& change);
  bool remove(const std::string& id);
  bool change_following(const std::string& instance, const base::Json& change);
  bool remove_following(const std::string& instance);
  void clear();  // the calendar stays, everything in it is deleted
  void expire_sync_tokens();
  bool answer_as_guest(const std::string& id, const char* answer);

 private:
  emulator::Calendar& calendar();

  support::SeededRandom random_;
  emulator::Emulator emulator_;
  std::string token_;
  FixedToken tokens_;
  base::SilentLog log_;
  support::NoPause pause_;
  base::Clock& clock_;
  EmulatorHttp http_;
  EmulatorHttp reliable_http_;
  google::Client client_;
  google::Client reliable_client_;
  std::unique_ptr<google::GoogleSide> side_;
};

}  // namespace gcal::simulation
