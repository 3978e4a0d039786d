#include "src/emulator/program/faulty_listeners.hpp"

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

// A file in memory, so that keys are never written to a disk.
Descriptor memory_file(const std::string& text, std::string& path) {
  Descriptor file(::memfd_create("pem", MFD_CLOEXEC));
  path = "/proc/self/fd/" + std::to_string(file.get());
  if (file && ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return Descriptor();
  return file;
}

// A server which offers TLS 1.1 at most.
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

// A client that accepts it gets one response, so that its test can notice.
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

// Resets the connection at the first byte.
void reset_at_first_byte(int socket) {
  limit_time(socket);
  char first = 0;
  (void)::recv(socket, &first, 1, 0);
  const linger at_once{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

// One of three: a server of ours with a certificate, a socket with a thread, or a socket only.
struct FaultyListeners::Listener {
  std::unique_ptr<net::HttpServer> server;
  Descriptor socket;
  std::vector<Descriptor> fillers;
  Descriptor stop{::eventfd(0, EFD_CLOEXEC)};
  std::thread thread;
  SSL_CTX* tls = nullptr;

  ~Listener() {
    const std::uint64_t one = 1;
    (void)!::write(stop.get(), &one, sizeof one);
    if (thread.joinable()) thread.join();
    SSL_CTX_free(tls);
  }

  // Accepts connections. With `keep`, each stays open until the listener closes; otherwise it is
  // closed when serve_one() returns.
  void serve(bool keep, std::function<void(int)> serve_one) {
    ::listen(socket.get(), 64);
    thread = std::thread([this, keep, serve_one = std::move(serve_one)] {
      std::vector<Descriptor> kept;
      for (;;) {
        std::array<pollfd, 2> wait{pollfd{socket.get(), POLLIN, 0}, pollfd{stop.get(), POLLIN, 0}};
        if (::poll(wait.data(), wait.size(), -1) < 0 || (wait[1].revents & POLLIN) != 0) return;
        Descriptor client(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client) continue;
        if (keep)
          kept.push_back(std::move(client));
        else
          serve_one(client.get());
      }
    });
  }

  // Fills the queue of a listener that never accepts: the system answers no further connection.
  void fill_queue() {
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

FaultyListeners::FaultyListeners(net::ServerHandler handler) : handler_(std::move(handler)) {}
FaultyListeners::~FaultyListeners() = default;

void FaultyListeners::close_all() {
  listeners_.clear();
}

namespace {

Problem no_socket() {
  return {500, "global", "backendError", "this machine gives no socket", {}, {}};
}

const std::vector<std::pair<std::string, CertificateFault>>& certificate_faults() {
  static const std::vector<std::pair<std::string, CertificateFault>> kFaults{
      {"none", CertificateFault::none},
      {"expired", CertificateFault::expired},
      {"not_yet_valid", CertificateFault::not_yet_valid},
      {"wrong_host", CertificateFault::wrong_host},
      {"self_signed", CertificateFault::self_signed},
      {"unknown_authority", CertificateFault::unknown_authority}};
  return kFaults;
}

}  // namespace

const std::vector<std::string>& FaultyListeners::faults() {
  static const std::vector<std::string> kFaults = [] {
    std::vector<std::string> all;
    for (const auto& [name, fault] : certificate_faults()) all.push_back(name);
    for (const char* name : {"old_tls", "refused", "unanswered", "silent", "reset"})
      all.emplace_back(name);
    return all;
  }();
  return kFaults;
}

Outcome<std::string> FaultyListeners::open(const std::string& fault) {
  const auto with_certificate =
      std::find_if(certificate_faults().begin(), certificate_faults().end(),
                   [&](const auto& known) { return known.first == fault; });
  if (with_certificate != certificate_faults().end()) return open_tls(with_certificate->second);
  if (std::find(faults().begin(), faults().end(), fault) == faults().end()) {
    std::string all;
    for (const std::string& known : faults()) all += (all.empty() ? "" : ", ") + known;
    return bad_request("invalid", "trouble is one of: " + all);
  }
  auto listener = std::make_unique<Listener>();
  std::uint16_t port = 0;
  listener->socket = bound_socket(port);
  if (!listener->socket) return no_socket();
  // "refused": the address is bound, but nothing listens there.
  if (fault == "unanswered") listener->fill_queue();
  if (fault == "silent") listener->serve(true, {});
  if (fault == "reset") listener->serve(false, reset_at_first_byte);
  if (fault == "old_tls") {
    listener->tls = old_tls(authority_.issue(CertificateFault::none));
    listener->serve(false,
                    [context = listener->tls](int socket) { serve_old_tls(context, socket); });
  }
  listeners_.push_back(std::move(listener));
  return (fault == "old_tls" ? "https" : "http") + std::string("://127.0.0.1:") +
         std::to_string(port);
}

Outcome<std::string> FaultyListeners::open_tls(CertificateFault fault) {
  const PemPair pair = authority_.issue(fault);
  net::ServerOptions options;
  options.max_header = 32 << 10;
  const Descriptor certificate = memory_file(pair.certificate, options.tls_certificate_file);
  const Descriptor key = memory_file(pair.key, options.tls_key_file);
  auto server = net::HttpServer::start(options, handler_);
  if (!server) return no_socket();
  auto listener = std::make_unique<Listener>();
  listener->server = *std::move(server);
  const std::string base = "https://127.0.0.1:" + std::to_string(listener->server->port());
  listeners_.push_back(std::move(listener));
  return base;
}

std::optional<net::ServerResponse> handle_listener_control(FaultyListeners& listeners,
                                                           const net::ServerRequest& request) {
  using gcal::base::Json;
  net::ServerResponse response;
  response.headers.set("Content-Type", "application/json; charset=UTF-8");
  if (request.path == "/_emulator/authority" && request.method == "GET") {
    response.headers.set("Content-Type", "application/x-pem-file");
    response.body = listeners.authority();
    return response;
  }
  if (request.path != "/_emulator/doors") return std::nullopt;
  Json answer = Json::object({{"ok", true}});
  if (request.method == "DELETE") {
    listeners.close_all();
  } else if (request.method == "POST") {
    const auto body = Json::parse(request.body);
    const auto url = listeners.open(body ? body->string("trouble") : "");
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
