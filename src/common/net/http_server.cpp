#include "src/common/net/http_server.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "src/common/net/client_budget.hpp"
#include "src/common/net/server_message.hpp"

namespace gcal::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Local = asio::local::stream_protocol;
using Socket = asio::generic::stream_protocol::socket;  // of TCP, or of a Unix socket
using PlainStream = beast::basic_stream<asio::generic::stream_protocol>;
using TlsStream = beast::ssl_stream<PlainStream>;
using Clock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kIdle{60};          // a kept-alive connection without a request
constexpr std::chrono::seconds kShortIdle{5};      // the same when three quarters are in use
constexpr std::chrono::seconds kLookForClient{1};  // while a request is being worked on
// A body has this long and a second more for each part of this size, up to the server's time.
constexpr std::chrono::seconds kBodyBase{10};
constexpr std::size_t kBodyPerSecond = 32 << 10;
// Not counted: the bound of connections bounds them, and a log-in must not find the budget empty.
constexpr std::size_t kSmallBody = 8 << 10;
constexpr std::size_t kSmallAnswer = 64 << 10;
constexpr std::string_view kUnix = "unix:";
constexpr std::chrono::seconds kLinger{
    2};  // for the client to read a refusal before the connection resets
constexpr std::size_t kMaxQueued =
    4 << 20;  // of an event stream whose reader is slower than its writer

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// One request waiting for its answer. The connection's coroutine waits on `wake`; everything else
// may be touched by any thread under the mutex.
struct Exchange {
  explicit Exchange(asio::any_io_executor of_connection)
      : executor(std::move(of_connection)), wake(executor, asio::steady_timer::time_point::max()) {}

  const asio::any_io_executor executor;
  asio::steady_timer wake;   // [connection's strand]
  bool gzip_wanted = false;  // constant from the beginning
  std::mutex mutex;
  std::optional<ServerResponse> response;  // of a stream: its status and headers
  bool streaming = false;
  bool raw = false;  // streaming without HTTP
  RawConnection::Ending ending = RawConnection::Ending::close;
  std::deque<std::string> chunks;
  std::size_t queued = 0;
  bool ended = false;  // the writer has no more
  bool gone = false;   // the reader has left
  // Of the request's body: until it was answered, also when its client has left meanwhile.
  ClientBudget::Share body;
};

// What a connection does, in the order in which connections are closed for new ones. A working one
// is not closed; one that writes is, since its client may read as slowly as it likes.
enum class Phase { silent, idle, reading, writing, working };

// A connection as the accepting side sees it. All but the executor under Core::mutex; the socket is
// closed on the connection's strand.
struct Presence {
  asio::any_io_executor executor;
  Socket* socket = nullptr;  // null: it has ended
  std::string client;        // "": of a proxy
  Phase phase = Phase::silent;
  Clock::time_point since = Clock::now();
  ClientBudget::Share of_all, of_client;
};

// What outlives the server for as long as a Responder exists. The registry is declared before the
// loop: frames that the loop's destructor destroys still remove themselves from it.
struct Core {
  explicit Core(ServerOptions with)
      : options(std::move(with)),
        limits(options.limits),
        all(limits.connections, 0),
        each(0, limits.connections_per_client),
        bodies(limits.bodies, limits.bodies_per_client),
        known_bodies(limits.known_bodies, limits.known_bodies_per_client),
        answers(limits.answers, limits.answers_per_client),
        loop(options.threads) {}

  bool is_nearly_full() const {
    return limits.connections > 0 && all.taken() > limits.connections / 4 * 3;
  }

  const ServerOptions options;
  const ServerLimits& limits;
  ServerRouter router;
  ClientBudget all, each;  // connections
  ClientBudget bodies, known_bodies, answers;
  std::mutex mutex;
  std::set<std::shared_ptr<Presence>> open;
  std::optional<asio::ssl::context> tls;
  asio::io_context loop;
};

