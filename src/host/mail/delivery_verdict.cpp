#include "src/host/mail/delivery_verdict.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace host::mail {
namespace {

constexpr int kTlsBreaksOfAConfiguration = 3;

// RFC 4954 6: the user has to set another password at the mail server, which no later try does.
constexpr std::int64_t kPasswordTransition = 432;

bool is_permanent(std::int64_t code) {
  return code >= 500 && code < 600;
}

bool is_transient(std::int64_t code) {
  return code >= 400 && code < 500 && code != kPasswordTransition;
}

}  // namespace

bool is_tls_break(const SmtpOutcome& outcome) {
  return outcome.curl_code == CURLE_SSL_CONNECT_ERROR;
}

// The CURLcode decides first: the answer is only the last one that was seen.
Verdict verdict_of(const SmtpOutcome& outcome, int tls_breaks) {
  switch (outcome.curl_code) {
    case CURLE_OK: return Verdict::sent;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return Verdict::configuration;
    case CURLE_USE_SSL_FAILED:  // no STARTTLS: not offered, with the last answer 250, or refused
    case CURLE_LOGIN_DENIED:
      return is_transient(outcome.code) ? Verdict::later : Verdict::configuration;
    case CURLE_SSL_CONNECT_ERROR:
      return tls_breaks + 1 >= kTlsBreaksOfAConfiguration ? Verdict::configuration : Verdict::later;
    case CURLE_SEND_ERROR:  // RCPT or MAIL was refused, or the connection broke
      if (!is_permanent(outcome.code)) return Verdict::later;
      return std::string_view(outcome.text).starts_with("MAIL") ? Verdict::configuration
                                                                : Verdict::failed;
    case CURLE_WEIRD_SERVER_REPLY:  // the message was refused, or the greeting, or STARTTLS is odd
      if (!is_permanent(outcome.code)) return Verdict::later;
      // RFC 5321 3.1: a greeting 554 refuses this host, whatever the message.
      return std::string_view(outcome.text).starts_with("Got unexpected") ? Verdict::configuration
                                                                          : Verdict::failed;
    default: return Verdict::later;
  }
}

std::int64_t retry_delay_ms(std::int64_t attempts) {
  constexpr std::array<std::int64_t, 5> kMinutes{1, 5, 15, 30, 60};
  const auto step = static_cast<std::size_t>(std::max<std::int64_t>(1, attempts) - 1);
  return kMinutes[std::min(step, kMinutes.size() - 1)] * 60'000;
}

}  // namespace host::mail
