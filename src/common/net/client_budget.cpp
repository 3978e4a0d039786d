#include "src/common/net/client_budget.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace gcal::net {

std::string client_of(std::string_view address) {
  std::string text(address.substr(0, address.find('%')));  // without the zone of fe80::1%eth0
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0)
    return ::inet_ntop(AF_INET, bytes.data() + kMapped.size(), out.data(), out.size());
  std::memset(bytes.data() + 8, 0, 8);
  return std::string(::inet_ntop(AF_INET6, bytes.data(), out.data(), out.size())) + "/64";
}

bool ClientBudget::take(const std::string& client, std::size_t amount) {
  const std::lock_guard lock(mutex_);
  if (total_ > 0 && (amount > total_ || taken_ > total_ - amount)) return false;
  const auto known = clients_.find(client);
  const std::size_t before = known == clients_.end() ? 0 : known->second;
  if (per_client_ > 0 && (amount > per_client_ || before > per_client_ - amount)) return false;
  if (amount == 0) return true;
  taken_ += amount;
  clients_[client] = before + amount;
  return true;
}

void ClientBudget::give_back(const std::string& client, std::size_t amount) {
  const std::lock_guard lock(mutex_);
  const auto known = clients_.find(client);
  if (amount == 0 || known == clients_.end()) return;
  taken_ -= amount;
  known->second -= amount;
  if (known->second == 0) clients_.erase(known);
}

std::size_t ClientBudget::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

std::size_t ClientBudget::taken_by(const std::string& client) const {
  const std::lock_guard lock(mutex_);
  const auto known = clients_.find(client);
  return known == clients_.end() ? 0 : known->second;
}

}  // namespace gcal::net
