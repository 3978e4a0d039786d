// What strangers and single clients can take from others: log-in, memory, connections. Each attack
// is small; ./dev verify attacks has the large ones.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "src/host/web/client_address.hpp"
#include "src/host/web/log_in_queue.hpp"
#include "src/hosting/web/decoded_path.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class Limits : public WebTest {};

TEST_F(Limits, AnotherSpellingOfAPathIsNoRoute) {
  Browser page = browser();
  const std::string body =
      Json::object({{"email", "anna@example.com"}, {"password", "a good password"}}).dump();
  for (const char* path :
       {"/api/%73ession", "/%61pi/session", "/api/./session", "/api/x/../session", "/api/session/",
        "/api%2Fsession", "/api/sessio%6e"}) {
    const Reply reply = page.send("POST", path, body);
    EXPECT_EQ(reply.status, 404) << path;
  }
  EXPECT_EQ(page.send("POST", "/api/session", body).status, 200);
}

TEST(DecodedPath, KeepsOneSpellingOfEachPath) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(*decoded_path("/"), Segments());
  EXPECT_EQ(*decoded_path("/npm/@scope/a.mjs"), (Segments{"npm", "@scope", "a.mjs"}));
  EXPECT_EQ(*decoded_path("/npm/%40scope/a.mjs"), (Segments{"npm", "@scope", "a.mjs"}));
  EXPECT_EQ(*decoded_path("/api/events/a%20b%C3%BC"), (Segments{"api", "events", "a b\u00fc"}));
  for (const char* path : {"/%61", "/a%2eb", "/a%2Db", "/%7e", "/a%2Fb", "/a%5Cb", "/a/../b", "/.",
                           "/%C3%bc", "/a%2fb"})
    EXPECT_EQ(decoded_path(path).error().code, Code::not_found) << path;
  for (const char* path : {"/%", "/%4", "/%zz", "/a%00"})
    EXPECT_EQ(decoded_path(path).error().code, Code::invalid) << path;
}

// A request whose head announces a body that never comes; the answer, if there is one at once.
class HeldBody {
 public:
  HeldBody(std::uint16_t port, const std::string& head, std::size_t length) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const std::string text =
        head + "Host: 127.0.0.1:" + std::to_string(port) +
        "\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    EXPECT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  HeldBody(HeldBody&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  HeldBody& operator=(HeldBody&&) = delete;
  ~HeldBody() {
    if (socket_ >= 0) ::close(socket_);
  }
  // The status line; waits for it up to ten seconds.
  std::string status() const {
    timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char buffer[64]{};
    const ssize_t size = ::recv(socket_, buffer, sizeof buffer - 1, 0);
    return {buffer + (size > 9 ? 9 : 0), size > 12 ? 3u : 0u};
  }

 private:
  int socket_;
};

