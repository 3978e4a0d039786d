#include "src/hosting/services/accounts.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace hosting {
namespace {

using gcal::base::Json;

constexpr std::size_t kMaxDocument = 256 * 1024;
constexpr std::string_view kColumns =
    "SELECT id, plugin, user, unique_id, title, identity, state, health, config FROM accounts ";

Json object_of(std::string_view text) {
  auto parsed = Json::parse(text);
  return parsed && parsed->is_object() ? *std::move(parsed) : Json::object();
}

Account account_of(const Row& row) {
  return {row.text(0),           row.text(1), row.text(2), row.text(3),
          row.text(4),           row.text(5), row.text(6), object_of(row.view(7)),
          object_of(row.view(8))};
}

Error no_account() {
  return {Code::not_found, "there is no such account", {}};
}

template <class... Args>
Result<std::vector<Account>> select(Connection& c, std::string_view condition,
                                    const Args&... args) {
  std::vector<Account> accounts;
  TRY_VOID(c.each(
      std::string(kColumns) + std::string(condition),
      [&](const Row& row) { accounts.push_back(account_of(row)); }, args...));
  return accounts;
}

template <class... Args>
Result<Account> select_one(Connection& c, std::string_view condition, const Args&... args) {
  TRY(auto accounts, select(c, condition, args...));
  if (accounts.empty()) return no_account();
  return std::move(accounts.front());
}

void publish_change(Connection& c, ChangeBus& bus, const Account& account,
                    std::string_view origin) {
  c.after_commit([&bus, change = Change{.kind = Change::Kind::account,
                                        .user = account.user,
                                        .plugin = account.plugin,
                                        .id = account.id,
                                        .origin = std::string(origin)}] { bus.publish(change); });
}

Result<> check_object(const Json& document, std::string_view name) {
  if (!document.is_object())
    return Error{Code::invalid, std::string(name) + ": a JSON object is expected", {}};
  if (document.dump().size() > kMaxDocument)
    return Error{Code::invalid, std::string(name) + ": at most 256 KiB", {}};
  return {};
}

bool is_state(std::string_view state) {
  return state == "active" || state == "paused" || state == "disconnected";
}

}  // namespace

Json Account::to_plugin_json() const {
  return Json::object({{"id", id},
                       {"user", user},
                       {"unique_id", unique_id},
                       {"title", title},
                       {"identity", identity},
                       {"state", state},
                       {"config", config},
                       {"revision", revision()}});
}

std::string Account::revision() const {
  const std::string text = config.dump();
  return gcal::base::to_base64url(gcal::base::sha256(gcal::base::as_bytes(text)));
}

Accounts::Accounts(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
                   gcal::base::Random& random)
    : database_(database), bus_(bus), clock_(clock), random_(random) {}

Result<Account> Accounts::finish_setup(
    const NewAccount& account, const std::function<Result<>(Connection&, const Account&)>& also) {
  if (account.unique_id.empty() || account.unique_id.size() > 1024)
    return Error{Code::invalid, "unique_id: 1 to 1024 bytes", {}};
  if (account.title.empty() || account.title.size() > 1000)
    return Error{Code::invalid, "title: 1 to 1000 bytes", {}};
  TRY_VOID(check_object(account.config, "config"));
  return database_.write([&](Connection& c) -> Result<Account> {
    TRY(const auto known, select(c, "WHERE plugin=?1 AND user=?2 AND unique_id=?3", account.plugin,
                                 account.user, account.unique_id));
    if (!known.empty() && known.front().state != "disconnected") {
      // A double click or a crash after the commit repeats the same set-up: it succeeds without a
      // second account (S-18).
      if (known.front().id == account.id) {
        if (also) TRY_VOID(also(c, known.front()));
        return known.front();
      }
      return Error{Code::conflict, "this account is connected already", {}};
    }
    const std::string id = !known.empty()        ? known.front().id
                           : !account.id.empty() ? account.id
                                                 : gcal::base::new_id(random_);
    if (known.empty()) {
      TRY_VOID(c.run("INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', '{}', ?7, ?8)",
                     id, account.plugin, account.user, account.unique_id, account.title,
                     account.identity, account.config.dump(),
                     clock_.now().time_since_epoch().count()));
    } else {
      TRY_VOID(
          c.run("UPDATE accounts SET title=?2, identity=?3, state='active', health='{}', config=?4 "
                "WHERE id=?1",
                id, account.title, account.identity, account.config.dump()));
    }
    TRY(Account stored, select_one(c, "WHERE id=?1", id));
    if (also) TRY_VOID(also(c, stored));
    publish_change(c, bus_, stored, "");
    return stored;
  });
}

