// An HTTP/1.1 server for programs: crm_host and google_emulator. Used by src/host/web and
// src/emulator, never by the plugin. It reads and writes messages on its own threads; what to
// answer is the handler's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"

namespace gcal::net {

struct ServerRequest {
  std::string method;
  std::string target;  // path and query; of an absolute target what follows the authority
  std::string path;    // the undecoded path; decode segment by segment with url.hpp
  std::string query;   // without '?'
  Headers headers;
  std::string body;
  std::string peer;    // "127.0.0.1"; "" for a Unix socket
  std::string client;  // who shares its limits, see Admission
  bool tls = false;
};

struct ServerResponse {
  int status = 200;
  Headers headers;
  std::string body;  // Content-Length is set from it; gzip is applied when `compress` and the
                     // client accepts it, on the thread that calls send
  bool compress = true;
  // Sent instead of `body` when set: a text that many answers share.
  std::shared_ptr<const std::string> shared_body = nullptr;
};

// A response that stays open (server-sent events). [any thread]
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;        // ends the response
  virtual bool write(std::string chunk) = 0;  // false: the client is gone
};

// The connection without HTTP: what is written goes out as it is, through TLS where there is TLS.
// [any thread]
class RawConnection {
 public:
  enum class Ending {
    close,
    half_close,
    reset
  };  // half_close: we say no more but still listen; reset: unsent bytes are discarded

  virtual ~RawConnection() = default;         // ends it, by close unless said otherwise
  virtual bool write(std::string bytes) = 0;  // false: the client is gone
  virtual void end(Ending how) = 0;           // after what is written; once
};

// The answer to one request; exactly one of the three calls, on any thread, then the object is
// spent. Destroyed unused it answers 500, so that a client never waits for ever. [any thread]
class Responder {
 public:
  class Impl;
  explicit Responder(std::shared_ptr<Impl> impl);
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept = default;
  ~Responder();
  void send(ServerResponse response);
  // Has the client closed the connection? Noticed within two seconds; no answer is needed then.
  bool client_left() const;
  std::shared_ptr<ResponseStream> stream(int status, Headers headers);
  // Leaves HTTP: the handler speaks on this connection itself from here on.
  std::shared_ptr<RawConnection> take_over();

 private:
  std::shared_ptr<Impl> impl_;
};

// Called on a server thread; must not block: hand blocking work to a pool.
using ServerHandler = std::function<void(ServerRequest, Responder)>;

// What is decided of a request when only its head is read.
struct Admission {
  std::size_t max_body = 0;  // a larger body is answered with 413 and not read
  ServerHandler handler;     // called when the body is read
  // Sent instead of reading the body; `handler` is not called.
  std::optional<ServerResponse> refusal = std::nullopt;
  // Whose budget the request and its answer count in, such as the address that a proxy names.
  // "": the connection's own.
  std::string client = {};
  // Of a client that proved who it is: it has budgets of its own, which strangers cannot use up.
  bool known = false;
};
// The request is without its body. Called on a server thread; must not block.
using ServerRouter = std::function<Admission(const ServerRequest& head)>;

// What clients may hold of the server at a time. 0: without bound. A client is what client_of
// (client_budget.hpp) says of its address.
struct ServerLimits {
  // Connections. At a bound, one that waits for a request, or for its client to read an answer, is
  // closed for the new one: of the same client, or of the client that has the most.
  std::size_t connections = 0, connections_per_client = 0;
  // Bytes of bodies over 8 KiB that are read or worked on; beyond: 503 before the body is read.
  std::size_t bodies = 0, bodies_per_client = 0;
  std::size_t known_bodies = 0, known_bodies_per_client = 0;
  // Bytes of answers over 64 KiB that are not sent yet; beyond: 503 in their place.
  std::size_t answers = 0, answers_per_client = 0;
  // Is the peer a proxy, whose connections are those of many clients?
  std::function<bool(const std::string& peer)> is_proxy = nullptr;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // or "unix:PATH": a socket for this machine, mode 0660
  std::uint16_t port = 0;             // 0: the system chooses
  std::size_t max_header = 8 << 10;
  std::size_t max_body = 8 << 20;  // of a server with a handler alone; larger: 413
  std::chrono::milliseconds header_timeout{5'000};
  std::chrono::milliseconds body_timeout{60'000};
  ServerLimits limits = {};
  int threads = 1;
  std::string tls_certificate_file;  // both or neither: TLS 1.2 or newer
  std::string tls_key_file;
};

class HttpServer {
 public:
  // Listens at once; requests are served from here on. Errors: unavailable (the address is taken),
  // invalid (certificate).
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, ServerHandler handler);
  // The same with a decision before each body.
  static Result<std::unique_ptr<HttpServer>> start_routed(ServerOptions options,
                                                          ServerRouter router);
  virtual ~HttpServer() = default;  // stops, closes every connection, joins
  virtual std::uint16_t port() const = 0;
};

}  // namespace gcal::net
