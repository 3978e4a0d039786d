// Google as the emulator's model has it, reached through the real dialect code and without sockets:
// an HTTP client with weather, and what a person does on Google's page. Used by the second mode of
// the simulation. Never lets a person's act fail or be counted as a point.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/engine/google/google_side.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/scripted_http.hpp"

namespace gcal::simulation {

// Hands requests to the emulator. A fault before the effect is a refused connection, a 503 or a
// rate limit; one after it is a lost answer or a 500.
class EmulatorHttp final : public net::HttpClient {
 public:
  EmulatorHttp(emulator::Emulator& emulator, support::FaultPlan* faults)
      : emulator_(emulator), faults_(faults) {}
  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override;
  std::size_t sent() const { return sent_; }

 private:
  Result<net::HttpResponse> send_with_fault(const net::HttpRequest& request);

  emulator::Emulator& emulator_;
  support::FaultPlan* faults_;  // nullptr: always fair
  std::size_t sent_ = 0;
};

class GivenToken final : public google::AccessTokens {
 public:
  explicit GivenToken(std::string token) : token_(std::move(token)) {}
  Task<std::string> token() override { co_return token_; }
  Task<std::string> renew(std::string) override { co_return token_; }

 private:
  std::string token_;
};

class EmulatedGoogle {
 public:
  inline static constexpr const char* kOwner = "owner@example.com";
  inline static constexpr const char* kGuest = "guest@example.net";

  EmulatedGoogle(base::Clock& clock, std::uint64_t seed, support::FaultPlan& faults);

  sync::Side& side() { return *side_; }   // as the engine meets it
  void forget_reading();                  // the process died: what the side kept in memory is gone
  std::vector<sync::FeedItem> listing();  // what stands there, in fair weather
  std::size_t requests() const { return http_.sent(); }
  std::size_t writes() { return emulator_.google().writes(); }
  const std::vector<emulator::Mail>& mails() { return emulator_.google().mails(); }

  // What a person does. `id` names an event or an instance.
  std::vector<std::string> live();  // ids of single events and masters
  base::Json read(const std::string& id);
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

  base::SeededRandom random_;
  emulator::Emulator emulator_;
  std::string token_;
  GivenToken tokens_;
  base::SilentLog log_;
  support::NoPause pause_;
  base::Clock& clock_;
  EmulatorHttp http_;
  EmulatorHttp fair_http_;
  google::Client client_;
  google::Client fair_client_;
  std::unique_ptr<google::GoogleSide> side_;
};

}  // namespace gcal::simulation