// Closes the connection of `client` (null: of the one that has the most) that is first in the order
// of phases, and of these has been in its phase for the longest. false: all of them work.
// [under Core::mutex]
bool make_room(Core& core, const std::string* client) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& presence : core.open) ++counts[presence->client];
  const std::shared_ptr<Presence>* victim = nullptr;
  const auto rank = [&](const Presence& presence) {
    const auto others = client ? 0
                               : std::numeric_limits<std::ptrdiff_t>::max() -
                                     static_cast<std::ptrdiff_t>(counts[presence.client]);
    return std::tuple(others, presence.phase, presence.since);
  };
  for (const auto& presence : core.open) {
    if (presence->phase == Phase::working || (client && presence->client != *client)) continue;
    if (!victim || rank(*presence) < rank(**victim)) victim = &presence;
  }
  if (!victim) return false;
  const std::shared_ptr<Presence> chosen = *victim;
  chosen->of_all = {};
  chosen->of_client = {};
  core.open.erase(chosen);
  asio::post(chosen->executor, [chosen] {
    error_code ignored;
    if (chosen->socket) chosen->socket->close(ignored);
  });
  return true;
}

// Counts the connection; false: there is no room for it.
bool enter(Core& core, const std::shared_ptr<Presence>& presence) {
  const std::lock_guard lock(core.mutex);
  const std::string& client = presence->client;
  if (!client.empty()) {
    if (!core.each.take(client, 1) && !(make_room(core, &client) && core.each.take(client, 1)))
      return false;
    presence->of_client = ClientBudget::Share(core.each, client, 1);
  }
  if (!core.all.take(client, 1) && !(make_room(core, nullptr) && core.all.take(client, 1))) {
    presence->of_client = {};
    return false;
  }
  presence->of_all = ClientBudget::Share(core.all, client, 1);
  core.open.insert(presence);
  return true;
}

