// The writing half of GoogleSide. A put is written one request at a time: each answer says what is
// left, and the engine records it before the next request (decision 0031).
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/google/kept_item.hpp"
#include "src/engine/google/occurrence_step.hpp"
#include "src/engine/sync/derived_ids.hpp"
#include "src/engine/sync/refusal.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Occurrence;
using calendar::OriginalStart;
using calendar::Series;
using sync::FeedItem;
using sync::is_absent;
using sync::Operation;
using sync::Written;

// `date`: the request is about this occurrence.
SendUpdates updates_of(const Operation& operation, const OriginalStart* date = nullptr) {
  return sync::lets_mail(operation, date) ? SendUpdates::all : SendUpdates::none;
}

Error deleted_meanwhile() {
  return Error{Code::conflict, "it was deleted at Google meanwhile", {}};
}

// Functions instead of `co_return {...}`: GCC 12 destroys an aggregate built there twice.
Written written(std::string id, std::string version, Series series) {
  Written done;
  done.id = std::move(id);
  done.version = std::move(version);
  done.series = std::move(series);
  return done;
}

// `operation` after its master was written: Google holds `occurrences` of the wanted series.
Operation after_master(const Operation& operation, const Item& master,
                       std::map<OriginalStart, Occurrence> occurrences) {
  Operation rest = operation;
  rest.id = master.id;
  rest.if_version = master.etag;
  rest.before = operation.series;
  rest.before.facts = master.series.facts;
  rest.before.occurrences = std::move(occurrences);
  // A copy still needs what was kept of the original.
  if (!operation.id.empty()) rest.remote_item.master = master.kept;
  return rest;
}

// What was kept of the master alone: its exceptions are as they were.
sync::RemoteItem master_item(std::string kept) {
  sync::RemoteItem item;
  item.master = std::move(kept);
  return item;
}

// Whether the series must be read again after its master was written. When the rule changes, Google
// may drop, keep or orphan exceptions, and a date that the series has again may still be cancelled.
// Only of a series that has no exceptions and just ends earlier everything is known.
bool leaves_exceptions_unknown(const Operation& operation) {
  const Series& before = operation.before;
  const Series& wanted = operation.series;
  if ((!before.recurring() && !wanted.recurring()) || calendar::equal_rule(before, wanted) ||
      base::mutant("exceptions_are_assumed"))
    return false;
  return !before.occurrences.empty() || !wanted.occurrences.empty() ||
         !calendar::only_ends_earlier(before, wanted);
}

// The answer of the only request of a put: one date of the series that was held before.
Written with_date(const Operation& operation, std::string version, Item instance) {
  const OriginalStart start = *instance.original_start;
  sync::RemoteItem item;
  item.occurrences.emplace(start, std::move(instance.kept));
  Series held = operation.before;
  held.occurrences.insert_or_assign(start, occurrence_of(std::move(instance)));
  Written done = written(operation.id, std::move(version), std::move(held));
  done.remote_item = std::move(item);
  return done;
}

// The answer of a request after which `rest` may be left to do.
Written answer(Operation rest, Series held, sync::RemoteItem remote_item) {
  Written done = written(rest.id, rest.if_version.value_or(""), std::move(held));
  done.remote_item = std::move(remote_item);
  if (next_step(rest.before, rest.series)) done.rest = std::move(rest);
  return done;
}

// The next write would most likely be answered alike.
bool concerns_others(const Error& error) {
  switch (sync::reaction_to(error)) {
    case sync::Reaction::stop_run:
    case sync::Reaction::suspect:
    case sync::Reaction::stop_creations: return true;
    default: return false;
  }
}

}  // namespace

Task<std::vector<Result<Written>>> GoogleSide::apply(std::vector<Operation> operations) {
  std::vector<Result<Written>> answers;
  for (const Operation& operation : operations) {
    // Not `? :`: with co_await in its branches GCC 12 destroys the result twice.
    Result<Written> answer;
    if (operation.kind == Operation::Kind::put)
      answer = co_await put(operation);
    else
      answer = co_await erase(operation);
    // The remaining operations would be answered alike: they are not begun.
    const bool stop = !answer && concerns_others(answer.error());
    answers.push_back(std::move(answer));
    if (stop) break;
  }
  co_return answers;
}

