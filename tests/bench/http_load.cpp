#include "tests/bench/http_load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace bench {

Connection::Connection(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

Connection::~Connection() {
  if (socket_ >= 0) ::close(socket_);
}

Connection::Connection(Connection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), pending_(std::move(other.pending_)) {}

bool Connection::send(std::string_view request) {
  while (!request.empty()) {
    const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

Answer Connection::receive() {
  Answer answer;
  std::string text = std::move(pending_);
  std::array<char, 256 << 10> chunk;
  std::size_t body = 0, length = 0;
  while (body == 0 || text.size() < body + length) {
    if (const std::size_t end = body == 0 ? text.find("\r\n\r\n") : std::string::npos;
        end != std::string::npos) {
      body = end + 4;
      const std::size_t field = text.find("\r\nContent-Length: ");
      if (field < end) length = std::strtoull(text.c_str() + field + 18, nullptr, 10);
      text.reserve(body + length);
      continue;
    }
    const ssize_t got = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (got <= 0) return answer;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  answer.status = std::atoi(text.c_str() + 9);
  pending_ = text.substr(body + length);
  text.resize(body + length);
  text.erase(0, body);
  answer.body = std::move(text);
  return answer;
}

std::string request(std::string_view method, std::string_view target, std::string_view token,
                    std::string_view body) {
  std::string text =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!token.empty()) text += "Authorization: Bearer " + std::string(token) + "\r\n";
  if (!body.empty())
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

std::size_t drive(std::vector<Connection>& connections, std::size_t count,
                  const std::function<std::string(std::size_t)>& make) {
  std::vector<pollfd> waiting;
  std::size_t sent = 0, answered = 0, good = 0;
  for (Connection& connection : connections) {
    waiting.push_back({connection.descriptor(), POLLIN, 0});
    if (sent < count && !connection.send(make(sent++))) return good;
  }
  while (answered < count) {
    if (::poll(waiting.data(), waiting.size(), 10'000) <= 0) return good;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      const int status = connections[i].receive().status;
      if (status == 0) return good;
      good += status == 200;
      ++answered;
      if (sent < count && !connections[i].send(make(sent++))) return good;
    }
  }
  return good;
}

}  // namespace bench
