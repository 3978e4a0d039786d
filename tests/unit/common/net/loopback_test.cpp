// The real client against the real server, and against a raw socket that misbehaves.
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <thread>

#include "src/common/net/gzip.hpp"
#include "src/common/net/http_client.hpp"
#include "src/common/net/http_server.hpp"
#include "tests/support/manual_clock.hpp"

namespace gcal::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string origin_of(std::uint16_t port, std::string scheme = "http") {
  return scheme + "://127.0.0.1:" + std::to_string(port);
}

struct Client {
  explicit Client(std::string origin, std::string ca_file = {}) {
    ClientOptions options;
    options.origins = {std::move(origin)};
    options.ca_file = std::move(ca_file);
    auto made = make_http_client(loop.get_executor(), clock, std::move(options));
    EXPECT_TRUE(made) << made.error().message;
    http = *std::move(made);
  }
  Result<HttpResponse> send(HttpRequest request, HttpLimits limits = {}) {
    std::optional<Result<HttpResponse>> answer;
    asio::co_spawn(loop, http->send(std::move(request), limits),
                   [&answer](std::exception_ptr thrown, Result<HttpResponse> value) {
                     if (thrown) std::rethrow_exception(thrown);
                     answer = std::move(value);
                   });
    loop.restart();
    loop.run();
    return *std::move(answer);
  }
  Result<HttpResponse> get(std::string url, HttpLimits limits = {}) {
    return send({"GET", std::move(url), {}, {}}, limits);
  }

  asio::io_context loop;
  support::ManualClock clock;
  std::unique_ptr<HttpClient> http;
};

std::unique_ptr<HttpServer> serve(ServerHandler handler, ServerOptions options = {}) {
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << server.error().message;
  return *std::move(server);
}

void echo(ServerRequest request, Responder responder) {
  ServerResponse response;
  response.headers.set("X-Method", request.method);
  response.headers.set("X-Target", request.target);
  response.headers.set("X-Query", request.query);
  response.body = request.body;
  responder.send(std::move(response));
}

// Answers each connection with fixed bytes after the head of a request was read, then closes.
class RawServer {
 public:
  explicit RawServer(std::vector<std::string> answers)
      : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    thread_ = std::thread([this, answers = std::move(answers)] {
      for (const std::string& answer : answers) {
        boost::system::error_code error;
        tcp::socket socket(loop_);
        acceptor_.accept(socket, error);
        if (error) return;
        asio::streambuf head;
        asio::read_until(socket, head, "\r\n\r\n", error);
        ++served;  // before the client can have the answer and read the number
        asio::write(socket, asio::buffer(answer), error);
      }
    });
  }
  ~RawServer() { thread_.join(); }
  std::string origin() const { return origin_of(acceptor_.local_endpoint().port()); }
  std::atomic<int> served = 0;

 private:
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

Result<HttpResponse> answer_to(std::string raw, HttpLimits limits = {},
                               std::string method = "GET") {
  RawServer server({std::move(raw)});
  Client client(server.origin());
  return client.send({std::move(method), server.origin() + "/", {}, {}}, limits);
}

