// A web hook on this machine, and requests that open push channels to it. Used by the facts about
// push. It answers every notification and never sends a request.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {

// [the fact's thread; the server has its own]
class WebHook {
 public:
  // Answers the first notifications with these statuses, the others with 204.
  explicit WebHook(std::vector<int> statuses = {});

  std::string address() const;
  // Waits until `count` notifications have arrived since the start. False after 15 seconds.
  bool wait(std::size_t count);
  std::size_t count();
  gcal::net::ServerRequest at(std::size_t index);
  std::string header(std::size_t index, std::string_view name);  // "" if there is none

 private:
  std::vector<int> statuses_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<gcal::net::ServerRequest> requests_;
  std::unique_ptr<gcal::net::HttpServer> server_;
};

Json channel(const std::string& address, const std::string& id = unique_id("channel-"));
Response watch(Client& client, const Json& channel,
               const std::string& path = "/calendars/primary/events/watch");

}  // namespace contract
