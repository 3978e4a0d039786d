// libcurl against a mail server that says what the test wants: each event of the dialogue leads to
// the outcome that delivery_verdict judges.
#include "src/host/mail/smtp_transport.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/host/mail/loopback_listener.hpp"

namespace host::mail::test {
namespace {

using ::testing::HasSubstr;

// Serves one connection: greets, answers each command by its first word, and remembers what came.
// An answer "" ends the connection.
constexpr const char* kSilence = "(silence)";

struct Script {
  std::string greeting = "220 ready", ehlo = "250 relay", mail = "250 ok", rcpt = "250 ok",
              data = "354 go on", dot = "250 queued";
};

class ScriptedServer {
 public:
  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    port = listener_.port;
    thread_ = std::thread([this] { serve(); });
  }
  // Waits for the end of the connection, which ends with the transport.
  ~ScriptedServer() {
    ::shutdown(listener_.descriptor, SHUT_RDWR);
    thread_.join();
    ::close(listener_.descriptor);
  }

  int port = 0;
  std::vector<std::string> commands;  // read it when the transport is gone
  std::string message;
  int connections = 0;
  std::promise<void> accepted;  // of the first connection, by a test that has only one

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_.descriptor, nullptr, nullptr);
      if (connection < 0) return;
      ++connections;
      talk(connection);
      ::close(connection);
    }
  }
  static bool say(int connection, const std::string& answer) {
    if (answer.empty()) return false;
    const std::string line = answer + "\r\n";
    return ::send(connection, line.data(), line.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(line.size());
  }
  const std::string& answer_to(const std::string& line) const {
    static const std::string ok = "250 ok", bye = "221 bye";
    if (line.starts_with("EHLO")) return script_.ehlo;
    if (line.starts_with("MAIL")) return script_.mail;
    if (line.starts_with("RCPT")) return script_.rcpt;
    if (line.starts_with("DATA")) return script_.data;
    return line.starts_with("QUIT") ? bye : ok;
  }
  void talk(int connection) {
    if (script_.greeting != kSilence && !say(connection, script_.greeting)) return;
    if (connections == 1) accepted.set_value();
    std::string unread;
    bool in_message = false;
    char bytes[4096];
    for (;;) {
      const ssize_t size = ::recv(connection, bytes, sizeof bytes, 0);
      if (size <= 0) return;
      unread.append(bytes, static_cast<std::size_t>(size));
      for (std::size_t end = unread.find("\r\n"); end != std::string::npos;
           end = unread.find("\r\n")) {
        const std::string line = unread.substr(0, end);
        unread.erase(0, end + 2);
        if (in_message && line != ".") {
          message += line + "\r\n";
          continue;
        }
        const std::string answer = in_message ? script_.dot : answer_to(line);
        if (!in_message) commands.push_back(line);
        in_message = !in_message && line == "DATA" && answer.starts_with("354");
        if (!say(connection, answer)) return;
      }
    }
  }

  Script script_;
  const LoopbackListener listener_;
  std::thread thread_;
};

MailSettings settings_for(int port) {
  MailSettings settings;
  settings.host = "127.0.0.1";
  settings.port = port;
  settings.security = Security::none;
  settings.from = "termine@crm.example.com";
  return settings;
}

SmtpOutcome send_to(const ScriptedServer& server, std::string_view bytes = "A: b\r\n\r\ntext\r\n") {
  const auto transport = smtp_transport();
  return transport->send(settings_for(server.port), "",
                         {"termine@crm.example.com", "erika@example.net", bytes});
}

TEST(Smtp, AMessageArrivesAsItIs) {  // I-07, I-08, I-26
  const std::string bytes = "Subject: a\r\n\r\n.\r\n..two\r\nthe end\r\n";
  ScriptedServer server({});
  {
    const SmtpOutcome outcome = send_to(server, bytes);
    EXPECT_EQ(outcome.curl_code, CURLE_OK) << outcome.text;
    EXPECT_EQ(outcome.code, 250);
  }
  EXPECT_EQ(server.message, "Subject: a\r\n\r\n..\r\n...two\r\nthe end\r\n") << "dots are doubled";
  EXPECT_EQ(server.commands[0], "EHLO crm.example.com");
  EXPECT_THAT(server.commands[1], HasSubstr("MAIL FROM:<termine@crm.example.com>"));
  EXPECT_THAT(server.commands[2], HasSubstr("RCPT TO:<erika@example.net>"));
}