class Registration {
 public:
  Registration(Core& core, std::shared_ptr<Presence> presence, Socket& socket)
      : core_(core), presence_(std::move(presence)) {
    presence_->socket = &socket;
  }
  ~Registration() {
    const std::lock_guard lock(core_.mutex);
    presence_->socket = nullptr;
    presence_->of_all = {};
    presence_->of_client = {};
    core_.open.erase(presence_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  void enter_phase(Phase phase) {
    const std::lock_guard lock(core_.mutex);
    presence_->phase = phase;
    presence_->since = Clock::now();
  }
  const std::string& client() const { return presence_->client; }

 private:
  Core& core_;
  std::shared_ptr<Presence> presence_;
};

void notify(const std::shared_ptr<Exchange>& exchange) {
  asio::post(exchange->executor, [exchange] { exchange->wake.cancel(); });
}

std::string_view reason_of(int status) {
  return view(http::obsolete_reason(static_cast<http::status>(status)));
}

template <class Message>
ReceivedHead received(const Message& message) {
  ReceivedHead head;
  head.method = view(message.method_string());
  head.target = view(message.target());
  for (const auto& field : message)
    head.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  head.is_http_1_1 = message.version() >= 11;
  return head;
}

ServerResponse refusal_of(int status) {
  return plain_response(status, reason_of(status));
}

template <class Stream>
class Connection {
 public:
  Connection(std::shared_ptr<Core> core, Stream stream, std::string peer,
             std::shared_ptr<Presence> presence)
      : core_(core.get()),
        weak_core_(core),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        registration_(*core_, std::move(presence), lowest().socket()) {}

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
    lowest().socket().shutdown(Socket::shutdown_both, ignored);
  }

 private:
  PlainStream& lowest() { return beast::get_lowest_layer(stream_); }

  // Reads one request, has it answered and writes the answer. False: the connection is done.
  asio::awaitable<bool> serve_one() {
    const ServerOptions& options = core_->options;
    if (buffer_.size() == 0) {
      // The clock for a header begins with its first byte, so that a kept-alive connection may
      // rest.
      registration_.enter_phase(served_ ? Phase::idle : Phase::silent);
      lowest().expires_after(core_->is_nearly_full() ? kShortIdle : kIdle);
      const auto [failed, size] = co_await stream_.async_read_some(buffer_.prepare(4'096), kAwait);
      if (failed) co_return false;
      buffer_.commit(size);
    }
    registration_.enter_phase(Phase::reading);
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options.max_header));
    parser.body_limit(boost::none);  // the route of the request sets it
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
    ServerRequest request;
    if (!read_head(received(parser.get()), request)) {
      co_await write_error(400);
      co_return false;
    }
    request.peer = peer_;
    request.client = registration_.client();
    request.tls = std::is_same_v<Stream, TlsStream>;
    served_ = true;
    const bool keep_alive = parser.get().keep_alive();
    const bool chunked_answer = parser.get().version() >= 11;
    const bool head_only = request.method == "HEAD";

    Admission admission = admit(request);
    if (!admission.client.empty()) request.client = admission.client;
    ClientBudget::Share share;
    if (!parser.is_done() && !admission.refusal) {
      const std::uint64_t length = parser.content_length().value_or(admission.max_body);
      ClientBudget& budget = admission.known ? core_->known_bodies : core_->bodies;
      if (length > admission.max_body) {
        admission.refusal = refusal_of(413);
      } else if (length > kSmallBody) {
        if (budget.take(request.client, length))
          share = ClientBudget::Share(budget, request.client, length);
        else
          admission.refusal = refusal_of(503);
      }
    }
    if (admission.refusal) {
      const bool again = keep_alive && parser.is_done();
      if (accepts_gzip(request.headers)) compress(*admission.refusal);
      const bool written = co_await write_response(*std::move(admission.refusal), head_only, again);
      if (!again) co_await linger();
      co_return written;
    }
    if (!parser.is_done()) {
      const bool read = co_await read_body(parser, admission.max_body);
      if (!read) co_return false;
    }
    request.body = std::move(parser.get().body());

    registration_.enter_phase(Phase::working);
    lowest().expires_never();
    const auto exchange = std::make_shared<Exchange>(stream_.get_executor());
    exchange->gzip_wanted = accepts_gzip(request.headers);
    exchange->body = std::move(share);
    const std::string client = request.client;
    hand_over(admission.handler, std::move(request), exchange);
    const bool answered = co_await wait_for_answer(exchange);
    if (!answered) co_return false;
    if (exchange->streaming) {
      co_await write_stream(exchange, chunked_answer);
      co_return false;
    }
    const std::size_t size = exchange->response->body.size();
    ClientBudget::Share of_answer;
    if (size > kSmallAnswer) {
      if (core_->answers.take(client, size))
        of_answer = ClientBudget::Share(core_->answers, client, size);
      else
        exchange->response = refusal_of(503);
    }
    co_return co_await write_response(*std::move(exchange->response), head_only, keep_alive);
  }

  Admission admit(const ServerRequest& request) {
    Admission refused;
    try {
      return core_->router(request);
    } catch (const std::exception&) {
      refused.refusal = refusal_of(500);
    }
    return refused;
  }

  template <class Parser>
  asio::awaitable<bool> read_body(Parser& parser, std::size_t max_body) {
    parser.body_limit(max_body);
    const std::size_t length = parser.content_length().value_or(max_body);
    lowest().expires_after(std::min<std::chrono::milliseconds>(
        core_->options.body_timeout, kBodyBase + std::chrono::seconds(length / kBodyPerSecond)));
    if (view(parser.get()[http::field::expect]) == "100-continue") {
      const auto [failed, size] = co_await asio::async_write(
          stream_, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), kAwait);
      if (failed) co_return false;
    }
    const auto [bad_body, body_size] = co_await http::async_read(stream_, buffer_, parser, kAwait);
    if (bad_body) co_await refuse(bad_body);
    co_return !bad_body;
  }

  // False: the client left first. It is looked for once a second, and given one more to read an
  // answer, because a client may close its sending half only.
  asio::awaitable<bool> wait_for_answer(std::shared_ptr<Exchange> exchange) {
    for (bool left = false;;) {
      {
        const std::lock_guard lock(exchange->mutex);
        if (exchange->response) co_return true;
      }
      exchange->wake.expires_after(kLookForClient);
      const auto [woken] = co_await exchange->wake.async_wait(kAwait);
      if (woken || !client_closed()) continue;
      if (std::exchange(left, true)) {
        const std::lock_guard lock(exchange->mutex);
        exchange->gone = true;
        co_return exchange->response.has_value();
      }
    }
  }

