// What SqlJournal stores of the mails that the CRM sends to guests.
#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/account_rows.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/store/rows.hpp"

namespace gcal::store {
namespace {

using sync::Invitation;

constexpr std::int64_t number_of(Invitation::State state) {
  return static_cast<std::int64_t>(state);
}

RowHandler collect(std::vector<Invitation>& found) {
  return [&found](Row row) -> Result<> {
    TRY(Invitation one, invitation_of(row));
    found.push_back(std::move(one));
    return {};
  };
}

// Waiting, ready and queued are the first three states.
static_assert(number_of(Invitation::State::queued) == 2);
static_assert(number_of(Invitation::State::failed) == 4);

}  // namespace

Task<std::vector<Invitation>> SqlJournal::invitations(std::string uid) {
  std::vector<Invitation> found;
  std::function<Result<>()> job = [&] {
    return database_.transact(Mode::read, fence_, [&](Connection& connection) {
      found.clear();
      return connection.exec(std::string("SELECT ") + kInvitationColumns +
                                 " FROM invitations WHERE uid = $1 ORDER BY ordinal",
                             {uid}, collect(found));
    });
  };
  CO_TRY_VOID(co_await blocking_.run<void>(std::move(job)));
  co_return found;
}

Task<std::vector<std::string>> SqlJournal::uids_to_tell(std::string pair) {
  std::vector<std::string> found;
  std::function<Result<>()> job = [&] {
    return database_.transact(Mode::read, fence_, [&](Connection& connection) {
      found.clear();
      const auto take = [&](Row row) -> Result<> {
        found.emplace_back(row[0].text());
        return {};
      };
      return connection.exec(
          "SELECT DISTINCT i.uid FROM invitations i WHERE i.pair = $1 AND i.state < 2 AND NOT "
          "EXISTS (SELECT 1 FROM intents t WHERE t.pair = i.pair AND t.link = i.link) ORDER BY "
          "i.uid",
          {pair}, take);
    });
  };
  CO_TRY_VOID(co_await blocking_.run<void>(std::move(job)));
  co_return found;
}

Task<std::vector<Invitation>> SqlJournal::untold(std::string account, std::size_t limit) {
  std::vector<Invitation> found;
  std::function<Result<>()> job = [&] {
    return database_.transact(Mode::read, fence_, [&](Connection& connection) {
      found.clear();
      return connection.exec(
          std::string("SELECT ") + kInvitationColumns +
              " FROM invitations WHERE pair IN (SELECT id FROM pairs WHERE "
              "account = $1) AND state IN (0, 1, 2, 4) ORDER BY ordinal LIMIT $2",
          {account, static_cast<std::int64_t>(limit)}, collect(found));
    });
  };
  CO_TRY_VOID(co_await blocking_.run<void>(std::move(job)));
  co_return found;
}

Task<InvitationCounts> SqlJournal::count_untold(std::string account) {
  InvitationCounts counts;
  std::function<Result<>()> job = [&] {
    return database_.transact(Mode::read, fence_, [&](Connection& connection) -> Result<> {
      counts = {};
      // A run asks for them next.
      if (remembers_pairs_ && !known_pairs_) {
        TRY(std::vector<sync::Pair> pairs, read_pairs(connection, account));
        known_pairs_.emplace(account, std::move(pairs));
      }
      const auto take = [&](Row row) -> Result<> {
        const auto number = static_cast<std::size_t>(row[1].integer());
        const auto state = static_cast<Invitation::State>(row[0].integer());
        (state == Invitation::State::failed   ? counts.failed
         : state == Invitation::State::queued ? counts.queued
                                              : counts.waiting) += number;
        return Result<>();
      };
      return connection.exec(
          "SELECT state, count(*) FROM invitations WHERE pair IN (SELECT id FROM pairs WHERE "
          "account = $1) AND state IN (0, 1, 2, 4) GROUP BY state",
          {account}, take);
    });
  };
  CO_TRY_VOID(co_await blocking_.run<void>(std::move(job)));
  co_return counts;
}

Task<> SqlJournal::note_mail_states(std::vector<MailState> states) {
  Database::Work work = [&](Connection& connection) -> Result<> {
    for (const MailState& one : states)
      TRY_VOID(
          connection.exec("UPDATE invitations SET state = $2, attempted = $3, error = $4 WHERE "
                          "id = $1 AND state IN (1, 2)",
                          {one.key, number_of(one.state), one.attempted, one.error}));
    return {};
  };
  co_return co_await write(std::move(work));
}

Task<> SqlJournal::prune_invitations(base::Instant contents_older_than,
                                     base::Instant rows_older_than) {
  Database::Work work = [&](Connection& connection) -> Result<> {
    TRY_VOID(connection.exec("DELETE FROM invitations WHERE state > 2 AND acted_at < $1",
                             {base::milliseconds(rows_older_than)}));
    return connection.exec(
        "UPDATE invitations SET series_before = '', series_after = '', error = '' WHERE state > 2 "
        "AND acted_at < $1 AND (series_before <> '' OR series_after <> '')",
        {base::milliseconds(contents_older_than)});
  };
  co_return co_await write(std::move(work));
}

}  // namespace gcal::store
