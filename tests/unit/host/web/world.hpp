// A CRM in a temporary folder with two users, served on loopback, and browsers that talk to it.
// Used by every test of this folder. A browser adds its cookie and, for changes, its CSRF token,
// unless the test gives other headers.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/log.hpp"
#include "src/common/net/http.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/mail/mail.hpp"
#include "src/host/web/web_server.hpp"
#include "src/hosting/crm_hosting/hosting.hpp"
#include "tests/unit/host/web/scripted_plugins.hpp"

namespace host {

using namespace hosting;
using gcal::base::Json;

// Shows a fixed time until it is advanced; any thread may read it.
class StillClock final : public gcal::base::Clock {
 public:
  gcal::base::Instant now() const override {
    return gcal::base::Instant(std::chrono::milliseconds(1'767'225'600'000 + passed_.load()));
  }  // 2026-01-01
  gcal::base::Milliseconds monotonic() const override {
    return gcal::base::Milliseconds(passed_.load());
  }
  void advance(gcal::base::Milliseconds by) { passed_ += by.count(); }

 private:
  std::atomic<std::int64_t> passed_ = 0;
};

// Keeps the lines of the audit log and drops the others. [any thread]
class AuditLog final : public gcal::base::Log {
 public:
  void write(gcal::base::Level, std::string_view event, const Json& fields) override {
    const std::lock_guard lock(mutex_);
    if (event == "audit") lines_.push_back(fields);
  }
  std::vector<Json> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Json> lines_;
};

struct Reply {
  int status = 0;
  gcal::net::Headers headers;
  std::string body;

  Json json() const;  // fails the test when the body is no JSON
  std::string error_key() const { return json()["error"].string("key"); }
};

// A mail server that accepts everything and keeps it.
class KeepingTransport final : public mail::MailTransport {
 public:
  mail::SmtpOutcome send(const mail::MailSettings&, std::string_view,
                         const mail::Envelope& envelope) override {
    messages.emplace_back(envelope.bytes);
    return {};
  }
  std::vector<std::string> messages;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class Browser {
 public:
  explicit Browser(std::uint16_t port) : port_(port) {}

  Reply send(std::string method, std::string target, std::string body = {}, Headers headers = {});
  Reply get(std::string target) { return send("GET", std::move(target)); }
  Reply post(std::string target, const Json& body = Json::object()) {
    return send("POST", std::move(target), body.dump());
  }
  Reply patch(std::string target, const Json& body) {
    return send("PATCH", std::move(target), body.dump());
  }
  Reply put(std::string target, const Json& body) {
    return send("PUT", std::move(target), body.dump());
  }
  Reply erase(std::string target) { return send("DELETE", std::move(target)); }
  Reply log_in(
      std::string_view email,
      std::string_view password = "a good password");  // keeps cookie and token when it succeeds

  std::string cookie, csrf;  // cookie: "name=value"
  std::string device;        // a cookie that log_in sends, "name=value"
  std::string host;          // "": 127.0.0.1:port

 private:
  friend class EventSource;
  std::uint16_t port_;
};

// GET /api/live, read as it comes.
class EventSource {
 public:
  explicit EventSource(const Browser& browser);
  ~EventSource();
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  // Reads until the text was received; false when the stream ended or ten seconds passed.
  bool reads(std::string_view text);
  bool ends();  // reads until the stream ends; false after ten seconds
  const std::string& received() const { return received_; }

 private:
  bool read_some();
  int socket_ = -1;
  std::string received_;
};

class WebTest : public ::testing::Test {
 protected:
  explicit WebTest(std::string public_url = {}, std::vector<std::string> trusted_proxies = {});
  ~WebTest() override;

  // Opens the hosting library and the server; again, when the test has changed what they read.
  void start();

  Browser browser() const { return Browser(server->port()); }
  Browser of(std::string_view email) const;  // logged in
  Browser anna() const { return of("anna@example.com"); }
  Browser bert() const { return of("bert@example.com"); }

  std::filesystem::path folder;
  StillClock clock;
  gcal::base::SystemRandom random;
  AuditLog log;
  Script script;
  WebOptions web;
  std::unique_ptr<Crm> crm;
  KeepingTransport* transport = nullptr;  // of `mailer`
  std::unique_ptr<mail::Mail> mailer;     // delivers when the test says so
  std::unique_ptr<crm_hosting::Hosting> hosting;
  // Of the server, 0 before it listens: the library begins before.
  std::atomic<std::uint16_t> served_port = 0;
  std::unique_ptr<WebServer> server;
};

}  // namespace host
