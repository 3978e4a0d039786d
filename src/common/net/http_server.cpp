#include "src/common/net/http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "src/common/net/gzip.hpp"

namespace gcal::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kIdle{60};  // a kept-alive connection without a request
constexpr std::chrono::seconds kLinger{
    2};  // for the client to read a refusal before the connection resets
constexpr std::size_t kMaxQueued =
    4 << 20;  // of an event stream whose reader is slower than its writer
constexpr std::size_t kWorthCompressing = 1'024;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// One request waiting for its answer. The connection's coroutine waits on `wake`; everything else
// may be touched by any thread under the mutex.
struct Exchange {
  explicit Exchange(asio::any_io_executor of_connection)
      : executor(std::move(of_connection)), wake(executor, asio::steady_timer::time_point::max()) {}

  const asio::any_io_executor executor;
  asio::steady_timer wake;  // [connection's strand]
  std::mutex mutex;
  std::optional<ServerResponse> response;  // of a stream: its status and headers
  bool streaming = false;
  bool raw = false;  // streaming without HTTP
  RawConnection::Ending ending = RawConnection::Ending::close;
  std::deque<std::string> chunks;
  std::size_t queued = 0;
  bool ended = false;  // the writer has no more
  bool gone = false;   // the reader has left
};

// What outlives the server for as long as a Responder exists. The registry is declared before the
// loop: frames that the loop's destructor destroys still remove themselves from it.
struct Core {
  explicit Core(ServerOptions with) : options(std::move(with)), loop(options.threads) {}

  const ServerOptions options;
  ServerHandler handler;
  std::mutex mutex;
  std::set<tcp::socket*> open;
  std::optional<asio::ssl::context> tls;
  asio::io_context loop;
};

class Registration {
 public:
  Registration(Core& core, tcp::socket& socket) : core_(core), socket_(socket) {
    const std::lock_guard lock(core_.mutex);
    core_.open.insert(&socket_);
  }
  ~Registration() {
    const std::lock_guard lock(core_.mutex);
    core_.open.erase(&socket_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Core& core_;
  tcp::socket& socket_;
};

void notify(const std::shared_ptr<Exchange>& exchange) {
  asio::post(exchange->executor, [exchange] { exchange->wake.cancel(); });
}

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

bool accepts_gzip(const Headers& headers) {
  const std::string_view accepted = headers.get("Accept-Encoding");
  const std::size_t at = accepted.find("gzip");
  return at != std::string_view::npos && !accepted.substr(at).starts_with("gzip;q=0");
}

// The head of an answer. A header that would break out of its line is a defect of the handler: it
// is left out, never sent.
std::string head_of(int status, const Headers& headers, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += view(http::obsolete_reason(static_cast<http::status>(status)));
  head += "\r\n";
  for (const auto& [name, value] : headers.fields()) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) continue;
    head += name + ": " + value + "\r\n";
  }
  if (!keep_alive) head += "Connection: close\r\n";
  return head;
}

template <class Stream>
class Connection {
 public:
  Connection(std::shared_ptr<Core> core, Stream stream, std::string peer)
      : core_(core.get()),
        weak_core_(core),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        registration_(*core_, lowest().socket()) {}

