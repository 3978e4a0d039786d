#include "src/engine/store/held_decisions.hpp"

#include <array>
#include <utility>

#include "src/engine/sync/ports.hpp"

namespace gcal::store {
namespace {

// Rows of the table of named values: name "held:" and the link, value the decision and the account.
constexpr std::string_view kName = "held:";

constexpr std::array kDecisions{std::pair{Decision::remove, std::string_view("remove:")},
                                std::pair{Decision::keep, std::string_view("keep:")},
                                std::pair{Decision::take_remote, std::string_view("take_remote:")},
                                std::pair{Decision::take_crm, std::string_view("take_crm:")}};

std::string value_of(Decision decision, std::string_view account) {
  for (const auto& [one, text] : kDecisions)
    if (one == decision) return std::string(text) + std::string(account);
  return {};
}

// Records `decision` for the links of the account with this held_reason, or only for `link`.
Result<> decide(Connection& connection, std::string_view account, const char* held_reason,
                std::string_view link, Decision decision) {
  return connection.exec(
      "INSERT INTO bookmarks(name, value) SELECT 'held:' || l.id, $1 FROM links l JOIN pairs p ON "
      "p.id = l.pair WHERE p.account = $2 AND l.held_reason = $3 AND l.held_reason <> '' AND ($4 = "
      "'' OR l.id = $4) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      {value_of(decision, account), std::string(account), std::string(held_reason),
       std::string(link)});
}

}  // namespace

Result<> decide_held(Connection& connection, std::string_view account, Decision decision) {
  return decide(connection, account, sync::kHeldInferred, {}, decision);
}

Result<> decide_conflict(Connection& connection, std::string_view account, std::string_view link,
                         Decision decision) {
  if (link.empty()) return {};
  return decide(connection, account, sync::kHeldConflict, link, decision);
}

Result<OpenConflicts> open_conflicts(Connection& connection, std::string_view account) {
  OpenConflicts open;
  const auto take = [&](Row row) -> Result<> {
    open.count = static_cast<std::size_t>(row[0].integer());
    if (open.count > 0) open.first = std::string(row[1].text());
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT count(*), coalesce(min(l.id), '') FROM links l JOIN pairs p ON p.id = l.pair WHERE "
      "p.account = $1 AND l.held_reason = $2 AND l.held_reason <> '' AND NOT EXISTS (SELECT 1 FROM "
      "bookmarks b WHERE "
      "b.name = 'held:' || l.id)",
      {std::string(account), std::string(sync::kHeldConflict)}, take));
  return open;
}

Result<std::vector<HeldDecision>> held_decisions(Connection& connection, std::string_view account) {
  std::vector<HeldDecision> found;
  Values values;
  for (const auto& [decision, text] : kDecisions) values.push_back(value_of(decision, account));
  const auto take = [&](Row row) -> Result<> {
    for (const auto& [decision, text] : kDecisions)
      if (row[1].text().starts_with(text))
        found.push_back({std::string(row[0].text().substr(kName.size())), decision});
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT name, value FROM bookmarks WHERE name >= 'held:' AND name < 'held;' AND value IN "
      "($1, $2, $3, $4) ORDER BY name",
      values, take));
  return found;
}

Result<> erase_held_decision(Connection& connection, std::string_view link) {
  return connection.exec("DELETE FROM bookmarks WHERE name = $1",
                         {std::string(kName) + std::string(link)});
}

}  // namespace gcal::store
