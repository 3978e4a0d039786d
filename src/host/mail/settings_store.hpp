// The mail server of this host, its password, and what is known about it: whether a test mail of
// this very configuration was confirmed, and what went wrong since. In the host's database; the
// password is sealed. Used by Mail. It must never answer the password to a page, nor keep it when
// the mail server becomes another one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/common/base/random.hpp"
#include "src/host/mail/mail_types.hpp"
#include "src/hosting/services/secrets.hpp"

namespace host::mail {

// What keeps messages from leaving; kept over a restart.
struct Trouble {
  std::int64_t since = 0;  // 0: none
  bool is_configuration = false;
  std::int64_t code = 0;
  std::string text;
};

class SettingsStore {
 public:
  // The longest time that deliveries may fail before the mailer is "failing".
  static constexpr std::int64_t kPatienceMs = 10 * 60'000;

  SettingsStore(Database& database, hosting::Secrets& secrets, gcal::base::Random& random)
      : database_(database), secrets_(secrets), random_(random) {}

  Result<MailSettings> read() const;
  Result<std::string> password() const;  // "" without one
  // wanted: host, port, security, user, from, and optionally password, bounce, own_domains,
  // hold_seconds, ca_file, name. Members that are absent keep their value. invalid: names the
  // member.
  Result<MailSettings> write(const Json& wanted);
  Result<> remove();

  // "off" | "untested" | "ready" | "failing"
  Result<std::string> state(std::int64_t now) const;
  Result<Trouble> trouble() const;
  Result<> set_trouble(const Trouble& trouble);

  // A code of six digits, to be mailed: who enters it within half an hour has received a mail
  // of this configuration.  unavailable: the last one is younger than a minute.
  Result<std::string> new_code(std::int64_t now);
  // invalid: another code; gone: too old, too often wrong, or the configuration changed.
  Result<> confirm(std::string_view code, std::int64_t now);

  // A random text of this installation, made once: it makes Message-IDs unique.
  Result<std::string> installation();

 private:
  Result<std::string> value(std::string_view name) const;
  Result<> set_value(std::string_view name, std::string_view value);

  Database& database_;
  hosting::Secrets& secrets_;
  gcal::base::Random& random_;
};

// The members that are stored and shown alike: all but the time for which a mail waits.
Json to_json(const MailSettings& settings);

// What a test mail tests. Another value: the configuration is untested.
std::string fingerprint_of(const MailSettings& settings);

}  // namespace host::mail
