// An HTTP/1.1 server for programs: crm_host and google_emulator. Used by src/host/web and
// src/emulator, never by the plugin. It reads and writes messages on its own threads; what to
// answer is the handler's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"

namespace gcal::net {

struct ServerRequest {
  std::string method;
  std::string target;  // as sent: path and query
  std::string path;    // the undecoded path; decode segment by segment with url.hpp
  std::string query;   // without '?'
  Headers headers;
  std::string body;
  std::string peer;  // "127.0.0.1"
  bool tls = false;
};

struct ServerResponse {
  int status = 200;
  Headers headers;
  std::string body;  // Content-Length is set from it; gzip is applied when `compress` and the
                     // client accepts it
  bool compress = true;
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
  std::shared_ptr<ResponseStream> stream(int status, Headers headers);
  // Leaves HTTP: the handler speaks on this connection itself from here on.
  std::shared_ptr<RawConnection> take_over();

 private:
  std::shared_ptr<Impl> impl_;
};

// Called on a server thread; must not block: hand blocking work to a pool.
using ServerHandler = std::function<void(ServerRequest, Responder)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses
  std::size_t max_header = 8 << 10;
  std::size_t max_body = 8 << 20;  // larger: 413, and the connection closes
  std::chrono::milliseconds header_timeout{5'000};
  std::chrono::milliseconds body_timeout{60'000};
  int threads = 1;
  std::string tls_certificate_file;  // both or neither: TLS 1.2 or newer
  std::string tls_key_file;
};

class HttpServer {
 public:
  // Listens at once; requests are served from here on. Errors: unavailable (the address is taken),
  // invalid (certificate).
  static Result<std::unique_ptr<HttpServer>> start(ServerOptions options, ServerHandler handler);
  virtual ~HttpServer() = default;  // stops, closes every connection, joins
  virtual std::uint16_t port() const = 0;
};

}  // namespace gcal::net
