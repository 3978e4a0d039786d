#include "src/hosting/flows/flows.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace hosting {
namespace {

using gcal::base::Json;

constexpr std::int64_t kKeyLifeMs = 10 * 60 * 1000;
constexpr std::int64_t kDraftLifeMs = std::int64_t{7} * 24 * 3600 * 1000;
constexpr std::size_t kMinKey = 22, kMaxKey = 256;
constexpr std::size_t kMaxDocument = 4 * 1024 * 1024;
constexpr std::string_view kColumns =
    "SELECT id, plugin, user, kind, account, step, memo, version, updated_at FROM flows ";

std::string hash_of(std::string_view key) {
  return gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(key)));
}

Json parsed(std::string_view text) {
  auto value = Json::parse(text);
  return value ? *std::move(value) : Json();
}

Flow flow_of(const Row& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          parsed(row.view(5)),
          parsed(row.view(6)),
          row.integer(7),
          gcal::base::Instant(std::chrono::milliseconds(row.integer(8)))};
}

template <class... Args>
Result<std::vector<Flow>> select(Connection& c, std::string_view condition, const Args&... args) {
  std::vector<Flow> flows;
  TRY_VOID(c.each(
      std::string(kColumns) + std::string(condition),
      [&](const Row& row) { flows.push_back(flow_of(row)); }, args...));
  return flows;
}

template <class... Args>
Result<Flow> select_one(Connection& c, std::string_view condition, const Args&... args) {
  TRY(auto flows, select(c, condition, args...));
  if (flows.empty()) return Error{Code::not_found, "there is no such set-up", {}};
  return std::move(flows.front());
}

}  // namespace

Flows::Flows(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
             gcal::base::Random& random)
    : database_(database), bus_(bus), clock_(clock), random_(random) {}

Result<> Flows::check_kind(std::string_view kind) {
  if (kind == "setup" || kind == "options" || kind == "reauth") return {};
  return Error{Code::invalid, "kind: setup, options or reauth", {}};
}

Result<Flow> Flows::create(std::string_view plugin, std::string_view user, std::string_view kind,
                           std::string_view account) {
  TRY_VOID(check_kind(kind));
  if (kind != "setup" && account.empty()) return Error{Code::invalid, "account: must be named", {}};
  Flow flow;
  flow.id = gcal::base::new_id(random_);
  flow.plugin = plugin;
  flow.user = user;
  flow.kind = kind;
  flow.account = account.empty() ? gcal::base::new_id(random_) : std::string(account);
  flow.updated = clock_.now();
  TRY_VOID(database_.write([&](Connection& c) {
    return c.run("INSERT INTO flows VALUES (?1, ?2, ?3, ?4, ?5, 'null', 'null', 0, ?6)", flow.id,
                 flow.plugin, flow.user, flow.kind, flow.account,
                 flow.updated.time_since_epoch().count());
  }));
  return flow;
}

Result<Flow> Flows::get(std::string_view user, std::string_view id) const {
  return database_.read(
      [&](Connection& c) { return select_one(c, "WHERE id=?1 AND user=?2", id, user); });
}

Result<std::vector<Flow>> Flows::drafts(std::string_view user) const {
  const std::int64_t oldest = clock_.now().time_since_epoch().count() - kDraftLifeMs;
  return database_.read([&](Connection& c) {
    return select(c, "WHERE user=?1 AND updated_at>=?2 ORDER BY updated_at DESC, id", user, oldest);
  });
}

Result<> Flows::save(Flow& flow) {
  return database_.write([&](Connection& c) { return save(c, flow); });
}