  asio::awaitable<void> run() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      lowest().expires_after(core_->options.header_timeout);
      const auto [failed] =
          co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
      if (failed) co_return;
    }
    for (;;) {
      const bool again = co_await serve_one();
      if (!again) break;
    }
    error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

 private:
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  // Reads one request, has it answered and writes the answer. False: the connection is done.
  asio::awaitable<bool> serve_one() {
    const ServerOptions& options = core_->options;
    if (buffer_.size() == 0) {
      // The clock for a header begins with its first byte, so that a kept-alive connection may
      // rest.
      lowest().expires_after(kIdle);
      const auto [failed, size] = co_await stream_.async_read_some(buffer_.prepare(4'096), kAwait);
      if (failed) co_return false;
      buffer_.commit(size);
    }
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options.max_header));
    parser.body_limit(options.max_body);
    lowest().expires_after(options.header_timeout);
    const auto [bad_head, head_size] =
        co_await http::async_read_header(stream_, buffer_, parser, kAwait);
    if (bad_head) {
      co_await refuse(bad_head);
      co_return false;
    }
    // RFC 9112 section 6.1: a coding that we do not read would leave the end of the body to be
    // guessed, by a proxy in front of us otherwise.
    if (const auto coding = parser.get().find(http::field::transfer_encoding);
        coding != parser.get().end() && !beast::iequals(coding->value(), "chunked")) {
      co_await write_error(501);
      co_return false;
    }
    if (!parser.is_done()) {
      lowest().expires_after(options.body_timeout);
      if (view(parser.get()[http::field::expect]) == "100-continue") {
        const auto [failed, size] = co_await asio::async_write(
            stream_, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), kAwait);
        if (failed) co_return false;
      }
      const auto [bad_body, body_size] =
          co_await http::async_read(stream_, buffer_, parser, kAwait);
      if (bad_body) {
        co_await refuse(bad_body);
        co_return false;
      }
    }

    http::request<http::string_body> message = parser.release();
    const bool keep_alive = message.keep_alive();
    ServerRequest request;
    request.method = view(message.method_string());
    request.target = view(message.target());
    const std::size_t question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string::npos) request.query = request.target.substr(question + 1);
    for (const auto& field : message)
      request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
    request.body = std::move(message.body());
    request.peer = peer_;
    request.tls = std::is_same_v<Stream, TlsStream>;
    // RFC 9112 section 3.2: a request without exactly one Host could be read differently by a proxy
    // in front of us.
    if (request.headers.count("Host") > 1 ||
        (request.headers.count("Host") == 0 && message.version() >= 11)) {
      co_await write_error(400);
      co_return false;
    }

    const bool head_only = request.method == "HEAD";
    const bool gzip_wanted = accepts_gzip(request.headers);
    lowest().expires_never();
    const auto exchange = std::make_shared<Exchange>(stream_.get_executor());
    hand_over(std::move(request), exchange);
    for (;;) {
      {
        const std::lock_guard lock(exchange->mutex);
        if (exchange->response) break;
      }
      co_await exchange->wake.async_wait(kAwait);
    }
    if (exchange->streaming) {
      co_await write_stream(exchange, message.version() >= 11);
      co_return false;
    }
    co_return co_await write_response(*std::move(exchange->response), head_only, gzip_wanted,
                                      keep_alive);
  }

  void hand_over(ServerRequest request, const std::shared_ptr<Exchange>& exchange);

  asio::awaitable<bool> write_response(ServerResponse response, bool head_only, bool gzip_wanted,
                                       bool keep_alive) {
    if (response.compress && gzip_wanted && response.body.size() >= kWorthCompressing &&
        !response.headers.contains("Content-Encoding")) {
      response.body = gzip(response.body);
      response.headers.set("Content-Encoding", "gzip");
      response.headers.add("Vary", "Accept-Encoding");
    }
    std::string head = head_of(response.status, response.headers, keep_alive);
    if (has_no_body(response.status))
      response.body.clear();
    else
      head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    head += "\r\n";
    if (head_only) response.body.clear();
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head),
                                                    asio::buffer(response.body)};
    lowest().expires_after(core_->options.body_timeout);
    const auto [failed, size] = co_await asio::async_write(stream_, buffers, kAwait);
    co_return !failed && keep_alive;
  }

  asio::awaitable<void> write_error(int status) {
    ServerResponse response;
    response.status = status;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body =
        std::string(view(http::obsolete_reason(static_cast<http::status>(status)))) + "\n";
    co_await write_response(std::move(response), false, false, false);
    co_await linger();
  }

  // A request that cannot be read is answered where its sender may still listen, and the connection
  // ends.
  asio::awaitable<void> refuse(error_code why) {
    if (why == http::error::body_limit)
      co_await write_error(413);
    else if (why == http::error::header_limit || why == http::error::buffer_overflow)
      co_await write_error(431);
    // After a timeout the stream is closed already; at the end of it the client has gone.
    else if (why == beast::error::timeout || why == http::error::end_of_stream ||
             why == http::error::partial_message)
      co_return;
    else if (why.category() == http::make_error_code(http::error::bad_method).category())
      co_await write_error(400);
  }

  // Unread bytes make the system reset the connection, and the reset may overtake the answer.
  asio::awaitable<void> linger() {
    error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    lowest().expires_after(kLinger);
    std::array<char, 4'096> sink;
    for (std::size_t total = 0; total < (1 << 20);) {
      const auto [failed, size] = co_await lowest().async_read_some(asio::buffer(sink), kAwait);
      if (failed) co_return;
      total += size;
    }
  }

  asio::awaitable<void> write_stream(std::shared_ptr<Exchange> exchange, bool chunked) {
    ServerResponse& start = *exchange->response;
    std::string head;
    if (!exchange->raw) {
      head = head_of(start.status, start.headers, false);
      if (chunked) head += "Transfer-Encoding: chunked\r\n";
      head += "\r\n";
    }
    chunked = chunked && !exchange->raw;
    // The client says nothing more on this connection: whatever becomes readable is its farewell.
    lowest().socket().async_wait(tcp::socket::wait_read, [exchange](error_code) {
      const std::lock_guard lock(exchange->mutex);
      exchange->gone = true;
      exchange->wake.cancel();
    });
    bool failed = false;
    if (!head.empty()) failed = co_await write_all(head);
    while (!failed) {
      std::string chunk;
      bool ended = false;
      {
        const std::lock_guard lock(exchange->mutex);
        if (exchange->gone) break;
        if (!exchange->chunks.empty()) {
          chunk = std::move(exchange->chunks.front());
          exchange->chunks.pop_front();
          exchange->queued -= chunk.size();
        } else {
          ended = exchange->ended;
        }
      }
      if (ended) {
        if (chunked) co_await write_all("0\r\n\r\n");
        break;
      }
      if (chunk.empty()) {
        co_await exchange->wake.async_wait(kAwait);
        continue;
      }
      if (chunked) {
        std::array<char, 20> size;
        const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
        chunk.insert(0, size.data(), static_cast<std::size_t>(digits));
        chunk += "\r\n";
      }
      failed = co_await write_all(chunk);
    }
    RawConnection::Ending ending = RawConnection::Ending::close;
    {
      const std::lock_guard lock(exchange->mutex);
      exchange->gone = true;
      exchange->chunks.clear();
      ending = exchange->ending;
    }
    if (ending == RawConnection::Ending::half_close) co_await linger();
    if (ending == RawConnection::Ending::reset) {
      error_code ignored;
      lowest().socket().set_option(asio::socket_base::linger(true, 0), ignored);
      lowest().socket().close(ignored);
    }
  }

  asio::awaitable<bool> write_all(std::string_view text) {
    lowest().expires_after(core_->options.body_timeout);
    const auto [failed, size] = co_await asio::async_write(stream_, asio::buffer(text), kAwait);
    lowest().expires_never();
    co_return static_cast<bool>(failed);
  }

  Core* core_;  // alive while its loop runs us; owning it here would keep both alive for ever
  std::weak_ptr<Core> weak_core_;
  Stream stream_;
  std::string peer_;
  Registration registration_;
  beast::flat_buffer buffer_;
};

