#include "tests/google_contract/facts/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace contract {

RawResponse raw_exchange(const std::string& base, const std::string& request,
                         std::chrono::milliseconds idle_timeout) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  };
  RawResponse response;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::atoi(base.substr(base.rfind(':') + 1).c_str())));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return response;
  const Clock::time_point begin = Clock::now();
  const auto wait_for = [&](short what) {
    pollfd one{socket, what, 0};
    return ::poll(&one, 1, static_cast<int>(idle_timeout.count())) > 0;
  };
  (void)::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  int error = 0;
  socklen_t size = sizeof error;
  if (wait_for(POLLOUT) && ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
    response.connected = error == 0;
    response.reset = error == ECONNREFUSED;
  }
  if (response.connected) {
    (void)!::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    std::array<char, 65'536> chunk;
    for (;;) {
      if (!wait_for(POLLIN)) {
        response.silent = true;
        break;
      }
      const ssize_t count = ::recv(socket, chunk.data(), chunk.size(), 0);
      if (count < 0 && errno == EAGAIN) continue;
      response.reset = count < 0 && errno == ECONNRESET;
      if (count <= 0) break;
      if (response.bytes.empty()) response.first = since(begin);
      response.bytes.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
  response.total = since(begin);
  ::close(socket);
  return response;
}

}  // namespace contract
