// libcurl against a mail server with TLS: which certificates are accepted, that nothing worth
// hiding crosses the network in clear, and how a log-in is written.
#include <curl/curl.h>
#include <gmock/gmock.h>

#include "src/host/mail/smtp_transport.hpp"
#include "tests/unit/host/mail/tls_mail_server.hpp"

namespace host::mail::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kBytes = "Subject: nobody else's business\r\n\r\ntext\r\n";

MailSettings settings_for(const TlsMailServer& server, Security security) {
  MailSettings settings;
  settings.host = "localhost";
  settings.port = server.port();
  settings.security = security;
  settings.ca_file = server.ca_file();
  settings.user = "crm";
  settings.from = "termine@crm.example.com";
  return settings;
}

struct Attempt {
  SmtpOutcome outcome;
  Verdict verdict = Verdict::sent;
};

// One attempt, whose connection is over.
Attempt attempt(TlsMailServer& server, const MailSettings& settings,
                std::string_view password = "s3cret") {
  Attempt result;
  result.outcome = smtp_transport()->send(settings, password,
                                          {"termine@crm.example.com", "erika@example.net", kBytes});
  result.verdict = verdict_of(result.outcome, 0);
  server.join();
  return result;
}

std::string described(const Attempt& one) {
  return std::to_string(one.outcome.curl_code) + " " + std::to_string(one.outcome.code) + " " +
         one.outcome.text + " / " + one.outcome.said;
}

class SmtpTls : public ::testing::TestWithParam<bool> {  // implicit?
 protected:
  static Security security() { return GetParam() ? Security::tls : Security::starttls; }
};
INSTANTIATE_TEST_SUITE_P(Each, SmtpTls, ::testing::Bool(), [](const auto& one) {
  return std::string(one.param ? "Implicit" : "Starttls");
});

TEST_P(SmtpTls, AMessageGoesThroughTls) {  // I-46
  for (const char* host : {"localhost", "127.0.0.1"}) {
    TlsMailServer server({.implicit = GetParam()});
    MailSettings settings = settings_for(server, security());
    settings.host = host;
    const Attempt one = attempt(server, settings);
    EXPECT_EQ(one.verdict, Verdict::sent) << host << ": " << described(one);
    EXPECT_EQ(server.message(), kBytes);
    EXPECT_EQ(server.log_in(), "|crm|s3cret");
    EXPECT_THAT(server.dialogue(),
                StartsWith(GetParam() ? "EHLO AUTH MAIL" : "ehlo starttls EHLO AUTH MAIL"));
  }
}

TEST_P(SmtpTls, ACertificateThatIsNotTheServersIsRefusedBeforeTheLogIn) {  // I-46
  const std::pair<CertificateFault, const char*> faults[] = {
      {CertificateFault::other_name, "no alternative certificate subject name matches"},
      {CertificateFault::expired, "expired"},
      {CertificateFault::not_yet_valid, "not yet valid"},
      {CertificateFault::self_signed, "self-signed"},
      {CertificateFault::no_authority, "certificate"},
  };
  for (const auto& [fault, words] : faults) {
    TlsMailServer server({.implicit = GetParam(), .fault = fault});
    const Attempt one = attempt(server, settings_for(server, security()));
    EXPECT_EQ(one.verdict, Verdict::configuration) << words << ": " << described(one);
    EXPECT_THAT(one.outcome.words(), StartsWith("TLS: ")) << "the page says that it is not safe";
    EXPECT_THAT(one.outcome.words(), HasSubstr(words));
    EXPECT_EQ(server.dialogue(), GetParam() ? "" : "ehlo starttls");
    EXPECT_EQ(server.mechanism() + server.message(), "");
  }
}

TEST_P(SmtpTls, WithoutAFileOfAuthoritiesOnlyThoseOfTheSystemAreTrusted) {  // I-46
  TlsMailServer server({.implicit = GetParam()});
  MailSettings settings = settings_for(server, security());
  settings.ca_file.clear();
  const Attempt one = attempt(server, settings);
  EXPECT_EQ(one.verdict, Verdict::configuration) << described(one);
  EXPECT_EQ(server.mechanism() + server.message(), "");
}

TEST_P(SmtpTls, AMissingFileOfAuthoritiesIsTheConfigurations) {  // I-46
  TlsMailServer server({.implicit = GetParam()});
  MailSettings settings = settings_for(server, security());
  settings.ca_file += ".moved";
  const Attempt one = attempt(server, settings);
  EXPECT_EQ(one.verdict, Verdict::configuration) << described(one);
  EXPECT_THAT(one.outcome.words(), StartsWith("TLS: "));
  EXPECT_EQ(server.mechanism() + server.message(), "");
}

TEST_P(SmtpTls, AnOldProtocolIsRefused) {  // I-46
  TlsMailServer server({.implicit = GetParam(), .is_old = true});
  const Attempt one = attempt(server, settings_for(server, security()));
  EXPECT_TRUE(is_tls_break(one.outcome)) << described(one);
  EXPECT_EQ(verdict_of(one.outcome, 2), Verdict::configuration);
  EXPECT_EQ(server.mechanism() + server.message(), "");
}

// An attacker in between can take STARTTLS out of the answer; then only EHLO was sent.
TEST(SmtpStarttls, AServerThatOffersNoneReceivesNoMessage) {  // I-46
  TlsMailServer server({.offers_starttls = false});
  const Attempt one = attempt(server, settings_for(server, Security::starttls));
  EXPECT_EQ(one.verdict, Verdict::configuration) << described(one);
  EXPECT_THAT(one.outcome.words(), StartsWith("TLS: "));
  EXPECT_THAT(server.dialogue(), ::testing::AnyOf("ehlo", "ehlo quit"));
}