class EventStream final : public ResponseStream {
 public:
  EventStream(std::shared_ptr<Core> core, std::shared_ptr<Exchange> exchange)
      : core_(std::move(core)), exchange_(std::move(exchange)) {}
  ~EventStream() override {
    {
      const std::lock_guard lock(exchange_->mutex);
      exchange_->ended = true;
    }
    notify(exchange_);
  }
  bool write(std::string chunk) override {
    {
      const std::lock_guard lock(exchange_->mutex);
      if (exchange_->gone) return false;
      if (chunk.empty()) return true;  // an empty chunk would end the response
      exchange_->queued += chunk.size();
      if (exchange_->queued > kMaxQueued)
        exchange_->gone = true;
      else
        exchange_->chunks.push_back(std::move(chunk));
    }
    notify(exchange_);
    return true;
  }

 private:
  std::shared_ptr<Core> core_;  // before the exchange: its timer needs the loop to the end
  std::shared_ptr<Exchange> exchange_;
};

class TakenConnection final : public RawConnection {
 public:
  TakenConnection(std::shared_ptr<Core> core, std::shared_ptr<Exchange> exchange)
      : core_(std::move(core)), exchange_(std::move(exchange)) {}
  ~TakenConnection() override { end(Ending::close); }
  bool write(std::string bytes) override {
    {
      const std::lock_guard lock(exchange_->mutex);
      if (exchange_->gone || exchange_->ended) return false;
      if (bytes.empty()) return true;
      exchange_->queued += bytes.size();
      exchange_->chunks.push_back(std::move(bytes));
    }
    notify(exchange_);
    return true;
  }
  void end(Ending how) override {
    {
      const std::lock_guard lock(exchange_->mutex);
      if (std::exchange(exchange_->ended, true)) return;
      exchange_->ending = how;
    }
    notify(exchange_);
  }

