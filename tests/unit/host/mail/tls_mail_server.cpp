#include "tests/unit/host/mail/tls_mail_server.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <optional>
#include <stdexcept>

#include "src/common/base/bytes.hpp"

namespace host::mail::test {
namespace {

constexpr long kDay = 86'400;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void extend(X509* certificate, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (!extension || X509_add_ext(certificate, extension, -1) != 1)
    throw std::runtime_error("the certificate takes no extension");
  X509_EXTENSION_free(extension);
}

struct Validity {
  long from = -kDay, until = kDay;  // seconds from now
};

Certificate certificate_of(EVP_PKEY* key, const char* name, long serial, Validity validity) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.until);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (X509_sign(certificate, key, EVP_sha256()) == 0)
    throw std::runtime_error("the certificate was not signed");
}

struct Authority {
  Key key{EVP_EC_gen("P-256")};
  Certificate certificate;
  explicit Authority(const char* name) : certificate(certificate_of(key.get(), name, 1, {})) {
    extend(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(certificate.get(), certificate.get(), key.get());
  }
};

Validity validity_of(CertificateFault fault) {
  if (fault == CertificateFault::expired) return {-30 * kDay, -kDay};
  if (fault == CertificateFault::not_yet_valid) return {kDay, 30 * kDay};
  return {};
}

void write_certificate(const std::string& file, X509* certificate) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_file(file.c_str(), "w"));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1)
    throw std::runtime_error("cannot write " + file);
}

std::string first_word(const std::string& line, bool is_secure) {
  std::string word = line.substr(0, line.find(' '));
  if (!is_secure)
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
  return word;
}

}  // namespace

struct TlsMailServer::Keys {
  Key key{EVP_EC_gen("P-256")};
  std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_server_method())};
};

// The two ends of a socket, in clear at first.
class TlsMailServer::Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  ~Connection() {
    ssl_.reset();
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool begin_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), socket_);
    unread_.clear();
    return SSL_accept(ssl_.get()) == 1;
  }
  bool is_secure() const { return ssl_ != nullptr; }
  bool say(const std::string& answer) {
    const std::string bytes = answer + "\r\n";
    const int size = static_cast<int>(bytes.size());
    return ssl_ ? SSL_write(ssl_.get(), bytes.data(), size) == size
                : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }
  // Without its line end; nothing at the end of the connection.
  std::optional<std::string> line() {
    for (;;) {
      if (const std::size_t end = unread_.find("\r\n"); end != std::string::npos) {
        std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 2);
        return line;
      }
      char bytes[4096];
      const auto size = ssl_ ? SSL_read(ssl_.get(), bytes, sizeof bytes)
                             : static_cast<int>(::recv(socket_, bytes, sizeof bytes, 0));
      if (size <= 0) return std::nullopt;
      unread_.append(bytes, static_cast<std::size_t>(size));
    }
  }

 private:
  int socket_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string unread_;
};

TlsMailServer::TlsMailServer(TlsScript script)
    : script_(std::move(script)), keys_(std::make_unique<Keys>()) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that the client closed
  const Authority authority("authority of a test"), stranger("another authority");
  const CertificateFault fault = script_.fault;
  EVP_PKEY* const key = keys_->key.get();
  const Certificate own = certificate_of(key, "mail server of a test", 2, validity_of(fault));
  extend(own.get(), NID_subject_alt_name,
         fault == CertificateFault::other_name ? "DNS:mail.example.com,IP:127.0.0.2"
                                               : "DNS:localhost,IP:127.0.0.1");
  extend(own.get(), NID_ext_key_usage, "serverAuth");
  const Authority& signer = fault == CertificateFault::no_authority ? stranger : authority;
  if (fault == CertificateFault::self_signed)
    sign(own.get(), own.get(), key);
  else
    sign(own.get(), signer.certificate.get(), signer.key.get());
  write_certificate(ca_file(), authority.certificate.get());
  SSL_CTX* const context = keys_->context.get();
  if (script_.is_old) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  }
  if (SSL_CTX_use_certificate(context, own.get()) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
    throw std::runtime_error("the certificate cannot be used");

  thread_ = std::thread([this] { serve(); });
}

TlsMailServer::~TlsMailServer() {
  join();
}

void TlsMailServer::join() {
  if (!thread_.joinable()) return;
  ::shutdown(listener_.descriptor, SHUT_RDWR);
  thread_.join();
  ::close(listener_.descriptor);
}

void TlsMailServer::serve() {
  for (;;) {
    const int socket = ::accept(listener_.descriptor, nullptr, nullptr);
    if (socket < 0) return;
    Connection connection(socket);
    if (!script_.implicit || connection.begin_tls(keys_->context.get())) talk(connection);
  }
}

void TlsMailServer::talk(Connection& connection) {
  if (!connection.say("220 ready")) return;
  while (const auto line = connection.line()) {
    if (!dialogue_.empty()) dialogue_ += ' ';
    dialogue_ += first_word(*line, connection.is_secure());
    if (!take_command(connection, *line)) return;
  }
}

// false: the connection ends.
bool TlsMailServer::take_command(Connection& connection, const std::string& line) {
  if (line.starts_with("EHLO")) {
    std::string answer = "250-relay";
    if (script_.offers_starttls && !connection.is_secure()) answer += "\r\n250-STARTTLS";
    if (!script_.mechanisms.empty()) answer += "\r\n250-AUTH " + script_.mechanisms;
    return connection.say(answer + "\r\n250 8BITMIME");
  }
  if (line == "STARTTLS") {
    const bool is_accepted = script_.starttls.starts_with("220");
    return connection.say(script_.starttls) &&
           (!is_accepted || connection.begin_tls(keys_->context.get()));
  }
  if (line.starts_with("AUTH ")) return take_log_in(connection, line.substr(5));
  if (line.starts_with("MAIL")) return connection.say(script_.mail);
  if (line != "DATA") return connection.say(line == "QUIT" ? "221 bye" : "250 ok");
  if (!connection.say("354 go on")) return false;
  for (auto next = connection.line(); next; next = connection.line()) {
    if (*next == ".") return connection.say("250 queued");
    message_ += *next + "\r\n";
  }
  return false;
}

// PLAIN (RFC 4616) and LOGIN; others are only noted.
bool TlsMailServer::take_log_in(Connection& connection, const std::string& chosen) {
  mechanism_ = chosen;
  std::vector<std::string> questions;
  if (chosen == "PLAIN") questions = {"334 "};
  if (chosen == "LOGIN") questions = {"334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"};
  for (const std::string& question : questions) {
    if (!connection.say(question)) return false;
    const auto answer = connection.line();
    if (!answer) return false;
    const auto bytes = gcal::base::from_base64(*answer);
    if (!bytes) return connection.say("501 no base64");
    std::string text(bytes->begin(), bytes->end());
    std::ranges::replace(text, '\0', '|');
    log_in_ += (log_in_.empty() ? "" : "\n") + text;
  }
  return connection.say(questions.empty() ? "504 not this one" : script_.log_in);
}

}  // namespace host::mail::test
