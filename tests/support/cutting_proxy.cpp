#include "tests/support/cutting_proxy.hpp"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace gcal::support {
namespace {

constexpr const char* kName = "/.s.PGSQL.5432";
constexpr int kTickMs = 20;  // how soon the end of the proxy is noticed

sockaddr_un address_of(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + kName;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error(path + " is too long");
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string server) : server_(std::move(server)) {
  std::string name = server_ + "/../cut.XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
  folder_ = std::filesystem::canonical(name);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder_);
  if (listener_ < 0 || bind(listener_, generic(address), sizeof address) != 0 ||
      listen(listener_, 16) != 0)
    throw std::runtime_error("no socket in " + folder_);
  acceptor_ = std::thread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
  ended_ = true;
  acceptor_.join();
  for (std::thread& line : lines_) line.join();
  close(listener_);
  std::error_code ignored;  // a folder that remains in /tmp is no failure of the test
  std::filesystem::remove_all(folder_, ignored);
}

void CuttingProxy::accept_all() {
  while (!ended_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kTickMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (dark_) {
      close(client);
      continue;
    }
    lines_.emplace_back([this, client] { forward(client); });
  }
}

void CuttingProxy::forward(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_);
  bool open = server >= 0 && connect(server, generic(address), sizeof address) == 0;
  bool lost = false;      // the server's next answer is
  bool is_asked = false;  // since its last answer
  std::array<char, 65536> part{};
  while (open && !ended_) {
    std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), kTickMs) <= 0) continue;
    for (std::size_t from = 0; from < ends.size() && open; ++from) {
      if (ends[from].revents == 0) continue;
      const ssize_t size = recv(ends[from].fd, part.data(), part.size(), 0);
      if (size <= 0 || (from == 1 && lost)) {
        open = false;
        break;
      }
      if (from == 0 && !is_asked) ++round_trips_;
      is_asked = from == 0;
      const std::string_view bytes(part.data(), static_cast<std::size_t>(size));
      if (from == 0 && bytes.find("COMMIT") != std::string_view::npos) {
        const Cut cut = cut_.exchange(Cut::none);
        if (cut != Cut::none) ++cuts_;
        if (cut == Cut::silent) dark_ = true;
        if (cut == Cut::before) open = false;
        lost = cut == Cut::after || cut == Cut::silent;
      }
      if (open) open = write_all(ends[1 - from].fd, bytes);
    }
  }
  close(client);
  if (server >= 0) close(server);
}

}  // namespace gcal::support
