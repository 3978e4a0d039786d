// A mail server on loopback with TLS: by STARTTLS, from the first byte, or not at all, with a
// certificate that can be wrong in one way. It takes each log-in and message that the script
// allows, keeps what it received, and says which of it came through TLS. Used by the tests of the
// SMTP transport.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/host/crm_fixture.hpp"
#include "tests/unit/host/mail/loopback_listener.hpp"

namespace host::mail::test {

enum class CertificateFault { none, other_name, expired, not_yet_valid, self_signed, no_authority };

struct TlsScript {
  bool implicit = false;  // TLS from the first byte
  CertificateFault fault = CertificateFault::none;
  bool is_old = false;  // TLS 1.1 at most
  bool offers_starttls = true;
  std::string starttls = "220 go ahead";   // what follows a line end is sent along, in clear
  std::string mechanisms = "PLAIN LOGIN";  // of AUTH, also in clear; "": it has no AUTH
  std::string log_in = "235 2.7.0 welcome";
  std::string mail = "250 ok";
};

class TlsMailServer {
 public:
  explicit TlsMailServer(TlsScript script);
  ~TlsMailServer();

  int port() const { return listener_.port; }
  // The authority that signed the certificate, unless the fault is another.
  std::string ca_file() const { return (folder_.path() / "ca.pem").string(); }

  // Waits for the end of the connections, which end with the transport. What follows is read
  // afterwards.
  void join();
  // The first words of the commands; those in clear in lower case: "ehlo starttls EHLO MAIL".
  const std::string& dialogue() const { return dialogue_; }
  const std::string& mechanism() const { return mechanism_; }  // that the client chose
  // What the client answered in it, decoded, one line each, with "|" for NUL.
  const std::string& log_in() const { return log_in_; }
  const std::string& message() const { return message_; }

 private:
  class Connection;
  struct Keys;
  void serve();
  void talk(Connection& connection);
  bool take_command(Connection& connection, const std::string& line);
  bool take_log_in(Connection& connection, const std::string& line);

  TlsScript script_;
  host::test::TemporaryFolder folder_;
  std::unique_ptr<Keys> keys_;
  const LoopbackListener listener_;
  std::thread thread_;
  std::string dialogue_, mechanism_, log_in_, message_;
};

}  // namespace host::mail::test
