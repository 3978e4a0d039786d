#include "src/emulator/program/doors.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "src/common/base/json.hpp"

namespace emulator {
namespace {

namespace net = gcal::net;

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }

 private:
  int value_;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Descriptor bound_socket(std::uint16_t& port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (!socket || ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return Descriptor();
  port = ntohs(address.sin_port);
  return socket;
}

// A file without a name: keys never touch a disk.
Descriptor memory_file(const std::string& text, std::string& path) {
  Descriptor file(::memfd_create("pem", MFD_CLOEXEC));
  path = "/proc/self/fd/" + std::to_string(file.get());
  if (file && ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return Descriptor();
  return file;
}

// A server of before 2018: the newest it speaks is TLS 1.1.
SSL_CTX* old_tls(const PemPair& pair) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  BIO* certificate_text =
      BIO_new_mem_buf(pair.certificate.data(), static_cast<int>(pair.certificate.size()));
  BIO* key_text = BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size()));
  X509* certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(certificate_text);
  BIO_free(key_text);
  return context;
}

void limit_time(int socket) {
  const timeval limit{2, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// A client that agrees to it is served one answer, so that its test sees what it did.
void serve_old_tls(SSL_CTX* context, int socket) {
  limit_time(socket);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, socket);
  if (SSL_accept(tls) == 1) {
    std::array<char, 8'192> request;
    constexpr std::string_view kAnswer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 41\r\nConnection: "
        "close\r\n\r\n"
        "{\"emulator\":\"you agreed to obsolete TLS\"}";
    if (SSL_read(tls, request.data(), static_cast<int>(request.size())) > 0)
      (void)SSL_write(tls, kAnswer.data(), static_cast<int>(kAnswer.size()));
    SSL_shutdown(tls);
  }
  SSL_free(tls);
}

void reset_when_spoken_to(int socket) {
  limit_time(socket);
  char first = 0;
  (void)::recv(socket, &first, 1, 0);
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

// Either a server of ours with a certificate, or a socket with a thread behind it, or a socket that
// nobody serves.
struct Doors::Door {
  std::unique_ptr<net::HttpServer> server;
  Descriptor socket;
  std::vector<Descriptor> fillers;
  Descriptor stop{::eventfd(0, EFD_CLOEXEC)};
  std::thread thread;
  SSL_CTX* tls = nullptr;

  ~Door() {
    const std::uint64_t one = 1;
    (void)!::write(stop.get(), &one, sizeof one);
    if (thread.joinable()) thread.join();
    SSL_CTX_free(tls);
  }

  // Accepts; `meet` closes each connection when it returns, `keep` holds it until the door closes.
  void serve(bool keep, std::function<void(int)> meet) {
    ::listen(socket.get(), 64);
    thread = std::thread([this, keep, meet = std::move(meet)] {
      std::vector<Descriptor> kept;
      for (;;) {
        std::array<pollfd, 2> wait{pollfd{socket.get(), POLLIN, 0}, pollfd{stop.get(), POLLIN, 0}};
        if (::poll(wait.data(), wait.size(), -1) < 0 || (wait[1].revents & POLLIN) != 0) return;
        Descriptor client(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client) continue;
        if (keep)
          kept.push_back(std::move(client));
        else
          meet(client.get());
      }
    });
  }

  // The queue of a listener that never accepts is full: the system answers no further connection.
  void fill() {
    ::listen(socket.get(), 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    for (int i = 0; i < 4; ++i) {
      fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      (void)::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&address), size);
    }
  }
};

Doors::Doors(net::ServerHandler handler) : handler_(std::move(handler)) {}
Doors::~Doors() = default;

void Doors::close_all() {
  doors_.clear();
}

namespace {

const std::vector<std::pair<std::string, Flaw>>& certificate_kinds() {
  static const std::vector<std::pair<std::string, Flaw>> kKinds{
      {"none", Flaw::none},
      {"expired", Flaw::expired},
      {"not_yet_valid", Flaw::not_yet},
      {"wrong_host", Flaw::wrong_host},
      {"self_signed", Flaw::self_signed},
      {"unknown_authority", Flaw::unknown_authority}};
  return kKinds;
}

}  // namespace

const std::vector<std::string>& Doors::kinds() {
  static const std::vector<std::string> kKinds = [] {
    std::vector<std::string> all;
    for (const auto& [name, flaw] : certificate_kinds()) all.push_back(name);
    for (const char* name : {"old_tls", "refused", "unanswered", "silent", "reset"})
      all.emplace_back(name);
    return all;
  }();
  return kKinds;
}

Outcome<std::string> Doors::open(const std::string& trouble) {
  const auto no_socket = [] {
    return Problem{500, "global", "backendError", "this machine gives no socket", {}, {}};
  };
  auto door = std::make_unique<Door>();
  const auto with_certificate =
      std::find_if(certificate_kinds().begin(), certificate_kinds().end(),
                   [&](const auto& kind) { return kind.first == trouble; });
  if (with_certificate != certificate_kinds().end()) {
    const PemPair pair = authority_.issue(with_certificate->second);
    net::ServerOptions options;
    options.max_header = 32 << 10;
    const Descriptor certificate = memory_file(pair.certificate, options.tls_certificate_file);
    const Descriptor key = memory_file(pair.key, options.tls_key_file);
    auto server = net::HttpServer::start(options, handler_);
    if (!server) return no_socket();
    door->server = *std::move(server);
    const std::string base = "https://127.0.0.1:" + std::to_string(door->server->port());
    doors_.push_back(std::move(door));
    return base;
  }
  if (std::find(kinds().begin(), kinds().end(), trouble) == kinds().end()) {
    std::string all;
    for (const std::string& kind : kinds()) all += (all.empty() ? "" : ", ") + kind;
    return bad("invalid", "trouble is one of: " + all);
  }
  std::uint16_t port = 0;
  door->socket = bound_socket(port);
  if (!door->socket) return no_socket();
  // "refused" needs nothing more: nobody listens at an address that is taken.
  if (trouble == "unanswered") door->fill();
  if (trouble == "silent") door->serve(true, {});
  if (trouble == "reset") door->serve(false, reset_when_spoken_to);
  if (trouble == "old_tls") {
    door->tls = old_tls(authority_.issue(Flaw::none));
    door->serve(false, [context = door->tls](int socket) { serve_old_tls(context, socket); });
  }
  doors_.push_back(std::move(door));
  return (trouble == "old_tls" ? "https" : "http") + std::string("://127.0.0.1:") +
         std::to_string(port);
}

std::optional<net::ServerResponse> door_control(Doors& doors, const net::ServerRequest& request) {
  using gcal::base::Json;
  net::ServerResponse response;
  response.headers.set("Content-Type", "application/json; charset=UTF-8");
  if (request.path == "/_emulator/authority" && request.method == "GET") {
    response.headers.set("Content-Type", "application/x-pem-file");
    response.body = doors.authority();
    return response;
  }
  if (request.path != "/_emulator/doors") return std::nullopt;
  Json answer = Json::object({{"ok", true}});
  if (request.method == "DELETE") {
    doors.close_all();
  } else if (request.method == "POST") {
    const auto body = Json::parse(request.body);
    const auto url = doors.open(body ? body->string("trouble") : "");
    if (!url) response.status = url.error().status;
    answer = url ? Json::object({{"url", *url}}) : Json::object({{"error", url.error().message}});
  } else {
    response.status = 405;
    answer = Json::object({{"error", "POST or DELETE"}});
  }
  response.body = answer.dump();
  return response;
}

}  // namespace emulator
