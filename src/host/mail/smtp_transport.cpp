#include "src/host/mail/smtp_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "src/host/mail/address.hpp"

namespace host::mail {
namespace {

constexpr long kConnectSeconds = 10, kWholeSeconds = 120;

struct EndHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string url_of(const MailSettings& settings) {
  std::string host = settings.host;
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = "[" + host + "]";
  return std::string(settings.security == Security::tls ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(settings.port) + "/" +
         (settings.name.empty() ? domain_of(settings.from) : settings.name);
}

// Everything that a connection depends on.
std::string server_of(const MailSettings& settings, std::string_view password) {
  return Json::array({url_of(settings), static_cast<std::int64_t>(settings.security),
                      settings.ca_file, settings.user, std::string(password)})
      .dump();
}

struct Unread {
  std::string_view bytes;
};

std::size_t read_bytes(char* to, std::size_t size, std::size_t count, void* context) {
  auto* unread = static_cast<Unread*>(context);
  const std::size_t taken = std::min(size * count, unread->bytes.size());
  std::memcpy(to, unread->bytes.data(), taken);
  unread->bytes.remove_prefix(taken);
  return taken;
}

struct Progress {
  const std::atomic<bool>& stopped;
  const Unread& unread;
  const std::size_t size;
};

// Not 0: the attempt ends.
int may_go_on(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* progress = static_cast<const Progress*>(context);
  return progress->stopped.load() && progress->unread.bytes.size() == progress->size ? 1 : 0;
}

// libcurl passes each line that the server sends; the last refusal is what ended the dialogue.
std::size_t keep_refusal(const char* line, std::size_t size, std::size_t count, void* context) {
  const std::string_view received(line, size * count);
  if (received.starts_with('4') || received.starts_with('5'))
    static_cast<std::string*>(context)->assign(received);
  return received.size();
}

// The words of "550 5.1.1 no such person", at most 200 characters of printable ASCII; "" without a
// refusal. What else a server sends is dropped.
std::string words_of(std::string_view line) {
  if (line.size() < 5) return {};
  std::string words;
  for (const char c : line.substr(4, 200))
    if (c >= ' ' && c <= '~') words.push_back(c);
  return words;
}

// libcurl's words; those about TLS begin with "TLS: ", by which the pages tell them from others.
std::string text_of(CURLcode result, const char* words) {
  std::string text = *words ? words : curl_easy_strerror(result);
  switch (result) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR: return "TLS: " + text;
    default: return text;
  }
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class SmtpTransport final : public MailTransport {
 public:
  SmtpOutcome send(const MailSettings& settings, std::string_view password,
                   const Envelope& envelope) override {
    if (settings.security == Security::none && !is_loopback(settings.host))
      return {CURLE_USE_SSL_FAILED, 0, "TLS: mail leaves this machine only through it"};
    // libcurl keeps the connection, and reuses one that was made with STARTTLS whatever certificate
    // is wanted now: what was set up otherwise begins with a connection of its own.
    if (std::string wanted = server_of(settings, password); wanted != server_) {
      handle_.reset();
      server_ = std::move(wanted);
    }
    if (!handle_) handle_.reset(curl_easy_init());
    if (!handle_) return {CURLE_OUT_OF_MEMORY, 0, "out of memory"};
    CURL* const curl = handle_.get();
    curl_easy_reset(curl);  // keeps the connection
    char words[CURL_ERROR_SIZE] = "";
    Unread unread{envelope.bytes};
    const std::string sender = "<" + std::string(envelope.sender) + ">";
    const std::string recipient = "<" + std::string(envelope.recipient) + ">";
    const std::unique_ptr<curl_slist, FreeList> recipients(
        curl_slist_append(nullptr, recipient.c_str()));
    set_server(curl, settings, password);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(envelope.bytes.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, &unread);
    const Progress progress{stopped_, unread, envelope.bytes.size()};
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &may_go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<Progress*>(&progress));
    std::string refusal;
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &keep_refusal);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &refusal);
    const CURLcode result = curl_easy_perform(curl);
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    // The buffer belongs to this call.
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
    if (result == CURLE_OK) return {CURLE_OK, code, ""};
    return {static_cast<int>(result), code, text_of(result, words), words_of(refusal)};
  }

  void stop() override { stopped_ = true; }

 private:
  static void set_server(CURL* curl, const MailSettings& settings, std::string_view password) {
    curl_easy_setopt(curl, CURLOPT_URL, url_of(settings).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, kWholeSeconds);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(
        curl, CURLOPT_USE_SSL,
        static_cast<long>(settings.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
    if (!settings.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, std::string(password).c_str());
      // In DIGEST-MD5 and NTLM, which libcurl would prefer, it writes letters beyond ASCII in a way
      // that servers do not read; these mechanisms take the bytes as they are, which is UTF-8.
      if (!is_ascii(settings.user) || !is_ascii(password))
        curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=CRAM-MD5;AUTH=PLAIN;AUTH=LOGIN");
    }
  }

  std::unique_ptr<CURL, EndHandle> handle_;
  std::string server_;  // of the handle's connection
  std::atomic<bool> stopped_ = false;
};

}  // namespace

std::unique_ptr<MailTransport> smtp_transport() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;  // curl_easy_init fails where it failed
  return std::make_unique<SmtpTransport>();
}

}  // namespace host::mail
