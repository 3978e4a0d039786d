#include "src/host/mail/logo_store.hpp"

#include "src/common/base/bytes.hpp"
#include "src/host/mail/address.hpp"

namespace host::mail {
namespace {

Logo stored(const Row& row) {
  Logo logo;
  logo.account = row.text(0);
  logo.plugin = row.text(1);
  logo.sha256 = row.text(2);
  logo.png = row.text(3);
  logo.width = row.integer(4);
  logo.height = row.integer(5);
  logo.alt = row.text(6);
  return logo;
}

Result<std::string> checked_alt(std::string_view alt) {
  std::string text = header_text(alt);
  if (text.empty() || characters_of(text) > kMaxAlt)
    return Error{Code::invalid, "alt: the company's name has 1 to 60 characters", {}};
  return text;
}

}  // namespace

Json Logo::to_json() const {
  return Json::object({{"sha256", sha256}, {"width", width}, {"height", height}, {"alt", alt}});
}

Result<std::optional<Logo>> LogoStore::of_account(std::string_view account) const {
  return database_.read([&](Connection& c) -> Result<std::optional<Logo>> {
    std::optional<Logo> found;
    TRY_VOID(c.each(
        "SELECT account, plugin, sha256, png, width, height, alt FROM mail_logos WHERE account=?1",
        [&](const Row& row) { found = stored(row); }, account));
    return found;
  });
}

Result<std::vector<Logo>> LogoStore::of_plugin(std::string_view plugin) const {
  return database_.read([&](Connection& c) -> Result<std::vector<Logo>> {
    std::vector<Logo> logos;
    TRY_VOID(c.each(
        "SELECT account, plugin, sha256, '', width, height, alt FROM mail_logos WHERE plugin=?1",
        [&](const Row& row) { logos.push_back(stored(row)); }, plugin));
    return logos;
  });
}

Result<> LogoStore::put(const hosting::Account& account, const LogoImage& image,
                        std::string_view alt, std::int64_t now) {
  TRY(const std::string name, checked_alt(alt));
  const std::string sha256 =
      gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(image.png)));
  return database_.write([&](Connection& c) {
    return c.run(
        "INSERT INTO mail_logos VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(account) "
        "DO UPDATE SET plugin=excluded.plugin, user=excluded.user, sha256=excluded.sha256, "
        "png=excluded.png, width=excluded.width, height=excluded.height, "
        "alt=excluded.alt, at=excluded.at",
        account.id, account.plugin, account.user, sha256, Blob{image.png}, (image.width + 1) / 2,
        (image.height + 1) / 2, name, now);
  });
}

Result<> LogoStore::set_alt(std::string_view account, std::string_view alt, std::int64_t now) {
  TRY(const std::string name, checked_alt(alt));
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("UPDATE mail_logos SET alt=?2, at=?3 WHERE account=?1", account, name, now));
    TRY(const std::int64_t changed, c.changes());
    if (changed == 0) return Error{Code::not_found, "the account has no logo", {}};
    return {};
  });
}

Result<> LogoStore::remove(std::string_view account) {
  return database_.write(
      [&](Connection& c) { return c.run("DELETE FROM mail_logos WHERE account=?1", account); });
}

Result<> LogoStore::purge(std::int64_t now) {
  return database_.write([&](Connection& c) -> Result<> {
    // `at` becomes the time since which the account is seen to be connected.
    TRY_VOID(
        c.run("UPDATE mail_logos SET at=?1 WHERE account IN (SELECT id FROM accounts WHERE "
              "state<>'disconnected')",
              now));
    return c.run(
        "DELETE FROM mail_logos WHERE at<=?1 OR user NOT IN (SELECT id FROM users WHERE "
        "email LIKE '%@%')",
        now - kKeptMs);
  });
}

}  // namespace host::mail
