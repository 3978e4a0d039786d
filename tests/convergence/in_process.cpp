#include "src/emulator/api/emulator.hpp"
#include "tests/convergence/service.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace convergence {
namespace {

class InProcess final : public Service {
 public:
  InProcess() : random_(1), emulator_(clock_, random_) {}

  void begin(std::uint64_t seed) override {
    clock_ = gcal::support::ManualClock{};
    random_ = gcal::support::SeededRandom{seed};
    (void)send({"POST", "/_emulator/reset", "", ""});
  }

  Answer send(const Call& call) override {
    emulator::Request request;
    request.method = call.method;
    const std::size_t mark = call.target.find('?');
    request.path = call.target.substr(0, mark);
    if (mark != std::string::npos) request.query = call.target.substr(mark + 1);
    if (!call.token.empty()) request.headers = {{"Authorization", "Bearer " + call.token}};
    if (!call.body.empty()) request.headers.emplace_back("Content-Type", call.content_type);
    request.body = call.body;
    emulator::Response response = emulator_.handle(request);
    if (response.drop) return {};
    return {response.status, std::move(response.body)};
  }

  void advance(std::int64_t seconds) override { clock_.advance(std::chrono::seconds{seconds}); }

 private:
  gcal::support::ManualClock clock_;
  gcal::support::SeededRandom random_;
  emulator::Emulator emulator_;
};

}  // namespace

std::unique_ptr<Service> in_process() {
  return std::make_unique<InProcess>();
}

}  // namespace convergence