TEST_F(Limits, BodyOverTheLimitOfItsRouteIsRefusedBeforeItIsRead) {
  const std::uint16_t port = server->port();
  EXPECT_EQ(HeldBody(port, "POST /api/session HTTP/1.1\r\n", 10'000).status(), "413");
  EXPECT_EQ(HeldBody(port, "POST /plugins/com.example.diary/webhook HTTP/1.1\r\n", 17).status(),
            "413");
  EXPECT_EQ(HeldBody(port, "POST /api/nothing HTTP/1.1\r\n", 10).status(), "404");
  EXPECT_EQ(HeldBody(port, "GET / HTTP/1.1\r\n", 1).status(), "413");
  EXPECT_EQ(HeldBody(port, "POST /api/events HTTP/1.1\r\n", 3 << 20).status(), "413");
}

TEST_F(Limits, BodiesOfStrangersAreBoundedAndLeaveThoseOfUsersAlone) {
  Browser page = anna();
  ASSERT_EQ(page.get("/api/session").status, 200);
  // A stranger's client may hold 1 MiB.
  std::vector<HeldBody> held;
  for (int i = 0; i < 4; ++i) {
    held.emplace_back(server->port(), "POST /api/events HTTP/1.1\r\n", 250'000);
    ASSERT_EQ(held.back().status(), "100") << "its room is taken";
  }
  EXPECT_EQ(HeldBody(server->port(), "POST /api/events HTTP/1.1\r\n", 250'000).status(), "503");
  const Json event = Json::object({{"summary", "Long"},
                                   {"description", std::string(1'000'000, 'x')},
                                   {"start", Json::object({{"date", "2026-03-02"}})},
                                   {"end", Json::object({{"date", "2026-03-03"}})}});
  EXPECT_EQ(page.post("/api/events", Json::object({{"event", event}})).status, 201);
}

TEST_F(Limits, OneCookieSentTwiceIsRefused) {
  Browser page = anna(), other = bert();
  page.cookie += "; " + other.cookie;
  EXPECT_EQ(page.get("/api/session").status, 400);
  EXPECT_EQ(page.post("/api/session").status, 400);
}

TEST(LogInQueueTest, ClientWithoutFailuresIsServedBeforeThoseWhoGuess) {
  gcal::base::SilentLog log;
  std::mutex mutex;
  std::vector<std::string> order;
  std::promise<void> open, done, begun;
  std::atomic<int> refused = 0;
  auto gate = open.get_future().share();
  LogInQueue queue(1, 100, log);  // last: its end waits for jobs that use the others
  const auto job = [&](std::string name, bool succeeds) {
    return LogInJob{[&, name, succeeds] {
                      gate.wait();
                      const std::lock_guard lock(mutex);
                      order.push_back(name);
                      if (order.size() == 34) done.set_value();
                      return succeeds;
                    },
                    [&] { ++refused; }};
  };
  queue.post("guesser", false,
             {[&, first = job("guesser", false)] {
                begun.set_value();
                return first.run();
              },
              [] {}});
  begun.get_future().wait();
  for (int i = 0; i < 30; ++i) queue.post("guesser", false, job("guesser", false));
  queue.post("visitor", false, job("visitor", true));
  queue.post("office", true, job("device", true));
  queue.post("visitor", false, job("visitor", true));
  open.set_value();
  done.get_future().wait();
  // One guess was being checked when the others came.
  const std::lock_guard lock(mutex);
  EXPECT_EQ(order[1], "device");
  EXPECT_EQ(order[2], "visitor");
  EXPECT_EQ(order[3], "visitor");
  EXPECT_EQ(refused, 0);
}

TEST(LogInQueueTest, FullQueueTakesThePlaceOfTheClientThatHasTheMost) {
  gcal::base::SilentLog log;
  std::promise<void> open, begun;
  auto gate = open.get_future().share();
  std::map<std::string, int> refused;
  std::mutex mutex;
  LogInQueue queue(1, 10, log);  // last: its end waits for jobs that use the others
  queue.post("first", false,
             {[&] {
                begun.set_value();
                gate.wait();
                return true;
              },
              [] {}});
  begun.get_future().wait();
  const auto post = [&](const std::string& client) {
    queue.post(client, false,
               {[] { return false; },
                [&refused, &mutex, client] {
                  const std::lock_guard lock(mutex);
                  ++refused[client];
                }});
  };
  for (int i = 0; i < 15; ++i) post("guesser");
  post("visitor");
  EXPECT_EQ(refused["guesser"], 6);
  EXPECT_EQ(refused["visitor"], 0);
  open.set_value();
}

class BehindProxy : public WebTest {
 protected:
  BehindProxy() : WebTest({}, {"127.0.0.0/8"}) {}
};

// Requests of one client beyond the rate of a web hook.
int accepted_hooks(Browser page, const Headers& headers, int times) {
  int accepted = 0;
  for (int i = 0; i < times; ++i)
    accepted += page.send("POST", "/plugins/com.example.diary/webhook", {}, headers).status == 202;
  return accepted;
}

TEST_F(BehindProxy, EachClientBehindTheProxyHasItsOwnRate) {
  script.http = [](const Json&, std::string, PluginAnswer answer) {
    answer(std::string(R"({"status": 202})"));
  };
  EXPECT_EQ(accepted_hooks(browser(), {{"X-Forwarded-For", "198.51.100.7"}}, 520), 500);
  EXPECT_EQ(accepted_hooks(browser(), {{"X-Forwarded-For", "203.0.113.1, 198.51.100.7"}}, 1), 0)
      << "what a client adds on the left is not believed";
  EXPECT_EQ(accepted_hooks(browser(), {{"X-Forwarded-For", "198.51.100.8, 127.0.0.9"}}, 1), 1);
  EXPECT_EQ(accepted_hooks(browser(), {{"Forwarded", "for=198.51.100.7"}}, 1), 0);
  EXPECT_EQ(accepted_hooks(browser(), {{"Forwarded", "for=\"[2001:db8::1]:4711\";proto=https"}}, 1),
            1);
}

TEST_F(Limits, HeaderOfAProxyIsNotBelievedOfOthers) {
  script.http = [](const Json&, std::string, PluginAnswer answer) {
    answer(std::string(R"({"status": 202})"));
  };
  int accepted = 0;
  for (int i = 0; i < 520; ++i)
    accepted +=
        accepted_hooks(browser(), {{"X-Forwarded-For", "10.0.0." + std::to_string(i % 250)}}, 1);
  EXPECT_EQ(accepted, 500);
}

TEST_F(Limits, StrangersCannotUseUpTheRateOfAChannelThatThePluginKnows) {
  script.http = [](const Json& request, std::string, PluginAnswer answer) {
    const bool genuine = request["headers"].string("x-channel") == "genuine";
    answer(std::string(genuine ? R"({"status": 200})" : R"({"status": 404})"));
  };
  const auto hook = [&](const std::string& channel) {
    return browser()
        .send("POST", "/plugins/com.example.diary/webhook", {}, {{"X-Channel", channel}})
        .status;
  };
  EXPECT_EQ(hook("genuine"), 200);
  int refused = 0;
  for (int i = 0; i < 520; ++i) refused += hook("made up") == 429;
  EXPECT_EQ(refused, 21);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(hook("genuine"), 200);
}

TEST(TrustedProxiesTest, RightMostAddressThatIsNoProxyCounts) {
  const TrustedProxies proxies(
      {*Network::parse("10.0.0.0/9"), *Network::parse("fd00::/8"), *Network::parse("192.0.2.1")});
  const auto address = [&](const std::string& peer,
                           std::initializer_list<gcal::net::Headers::Field> headers) {
    gcal::net::ServerRequest request;
    request.peer = peer;
    request.headers = headers;
    return proxies.address_of(request);
  };
  EXPECT_EQ(address("198.51.100.1", {{"X-Forwarded-For", "1.2.3.4"}}), "198.51.100.1");
  EXPECT_EQ(address("10.1.1.1", {{"X-Forwarded-For", "1.2.3.4, 5.6.7.8"}}), "5.6.7.8");
  EXPECT_EQ(address("10.1.1.1", {{"X-Forwarded-For", "1.2.3.4:80, 10.2.0.1"}}), "1.2.3.4");
  EXPECT_EQ(address("10.200.1.1", {{"X-Forwarded-For", "1.2.3.4"}}), "10.200.1.1") << "not in /9";
  EXPECT_EQ(address("::ffff:10.1.1.1", {{"x-forwarded-for", "1.2.3.4"}}), "1.2.3.4");
  EXPECT_EQ(address("fd12::1", {{"Forwarded", "for=1.2.3.4, For=\"[fd00::9]:8\";by=x"}}),
            "1.2.3.4");
  EXPECT_EQ(address("", {{"X-Forwarded-For", "1.2.3.4"}}), "1.2.3.4") << "a Unix socket";
  EXPECT_EQ(address("192.0.2.1", {{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-For", "5.6.7.8"}}),
            "5.6.7.8");
  EXPECT_EQ(address("10.1.1.1", {{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "for=5.6.7.8"}}),
            "10.1.1.1")
      << "one of the two is the client's";
  EXPECT_EQ(address("10.1.1.1", {{"X-Forwarded-For", "1.2.3.4, unknown"}}), "10.1.1.1");
  EXPECT_EQ(address("10.1.1.1", {}), "10.1.1.1");
  for (const char* text : {"10.0.0.0/33", "10.0.0", "x", "fd00::/129", "10.0.0.0/", "10.0.0.0/8x"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

}  // namespace
}  // namespace host