Result<> Flows::save(Connection& c, Flow& flow) {
  const std::string step = flow.step.dump(), memo = flow.memo.dump();
  if (step.size() > kMaxDocument || memo.size() > kMaxDocument)
    return Error{Code::invalid, "a step or memo is larger than 4 MiB", {}};
  const gcal::base::Instant now = clock_.now();
  TRY_VOID(
      c.run("UPDATE flows SET step=?3, memo=?4, version=version+1, updated_at=?5 WHERE id=?1 AND "
            "version=?2",
            flow.id, flow.version, step, memo, now.time_since_epoch().count()));
  TRY(const std::int64_t saved, c.changes());
  if (saved == 0)
    return Error{Code::conflict, "the set-up went on meanwhile: look at its current step", {}};
  c.after_commit([this, change = Change{.kind = Change::Kind::flow,
                                        .user = flow.user,
                                        .plugin = flow.plugin,
                                        .id = flow.id}] { bus_.publish(change); });
  ++flow.version;
  flow.updated = now;
  return {};
}

Result<> Flows::erase(std::string_view id) {
  return database_.write([&](Connection& c) { return c.run("DELETE FROM flows WHERE id=?1", id); });
}

Result<std::vector<Flow>> Flows::expired() const {
  const std::int64_t oldest = clock_.now().time_since_epoch().count() - kDraftLifeMs;
  return database_.read(
      [&](Connection& c) { return select(c, "WHERE updated_at<?1 ORDER BY updated_at", oldest); });
}

Result<> Flows::put_resume_key(std::string_view flow, std::string_view key,
                               std::string_view session) {
  if (key.size() < kMinKey || key.size() > kMaxKey)
    return Error{Code::invalid, "resume_key: 22 to 256 characters", {}};
  const std::string hash = hash_of(key);
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const auto taken,
        c.integer("SELECT 1 FROM resume_keys WHERE key_hash=?1 AND flow<>?2", hash, flow));
    if (taken)
      return Error{Code::invalid, "resume_key: another set-up uses it; it must be random", {}};
    return c.run(
        "INSERT INTO resume_keys(flow, key_hash, expires_at, session) VALUES (?1, ?2, ?3, ?4) ON "
        "CONFLICT(flow) DO UPDATE SET key_hash=excluded.key_hash, expires_at=excluded.expires_at, "
        "session=excluded.session",
        flow, hash, clock_.now().time_since_epoch().count() + kKeyLifeMs, hash_of(session));
  });
}

Result<bool> Flows::awaits_resume(std::string_view flow, std::string_view session) const {
  return database_.read([&](Connection& c) -> Result<bool> {
    TRY(const auto found,
        c.integer("SELECT 1 FROM resume_keys WHERE flow=?1 AND expires_at>=?2 AND session=?3", flow,
                  clock_.now().time_since_epoch().count(), hash_of(session)));
    return found.has_value();
  });
}

Result<Flow> Flows::take_resume_key(std::string_view user, std::string_view key,
                                    std::string_view session) {
  struct Taken {
    Flow flow;
    bool late = false;
  };
  TRY(Taken taken, database_.write([&](Connection& c) -> Result<Taken> {
    std::string flow_id;
    std::int64_t expires_at = 0;
    TRY_VOID(c.each(
        "SELECT k.flow, k.expires_at FROM resume_keys k JOIN flows f ON f.id=k.flow WHERE "
        "k.key_hash=?1 AND f.user=?2 AND k.session=?3",
        [&](const Row& row) { flow_id = row.text(0), expires_at = row.integer(1); }, hash_of(key),
        user, hash_of(session)));
    if (flow_id.empty())
      return Error{Code::not_found, "this link was used already or belongs to somebody else", {}};
    TRY_VOID(c.run("DELETE FROM resume_keys WHERE flow=?1", flow_id));
    TRY(Flow flow, select_one(c, "WHERE id=?1", flow_id));
    return Taken{std::move(flow), expires_at < clock_.now().time_since_epoch().count()};
  }));
  if (taken.late)
    return Error{Code::gone, "this link is older than ten minutes: begin the step again", {}};
  return std::move(taken.flow);
}

}  // namespace hosting