TEST(SmtpStarttls, AServerThatRefusesItReceivesNoMessage) {  // I-44, I-46
  const std::pair<const char*, Verdict> refusals[] = {
      {"502 5.5.1 not here", Verdict::configuration},
      {"454 4.7.0 not at the moment", Verdict::later},  // RFC 3207 4
  };
  for (const auto& [answer, verdict] : refusals) {
    TlsMailServer server({.starttls = answer});
    const Attempt one = attempt(server, settings_for(server, Security::starttls));
    EXPECT_EQ(one.verdict, verdict) << described(one);
    EXPECT_THAT(server.dialogue(), ::testing::AnyOf("ehlo starttls", "ehlo starttls quit"));
    EXPECT_EQ(one.outcome.words(), std::string(answer).substr(4));
  }
}

// What is sent behind the answer to STARTTLS would be taken for an answer that came through TLS.
TEST(SmtpStarttls, AnswersThatWereInjectedBeforeTlsAreNotTaken) {  // I-46
  TlsMailServer server({.starttls = "220 go ahead\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok"});
  const Attempt one = attempt(server, settings_for(server, Security::starttls));
  EXPECT_NE(one.verdict, Verdict::sent) << described(one);
  EXPECT_EQ(server.mechanism() + server.message(), "");
  EXPECT_EQ(server.dialogue().substr(0, 13), "ehlo starttls");
}

TEST(SmtpStarttls, AServerWithoutTlsIsNoServerForImplicitTls) {  // I-46
  TlsMailServer server({.offers_starttls = false});
  const Attempt one = attempt(server, settings_for(server, Security::tls));
  EXPECT_TRUE(is_tls_break(one.outcome)) << described(one);
  EXPECT_THAT(one.outcome.words(), StartsWith("TLS: "));
  EXPECT_EQ(server.mechanism() + server.message(), "");
}

TEST(SmtpLogIn, AServerThatWantsTlsForItSaysSo) {  // I-44
  for (const char* answer : {"538 5.7.11 encryption required", "534 5.7.9 too weak"}) {
    TlsMailServer server({.offers_starttls = false, .log_in = answer});
    MailSettings settings = settings_for(server, Security::none);
    const Attempt one = attempt(server, settings);
    EXPECT_EQ(one.verdict, Verdict::configuration) << described(one);
    EXPECT_EQ(one.outcome.words(), std::string(answer).substr(4));
    EXPECT_EQ(server.message(), "");
  }
}

TEST(SmtpLogIn, ARefusalForNowIsTriedAgain) {  // I-44, RFC 4954 6
  const std::pair<const char*, Verdict> refusals[] = {
      {"454 4.7.0 temporary authentication failure", Verdict::later},
      {"421 4.3.2 shutting down", Verdict::later},
      {"432 4.7.12 a password transition is needed", Verdict::configuration},
      {"535 5.7.8 authentication credentials invalid", Verdict::configuration},
  };
  for (const auto& [answer, verdict] : refusals) {
    TlsMailServer server({.log_in = answer});
    const Attempt one = attempt(server, settings_for(server, Security::starttls));
    EXPECT_EQ(one.verdict, verdict) << described(one);
    EXPECT_EQ(server.message(), "");
  }
}

TEST(SmtpLogIn, NamesAndPasswordsAreWrittenInUtf8) {  // RFC 4616 2, RFC 4954 4
  const std::string user = "jürgen.größe@crm.example", password = "Pässwörter für 5 € 🔑 ; %41";
  for (const char* mechanism : {"PLAIN", "LOGIN"})
    for (const bool implicit : {false, true}) {
      TlsMailServer server({.implicit = implicit, .mechanisms = mechanism});
      MailSettings settings = settings_for(server, implicit ? Security::tls : Security::starttls);
      settings.user = user;
      const Attempt one = attempt(server, settings, password);
      EXPECT_EQ(one.verdict, Verdict::sent) << described(one);
      EXPECT_EQ(server.log_in(), server.mechanism() == "PLAIN" ? "|" + user + "|" + password
                                                               : user + "\n" + password);
      EXPECT_EQ(server.mechanism(), mechanism);
      EXPECT_EQ(server.message(), kBytes);
    }
}

// libcurl prefers DIGEST-MD5 and NTLM, in which it writes other letters than the server reads.
TEST(SmtpLogIn, LettersBeyondAsciiAreOnlyUsedWhereTheirFormIsFixed) {
  const std::pair<const char*, const char*> log_ins[] = {{"crm", "Pässwort"},
                                                         {"jürgen", "password"}};
  for (const auto& [user, password] : log_ins) {
    TlsMailServer server({.mechanisms = "DIGEST-MD5 NTLM PLAIN LOGIN"});
    MailSettings settings = settings_for(server, Security::starttls);
    settings.user = user;
    const Attempt one = attempt(server, settings, password);
    EXPECT_EQ(server.mechanism(), "PLAIN") << described(one);
    EXPECT_EQ(server.log_in(), "|" + settings.user + "|" + password);
  }
}

TEST(SmtpLogIn, AServerWithoutALogInIsSentNoPassword) {  // I-46
  TlsMailServer server({.mechanisms = "", .mail = "530 5.7.0 log in first"});
  const Attempt one = attempt(server, settings_for(server, Security::starttls));
  EXPECT_EQ(one.verdict, Verdict::configuration) << described(one);
  EXPECT_EQ(server.mechanism() + server.message(), "");
}

}  // namespace
}  // namespace host::mail::test
