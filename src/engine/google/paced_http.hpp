// The HTTP client of one account for requests to the Calendar API: waits for the budget before each
// request, repetitions included, and tells it when Google asks for a slower pace. What Google
// refuses for that with 403 is repeated in place.
#pragma once

#include <string>
#include <utility>

#include "src/common/base/clock.hpp"
#include "src/common/net/http.hpp"
#include "src/engine/google/budget.hpp"

namespace gcal::google {

// Objects passed by reference must outlive it. [loop thread]
class PacedHttp final : public net::HttpClient {
 public:
  PacedHttp(net::HttpClient& http, Budget& budget, const base::Clock& clock, std::string user,
            Priority priority)
      : http_(http), budget_(budget), clock_(clock), user_(std::move(user)), priority_(priority) {}

  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override;

 private:
  net::HttpClient& http_;
  Budget& budget_;
  const base::Clock& clock_;
  std::string user_;
  Priority priority_;
};

}  // namespace gcal::google
