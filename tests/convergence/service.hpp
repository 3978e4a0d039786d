// How a history reaches the emulator: in process, or as a program over HTTP. Used by World. A call
// is one request; it is never repeated here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace convergence {

struct Call {
  std::string method;
  std::string target;  // path and query
  std::string body;
  std::string token;  // "" for none
  const char* content_type = "application/json";
};

struct Answer {
  int status = 0;  // 0: the connection ended without an answer
  std::string body;
};

class Service {
 public:
  virtual ~Service() = default;
  // Forgets everything. In process, time and identifiers then follow from the seed.
  virtual void begin(std::uint64_t seed) = 0;
  virtual Answer send(const Call& call) = 0;
  virtual void advance(std::int64_t seconds) = 0;  // the emulator's clock
};

std::unique_ptr<Service> in_process();
// `where`: the address of an emulator that runs, or its program, which then runs as long as this.
std::unique_ptr<Service> over_http(const std::string& where);

}  // namespace convergence
