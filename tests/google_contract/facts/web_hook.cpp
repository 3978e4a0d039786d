#include "tests/google_contract/facts/web_hook.hpp"

namespace contract {

namespace net = gcal::net;

WebHook::WebHook(std::vector<int> statuses) : statuses_(std::move(statuses)) {
  auto started =
      net::HttpServer::start({}, [this](net::ServerRequest request, net::Responder responder) {
        net::ServerResponse response;
        {
          const std::lock_guard lock(mutex_);
          response.status = requests_.size() < statuses_.size() ? statuses_[requests_.size()] : 204;
          requests_.push_back(std::move(request));
        }
        arrived_.notify_all();
        responder.send(std::move(response));
      });
  EXPECT_TRUE(started);
  if (started) server_ = std::move(*started);
}

std::string WebHook::address() const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook";
}
bool WebHook::wait(std::size_t count) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, std::chrono::seconds{15},
                           [&] { return requests_.size() >= count; });
}
std::size_t WebHook::count() {
  const std::lock_guard lock(mutex_);
  return requests_.size();
}
net::ServerRequest WebHook::at(std::size_t index) {
  const std::lock_guard lock(mutex_);
  return requests_.at(index);
}
std::string WebHook::header(std::size_t index, std::string_view name) {
  const std::lock_guard lock(mutex_);
  return index < requests_.size() ? std::string(requests_[index].headers.get(name)) : "";
}

Json channel(const std::string& address, const std::string& id) {
  return Json::object({{"id", id}, {"type", "web_hook"}, {"address", address}, {"token", "t=1"}});
}
Response watch(Client& client, const Json& channel, const std::string& path) {
  return client.post(path, channel);
}

}  // namespace contract