TEST(Loopback, HandlerReceivesTheBodyAndItsResponseArrives) {
  const auto server = serve(echo);
  Client client(origin_of(server->port()));
  const auto answer = client.send({"PATCH",
                                   origin_of(server->port()) + "/a%2Fb?x=1&y=%23",
                                   {{"Content-Type", "text/plain"}},
                                   "hello"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(answer->headers.get("x-method"), "PATCH");
  EXPECT_EQ(answer->headers.get("X-Target"), "/a%2Fb?x=1&y=%23");
  EXPECT_EQ(answer->headers.get("X-Query"), "x=1&y=%23");
}

TEST(Loopback, LongResponseIsCompressedWhenTheClientAcceptsGzip) {
  const std::string text(200'000, 'x');
  const auto server = serve([&text](ServerRequest, Responder responder) {
    ServerResponse response;
    response.body = text;
    responder.send(std::move(response));
  });
  Client client(origin_of(server->port()));
  const auto answer = client.get(origin_of(server->port()) + "/");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->headers.get("Content-Encoding"), "gzip");
  EXPECT_LT(std::atoi(std::string(answer->headers.get("Content-Length")).c_str()), 2'000);
  EXPECT_EQ(answer->body, text);
}

TEST(Loopback, HandlerThatThrowsOrForgetsGives500AndTheServerKeepsRunning) {
  const auto server = serve([](ServerRequest request, Responder) {
    if (request.path == "/throw") throw std::runtime_error("defect");
  });
  Client client(origin_of(server->port()));
  for (const char* path : {"/throw", "/forget", "/throw"}) {
    const auto answer = client.get(origin_of(server->port()) + path);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 500);
  }
}

TEST(Loopback, BodyOverTheLimitGivesAReadable413) {
  ServerOptions options;
  options.max_body = 1'000;
  const auto server = serve(echo, options);
  Client client(origin_of(server->port()));
  const auto answer =
      client.send({"POST", origin_of(server->port()) + "/", {}, std::string(100'000, 'x')});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 413);
}

TEST(Loopback, HeadOverTheLimitGivesAReadable431) {
  const auto server = serve(echo);
  Client client(origin_of(server->port()));
  const auto answer = client.send(
      {"GET", origin_of(server->port()) + "/", {{"X-Long", std::string(20'000, 'x')}}, {}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 431);
}

std::string raw_exchange(std::uint16_t port, std::string_view request) {
  asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  asio::write(socket, asio::buffer(request));
  std::string answer;
  boost::system::error_code error;
  std::array<char, 4'096> chunk;
  while (!error) answer.append(chunk.data(), socket.read_some(asio::buffer(chunk), error));
  return answer;
}

TEST(Loopback, AmbiguousRequestsAreRefusedBeforeTheHandlerRuns) {
  std::atomic<int> calls = 0;
  const auto server = serve([&calls](ServerRequest, Responder) { ++calls; });
  std::string both = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n";
  both += "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (const std::string_view request :
       {both.c_str(),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n"}) {
    EXPECT_TRUE(raw_exchange(server->port(), request).starts_with("HTTP/1.1 400 ")) << request;
  }
  EXPECT_EQ(calls, 0);
}

TEST(Loopback, UnknownTransferCodingIsRefusedAndTheRestIsNotRead) {
  std::atomic<int> calls = 0;
  const auto server = serve([&calls](ServerRequest, Responder) { ++calls; });
  for (const std::string_view coding :
       {"gzip", "identity", "chunked, gzip", "gzip, chunked", "xchunked"}) {
    const std::string request =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + std::string(coding) +
        "\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    EXPECT_TRUE(raw_exchange(server->port(), request).starts_with("HTTP/1.1 501 ")) << coding;
  }
  EXPECT_EQ(calls, 0);
}

TEST(Loopback, SlowHeadClosesTheConnectionAfterItsTimeLimit) {
  ServerOptions options;
  options.header_timeout = std::chrono::milliseconds{20};
  const auto server = serve(echo, options);
  EXPECT_EQ(raw_exchange(server->port(), "GET / HTTP/1.1\r\nHost: "), "");
}

TEST(Loopback, EventStreamDeliversChunksAndReportsThatTheReaderLeft) {
  std::shared_ptr<ResponseStream> stream;
  std::atomic<bool> open = false;
  const auto server = serve([&](ServerRequest, Responder responder) {
    stream = responder.stream(200, {{"Content-Type", "text/event-stream"}});
    stream->write("data: 1\n\n");
    open = true;
  });
  {
    asio::io_context loop;
    tcp::socket socket(loop);
    socket.connect({asio::ip::address_v4::loopback(), server->port()});
    asio::write(socket, asio::buffer(std::string_view("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")));
    asio::streambuf buffer;
    asio::read_until(socket, buffer, "data: 1\n\n");
    ASSERT_TRUE(open);
    EXPECT_TRUE(stream->write("data: 2\n\n"));
    asio::read_until(socket, buffer, "data: 2\n\n");
  }
  while (stream->write("data: 3\n\n")) std::this_thread::yield();
}

// What a client reads after its request until the end, and how it ended.
std::pair<std::string, boost::system::error_code> read_to_end(std::uint16_t port) {
  asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  asio::write(socket, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  std::string answer;
  boost::system::error_code error;
  std::array<char, 4'096> chunk;
  while (!error) answer.append(chunk.data(), socket.read_some(asio::buffer(chunk), error));
  return {answer, error};
}

TEST(Loopback, RawConnectionSendsBytesUnchangedAndEndsAsRequested) {
  using Ending = RawConnection::Ending;
  std::shared_ptr<RawConnection> taken;
  std::promise<void> ready;
  const auto server = serve([&](ServerRequest, Responder responder) {
    taken = responder.take_over();
    EXPECT_TRUE(taken->write("no HTTP "));
    EXPECT_TRUE(taken->write("at all"));
    ready.set_value();
  });
  for (const Ending ending : {Ending::close, Ending::half_close, Ending::reset}) {
    ready = {};
    auto answer = std::async(std::launch::async, read_to_end, server->port());
    ready.get_future().wait();
    // What was written may be lost with a reset.
    taken->end(ending);
    EXPECT_FALSE(taken->write("too late"));
    taken.reset();
    const auto [text, error] = answer.get();
    EXPECT_TRUE(std::string_view("no HTTP at all").starts_with(text));
    if (ending != Ending::reset) {
      EXPECT_EQ(text, "no HTTP at all");
    }
    EXPECT_EQ(error, ending == Ending::reset
                         ? boost::system::error_code(asio::error::connection_reset)
                         : asio::error::eof);
  }
}

TEST(Loopback, StoppingWithAnOpenRequestJoinsAndALateResponseIsHarmless) {
  std::optional<Responder> held;
  std::atomic<bool> asked = false;
  auto server = serve([&](ServerRequest, Responder responder) {
    held.emplace(std::move(responder));
    asked = true;
  });
  asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), server->port()});
  asio::write(socket, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  while (!asked) std::this_thread::yield();
  server.reset();
  held->send({});
  held.reset();
}

TEST(Loopback, ServerThatCannotStartSaysWhy) {
  const auto error = [](ServerOptions options) {
    const auto server = HttpServer::start(std::move(options), echo);
    return server ? Error() : server.error();
  };
  ServerOptions options;
  options.address = "localhost";
  EXPECT_EQ(error(options).code, Code::invalid);
  EXPECT_EQ(error(options).message, "not an IP address to listen on: localhost");
  const auto first = serve(echo);
  options.address = "127.0.0.1";
  options.port = first->port();
  EXPECT_EQ(error(options).code, Code::unavailable);
  EXPECT_EQ(error(options).message, "cannot listen on 127.0.0.1:" + std::to_string(options.port) +
                                        ": Address already in use");
  options.tls_certificate_file = "/nowhere/cert.pem";
  EXPECT_EQ(error(options).code, Code::invalid);
  EXPECT_TRUE(
      error(options).message.starts_with("the TLS certificate /nowhere/cert.pem cannot be used: "));
}

TEST(Loopback, ClientThatExpectsContinueIsAskedForTheBody) {
  const auto server = serve(echo);
  asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), server->port()));
  asio::write(socket, asio::buffer(std::string("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: "
                                               "100-continue\r\nContent-Length: 5\r\n\r\n")));
  asio::streambuf received;
  const std::size_t head = asio::read_until(socket, received, "\r\n\r\n");
  const auto text = [&](std::size_t size) {
    std::string out(asio::buffers_begin(received.data()),
                    asio::buffers_begin(received.data()) + static_cast<std::ptrdiff_t>(size));
    received.consume(size);
    return out;
  };
  EXPECT_EQ(text(head), "HTTP/1.1 100 Continue\r\n\r\n");
  asio::write(socket, asio::buffer(std::string("hello")));
  EXPECT_TRUE(text(asio::read_until(socket, received, "hello")).starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(Client, UnknownOriginOrBadHeaderIsRefusedBeforeConnecting) {
  Client client("http://127.0.0.1:1");
  EXPECT_EQ(client.get("http://127.0.0.1:2/").error().code, Code::invalid);
  EXPECT_EQ(client.get("https://example.com/").error().code, Code::invalid);
  EXPECT_EQ(client.get("file:///etc/passwd").error().code, Code::invalid);
  EXPECT_EQ(client.send({"GET", "http://127.0.0.1:1/", {{"X", "a\r\nEvil: b"}}, {}}).error().code,
            Code::invalid);
  EXPECT_EQ(client.send({"GET", "http://127.0.0.1:1/", {{"Host", "b"}}, {}}).error().code,
            Code::invalid);
  EXPECT_EQ(client.send({"GET /", "http://127.0.0.1:1/", {}, {}}).error().code, Code::invalid);
  asio::io_context loop;
  support::ManualClock clock;
  ClientOptions plain;
  plain.origins = {"http://example.com"};
  EXPECT_EQ(make_http_client(loop.get_executor(), clock, plain).error().code, Code::invalid);
}

TEST(Client, RefusedConnectionIsUnavailable) {
  std::uint16_t port = 0;
  {
    asio::io_context loop;
    port = tcp::acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
               .local_endpoint()
               .port();
  }
  Client client(origin_of(port));
  EXPECT_EQ(client.get(origin_of(port) + "/").error().code, Code::unavailable);
}

TEST(Client, RedirectIsReturnedAndNotFollowed) {
  const auto answer =
      answer_to("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 302);
}

TEST(Client, TruncatedOrMalformedResponseMeansUnknownOutcome) {
  HttpLimits limits;
  limits.compressed = 1'000;
  limits.inflated = 10'000;
  const std::string bomb = gzip(std::string(500'000, '\0'));
  ASSERT_LT(bomb.size(), 1'000u);
  const std::string gz_head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ";
  for (const std::string& raw :
       {std::string(), std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"),
        std::string("SMTP ready\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        std::string("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2'000, 'x'),
        "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
        gz_head + std::to_string(bomb.size()) + "\r\n\r\n" + bomb, gz_head + "5\r\n\r\nhello",
        std::string("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello")}) {
    const auto answer = answer_to(raw, limits);
    ASSERT_FALSE(answer) << raw.substr(0, 80);
    EXPECT_EQ(answer.error().code, Code::timeout) << raw.substr(0, 80);
  }
}

TEST(Client, InterimResponsesAreSkippedAndBodyUntilCloseIsRead) {
  const auto answer = answer_to(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
      "OK\r\nConnection: close\r\n\r\nhello");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "hello");
}

TEST(Client, ClosedKeepAliveConnectionIsReplaced) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  RawServer server({ok, ok});
  Client client(server.origin());
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.get(server.origin() + "/");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "ok");
  }
  EXPECT_EQ(server.served, 2);
}

TEST(Client, SilentServerMeansUnknownOutcomeAfterTheTotalTime) {
  std::vector<Responder> held;
  const auto server =
      serve([&held](ServerRequest, Responder responder) { held.push_back(std::move(responder)); });
  Client client(origin_of(server->port()));
  HttpLimits limits;
  limits.total = std::chrono::milliseconds{30};
  EXPECT_EQ(client.get(origin_of(server->port()) + "/", limits).error().code, Code::timeout);
}

class TlsLoopback : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("gcal_tls_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=test -addext subjectAltName=IP:127.0.0.1 -keyout " +
        key() + " -out " + certificate() + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << "openssl is needed to make a certificate";
    ServerOptions options;
    options.tls_certificate_file = certificate();
    options.tls_key_file = key();
    server_ = serve(
        [this](ServerRequest request, Responder responder) {
          ++calls_;
          EXPECT_TRUE(request.tls);
          echo(std::move(request), std::move(responder));
        },
        options);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string certificate() const { return (folder_ / "cert.pem").string(); }
  std::string key() const { return (folder_ / "key.pem").string(); }

  std::filesystem::path folder_;
  std::unique_ptr<HttpServer> server_;
  std::atomic<int> calls_ = 0;
};

TEST_F(TlsLoopback, UntrustedCertificateSendsNoByteOfTheRequest) {
  Client client(origin_of(server_->port(), "https"));
  EXPECT_EQ(client.get(origin_of(server_->port(), "https") + "/").error().code, Code::unavailable);
  EXPECT_EQ(calls_, 0);
}

TEST_F(TlsLoopback, TrustedCertificateWithMatchingNameKeepsTheConnection) {
  Client client(origin_of(server_->port(), "https"), certificate());
  for (const std::size_t size : {5, 17'000, 100'000}) {  // also longer than a record of TLS
    const std::string body(size, 'x');
    const auto answer = client.send({"POST", origin_of(server_->port(), "https") + "/", {}, body});
    ASSERT_TRUE(answer) << size << ": " << answer.error().message;
    EXPECT_EQ(answer->body, body);
  }
}

TEST_F(TlsLoopback, KeyThatCannotBeUsedIsNamed) {
  ServerOptions options;
  options.tls_certificate_file = certificate();
  options.tls_key_file = certificate();  // it holds no key
  const auto server = HttpServer::start(options, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, Code::invalid);
  EXPECT_TRUE(
      server.error().message.starts_with("the TLS key " + certificate() + " cannot be used: "));
}

TEST_F(TlsLoopback, TrustedCertificateOfAnotherNameIsRefused) {
  const std::string origin = "https://localhost:" + std::to_string(server_->port());
  Client client(origin, certificate());
  EXPECT_EQ(client.get(origin + "/").error().code, Code::unavailable);
  EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace gcal::net
