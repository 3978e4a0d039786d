// What SqlJournal does for the plugin around cycles: erasing pairs, pruning the history, another
// try of what is held, the user's consent to mails.
#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/store/remote_items.hpp"

namespace gcal::store {

Task<> SqlJournal::try_held_again(std::string account) {
  Database::Work work = [&](Connection& connection) {
    return connection.exec(
        "UPDATE held_items SET next_try = 0 WHERE reason <> $2 AND pair IN (SELECT id FROM pairs "
        "WHERE account = $1)",
        {account, std::string(sync::kHeldMails)});
  };
  co_return co_await write(std::move(work));
}

Task<> SqlJournal::allow_mails(std::string account) {
  Database::Work work = [&](Connection& connection) {
    return connection.exec(
        "UPDATE held_items SET reason = $3, next_try = 0 WHERE reason = $2 AND pair IN (SELECT id "
        "FROM pairs WHERE account = $1)",
        {account, std::string(sync::kHeldMails), std::string(sync::kMailsAllowed)});
  };
  co_return co_await write(std::move(work));
}

Task<> SqlJournal::erase_pairs(std::vector<std::string> ids) {
  known_pairs_.reset();
  Database::Work work = [&](Connection& connection) -> Result<> {
    for (const std::string& id : ids) {
      TRY_VOID(connection.exec(
          "DELETE FROM link_addresses WHERE link IN (SELECT id FROM links WHERE pair = $1)", {id}));
      TRY_VOID(erase_remote_items_of_pair(connection, id));
      for (const char* table : {"links", "observed", "intents", "splits", "held_items", "history",
                                "channels", "pair_status", "invitations"})
        TRY_VOID(connection.exec(std::string("DELETE FROM ") + table + " WHERE pair = $1", {id}));
      TRY_VOID(connection.exec("DELETE FROM pairs WHERE id = $1", {id}));
    }
    return {};
  };
  co_return co_await write(std::move(work));
}

Task<> SqlJournal::prune_history(base::Instant older_than) {
  Database::Work work = [&](Connection& connection) {
    return connection.exec("DELETE FROM history WHERE at < $1", {base::milliseconds(older_than)});
  };
  co_return co_await write(std::move(work));
}

}  // namespace gcal::store
