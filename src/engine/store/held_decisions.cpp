#include "src/engine/store/held_decisions.hpp"

#include "src/engine/sync/ports.hpp"

namespace gcal::store {
namespace {

// Rows of the table of named values: name "held:" and the link, value the decision and the account.
constexpr std::string_view kName = "held:";

std::string value_of(sync::HeldDecision decision, std::string_view account) {
  return (decision == sync::HeldDecision::remove ? "remove:" : "keep:") + std::string(account);
}

}  // namespace

Result<> decide_held(Connection& connection, std::string_view account,
                     sync::HeldDecision decision) {
  return connection.exec(
      "INSERT INTO bookmarks(name, value) SELECT 'held:' || l.id, $1 FROM links l JOIN pairs p ON "
      "p.id = l.pair WHERE p.account = $2 AND l.held_reason = $3 ON CONFLICT(name) DO UPDATE SET "
      "value = excluded.value",
      {value_of(decision, account), std::string(account), std::string(sync::kHeldInferred)});
}

Result<std::vector<HeldDecision>> held_decisions(Connection& connection, std::string_view account) {
  std::vector<HeldDecision> found;
  const std::string remove = value_of(sync::HeldDecision::remove, account);
  const auto take = [&](Row row) -> Result<> {
    const std::string name(row[0].text());
    found.push_back({name.substr(kName.size()), row[1].text() == remove
                                                    ? sync::HeldDecision::remove
                                                    : sync::HeldDecision::keep});
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT name, value FROM bookmarks WHERE name >= 'held:' AND name < 'held;' AND value IN "
      "($1, $2) ORDER BY name",
      {remove, value_of(sync::HeldDecision::keep, account)}, take));
  return found;
}

Result<> erase_held_decision(Connection& connection, std::string_view link) {
  return connection.exec("DELETE FROM bookmarks WHERE name = $1",
                         {std::string(kName) + std::string(link)});
}

}  // namespace gcal::store