TEST(Smtp, EachRefusalHasAVerdict) {  // I-44
  struct Case {
    const char* what;
    Script script;
    Verdict verdict;
    std::int64_t code;
  };
  const Case cases[] = {
      {"recipient never", {.rcpt = "550 no such user"}, Verdict::failed, 550},
      {"recipient later", {.rcpt = "450 greylisted"}, Verdict::later, 450},
      {"sender", {.mail = "530 log in first"}, Verdict::configuration, 530},
      {"message never", {.dot = "554 spam"}, Verdict::failed, 554},
      {"message later", {.dot = "452 full"}, Verdict::later, 452},
      {"greeting", {.greeting = "421 busy"}, Verdict::later, 421},
      {"greeting never", {.greeting = "554 not for you"}, Verdict::configuration, 554},
      {"dropped after the dot", {.dot = ""}, Verdict::later, 354},
      {"dropped at the greeting", {.greeting = ""}, Verdict::later, 0},
  };
  for (const Case& one : cases) {
    ScriptedServer server(one.script);
    const SmtpOutcome outcome = send_to(server);
    EXPECT_EQ(verdict_of(outcome, 0), one.verdict)
        << one.what << ": " << outcome.curl_code << " " << outcome.code << " " << outcome.text;
    EXPECT_EQ(outcome.code, one.code) << one.what;
  }
}

TEST(Smtp, RefusalIsInTheWordsOfTheServer) {
  ScriptedServer server({.rcpt = "550 5.1.1 no such user \xc3\xa4"});
  EXPECT_EQ(send_to(server).words(), "5.1.1 no such user ");
}

TEST(Smtp, AClosedPortIsLater) {  // I-44
  int port = 0;
  {
    const ScriptedServer server({});
    port = server.port;
  }
  const SmtpOutcome outcome =
      smtp_transport()->send(settings_for(port), "", {"a@b.c", "d@e.f", "x"});
  EXPECT_EQ(outcome.curl_code, CURLE_COULDNT_CONNECT);
  EXPECT_EQ(verdict_of(outcome, 0), Verdict::later);
}

TEST(Smtp, NothingIsSentWithoutTlsWhereTlsIsAskedFor) {  // I-46
  ScriptedServer server({});
  {
    MailSettings settings = settings_for(server.port);
    settings.security = Security::starttls;
    const SmtpOutcome outcome = smtp_transport()->send(settings, "secret", {"a@b.c", "d@e.f", "x"});
    EXPECT_EQ(verdict_of(outcome, 0), Verdict::configuration) << outcome.text;
  }
  for (const std::string& command : server.commands)
    EXPECT_TRUE(command.starts_with("EHLO") || command.starts_with("QUIT")) << command;
}

TEST(Smtp, PlainTextLeavesThisMachineNever) {  // I-46
  MailSettings settings = settings_for(25);
  settings.host = "relay.example.com";
  const SmtpOutcome outcome = smtp_transport()->send(settings, "", {"a@b.c", "d@e.f", "x"});
  EXPECT_EQ(verdict_of(outcome, 0), Verdict::configuration);
}

TEST(Smtp, AnAttemptThatWaitsForTheGreetingCanBeEnded) {
  ScriptedServer server({.greeting = kSilence});
  const auto transport = smtp_transport();
  SmtpOutcome outcome;
  std::thread attempt([&] {
    outcome = transport->send(settings_for(server.port), "", {"a@b.c", "d@e.f", "x"});
  });
  server.accepted.get_future().wait();
  transport->stop();
  attempt.join();
  EXPECT_EQ(outcome.curl_code, CURLE_ABORTED_BY_CALLBACK);
  EXPECT_EQ(verdict_of(outcome, 0), Verdict::later);
}

TEST(Smtp, OneConnectionServesSeveralMessages) {  // I-46
  ScriptedServer server({});
  {
    const auto transport = smtp_transport();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(
          transport->send(settings_for(server.port), "", {"a@b.c", "d@e.f", "x\r\n"}).curl_code,
          CURLE_OK);
  }
  EXPECT_EQ(server.connections, 1);
}

}  // namespace
}  // namespace host::mail::test
