// What the answer of a mail server means for a message, and when it is tried again. Pure: measured
// with libcurl 7.88 against Postfix and scripted servers. Used by Mail after each attempt.
#pragma once

#include <cstdint>
#include <string>

namespace host::mail {

// How one attempt ended, as libcurl tells it.
struct SmtpOutcome {
  int curl_code = 0;      // a CURLcode
  std::int64_t code = 0;  // the mail server's last answer; 0: none
  std::string text;       // libcurl's words of the failure
  std::string said{};     // those of the mail server; "": none

  const std::string& words() const { return said.empty() ? text : said; }  // for people
};

enum class Verdict {
  sent,
  later,          // a passing failure, or it is not known whether the message was accepted
  failed,         // this message will never be accepted
  configuration,  // no message will be accepted before an administrator acts
};

// tls_breaks: how many attempts before this one ended with a broken TLS handshake.
Verdict verdict_of(const SmtpOutcome& outcome, int tls_breaks);
bool is_tls_break(const SmtpOutcome& outcome);

// How long after the nth attempt the next one follows: 1, 5, 15, 30, 60 minutes, then hourly.
std::int64_t retry_delay_ms(std::int64_t attempts);

// A message is not tried for longer than this.
inline constexpr std::int64_t kLongestWaitMs = std::int64_t{48} * 3600 * 1000;

}  // namespace host::mail
