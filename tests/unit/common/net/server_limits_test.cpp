// What clients may hold of a server: connections, bytes of bodies and of answers, and that a
// connection notices when its client has gone. Over loopback; the client has addresses of its own,
// 127.0.0.x.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "src/common/net/client_budget.hpp"
#include "src/common/net/http_server.hpp"

namespace gcal::net {
namespace {

class Peer {
 public:
  explicit Peer(std::uint16_t port, const char* from = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &address.sin_addr);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    address.sin_port = htons(port);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  explicit Peer(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() { close(); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void say(const std::string& text) const {
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // The status of one answer; "" when the server closed the connection. Waits up to ten seconds.
  std::string status() const {
    timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char buffer[4096]{};
    const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
    return size > 12 ? std::string(buffer + 9, 3) : std::string();
  }
  std::string get() const {
    say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return status();
  }

 private:
  int socket_;
};

ServerHandler answers(int status) {
  return [status](ServerRequest, Responder responder) { responder.send({status, {}, {}}); };
}

std::unique_ptr<HttpServer> serve(ServerLimits limits, ServerHandler handler = answers(204)) {
  ServerOptions options;
  options.limits = std::move(limits);
  options.threads = 2;
  auto server = HttpServer::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server);
  return *std::move(server);
}

TEST(ClientOf, IsAnAddressOrTheNetworkOfOneSubscriber) {
  EXPECT_EQ(client_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(client_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(client_of("2001:db8:1:2:ffff::9"), client_of("2001:db8:1:2::1"));
  EXPECT_NE(client_of("2001:db8:1:3::1"), client_of("2001:db8:1:2::1"));
  EXPECT_EQ(client_of("fe80::1%eth0"), "fe80::/64");
  EXPECT_EQ(client_of(""), "");
}

TEST(ClientBudgetTest, CountsEachClientAndAllTogether) {
  ClientBudget budget(10, 6);
  EXPECT_TRUE(budget.take("a", 6));
  EXPECT_FALSE(budget.take("a", 1));
  EXPECT_FALSE(budget.take("b", 5));
  {
    ASSERT_TRUE(budget.take("b", 4));
    const ClientBudget::Share share(budget, "b", 4);
    EXPECT_FALSE(budget.take("c", 1));
  }
  EXPECT_TRUE(budget.take("c", 4));
  EXPECT_FALSE(budget.take("d", std::size_t(-1)));
  EXPECT_EQ(budget.taken(), 10u);
  EXPECT_TRUE(ClientBudget(0, 0).take("a", std::size_t(-1)));
}

TEST(ServerLimitsTest, ClientAtItsBoundLosesItsLongestSilentConnection) {
  const auto server = serve({.connections = 100, .connections_per_client = 3});
  std::vector<Peer> silent;
  for (int i = 0; i < 20; ++i) silent.emplace_back(server->port());
  EXPECT_EQ(Peer(server->port()).get(), "204") << "the newest is served";
  EXPECT_EQ(silent.front().status(), "") << "the oldest was closed";
  EXPECT_EQ(Peer(server->port(), "127.0.0.2").get(), "204");
}

TEST(ServerLimitsTest, FullServerTakesTheConnectionOfTheClientThatHasTheMost) {
  const auto server = serve({.connections = 10});
  Peer user(server->port(), "127.0.0.9");
  EXPECT_EQ(user.get(), "204");
  std::vector<Peer> silent;
  for (int i = 0; i < 40; ++i) silent.emplace_back(server->port());
  EXPECT_EQ(Peer(server->port(), "127.0.0.8").get(), "204");
  EXPECT_EQ(user.get(), "204") << "the connection of a client with one is kept";
}

TEST(ServerLimitsTest, ConnectionsThatWorkAreNotClosedForNewOnes) {
  std::mutex mutex;
  std::vector<Responder> working;
  std::atomic<int> begun = 0;
  const auto server = serve({.connections = 2}, [&](ServerRequest, Responder responder) {
    const std::lock_guard lock(mutex);
    working.push_back(std::move(responder));
    ++begun;
  });
  Peer first(server->port()), second(server->port());
  for (const Peer* peer : {&first, &second}) peer->say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (begun < 2) std::this_thread::yield();
  EXPECT_EQ(Peer(server->port()).status(), "") << "no room";
  {
    const std::lock_guard lock(mutex);
    for (Responder& responder : working) responder.send({204, {}, {}});
  }
  EXPECT_EQ(first.status(), "204");
  EXPECT_EQ(second.status(), "204");
}

TEST(ServerLimitsTest, ClientThatDoesNotReadItsAnswerGivesWay) {
  const std::string large(32 << 20, 'x');  // more than the system buffers
  const auto server = serve({.connections = 2}, [&](ServerRequest, Responder responder) {
    responder.send({200, {}, large});
  });
  Peer first(server->port()), second(server->port(), "127.0.0.2");
  for (const Peer* peer : {&first, &second}) {
    peer->say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_EQ(peer->status(), "200");  // it reads the beginning only
  }
  EXPECT_EQ(Peer(server->port(), "127.0.0.3").get(), "200");
}

TEST(ServerLimitsTest, BodiesAreBoundedForAClientAndForAll) {
  ServerLimits limits;
  limits.bodies = 100'000;
  limits.bodies_per_client = 60'000;
  const auto server = serve(limits);
  // A request whose body is still to come. "100": its room is taken.
  const auto begin = [&](const char* from, int length) {
    Peer peer(server->port(), from);
    peer.say("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
             std::to_string(length) + "\r\n\r\n");
    return peer;
  };
  Peer first = begin("127.0.0.1", 60'000);
  ASSERT_EQ(first.status(), "100");
  EXPECT_EQ(begin("127.0.0.1", 10'000).status(), "503");
  EXPECT_EQ(begin("127.0.0.1", 100).status(), "100") << "a log-in has room";
  Peer second = begin("127.0.0.2", 30'000);
  ASSERT_EQ(second.status(), "100");
  EXPECT_EQ(begin("127.0.0.3", 20'000).status(), "503");
  second.close();
  first.say(std::string(60'000, 'x'));
  EXPECT_EQ(first.status(), "204");
  while (begin("127.0.0.3", 50'000).status() != "100") {
    // until the ends of the others were noticed
  }
}

TEST(ServerLimitsTest, BodyOfAClientThatLeftCountsWhileItIsWorkedOn) {
  ServerLimits limits;
  limits.bodies = 100'000;
  std::promise<Responder> given;
  const auto server = serve(limits, [&](ServerRequest request, Responder responder) {
    if (request.body.empty()) return responder.send({204, {}, {}});
    given.set_value(std::move(responder));
  });
  const auto begin = [&] {
    Peer peer(server->port());
    peer.say("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n");
    return peer;
  };
  std::optional<Responder> working;
  {
    Peer peer = begin();
    ASSERT_EQ(peer.status(), "100");
    peer.say(std::string(60'000, 'x'));
    working = given.get_future().get();
  }
  while (!working->client_left()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(begin().status(), "503");
  working.reset();
  while (begin().status() != "100") {
    // until the connection has noticed the end
  }
}

TEST(ServerLimitsTest, RouterDecidesBeforeTheBodyIsRead) {
  ServerOptions options;
  std::atomic<int> handled = 0;
  const auto server = HttpServer::start_routed(options, [&](const ServerRequest& head) {
    Admission admission;
    admission.max_body = head.path == "/large" ? 100 : 10;
    if (head.path == "/refused") admission.refusal = ServerResponse{403, {}, "no"};
    admission.handler = [&](ServerRequest request, Responder responder) {
      ++handled;
      responder.send({200, {}, request.body});
    };
    return admission;
  });
  ASSERT_TRUE(server);
  const auto status = [&](const std::string& path, const std::string& rest) {
    Peer peer((*server)->port());
    peer.say("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + rest);
    return peer.status();
  };
  EXPECT_EQ(status("/refused", "Content-Length: 5\r\n\r\n"), "403");
  EXPECT_EQ(status("/small", "Content-Length: 11\r\n\r\n"), "413");
  EXPECT_EQ(status("/large", "Content-Length: 11\r\n\r\n12345678901"), "200");
  EXPECT_EQ(
      status("/small", "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n"),
      "413");
  EXPECT_EQ(handled, 1);
}

TEST(ServerLimitsTest, LargeAnswersAreBoundedForAClient) {
  const std::string large(32 << 20, 'x');  // more than the system buffers
  ServerLimits limits;
  limits.answers = 100 << 20;
  limits.answers_per_client = 40 << 20;
  const auto server = serve(limits, [&](ServerRequest, Responder responder) {
    responder.send({200, {}, large});
  });
  Peer slow(server->port());
  slow.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(slow.status(), "200");  // it reads the beginning only
  EXPECT_EQ(Peer(server->port()).get(), "503");
  EXPECT_EQ(Peer(server->port(), "127.0.0.2").get(), "200");
}

TEST(ServerLimitsTest, HandlerLearnsThatItsClientLeft) {
  std::promise<Responder> given;
  const auto server =
      serve({}, [&](ServerRequest, Responder responder) { given.set_value(std::move(responder)); });
  Peer peer(server->port());
  peer.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Responder responder = given.get_future().get();
  EXPECT_FALSE(responder.client_left());
  peer.close();
  while (!responder.client_left()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

TEST(ServerLimitsTest, AnswerOfAClientThatClosedItsSendingHalfArrives) {
  const auto server = serve({}, [](ServerRequest, Responder responder) {
    responder.send({200, {}, "late"});
  });
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ::send(socket, request.data(), request.size(), 0);
  ::shutdown(socket, SHUT_WR);
  char buffer[256]{};
  EXPECT_GT(::recv(socket, buffer, sizeof buffer, 0), 12);
  EXPECT_EQ(std::string(buffer + 9, 3), "200");
  ::close(socket);
}

TEST(ServerLimitsTest, AbsoluteTargetIsServedUnderItsOwnHost) {
  const auto server = serve({}, [](ServerRequest request, Responder responder) {
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.query, "b=1");
    EXPECT_EQ(request.headers.get("Host"), "crm.example:81");
    responder.send({204, {}, {}});
  });
  Peer peer(server->port());
  peer.say("GET http://crm.example:81/a?b=1 HTTP/1.1\r\nHost: other\r\n\r\n");
  EXPECT_EQ(peer.status(), "204");
}

TEST(ServerLimitsTest, UnixSocketIsForItsGroupAndReplacesAnAbandonedOne) {
  std::string folder = "/tmp/unit_net_XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/web.sock";
  ServerOptions options;
  options.address = "unix:" + path;
  {
    const auto server = HttpServer::start(options, answers(204));
    ASSERT_TRUE(server) << server.error().message;
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0660u);
    EXPECT_EQ(Peer(path).get(), "204");
    EXPECT_FALSE(HttpServer::start(options, answers(204))) << "one that is in use stays";
    EXPECT_EQ(Peer(path).get(), "204");
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  const int abandoned = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(abandoned, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(abandoned);
  EXPECT_TRUE(HttpServer::start(options, answers(204)));
  ::rmdir(folder.c_str());
}

}  // namespace
}  // namespace gcal::net