Result<Account> Accounts::update(std::string_view id, std::string_view title,
                                 std::string_view identity, const std::optional<Json>& config) {
  if (config) TRY_VOID(check_object(*config, "config"));
  return database_.write([&](Connection& c) -> Result<Account> {
    TRY_VOID(
        c.run("UPDATE accounts SET title=CASE WHEN ?2='' THEN title ELSE ?2 END, "
              "identity=CASE WHEN ?3='' THEN identity ELSE ?3 END, "
              "config=CASE WHEN ?4='' THEN config ELSE ?4 END WHERE id=?1",
              id, title, identity, config ? config->dump() : std::string()));
    TRY(Account stored, select_one(c, "WHERE id=?1", id));
    publish_change(c, bus_, stored, "");
    return stored;
  });
}

Result<std::vector<Account>> Accounts::counted(Result<std::vector<Account>> accounts) const {
  if (accounts) documents_read_ += accounts->size();
  return accounts;
}
Result<Account> Accounts::counted(Result<Account> account) const {
  if (account) ++documents_read_;
  return account;
}

Result<std::vector<Account>> Accounts::of_user(std::string_view user) const {
  return counted(database_.read([&](Connection& c) {
    return select(c, "WHERE user=?1 AND state<>'disconnected' ORDER BY created_at, id", user);
  }));
}

Result<Account> Accounts::of_user(std::string_view user, std::string_view id) const {
  return counted(database_.read(
      [&](Connection& c) { return select_one(c, "WHERE user=?1 AND id=?2", user, id); }));
}

Result<std::vector<Account>> Accounts::of_plugin(std::string_view plugin) const {
  return counted(database_.read(
      [&](Connection& c) { return select(c, "WHERE plugin=?1 ORDER BY created_at, id", plugin); }));
}

Result<Account> Accounts::of_plugin(std::string_view plugin, std::string_view id) const {
  return counted(database_.read(
      [&](Connection& c) { return select_one(c, "WHERE plugin=?1 AND id=?2", plugin, id); }));
}

Result<Account> Accounts::any(std::string_view id) const {
  return counted(database_.read([&](Connection& c) { return select_one(c, "WHERE id=?1", id); }));
}

Result<bool> Accounts::has_account(std::string_view plugin, std::string_view user) const {
  TRY(const auto found, database_.read([&](Connection& c) {
    return c.integer("SELECT 1 FROM accounts WHERE plugin=?1 AND user=?2 LIMIT 1", plugin, user);
  }));
  return found.has_value();
}

Result<> Accounts::set_state(std::string_view id, std::string_view state, std::string_view origin) {
  if (!is_state(state)) return Error{Code::invalid, "state: active, paused or disconnected", {}};
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const Account account, select_one(c, "WHERE id=?1 AND (?2='' OR plugin=?2)", id, origin));
    if (account.state == state) return {};
    TRY_VOID(c.run("UPDATE accounts SET state=?2 WHERE id=?1", id, state));
    publish_change(c, bus_, account, origin);
    return {};
  });
}

Result<> Accounts::put_config(std::string_view plugin, std::string_view id, const Json& config,
                              const std::optional<std::string_view>& if_revision) {
  TRY_VOID(check_object(config, "config"));
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const Account account, select_one(c, "WHERE id=?1 AND plugin=?2", id, plugin));
    if (if_revision && account.revision() != *if_revision)
      return Error{Code::conflict, "the config changed meanwhile: read it again", {}};
    if (account.config == config) return {};
    TRY_VOID(c.run("UPDATE accounts SET config=?2 WHERE id=?1", id, config.dump()));
    publish_change(c, bus_, account, plugin);
    return {};
  });
}

Result<> Accounts::set_health(std::string_view plugin, std::string_view id, const Json& health) {
  TRY_VOID(check_object(health, "health"));
  // A report: the next run gives it again.
  return database_.write(
      [&](Connection& c) -> Result<> {
        TRY(const Account account, select_one(c, "WHERE id=?1 AND plugin=?2", id, plugin));
        if (account.health == health) return {};
        TRY_VOID(c.run("UPDATE accounts SET health=?2 WHERE id=?1 AND plugin=?3", id, health.dump(),
                       plugin));
        publish_change(c, bus_, account, plugin);
        return {};
      },
      Durability::may_be_lost);
}

}  // namespace hosting