  bool client_closed() {
    pollfd peer{lowest().socket().native_handle(), POLLRDHUP, 0};
    return ::poll(&peer, 1, 0) > 0 && (peer.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  void hand_over(const ServerHandler& handler, ServerRequest request,
                 const std::shared_ptr<Exchange>& exchange);

  asio::awaitable<bool> write_response(ServerResponse response, bool head_only, bool keep_alive) {
    const std::string& body = response.shared_body ? *response.shared_body : response.body;
    std::string head =
        head_of(response.status, reason_of(response.status), response.headers, keep_alive);
    const bool without_body = has_no_body(response.status);
    if (!without_body) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    head += "\r\n";
    const std::string_view sent = without_body || head_only ? std::string_view{} : body;
    registration_.enter_phase(Phase::writing);
    lowest().expires_after(core_->options.body_timeout);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      // Beast's TLS stream sends the first buffer only, of two that fill more than 16 KiB.
      const auto [failed, size] = co_await asio::async_write(stream_, asio::buffer(head), kAwait);
      if (failed) co_return false;
      const auto [cut, rest] = co_await asio::async_write(stream_, asio::buffer(sent), kAwait);
      co_return !cut && keep_alive;
    } else {
      const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(sent)};
      const auto [failed, size] = co_await asio::async_write(stream_, buffers, kAwait);
      co_return !failed && keep_alive;
    }
  }

