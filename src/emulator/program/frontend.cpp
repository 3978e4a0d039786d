#include "src/emulator/program/frontend.hpp"

#include <atomic>
#include <chrono>
#include <memory>

#include "src/emulator/http/cross_origin.hpp"
#include "src/emulator/program/files.hpp"

namespace emulator {

namespace net = gcal::net;

namespace {

constexpr std::chrono::seconds kMaxPushWait{1};

// A response that two threads may send: the first one does.
class SharedResponse {
 public:
  SharedResponse(net::Responder responder, net::ServerResponse response)
      : responder_(std::move(responder)), response_(std::move(response)) {}
  void send() {
    if (!sent_.exchange(true)) responder_.send(std::move(response_));
  }

 private:
  std::atomic<bool> sent_ = false;
  net::Responder responder_;
  net::ServerResponse response_;
};

// How the client reaches the emulator.
std::string origin_of(const net::ServerRequest& incoming) {
  const std::string_view host = incoming.headers.get("Host");
  return (incoming.tls ? "https://" : "http://") + std::string(host.empty() ? "127.0.0.1" : host);
}

Request request_from(net::ServerRequest incoming) {
  Request request;
  request.method = std::move(incoming.method);
  request.path = std::move(incoming.path);
  request.query = std::move(incoming.query);
  request.headers = incoming.headers.fields();
  request.body = std::move(incoming.body);
  request.origin = origin_of(incoming);
  return request;
}

net::ServerResponse response_from(Response answer) {
  net::ServerResponse response;
  response.status = answer.status;
  for (auto& [name, value] : answer.headers)
    response.headers.add(std::move(name), std::move(value));
  response.body = std::move(answer.body);
  return response;
}

}  // namespace

Frontend::Frontend(Emulator& emulator)
    : emulator_(emulator),
      delivery_(emulator),
      listeners_([this](net::ServerRequest incoming, net::Responder responder) {
        serve(std::move(incoming), std::move(responder));
      }) {}

// The faulty listeners are controlled at the main server only: a listener cannot close itself.
net::ServerHandler Frontend::handler() {
  return [this](net::ServerRequest incoming, net::Responder responder) {
    if (!is_other_origin(incoming.headers.get("Origin"), origin_of(incoming)))
      if (auto answer = handle_listener_control(listeners_, incoming))
        return responder.send(*std::move(answer));
    serve(std::move(incoming), std::move(responder));
  };
}

void Frontend::serve(net::ServerRequest incoming, net::Responder responder) {
  if (incoming.method == "GET")
    if (auto file = page_file(incoming.path)) return responder.send(*std::move(file));
  const Request request = request_from(std::move(incoming));
  respond(emulator_.handle(request), request.method == "HEAD", std::move(responder));
}

void Frontend::respond(Response answer, bool head_only, net::Responder responder) {
  if (answer.drop || !answer.wire.untouched())
    return scheduler_.send(plan_wire(answer, head_only), responder.take_over());
  const std::chrono::milliseconds delay{answer.delay_ms};
  const std::uint64_t after_push = answer.after_push;
  net::ServerResponse response = response_from(std::move(answer));
  if (delay.count() > 0) return scheduler_.send(delay, std::move(responder), std::move(response));
  if (after_push == 0) return responder.send(std::move(response));
  // The first message of a channel is delivered before the response to watch, as at Google. A
  // receiver that does not accept it delays the response by a second at most.
  const auto send = [shared = std::make_shared<SharedResponse>(
                         std::move(responder), std::move(response))] { shared->send(); };
  delivery_.after_attempt(after_push, send);
  scheduler_.after(kMaxPushWait, send);
}

}  // namespace emulator
