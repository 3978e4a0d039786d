#include "src/common/net/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>

#include "src/common/net/body_wipe.hpp"
#include "src/common/net/gzip.hpp"
#include "src/common/net/url.hpp"

namespace gcal::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMaxHead = 64 << 10;
constexpr std::size_t kMaxFields = 256;
constexpr int kMaxInterim = 8;  // 1xx answers before the real one

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}
Error unavailable(std::string message) {
  return Error{Code::unavailable, std::move(message), {}};
}
Error unknown(std::string message) {
  return Error{Code::timeout, std::move(message), {}};
}

bool is_token(std::string_view text) {  // RFC 9110 section 5.6.2
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

Result<> check(const HttpRequest& request) {
  if (!is_token(request.method)) return invalid("the request method is not a token");
  for (const auto& [name, value] : request.headers.fields()) {
    if (!is_token(name)) return invalid("a header name holds a character that is not allowed");
    for (const char c : value)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
        return invalid("the header " + name + " holds a control character");
  }
  for (const std::string_view own :
       {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding"})
    if (request.headers.contains(own))
      return invalid("the header " + std::string(own) + " belongs to the client");
  return {};
}

std::string head_of(const HttpRequest& request, const Url& url) {
  std::string head = request.method + " " + url.target() +
                     " HTTP/1.1\r\nHost: " + url.origin().substr(url.scheme.size() + 3) +
                     "\r\nAccept-Encoding: gzip\r\n";
  for (const auto& [name, value] : request.headers.fields()) head += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH")
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

// One connection and the alarm that ends it. Everything on the executor's thread.
struct Connection {
  Connection(const asio::any_io_executor& executor, asio::ssl::context* tls)
      : socket(executor), resolver(executor), alarm(executor) {
    if (tls) secure.emplace(socket, *tls);
  }

  template <class Buffers>
  asio::awaitable<std::tuple<error_code, std::size_t>> read_some(Buffers buffers) {
    if (secure) co_return co_await secure->async_read_some(buffers, kAwait);
    co_return co_await socket.async_read_some(buffers, kAwait);
  }
  template <class Buffers>
  asio::awaitable<std::tuple<error_code, std::size_t>> write(Buffers buffers) {
    if (secure) co_return co_await asio::async_write(*secure, buffers, kAwait);
    co_return co_await asio::async_write(socket, buffers, kAwait);
  }

  // An idle connection on which nothing arrived: neither a farewell nor an answer to a question
  // that was never asked.
  bool fresh() {
    char byte = 0;
    error_code error;
    socket.non_blocking(true, error);
    socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error == asio::error::would_block;
  }

  tcp::socket socket;
  std::optional<asio::ssl::stream<tcp::socket&>> secure;
  tcp::resolver resolver;
  asio::steady_timer alarm;
  boost::beast::flat_buffer buffer;
  base::Milliseconds idle_since{0};
};

// Ends every operation of the connection when the time is up. Rearmed by a new instance; the
// instance before must be gone.
class Deadline {
 public:
  Deadline(const std::shared_ptr<Connection>& connection, std::chrono::milliseconds after)
      : connection_(connection), state_(std::make_shared<State>()) {
    connection->alarm.expires_after(after);
    connection->alarm.async_wait(
        [weak = std::weak_ptr(connection), state = state_](error_code stopped) {
          if (stopped || state->over) return;
          state->passed = true;
          if (const auto connection = weak.lock()) {
            error_code ignored;
            connection->resolver.cancel();
            connection->socket.close(ignored);
          }
        });
  }
  ~Deadline() {
    state_->over = true;
    connection_->alarm.cancel();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  bool passed() const { return state_->passed; }

 private:
  struct State {
    bool over = false;
    bool passed = false;
  };
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<State> state_;
};

struct Attempt {
  Result<HttpResponse> answer;
  bool keep = false;   // the connection may serve again
  bool stale = false;  // the peer closed before one byte of an answer came
};

class Client final : public HttpClient {
 public:
  Client(asio::any_io_executor executor, const base::Clock& clock, ClientOptions options)
      : executor_(std::move(executor)),
        clock_(clock),
        options_(std::move(options)),
        tls_(asio::ssl::context::tls_client) {}

  Result<> open() {
    for (std::string& origin : options_.origins) {
      TRY(const Url url, parse_url(origin));
      if (url.scheme == "http" && !is_loopback(url))
        return invalid("plain http is allowed to this machine only: " + origin);
      origin = url.origin();
    }
    error_code error;
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    tls_.set_default_verify_paths(error);
    if (!error && !options_.ca_file.empty()) tls_.load_verify_file(options_.ca_file, error);
    if (error) return invalid("the certificates to trust cannot be read: " + error.message());
    return {};
  }

  Task<HttpResponse> send(HttpRequest request, HttpLimits limits) override {
    const BodyWipe wipe(request.body);
    CO_TRY(const Url url, parse_url(request.url));
    const std::string origin = url.origin();
    if (std::ranges::find(options_.origins, origin) == options_.origins.end())
      co_return invalid("this program does not talk to " + origin);
    CO_TRY_VOID(check(request));

    std::shared_ptr<Connection> connection = take_idle(origin);
    if (connection) {
      Attempt attempt = co_await exchange(connection, request, url, limits);
      if (attempt.keep) put_idle(origin, connection);
      // The peer closed while we began to write. A safe request is sent again; whether another
      // one was executed is unknown.
      if (!attempt.stale || !is_safe(request.method)) co_return std::move(attempt.answer);
    }
    connection = std::make_shared<Connection>(executor_, url.scheme == "https" ? &tls_ : nullptr);
    CO_TRY_VOID(co_await connect(connection, url, limits));
    Attempt attempt = co_await exchange(connection, request, url, limits);
    if (attempt.keep) put_idle(origin, connection);
    co_return std::move(attempt.answer);
  }

 private:
  std::shared_ptr<Connection> take_idle(const std::string& origin) {
    std::deque<std::shared_ptr<Connection>>& idle = idle_[origin];
    while (!idle.empty()) {
      std::shared_ptr<Connection> connection =
          std::move(idle.back());  // the one used last is the likeliest to live
      idle.pop_back();
      if (clock_.monotonic() - connection->idle_since < options_.idle_for && connection->fresh())
        return connection;
    }
    return nullptr;
  }

  void put_idle(const std::string& origin, std::shared_ptr<Connection> connection) {
    std::deque<std::shared_ptr<Connection>>& idle = idle_[origin];
    connection->idle_since = clock_.monotonic();
    idle.push_back(std::move(connection));
    if (idle.size() > options_.idle_per_origin) idle.pop_front();
  }

  static Error failed(const Deadline& deadline, error_code error, const Url& url) {
    if (deadline.passed()) return unavailable("no connection to " + url.origin() + " in time");
    if (error == asio::error::operation_aborted)
      return Error{Code::cancelled, "the request was given up", {}};
    return unavailable("no connection to " + url.origin() + ": " + error.message());
  }

  // The certificate must name the host among its alternative names: the subject's common name is
  // free text (RFC 9525). False: OpenSSL has no room, or the name cannot be one.
  static bool expect_name(SSL* ssl, const std::string& host, bool is_address) {
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
    if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(
        expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }

  Task<> connect(std::shared_ptr<Connection> connection, const Url& url, HttpLimits limits) {
    const Deadline deadline(connection, limits.connect);
    error_code not_numeric;
    const asio::ip::address literal = asio::ip::make_address(url.host, not_numeric);
    std::vector<tcp::endpoint> endpoints;
    if (!not_numeric) {
      endpoints.emplace_back(literal, url.port);
    } else {
      const auto [error, found] =
          co_await connection->resolver.async_resolve(url.host, std::to_string(url.port), kAwait);
      if (error) co_return failed(deadline, error, url);
      for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    }
    const auto [error, endpoint] =
        co_await asio::async_connect(connection->socket, endpoints, kAwait);
    if (error) co_return failed(deadline, error, url);
    error_code ignored;
    connection->socket.set_option(tcp::no_delay(true), ignored);
    if (connection->secure) {
      SSL* const ssl = connection->secure->native_handle();
      if (!expect_name(ssl, url.host, !not_numeric))
        co_return invalid("no certificate can be for " + url.host);
      const auto [refused] =
          co_await connection->secure->async_handshake(asio::ssl::stream_base::client, kAwait);
      const long verdict = SSL_get_verify_result(ssl);
      if (refused && verdict != X509_V_OK)
        co_return unavailable("the certificate of " + url.origin() +
                              " is refused: " + X509_verify_cert_error_string(verdict));
      if (refused) co_return failed(deadline, refused, url);
    }
    co_return Result<>{};
  }

  asio::awaitable<Attempt> exchange(std::shared_ptr<Connection> connection,
                                    const HttpRequest& request, const Url& url, HttpLimits limits) {
    const Deadline deadline(connection, limits.total);
    Attempt attempt;
    bool nothing_came = true;
    const auto broken = [&](error_code error) -> Error {
      if (deadline.passed()) return unknown(url.origin() + " did not answer in time");
      if (error == asio::error::operation_aborted)
        return Error{Code::cancelled, "the request was given up", {}};
      return unknown(url.origin() + " broke off: " + error.message());
    };

    const std::string head = head_of(request, url);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(request.body)};
    // A failed write is not the end: a server that refuses a body early answers first and then
    // stops reading.
    const auto [unsent, written] = co_await connection->write(buffers);
    if (unsent && (deadline.passed() || unsent == asio::error::operation_aborted)) {
      attempt.answer = broken(unsent);
      co_return attempt;
    }

    connection->buffer.clear();
    std::optional<http::response_parser<http::string_body>> parser;
    for (int interim = 0;; ++interim) {
      parser.emplace();
      parser->eager(true);
      parser->header_limit(kMaxHead);
      parser->body_limit(limits.compressed);
      if (request.method == "HEAD") parser->skip(true);
      bool ended = false;
      while (!parser->is_done()) {
        error_code error;
        if (connection->buffer.size() > 0) {
          const std::size_t used = parser->put(connection->buffer.data(), error);
          connection->buffer.consume(used);
          if (error && error != http::error::need_more) {
            attempt.answer =
                unknown("the answer of " + url.origin() + " cannot be read: " + error.message());
            co_return attempt;
          }
          if (parser->is_done()) break;
        }
        const auto [lost, size] =
            co_await connection->read_some(connection->buffer.prepare(16 << 10));
        if (size > 0) nothing_came = false;
        connection->buffer.commit(size);
        if (!lost) continue;
        // Only a plain end may stand for the end of a body without a length, and over TLS only
        // after a proper farewell.
        if (lost == asio::error::eof && parser->got_some())
          parser->put_eof(error);
        else
          error = lost;
        if (error || !parser->is_done()) {
          attempt.answer = broken(error ? error : lost);
          attempt.stale =
              nothing_came && !deadline.passed() && lost != asio::error::operation_aborted;
          co_return attempt;
        }
        ended = true;
      }
      const int status = static_cast<int>(parser->get().result_int());
      if (status >= 200 || ended) break;
      if (status == 101 || interim >= kMaxInterim) {
        attempt.answer = unknown(url.origin() + " answered with " + std::to_string(status) +
                                 " and nothing more");
        co_return attempt;
      }
    }

    attempt.keep = parser->get().keep_alive() && connection->buffer.size() == 0 && !unsent &&
                   connection->socket.is_open();
    attempt.answer = finish(parser->release(), url, limits);
    if (!attempt.answer) attempt.keep = false;
    co_return attempt;
  }

  static Result<HttpResponse> finish(http::response<http::string_body> message, const Url& url,
                                     const HttpLimits& limits) {
    HttpResponse response;
    response.status = static_cast<int>(message.result_int());
    if (response.status < 200 || response.status > 599)
      return unknown(url.origin() + " answered with an unknown status");
    std::size_t fields = 0;
    for (const auto& field : message) {
      if (++fields > kMaxFields) return unknown(url.origin() + " answered with too many headers");
      response.headers.add(std::string(field.name_string().data(), field.name_string().size()),
                           std::string(field.value().data(), field.value().size()));
    }
    response.body = std::move(message.body());
    const std::string_view coding = response.headers.get("Content-Encoding");
    if (coding == "gzip" || coding == "x-gzip") {
      if (response.body.empty()) return response;  // an answer to HEAD, 204, 304
      Result<std::string> plain = gunzip(response.body, limits.inflated);
      if (!plain)
        return unknown("the answer of " + url.origin() +
                       " cannot be read: " + plain.error().message);
      response.body = *std::move(plain);
    } else if (!coding.empty() && coding != "identity") {
      return unknown(url.origin() + " answered in an encoding that was not asked for");
    }
    if (response.body.size() > limits.inflated)
      return unknown("the answer of " + url.origin() + " is too long");
    return response;
  }

  const asio::any_io_executor executor_;
  const base::Clock& clock_;
  ClientOptions options_;
  asio::ssl::context tls_;
  std::map<std::string, std::deque<std::shared_ptr<Connection>>> idle_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(asio::any_io_executor executor,
                                                     const base::Clock& clock,
                                                     ClientOptions options) {
  auto client = std::make_unique<Client>(std::move(executor), clock, std::move(options));
  TRY_VOID(client->open());
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace gcal::net