  asio::awaitable<void> write_error(int status) {
    co_await write_response(refusal_of(status), false, false);
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
    lowest().socket().shutdown(Socket::shutdown_send, ignored);
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
      head = head_of(start.status, reason_of(start.status), start.headers, false);
      if (chunked) head += "Transfer-Encoding: chunked\r\n";
      head += "\r\n";
    }
    chunked = chunked && !exchange->raw;
    // The client says nothing more on this connection: whatever becomes readable is its farewell.
    lowest().socket().async_wait(Socket::wait_read, [exchange](error_code) {
      const std::lock_guard lock(exchange->mutex);
      exchange->gone = true;
      exchange->wake.cancel();
    });
    bool failed = false;
    exchange->wake.expires_at(asio::steady_timer::time_point::max());
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
      if (chunked) chunk = chunk_of(std::move(chunk));
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
  bool served_ = false;  // a head was read on it
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
    if (exchange_->gzip_wanted) compress(response);
    {
      const std::lock_guard lock(exchange_->mutex);
      exchange_->response = std::move(response);
    }
    notify(exchange_);
  }

  bool client_left() const {
    const std::lock_guard lock(exchange_->mutex);
    return exchange_->gone;
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

bool Responder::client_left() const {
  return impl_->client_left();
}

std::shared_ptr<ResponseStream> Responder::stream(int status, Headers headers) {
  return std::exchange(impl_, nullptr)->stream(status, std::move(headers));
}

std::shared_ptr<RawConnection> Responder::take_over() {
  return std::exchange(impl_, nullptr)->take_over();
}

namespace {

template <class Stream>
void Connection<Stream>::hand_over(const ServerHandler& handler, ServerRequest request,
                                   const std::shared_ptr<Exchange>& exchange) {
  const std::shared_ptr<Core> core = weak_core_.lock();
  if (!core) return;  // the server is being destroyed
  Responder responder(std::make_shared<Responder::Impl>(core, exchange));
  try {
    handler(std::move(request), std::move(responder));
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
      : core_(std::make_shared<Core>(std::move(options))),
        acceptor_(core_->loop),
        local_acceptor_(core_->loop) {}

  Result<> open(ServerRouter router) {
    const ServerOptions& options = core_->options;
    core_->router = std::move(router);
    if (!options.tls_certificate_file.empty()) {
      TRY_VOID(use_certificate());
    }
    if (options.address.starts_with(kUnix)) {
      TRY_VOID(listen_locally(options.address.substr(kUnix.size())));
      asio::co_spawn(core_->loop, accept(local_acceptor_), asio::detached);
    } else {
      TRY_VOID(listen());
      asio::co_spawn(core_->loop, accept(acceptor_), asio::detached);
    }
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
    local_acceptor_.close(ignored);
    if (!local_path_.empty()) ::unlink(local_path_.c_str());
    const std::lock_guard lock(core_->mutex);
    for (const auto& presence : core_->open)
      if (presence->socket) presence->socket->close(ignored);
  }

  std::uint16_t port() const override { return port_; }

 private:
  Result<> use_certificate() {
    const ServerOptions& options = core_->options;
    error_code error;
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
    return {};
  }

  Result<> listen() {
    const ServerOptions& options = core_->options;
    error_code error;
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
    return {};
  }

  // A socket that an earlier process left is replaced, any other file is not.
  Result<> listen_locally(const std::string& path) {
    struct stat found {};
    error_code error;
    if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
      Local::socket probe(core_->loop);
      probe.connect(Local::endpoint(path), error);
      if (!error) return Error{Code::unavailable, "another process listens on unix:" + path, {}};
      ::unlink(path.c_str());
    }
    error = {};
    if (path.empty() || path.size() > 107) error = asio::error::name_too_long;
    // Nothing connects before listen(), so no one slips in before the mode is set.
    if (!error) local_acceptor_.open(Local(), error);
    if (!error) local_acceptor_.bind(Local::endpoint(path), error);
    if (!error && ::chmod(path.c_str(), 0660) != 0)
      error = {errno, boost::system::system_category()};
    if (!error) local_acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return Error{Code::unavailable, "cannot listen on unix:" + path + ": " + error.message(), {}};
    local_path_ = path;
    return {};
  }

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

  template <class Acceptor>
  asio::awaitable<void> accept(Acceptor& acceptor) {
    for (;;) {
      auto [failed, socket] =
          co_await acceptor.async_accept(asio::make_strand(core_->loop), kAwait);
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

  template <class Accepted>
  void start(Accepted accepted) {
    error_code ignored;
    std::string peer;
    if constexpr (std::is_same_v<typename Accepted::protocol_type, tcp>) {
      const auto remote = accepted.remote_endpoint(ignored);
      if (!ignored) peer = remote.address().to_string();
      accepted.set_option(tcp::no_delay(true), ignored);
    }
    const auto presence = std::make_shared<Presence>();
    presence->executor = accepted.get_executor();
    const ServerLimits& limits = core_->limits;
    const bool is_proxy = peer.empty() || (limits.is_proxy && limits.is_proxy(peer));
    if (!is_proxy) presence->client = client_of(peer);
    PlainStream stream(Socket(std::move(accepted)));
    if (core_->tls)
      begin(std::make_unique<Connection<TlsStream>>(
                core_, TlsStream(std::move(stream), *core_->tls), std::move(peer), presence),
            presence);
    else
      begin(std::make_unique<Connection<PlainStream>>(core_, std::move(stream), std::move(peer),
                                                      presence),
            presence);
  }

  template <class Stream>
  void begin(std::unique_ptr<Connection<Stream>> connection,
             const std::shared_ptr<Presence>& presence) {
    if (!enter(*core_, presence)) return;  // the socket closes
    asio::co_spawn(presence->executor, serve(std::move(connection)), asio::detached);
  }

  std::shared_ptr<Core> core_;
  tcp::acceptor acceptor_;
  Local::acceptor local_acceptor_;
  std::string local_path_;  // of the socket's file; "" without one
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options,
                                                      ServerHandler handler) {
  const std::size_t max_body = options.max_body;
  return start_routed(std::move(options),
                      [max_body, handler = std::move(handler)](const ServerRequest&) {
                        return Admission{max_body, handler};
                      });
}

Result<std::unique_ptr<HttpServer>> HttpServer::start_routed(ServerOptions options,
                                                             ServerRouter router) {
  auto server = std::make_unique<Server>(std::move(options));
  TRY_VOID(server->open(std::move(router)));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace gcal::net
