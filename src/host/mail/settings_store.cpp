#include "src/host/mail/settings_store.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/host/mail/address.hpp"

namespace host::mail {
namespace {

using gcal::base::as_bytes;

// Names of rows in `settings`.
constexpr std::string_view kServer = "mail.server", kTested = "mail.tested",
                           kTrouble = "mail.trouble", kCode = "mail.code",
                           kInstallation = "mail.installation";
// The secret of the host itself: no plugin has this id.
constexpr std::string_view kOwner = "crm_host", kPassword = "mail.password";

constexpr std::int64_t kCodeMs = 30 * 60'000, kCodePauseMs = 60'000, kCodeTries = 5;
constexpr std::size_t kMaxDomains = 50;

Error refused(std::string_view member, std::string_view what) {
  return {Code::invalid, std::string(member) + ": " + std::string(what), {}};
}

std::optional<Security> security_of(std::string_view text) {
  if (text == "tls") return Security::tls;
  if (text == "starttls") return Security::starttls;
  if (text == "none") return Security::none;
  return std::nullopt;
}

// A name or number of a machine: what may stand in a URL without a meaning of its own there.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  });
}

bool is_plain(std::string_view text) {
  return text.size() <= 500 && header_text(text) == text;
}

MailSettings from_json(const Json& json) {
  MailSettings settings;
  settings.host = json.string("host");
  settings.port = json["port"].as_integer();
  settings.security = security_of(json.string("security")).value_or(Security::starttls);
  settings.ca_file = json.string("ca_file");
  settings.name = json.string("name");
  settings.user = json.string("user");
  settings.has_password = json["has_password"].as_bool();
  settings.from = json.string("from");
  settings.bounce = json.string("bounce");
  for (const Json& domain : json["own_domains"].items())
    settings.own_domains.push_back(domain.as_string());
  settings.hold_ms = json["hold_ms"].as_integer(60'000);
  return settings;
}

Result<> read_server(const Json& wanted, MailSettings& settings) {
  if (wanted.contains("host")) settings.host = wanted.string("host");
  if (!is_host(settings.host)) return refused("host", "the name of the mail server is needed");
  if (wanted.contains("port")) settings.port = wanted["port"].as_integer();
  if (settings.port < 1 || settings.port > 65535) return refused("port", "1 to 65535");
  if (wanted.contains("security")) {
    const auto security = security_of(wanted.string("security"));
    if (!security) return refused("security", "tls, starttls or none");
    settings.security = *security;
  }
  if (settings.security == Security::none && !is_loopback(settings.host))
    return refused("security", "without TLS only to this machine");
  if (wanted.contains("ca_file")) settings.ca_file = wanted.string("ca_file");
  if (!is_plain(settings.ca_file)) return refused("ca_file", "no file has this name");
  if (wanted.contains("name")) settings.name = wanted.string("name");
  if (!settings.name.empty() && !is_host(settings.name)) return refused("name", "no host name");
  if (wanted.contains("user")) settings.user = wanted.string("user");
  if (!is_plain(settings.user)) return refused("user", "it is too long or has control characters");
  return {};
}

Result<> read_sender(const Json& wanted, MailSettings& settings) {
  for (const std::string_view member : {"from", "bounce"}) {
    if (!wanted.contains(member)) continue;
    const std::string& address = wanted.string(member);
    std::string& to = member == "from" ? settings.from : settings.bounce;
    to.clear();
    if (address.empty()) continue;
    auto sendable = sendable_address(address);
    if (!sendable) return refused(member, sendable.error().message);
    to = *std::move(sendable);
  }
  if (settings.from.empty()) return refused("from", "an address is needed");
  if (wanted.contains("own_domains")) {
    settings.own_domains.clear();
    for (const Json& domain : wanted["own_domains"].items()) {
      auto address = sendable_address("x@" + domain.as_string());
      if (!address || settings.own_domains.size() == kMaxDomains)
        return refused("own_domains", "domain names are expected");
      settings.own_domains.push_back(domain_of(*address));
    }
  }
  if (wanted.contains("hold_seconds")) {
    const std::int64_t seconds = wanted["hold_seconds"].as_integer(-1);
    if (seconds < 0 || seconds > 600) return refused("hold_seconds", "0 to 600");
    settings.hold_ms = seconds * 1000;
  }
  return {};
}

std::string hash_of(std::string_view code, std::string_view salt) {
  return gcal::base::to_hex(
      gcal::base::sha256(as_bytes(std::string(salt) + "\n" + std::string(code))));
}

}  // namespace

std::string_view to_text(Security security) {
  switch (security) {
    case Security::tls: return "tls";
    case Security::starttls: return "starttls";
    case Security::none: break;
  }
  return "none";
}

Json to_json(const MailSettings& settings) {
  Json domains = Json::array();
  for (const std::string& domain : settings.own_domains) domains.push(domain);
  return Json::object({{"host", settings.host},
                       {"port", settings.port},
                       {"security", to_text(settings.security)},
                       {"ca_file", settings.ca_file},
                       {"name", settings.name},
                       {"user", settings.user},
                       {"has_password", settings.has_password},
                       {"from", settings.from},
                       {"bounce", settings.bounce},
                       {"own_domains", std::move(domains)}});
}

std::string fingerprint_of(const MailSettings& settings) {
  Json tested = Json::array({settings.host, settings.port, to_text(settings.security),
                             settings.ca_file, settings.user, settings.from, settings.bounce});
  return gcal::base::to_hex(gcal::base::sha256(as_bytes(tested.dump())));
}

Result<std::string> SettingsStore::value(std::string_view name) const {
  return database_.read([&](Connection& c) -> Result<std::string> {
    TRY(const auto found, c.text("SELECT value FROM settings WHERE name=?1", name));
    return found.value_or("");
  });
}

Result<> SettingsStore::set_value(std::string_view name, std::string_view value) {
  return database_.write([&](Connection& c) {
    return c.run(
        "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
        name, value);
  });
}

Result<MailSettings> SettingsStore::read() const {
  TRY(const std::string text, value(kServer));
  if (text.empty()) return MailSettings{};
  TRY(const Json json, Json::parse(text));
  return from_json(json);
}

Result<std::string> SettingsStore::password() const {
  auto password = secrets_.get(kOwner, kPassword);
  if (!password && password.error().code == Code::not_found) return std::string();
  return password;
}

Result<MailSettings> SettingsStore::write(const Json& wanted) {
  TRY(const MailSettings before, read());
  MailSettings settings = before;
  TRY_VOID(read_server(wanted, settings));
  TRY_VOID(read_sender(wanted, settings));
  const Json* password = wanted.find("password");
  if (password && !password->is_null()) {
    if (!password->is_string() || password->as_string().size() > 1000)
      return refused("password", "it is too long");
    settings.has_password = !password->as_string().empty();
    if (settings.has_password)
      TRY_VOID(secrets_.put(kOwner, kPassword, password->as_string()));
    else
      TRY_VOID(secrets_.erase(kOwner, kPassword));
  } else if (settings.has_password &&
             (settings.host != before.host || settings.port != before.port ||
              settings.security != before.security || settings.ca_file != before.ca_file)) {
    // An administrator must not learn a password by naming a server of their own.
    return refused("password", "another mail server: enter the password again");
  }
  Json stored = to_json(settings);
  stored.set("hold_ms", settings.hold_ms);
  TRY_VOID(set_value(kServer, stored.dump()));
  TRY_VOID(set_value(kTrouble, ""));
  return settings;
}

Result<> SettingsStore::remove() {
  TRY_VOID(secrets_.erase(kOwner, kPassword));
  for (const std::string_view name : {kServer, kTested, kTrouble, kCode})
    TRY_VOID(set_value(name, ""));
  return {};
}

Result<std::string> SettingsStore::state(std::int64_t now) const {
  TRY(const MailSettings settings, read());
  if (settings.is_off()) return std::string("off");
  TRY(const std::string tested, value(kTested));
  if (tested != fingerprint_of(settings)) return std::string("untested");
  TRY(const Trouble trouble, this->trouble());
  const bool failing =
      trouble.since > 0 && (trouble.is_configuration || now - trouble.since >= kPatienceMs);
  return std::string(failing ? "failing" : "ready");
}

Result<Trouble> SettingsStore::trouble() const {
  TRY(const std::string text, value(kTrouble));
  if (text.empty()) return Trouble{};
  TRY(const Json json, Json::parse(text));
  return Trouble{json["since"].as_integer(), json["configuration"].as_bool(),
                 json["code"].as_integer(), json.string("text")};
}

Result<> SettingsStore::set_trouble(const Trouble& trouble) {
  if (trouble.since == 0) return set_value(kTrouble, "");
  return set_value(kTrouble, Json::object({{"since", trouble.since},
                                           {"configuration", trouble.is_configuration},
                                           {"code", trouble.code},
                                           {"text", trouble.text}})
                                 .dump());
}

Result<std::string> SettingsStore::new_code(std::int64_t now) {
  TRY(const MailSettings settings, read());
  if (settings.is_off()) return Error{Code::conflict, "no mail server is configured", {}};
  TRY(const std::string text, value(kCode));
  const auto before = Json::parse(text.empty() ? "{}" : text);
  const std::int64_t age = before ? now - (*before)["at"].as_integer() : kCodePauseMs;
  if (age >= 0 && age < kCodePauseMs)
    return Error{Code::unavailable, "the last test mail is less than a minute old",
                 std::chrono::milliseconds(kCodePauseMs - age)};
  std::string code = std::to_string(1'000'000 + random_.below(1'000'000)).substr(1);
  const std::string salt = gcal::base::new_secret(random_);
  TRY_VOID(set_value(kCode, Json::object({{"at", now},
                                          {"salt", salt},
                                          {"hash", hash_of(code, salt)},
                                          {"fingerprint", fingerprint_of(settings)},
                                          {"tries", 0}})
                                .dump()));
  return code;
}

Result<> SettingsStore::confirm(std::string_view code, std::int64_t now) {
  const Error gone{Code::gone, "this code is not valid any more: send another test mail", {}};
  TRY(const MailSettings settings, read());
  TRY(const std::string text, value(kCode));
  if (text.empty()) return gone;
  TRY(Json stored, Json::parse(text));
  const std::int64_t tries = stored["tries"].as_integer();
  if (tries >= kCodeTries || now - stored["at"].as_integer() > kCodeMs ||
      stored.string("fingerprint") != fingerprint_of(settings))
    return gone;
  stored.set("tries", tries + 1);
  TRY_VOID(set_value(kCode, stored.dump()));
  if (!gcal::base::equal_in_constant_time(as_bytes(hash_of(code, stored.string("salt"))),
                                          as_bytes(stored.string("hash"))))
    return refused("code", "this is not the code of the test mail");
  TRY_VOID(set_value(kTested, fingerprint_of(settings)));
  return set_value(kCode, "");
}

Result<std::string> SettingsStore::installation() {
  TRY(std::string text, value(kInstallation));
  if (!text.empty()) return text;
  text = gcal::base::new_secret(random_);
  TRY_VOID(set_value(kInstallation, text));
  return text;
}

}  // namespace host::mail
