#include <cstdio>
#include <cstdlib>

#include "tests/bench/emulator_process.hpp"
#include "tests/convergence/service.hpp"
#include "tests/google_contract/harness/http_client.hpp"

namespace convergence {
namespace {

class OverHttp final : public Service {
 public:
  explicit OverHttp(const std::string& where) {
    if (where.starts_with("http://")) {
      base_ = where;
      return;
    }
    process_ = std::make_unique<bench::EmulatorProcess>(where, std::vector<std::string>{});
    if (!process_->valid()) {
      std::fprintf(stderr, "convergence: %s does not listen\n", where.c_str());
      std::exit(2);
    }
    base_ = "http://127.0.0.1:" + std::to_string(process_->port());
  }

  void begin(std::uint64_t) override { (void)send({"POST", "/_emulator/reset", "", ""}); }

  Answer send(const Call& call) override {
    contract::Request request{call.method, base_ + call.target, call.body, {}};
    if (!call.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + call.token);
    if (!call.body.empty()) request.headers.emplace_back("Content-Type", call.content_type);
    contract::Response response = http_.send(request);
    return {response.status, std::move(response.body)};
  }

  void advance(std::int64_t seconds) override {
    (void)send({"POST", "/_emulator/clock", "{\"advance\":" + std::to_string(seconds) + "}", ""});
  }

 private:
  std::unique_ptr<bench::EmulatorProcess> process_;
  std::string base_;
  contract::HttpClient http_{contract::ConnectionReuse::never};
};

}  // namespace

std::unique_ptr<Service> over_http(const std::string& where) {
  return std::make_unique<OverHttp>(where);
}

}  // namespace convergence