Task<Written> GoogleSide::put(const Operation& operation) {
  if (operation.id.empty()) {
    CO_TRY(Item master, co_await create(operation));
    Operation rest = after_master(operation, master, {});
    co_return answer(std::move(rest), std::move(master.series),
                     master_item(std::move(master.kept)));
  }
  CO_TRY(const Json kept,
         co_await kept_for(operation.id, operation.before.master, operation.series.master,
                           sync::master_bytes(operation.remote_item)));
  Json patch = patch_body(operation.before, operation.series, kept);
  if (patch.members().empty()) co_return co_await put_occurrence(operation);
  if (operation.sequence > operation.before.facts.sequence)
    patch.set("sequence", operation.sequence);
  CO_TRY(const Json reply,
         co_await client_.patch_event(calendar_id_, operation.id, std::move(patch),
                                      operation.if_version.value_or(""), updates_of(operation)));
  CO_TRY(Item master, item_from_json(reply, time_zone_));
  if (leaves_exceptions_unknown(operation))
    co_return co_await after_new_rule(operation, std::move(master));
  Operation rest = after_master(operation, master, operation.before.occurrences);
  master.series.occurrences = operation.before.occurrences;
  co_return answer(std::move(rest), std::move(master.series), master_item(std::move(master.kept)));
}

// What is left of the old rule is part of what is left to write. What another program or user wrote
// between the request and the reading is not part of the answer: the next read brings it as news.
Task<Written> GoogleSide::after_new_rule(const Operation& operation, Item master) {
  Series answered = master.series;
  const std::string etag = master.etag;
  CO_TRY(FeedItem whole, co_await read_series(std::move(master)));
  if (whole.kind == FeedItem::Kind::deleted) co_return deleted_meanwhile();
  if (whole.version != etag && !base::mutant("others_are_answered")) {
    std::erase_if(whole.series.occurrences, [&](const auto& each) {
      return !operation.before.occurrences.contains(each.first) &&
             !operation.series.occurrences.contains(each.first);
    });
    answered.occurrences = std::move(whole.series.occurrences);
    whole.series = std::move(answered);
    whole.version = etag;
  }
  Item now;
  now.id = whole.id;
  now.etag = whole.version;
  now.series.facts = whole.series.facts;
  now.kept = sync::master_bytes(whole.remote_item);
  Operation rest = after_master(operation, now, whole.series.occurrences);
  std::set<OriginalStart> starts;
  for (const auto& [start, occurrence] : rest.before.occurrences) starts.insert(start);
  // A cancelled exception stays if it is not known whether the new rule has an occurrence there.
  if (!calendar::existing_dates(rest.series, starts))
    std::erase_if(rest.before.occurrences, [&](const auto& each) {
      return each.second.cancelled && !rest.series.occurrences.contains(each.first);
    });
  if (!whole.series.recurring() && !next_step(rest.before, rest.series))
    whole.series.occurrences.clear();
  co_return answer(std::move(rest), std::move(whole.series), std::move(whole.remote_item));
}

// Writes the next occurrence that differs. The ETag belongs to the whole series, so each reply's
// ETag is the precondition of the next request.
Task<Written> GoogleSide::put_occurrence(const Operation& operation) {
  Operation rest = operation;
  bool sent = false;
  Json instance_now;
  while (std::optional<OccurrenceStep> step = next_step(rest.before, rest.series)) {
    if (sent) co_return answer(rest, rest.before, {});
    const std::string instance = instance_id(rest.id, step->start);
    CO_TRY(Json patch, co_await patch_with_kept(rest, *step));
    Result<Json> reply =
        co_await client_.patch_event(calendar_id_, instance, patch, rest.if_version.value_or(""),
                                     updates_of(operation, &step->start));
    if (!reply && reply.error().code == Code::invalid && operation.created &&
        !(patch == step->patch)) {
      log_.warning("google.copy_refused", Json::object({{"reason", reply.error().message}}));
      reply = co_await client_.patch_event(calendar_id_, instance, std::move(step->patch),
                                           rest.if_version.value_or(""),
                                           updates_of(operation, &step->start));
    }
    if (!reply && !is_absent(reply.error())) co_return reply.error();
    if (!reply) CO_TRY_VOID(co_await explain_absent(rest, step->wanted));
    sent = bool(reply);
    if (sent && !reply->string("etag").empty()) rest.if_version = reply->string("etag");
    if (sent) instance_now = *std::move(reply);
    calendar::set_occurrence(rest.before, step->start,
                             calendar::find_occurrence(rest.series, step->start));
  }
  if (!sent) {
    // What differs shows what the series shows on its date: Google holds what is wanted.
    rest.before.occurrences = rest.series.occurrences;
    co_return written(rest.id, rest.if_version.value_or(""), std::move(rest.before));
  }
  // The only request of this write: its answer says all that there is to know.
  if (operation.steps == 0)
    if (Result<Item> item = item_from_json(instance_now, time_zone_); item && item->original_start)
      co_return with_date(operation, rest.if_version.value_or(""), *std::move(item));
  CO_TRY(FeedItem whole, co_await get(rest.id));
  if (whole.kind == FeedItem::Kind::deleted) co_return deleted_meanwhile();
  // Another program or user wrote after the last request: the next read brings that as news.
  if (whole.version != rest.if_version)
    co_return written(rest.id, rest.if_version.value_or(""), std::move(rest.before));
  Written done = written(std::move(whole.id), std::move(whole.version), std::move(whole.series));
  done.remote_item = std::move(whole.remote_item);
  co_return done;
}

