#include "src/engine/sync/invitations.hpp"

#include <algorithm>
#include <iterator>

#include "src/common/base/bytes.hpp"
#include "src/common/base/mutant.hpp"

namespace gcal::sync {
namespace {

using State = Invitation::State;
using Kind = calendar::Mail::Kind;

std::string text_of(const std::optional<OriginalStart>& date) {
  if (!date) return {};
  return std::to_string(date->instant.time_since_epoch().count()) + (date->all_day ? "d" : "");
}

std::string hash_of(const std::string& text) {
  return base::to_hex(base::sha256(base::as_bytes(text)));
}

// The mailer has it, or has had it, and did not give it back.
bool was_told(const Invitation& row, const std::set<std::string>& taken_back) {
  return (row.state == State::queued || row.state == State::sent || row.state == State::failed) &&
         !taken_back.contains(row.id);
}

bool is_left(const Invitation& row, const std::set<std::string>& taken_back) {
  return row.state == State::waiting || taken_back.contains(row.id);
}

// What the guest knows of one date, or of the whole appointment.
struct Known {
  std::int64_t sequence = 0;
  base::Instant stamp{};
  std::string first;  // the id of the first message
};

Known known_of(const std::vector<const Invitation*>& told,
               const std::optional<OriginalStart>& date) {
  Known known;
  for (const Invitation* row : told) {
    if (row->date && row->date != date) continue;  // of another date
    known.sequence = std::max(known.sequence, row->sequence);
    known.stamp = std::max(known.stamp, row->stamp);
    if (known.first.empty()) known.first = row->id;
  }
  return known;
}

// SEQUENCE and DTSTAMP of a message: above what the guest knows (RFC 5546, 2.1.4).
void put_in_order(Invitation& row, const Known& known) {
  row.sequence = std::max(row.sequence, known.sequence);
  if (row.kind == Kind::cancel) {
    row.sequence += base::mutant("cancellation_keeps_sequence") ? 0 : 1;
    row.stamp = row.acted_at;
  }
  row.stamp = std::chrono::floor<std::chrono::seconds>(row.stamp);
  if (row.stamp <= known.stamp) row.stamp = known.stamp + std::chrono::seconds{1};
  row.first_key = known.first;
}

std::vector<calendar::Mail> mails_for(const std::string& guest, const Invitation& first,
                                      const Invitation& last, const std::set<std::string>& own,
                                      base::Instant now) {
  std::vector<calendar::Mail> mails = calendar::plan_mails(
      first.before ? &*first.before : nullptr, last.after ? &*last.after : nullptr, own, now);
  std::erase_if(mails, [&](const calendar::Mail& mail) {
    return mail.guest != guest || mail.kind == Kind::answer;
  });
  return mails;
}

// The newest row that was not given to the mailer, about the same date if there is one.
Invitation* row_for(std::vector<Invitation>& left, const calendar::Mail& mail,
                    const std::set<std::string>& used) {
  Invitation* any = nullptr;
  for (auto row = left.rbegin(); row != left.rend(); ++row) {
    if (row->state != State::waiting || used.contains(row->id)) continue;
    if (row->date == mail.scope) return &*row;
    if (!any) any = &*row;
  }
  return any;
}

}  // namespace

Invitation invitation_of(const Operation& operation, const Link* link, const calendar::Mail& mail,
                         const Told& told) {
  const calendar::Facts& facts = (told.after ? told.after : told.before)->facts;
  Invitation row;
  row.id = hash_of(operation.op_id + "\n" + std::to_string(operation.steps) + "\n" + mail.guest +
                   "\n" + text_of(mail.scope));
  row.pair = told.pair;
  row.link = operation.link_id;
  if (link) row.crm_id = link->side.crm.id;
  row.uid = facts.ical_uid;
  if (row.uid.empty()) row.uid = operation.before.facts.ical_uid;
  if (row.uid.empty() && link) row.uid = link->side.remote.base.facts.ical_uid;
  row.guest = mail.guest;
  row.date = mail.scope;
  row.kind = mail.kind;
  row.sequence = facts.sequence;
  row.stamp = facts.updated == base::Instant{} ? told.at : facts.updated;
  row.acted_at = told.at;
  if (told.before) row.before = *told.before;
  if (told.after) row.after = *told.after;
  return row;
}

std::vector<Invitation> take_told_elsewhere(std::vector<Invitation>& rows,
                                            const std::string& pair) {
  std::vector<Invitation> own;
  std::vector<Invitation> elsewhere;
  for (Invitation& row : rows) {
    if (row.pair == pair)
      own.push_back(std::move(row));
    else if (!row.uid.empty() && was_told(row, {}))
      elsewhere.push_back(std::move(row));
  }
  rows = std::move(own);
  return elsewhere;
}

std::int64_t highest_cancelled(const std::vector<Invitation>& told,
                               const std::vector<calendar::Mail>& mails) {
  std::int64_t highest = 0;
  for (const Invitation& row : told)
    if (row.kind == Kind::cancel && was_told(row, {}) &&
        std::ranges::any_of(mails, [&](const calendar::Mail& mail) {
          return mail.kind == Kind::invite && mail.guest == row.guest;
        }))
      highest = std::max(highest, row.sequence);
  return highest;
}

bool may_be_taken_back(const Invitation& row) {
  return (row.state == State::ready || row.state == State::queued) && !row.attempted;
}

std::vector<Invitation> join(const std::vector<Invitation>& rows,
                             const std::vector<Invitation>& elsewhere, const std::string& guest,
                             const std::set<std::string>& taken_back,
                             const std::set<std::string>& own, base::Instant now) {
  std::vector<Invitation> left;
  std::vector<const Invitation*> told;
  for (const Invitation& row : rows) {
    if (row.guest != guest) continue;
    if (is_left(row, taken_back)) left.push_back(row);
    if (was_told(row, taken_back)) told.push_back(&row);
  }
  for (const Invitation& row : elsewhere)
    if (row.guest == guest) told.push_back(&row);
  if (left.empty()) return left;
  const Invitation first = base::mutant("rows_are_not_joined") ? left.back() : left.front();
  const Invitation last = left.back();
  const auto mails = mails_for(guest, first, last, own, last.acted_at);
  const bool over = mails_for(guest, first, last, own, now).empty();
  std::set<std::string> used;
  std::vector<Invitation> messages;
  for (const calendar::Mail& mail : mails) {
    const Invitation* const row = row_for(left, mail, used);
    Invitation message = row ? *row : last;
    if (!row) message.id = hash_of(last.id + "\n" + text_of(mail.scope));
    used.insert(message.id);
    message.date = mail.scope;
    message.kind = mail.kind;
    message.before = first.before;
    message.after = last.after;
    message.sequence = last.sequence;
    message.stamp = last.stamp;
    message.acted_at = last.acted_at;
    message.state = over ? State::expired : State::ready;
    put_in_order(message, known_of(told, mail.scope));
    messages.push_back(std::move(message));
  }
  std::erase_if(left, [&](const Invitation& row) { return used.contains(row.id); });
  for (Invitation& row : left)
    if (!base::mutant("joined_rows_stay"))
      row.state = mails.empty() ? State::withdrawn : State::replaced;
  std::ranges::move(messages, std::back_inserter(left));
  return left;
}

bool is_too_late(const Invitation& row, const std::set<std::string>& own, base::Instant now) {
  return mails_for(row.guest, row, row, own, now).empty();
}

}  // namespace gcal::sync
