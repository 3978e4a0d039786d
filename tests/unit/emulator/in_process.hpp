// The emulator in process: a clock that only moves when a test advances it, seeded randomness, no
// sockets. Used by the tests of this folder and by the fuzz targets. Never waits and never opens a
// connection.
#pragma once

#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/api/emulator.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace emulator {

class InProcess {
 public:
  explicit InProcess(std::uint64_t seed = 1) : random(seed), emulator(clock, random) { begin(); }

  // Starts again, but keeps the signing key, which takes long to generate.
  void reset() {
    (void)call("POST", "/_emulator/reset");
    begin();
  }

  Response call(const std::string& method, const std::string& target,
                const std::string& body = "") {
    Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
    request.headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
    request.body = body;
    return emulator.handle(request);
  }
  gcal::base::Json json(const std::string& method, const std::string& target,
                        const std::string& body = "") {
    auto parsed = gcal::base::Json::parse(call(method, target, body).body);
    return parsed ? *std::move(parsed) : gcal::base::Json();
  }

  gcal::support::ManualClock clock;
  gcal::support::SeededRandom random;
  Emulator emulator;
  std::string token;

 private:
  void begin() {
    emulator.google().add_account("anna@example.com", "Anna");
    const Scopes scopes = full_scopes({"calendar"});
    token = emulator.tokens().issue_access(
        "anna@example.com", "test", scopes,
        emulator.tokens().issue_refresh("anna@example.com", "test", scopes));
  }
};

}  // namespace emulator
