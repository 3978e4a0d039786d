// What one client, and all of them together, may hold at a time: connections, bytes of bodies that
// are being read. Used by HttpServer and by what decides before its handlers. Pure counting: it
// must never wait, and never forget what is given back. [any thread]
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace gcal::net {

// Who shares a budget: one IPv4 address (also when written as ::ffff:1.2.3.4), or the /64 network
// of an IPv6 address, which one subscriber has whole. Any other text is a client of its own.
std::string client_of(std::string_view address);

class ClientBudget {
 public:
  // 0: without that bound.
  ClientBudget(std::size_t total, std::size_t per_client)
      : total_(total), per_client_(per_client) {}

  // What was taken, given back at its end.
  class Share {
   public:
    Share() = default;
    Share(ClientBudget& budget, std::string client, std::size_t amount)
        : budget_(&budget), client_(std::move(client)), amount_(amount) {}
    Share(Share&& other) noexcept { swap(other); }
    Share& operator=(Share&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Share() {
      if (budget_) budget_->give_back(client_, amount_);
    }

   private:
    void swap(Share& other) {
      std::swap(budget_, other.budget_);
      std::swap(client_, other.client_);
      std::swap(amount_, other.amount_);
    }

    ClientBudget* budget_ = nullptr;  // outlives the share
    std::string client_;
    std::size_t amount_ = 0;
  };

  // false: the client has too much already, or all have; nothing is taken.
  bool take(const std::string& client, std::size_t amount);
  void give_back(const std::string& client, std::size_t amount);
  std::size_t taken() const;
  std::size_t taken_by(const std::string& client) const;

 private:
  const std::size_t total_, per_client_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t> clients_;
};

}  // namespace gcal::net
