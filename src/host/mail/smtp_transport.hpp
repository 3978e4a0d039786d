// Hands one message to the mail server. Used by Mail on its one thread; tests put another one in
// its place. It must never send a password or a message over a connection that others can read, nor
// accept a certificate that does not belong to the mail server.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "src/host/mail/delivery_verdict.hpp"
#include "src/host/mail/mail_types.hpp"

namespace host::mail {

struct Envelope {
  std::string_view sender, recipient, bytes;
};

class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // Blocks, at most two minutes. [one thread at a time]
  virtual SmtpOutcome send(const MailSettings& settings, std::string_view password,
                           const Envelope& envelope) = 0;
  // Ends an attempt that still waits to hand the message over; one that has begun to is waited for,
  // since its outcome would not be known. Later attempts end at once. [any thread]
  virtual void stop() {}
};

// SMTP by libcurl: TLS 1.2 or newer, one connection that is kept while messages follow.
std::unique_ptr<MailTransport> smtp_transport();

}  // namespace host::mail