 private:
  std::shared_ptr<Core> core_;  // before the exchange: its timer needs the loop to the end
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

class Responder::Impl {
 public:
  Impl(std::shared_ptr<Core> core, std::shared_ptr<Exchange> exchange)
      : core_(std::move(core)), exchange_(std::move(exchange)) {}

  bool used() const { return used_; }

  void send(ServerResponse response) {
    used_ = true;
    {
      const std::lock_guard lock(exchange_->mutex);
      exchange_->response = std::move(response);
    }
    notify(exchange_);
  }

  std::shared_ptr<ResponseStream> stream(int status, Headers headers) {
    used_ = true;
    {
      const std::lock_guard lock(exchange_->mutex);
      exchange_->streaming = true;
      exchange_->response = ServerResponse{status, std::move(headers), {}, false};
    }
    notify(exchange_);
    return std::make_shared<EventStream>(core_, exchange_);
  }

  std::shared_ptr<RawConnection> take_over() {
    used_ = true;
    {
      const std::lock_guard lock(exchange_->mutex);
      exchange_->streaming = exchange_->raw = true;
      exchange_->response.emplace();
    }
    notify(exchange_);
    return std::make_shared<TakenConnection>(core_, exchange_);
  }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<Exchange> exchange_;
  bool used_ = false;
};

Responder::Responder(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Responder::~Responder() {
  if (impl_ && !impl_->used())
    impl_->send({500, {{"Content-Type", "text/plain; charset=utf-8"}}, "no answer was given\n"});
}

void Responder::send(ServerResponse response) {
  std::exchange(impl_, nullptr)->send(std::move(response));
}

std::shared_ptr<ResponseStream> Responder::stream(int status, Headers headers) {
  return std::exchange(impl_, nullptr)->stream(status, std::move(headers));
}

std::shared_ptr<RawConnection> Responder::take_over() {
  return std::exchange(impl_, nullptr)->take_over();
}

namespace {

template <class Stream>
void Connection<Stream>::hand_over(ServerRequest request,
                                   const std::shared_ptr<Exchange>& exchange) {
  const std::shared_ptr<Core> core = weak_core_.lock();
  if (!core) return;  // the server is being destroyed
  Responder responder(std::make_shared<Responder::Impl>(core, exchange));
  try {
    core_->handler(std::move(request), std::move(responder));
  } catch (const std::exception&) {
    // The responder went down with the handler's frame and answered 500.
  }
}

template <class Stream>
asio::awaitable<void> serve(std::unique_ptr<Connection<Stream>> connection) {
  co_await connection->run();
}

class Server final : public HttpServer {
 public:
  explicit Server(ServerOptions options)
      : core_(std::make_shared<Core>(std::move(options))), acceptor_(core_->loop) {}

  Result<> open(ServerHandler handler) {
    const ServerOptions& options = core_->options;
    core_->handler = std::move(handler);
    error_code error;
    if (!options.tls_certificate_file.empty()) {
      core_->tls.emplace(asio::ssl::context::tls_server);
      SSL_CTX_set_min_proto_version(core_->tls->native_handle(), TLS1_2_VERSION);
      core_->tls->use_certificate_chain_file(options.tls_certificate_file, error);
      if (error)
        return Error{Code::invalid,
                     "the TLS certificate " + options.tls_certificate_file +
                         " cannot be used: " + error.message(),
                     {}};
      core_->tls->use_private_key_file(options.tls_key_file, asio::ssl::context::pem, error);
      if (error)
        return Error{Code::invalid,
                     "the TLS key " + options.tls_key_file + " cannot be used: " + error.message(),
                     {}};
    }
    const auto address = asio::ip::make_address(options.address, error);
    if (error)
      return Error{Code::invalid, "not an IP address to listen on: " + options.address, {}};
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      const std::string host = address.is_v6() ? "[" + options.address + "]" : options.address;
      return Error{
          Code::unavailable,
          "cannot listen on " + host + ":" + std::to_string(options.port) + ": " + error.message(),
          {}};
    }
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(core_->loop, accept(), asio::detached);
    for (int i = 0; i < std::max(1, options.threads); ++i)
      threads_.emplace_back([this] { work(); });
    return {};
  }

  ~Server() override {
    core_->loop.stop();
    for (std::thread& thread : threads_) thread.join();
    // No thread runs in the loop any more, so the sockets are ours. The frames go with the loop,
    // perhaps only with the last Responder.
    error_code ignored;
    acceptor_.close(ignored);
    const std::lock_guard lock(core_->mutex);
    for (tcp::socket* socket : core_->open) socket->close(ignored);
  }

  std::uint16_t port() const override { return port_; }

 private:
  void work() {
    for (;;) {
      try {
        core_->loop.run();
        return;
      } catch (const std::exception&) {
        // Out of memory in one connection: its coroutine ended, the others go on.
      }
    }
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [failed, socket] =
          co_await acceptor_.async_accept(asio::make_strand(core_->loop), kAwait);
      if (failed == asio::error::operation_aborted || failed == asio::error::bad_descriptor)
        co_return;
      if (failed) {  // mostly: no file descriptor is left. Spinning would not free one.
        asio::steady_timer pause(core_->loop, std::chrono::milliseconds{50});
        co_await pause.async_wait(kAwait);
        continue;
      }
      start(std::move(socket));
    }
  }

  template <class Socket>
  void start(Socket accepted) {
    error_code ignored;
    const auto remote = accepted.remote_endpoint(ignored);
    std::string peer = ignored ? std::string() : remote.address().to_string();
    accepted.set_option(tcp::no_delay(true), ignored);
    const asio::any_io_executor executor = accepted.get_executor();
    beast::tcp_stream stream(tcp::socket(std::move(accepted)));
    if (core_->tls) {
      auto connection = std::make_unique<Connection<TlsStream>>(
          core_, TlsStream(std::move(stream), *core_->tls), std::move(peer));
      asio::co_spawn(executor, serve(std::move(connection)), asio::detached);
    } else {
      auto connection =
          std::make_unique<Connection<PlainStream>>(core_, std::move(stream), std::move(peer));
      asio::co_spawn(executor, serve(std::move(connection)), asio::detached);
    }
  }

  std::shared_ptr<Core> core_;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options,
                                                      ServerHandler handler) {
  auto server = std::make_unique<Server>(std::move(options));
  TRY_VOID(server->open(std::move(handler)));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace gcal::net
