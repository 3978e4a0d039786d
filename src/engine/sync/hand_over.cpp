#include "src/engine/sync/hand_over.hpp"

#include <utility>

#include "src/engine/sync/invitations.hpp"

namespace gcal::sync {
namespace {

using State = Invitation::State;

constexpr std::size_t kBatch = 200;  // messages in one call of the mailer

std::set<std::string> guests_waiting(const std::vector<Invitation>& rows) {
  std::set<std::string> guests;
  for (const Invitation& row : rows)
    if (row.state == State::waiting) guests.insert(row.guest);
  return guests;
}

// Takes back what may be joined with something newer. Marks in `rows` what has been attempted and
// returns the ids of the others.
Task<std::set<std::string>> take_back(Mailer& mailer, std::vector<Invitation>& rows,
                                      const std::set<std::string>& guests) {
  std::set<std::string> taken;
  std::vector<Invitation*> asked;
  std::vector<std::string> keys;
  for (Invitation& row : rows) {
    if (!guests.contains(row.guest) || !may_be_taken_back(row)) continue;
    asked.push_back(&row);
    keys.push_back(row.id);
  }
  if (keys.empty()) co_return taken;
  CO_TRY(const std::vector<Result<>> answers, co_await mailer.withdraw(std::move(keys)));
  if (answers.size() != asked.size())
    co_return Error{Code::internal, "the mailer answered another number of messages", {}};
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (answers[i] || is_absent(answers[i].error())) {
      taken.insert(asked[i]->id);
    } else if (answers[i].error().code == Code::conflict) {
      asked[i]->state = State::queued;
      asked[i]->attempted = true;
    } else {
      co_return answers[i].error();
    }
  }
  co_return taken;
}

// Joins the rows of one UID and stores what came of it. Returns its messages that are to be handed
// over.
Task<std::vector<Invitation>> prepare(Journal& journal, Mailer& mailer, std::string pair,
                                      std::string uid, const std::set<std::string>& own,
                                      base::Instant now) {
  CO_TRY(std::vector<Invitation> rows, co_await journal.invitations(std::move(uid)));
  const std::vector<Invitation> elsewhere = take_told_elsewhere(rows, pair);
  const std::set<std::string> guests = guests_waiting(rows);
  const std::vector<Invitation> before = rows;
  CO_TRY(const std::set<std::string> taken, co_await take_back(mailer, rows, guests));
  WriteBatch batch;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!(rows[i] == before[i])) batch.invitations.push_back(rows[i]);
  std::vector<Invitation> ready;
  for (Invitation& row : rows) {
    if (row.state != State::ready || taken.contains(row.id)) continue;
    if (!is_too_late(row, own, now)) {
      ready.push_back(row);
      continue;
    }
    row.state = State::expired;
    batch.invitations.push_back(row);
  }
  for (const std::string& guest : guests)
    for (Invitation& row : join(rows, elsewhere, guest, taken, own, now)) {
      if (row.state == State::ready) ready.push_back(row);
      batch.invitations.push_back(std::move(row));
    }
  if (!batch.empty()) CO_TRY_VOID(co_await journal.commit(std::move(batch)));
  co_return ready;
}

Task<> submit(Journal& journal, Mailer& mailer, std::vector<Invitation> messages,
              HandOverReport& report) {
  CO_TRY(const std::vector<Result<>> answers, co_await mailer.submit(messages));
  if (answers.size() != messages.size())
    co_return Error{Code::internal, "the mailer answered another number of messages", {}};
  WriteBatch batch;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Invitation& row = messages[i];
    if (answers[i]) {
      row.state = State::queued;
      ++report.handed_over;
    } else if (answers[i].error().code == Code::invalid) {
      row.state = State::failed;
      row.error = answers[i].error().message;
      ++report.refused;
    } else {
      ++report.left;
      continue;
    }
    batch.invitations.push_back(std::move(row));
  }
  if (!batch.empty()) CO_TRY_VOID(co_await journal.commit(std::move(batch)));
  co_return Result<>{};
}

}  // namespace

Task<HandOverReport> hand_over(Journal& journal, Mailer& mailer, std::string pair,
                               std::set<std::string> own, base::Instant now) {
  HandOverReport report;
  CO_TRY(const std::vector<std::string> uids, co_await journal.uids_to_tell(pair));
  std::vector<Invitation> messages;
  for (const std::string& uid : uids) {
    CO_TRY(std::vector<Invitation> ready, co_await prepare(journal, mailer, pair, uid, own, now));
    for (Invitation& row : ready) {
      messages.push_back(std::move(row));
      if (messages.size() < kBatch) continue;
      CO_TRY_VOID(co_await submit(journal, mailer, std::exchange(messages, {}), report));
    }
  }
  if (!messages.empty()) CO_TRY_VOID(co_await submit(journal, mailer, std::move(messages), report));
  co_return report;
}

}  // namespace gcal::sync