// The rule has no such occurrence, or it is cancelled already: that is an error only if the
// occurrence was wanted, or if the series itself no longer exists. A rule that another program or
// user changed meanwhile is a conflict: the series is read again.
Task<> GoogleSide::explain_absent(const Operation& operation, bool wanted) {
  const Result<Item> master = co_await read_item(operation.id);
  if (!master) co_return master.error();
  if (master->cancelled) co_return Error{Code::gone, "it was deleted at Google meanwhile", {}};
  if (wanted && master->etag != operation.if_version)
    co_return Error{Code::conflict, "the series was changed at Google meanwhile", {}};
  if (wanted)
    co_return Error{Code::invalid, "an occurrence stands outside the rule of its series", {}};
  co_return Result<>{};
}

Task<Item> GoogleSide::create(const Operation& operation) {
  const std::string id = sync::derived_remote_id(operation.link_id, operation.incarnation);
  const Json kept = parse_kept(sync::master_bytes(operation.remote_item));
  if (guests_are_omitted(kept) && !operation.series.master.attendees.empty())
    co_return hidden_guests();
  const Json body = insert_body(operation.series, id, operation.link_id, kept);
  Result<Json> reply = co_await client_.insert_event(calendar_id_, body, updates_of(operation));
  // Better an appointment without its room or attachments than none.
  if (!reply && reply.error().code == Code::invalid) {
    const Json plain = insert_body(operation.series, id, operation.link_id, Json::object());
    if (!(body == plain)) {
      log_.warning("google.copy_refused", Json::object({{"reason", reply.error().message}}));
      reply = co_await client_.insert_event(calendar_id_, plain, updates_of(operation));
    }
  }
  if (reply) co_return item_from_json(*reply, time_zone_);
  if (reply.error().code != Code::conflict) co_return std::move(reply).error();
  co_return co_await adopt(operation);
}

// The id exists already, usually because the answer to our own insert was lost. If the event still
// has the content that was sent, it counts as inserted; if a user has changed or deleted it since,
// the answer is conflict and the engine reads it.
Task<Item> GoogleSide::adopt(const Operation& operation) {
  CO_TRY(Item item,
         co_await read_item(sync::derived_remote_id(operation.link_id, operation.incarnation)));
  const Error conflict{Code::conflict, "the id stands for something else at Google", {}};
  if (item.cancelled || item.series.facts.link_mark != operation.link_id) co_return conflict;
  calendar::FieldSet changed = calendar::changed(operation.series, item.series);
  changed.set(calendar::index(calendar::Field::schedule),
              !calendar::equal_rule(operation.series, item.series));
  if (changed.any()) co_return conflict;
  co_return item;
}

Task<Written> GoogleSide::erase(const Operation& operation) {
  const Result<> erased = co_await client_.delete_event(
      calendar_id_, operation.id, operation.if_version.value_or(""), updates_of(operation));
  const bool refused = !erased && erased.error().code == Code::denied;
  if (!erased && !(refused && base::mutant("refused_deletion_is_done"))) co_return erased.error();
  Written done;
  done.id = operation.id;
  co_return done;
}

}  // namespace gcal::google
