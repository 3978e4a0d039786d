#include "plugin/account/move_appointments.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "plugin/account/crm_appointments.hpp"
#include "src/engine/calendar/event_json.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::size_t kPageSize = 500;
constexpr int kMaxAttempts = 3;  // an appointment may be edited while it is moved

bool is_conflict(const Json& result) {
  return result["status"].as_integer(CRM_INTERNAL) == CRM_CONFLICT;
}

// The first failure other than a conflict or a deleted appointment.
Result<> first_failure(const std::vector<Json>& results) {
  for (const Json& result : results) {
    const Code code =
        crm::to_code(static_cast<crm_status>(result["status"].as_integer(CRM_INTERNAL)));
    if (code != Code::ok && code != Code::conflict && code != Code::not_found)
      return Error{code, "an appointment could not be moved: " + result.string("message"), {}};
  }
  return {};
}

// Whether the account is the organizer, so that the event may be in another of its calendars.
bool is_organized_by_account(const calendar::Series& series) {
  return series.facts.organized_by_self && series.facts.type == calendar::EventType::default_;
}

bool has_guests(const calendar::Series& series) {
  const auto invited = [](const calendar::Event& event) {
    return std::ranges::any_of(
        event.attendees, [](const calendar::Attendee& one) { return !one.self && !one.resource; });
  };
  return invited(series.master) || std::ranges::any_of(series.occurrences, [&](const auto& entry) {
           return !entry.second.cancelled && invited(entry.second.event);
         });
}

}  // namespace

std::size_t ExistingAppointments::future() const {
  return static_cast<std::size_t>(std::ranges::count_if(all, &Appointment::future));
}

Task<ExistingAppointments> existing_appointments(PluginContext& context, std::string user) {
  CO_TRY(const std::string own, co_await context.host.own_calendar(user));
  ExistingAppointments found;
  VisitAppointment visit = [&](const Json& document, const calendar::Series& series) {
    const base::Instant end{calendar::OriginalStart::of(series.master.end).instant};
    found.all.push_back({document.string("id"), document.string("revision"),
                         series.recurring() || end > context.clock.now()});
  };
  CO_TRY_VOID(co_await visit_appointments(context, own, std::move(visit)));
  co_return found;
}

Task<> move_existing_appointments(PluginContext& context, std::string user,
                                  settings::ExportExisting which, std::string into_calendar,
                                  std::int64_t fence) {
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    CO_TRY(const ExistingAppointments existing, co_await existing_appointments(context, user));
    std::vector<Json> operations;
    for (const ExistingAppointments::Appointment& one : existing.all)
      if (which == settings::ExportExisting::all || one.future)
        operations.push_back(move_operation("existing:" + one.id + ":" + one.revision, one.id,
                                            one.revision, into_calendar));
    if (operations.empty()) co_return Result<>{};
    CO_TRY(const std::vector<Json> results,
           co_await context.host.apply(fence, std::move(operations)));
    CO_TRY_VOID(first_failure(results));
    if (std::ranges::none_of(results, is_conflict)) co_return Result<>{};
  }
  co_return Error{Code::unavailable,
                  "appointments are being edited while they are moved; the rest follows",
                  {}};
}

namespace {

// An appointment of a pair that the account organises.
struct OwnAppointment {
  std::string id;
  std::string revision;
  bool guests = false;
  bool at_remote = false;  // the remote side holds it or has held it
};

Task<> append_own(store::SqlJournal& journal, const sync::Pair& pair, const Json& page,
                  std::vector<OwnAppointment>& found) {
  std::vector<OwnAppointment> own;
  std::vector<std::string> ids;
  for (const Json& change : page["changes"].items()) {
    const Json* document = change.find("document");
    if (!document) continue;
    const Result<calendar::Series> series = calendar::series_from_json((*document)["event"]);
    // What can only be edited at the remote side stays there.
    if (!series || !is_organized_by_account(*series) || series->facts.locked) continue;
    ids.push_back(document->string("id"));
    own.push_back({ids.back(), document->string("revision"), has_guests(*series), false});
  }
  CO_TRY(const std::vector<sync::Link> links,
         co_await journal.links_by_side_id(pair.id, sync::SideName::crm, std::move(ids)));
  std::map<std::string, const sync::Link*> link_of;
  std::vector<std::string> remote_ids;
  for (const sync::Link& link : links) {
    link_of.emplace(link.side.crm.id, &link);
    remote_ids.push_back(link.side.remote.id);
  }
  CO_TRY(const std::vector<sync::PendingChange> changes,
         co_await journal.pending_changes(pair.id, sync::SideName::remote, std::move(remote_ids)));
  std::set<std::string> seen_at_remote;
  for (const sync::PendingChange& change : changes) seen_at_remote.insert(change.item.id);
  for (OwnAppointment& one : own) {
    const auto link = link_of.find(one.id);
    one.at_remote =
        link != link_of.end() && (link->second->side.remote.has_base ||
                                  seen_at_remote.contains(link->second->side.remote.id));
    found.push_back(std::move(one));
  }
  co_return Result<>{};
}

// Read from the CRM, so that those are included that no run has seen yet.
Task<std::vector<OwnAppointment>> own_appointments(PluginContext& context,
                                                   store::SqlJournal& journal,
                                                   const sync::Pair& pair) {
  std::vector<OwnAppointment> found;
  std::string cursor;
  for (;;) {
    CO_TRY(const Json page, co_await context.host.event_changes(pair.crm_calendar, cursor));
    CO_TRY_VOID(co_await append_own(journal, pair, page, found));
    cursor = page.string("cursor");
    if (!page["more"].as_bool()) co_return found;
  }
}

bool goes_to(const NewHome& to, const OwnAppointment& one) {
  if (!one.at_remote) return true;
  return to.google && (to.with_guests || !one.guests);
}

// An active link would treat the move as a deletion. A link whose appointment never reached the
// remote side is of no further use.
Task<> retire_links(store::SqlJournal& journal, const sync::Pair& from,
                    const std::vector<OwnAppointment>& leaving) {
  for (std::size_t begin = 0; begin < leaving.size(); begin += kPageSize) {
    std::vector<std::string> ids;
    std::set<std::string> at_remote;
    sync::WriteBatch batch;
    for (std::size_t i = begin; i < std::min(begin + kPageSize, leaving.size()); ++i) {
      ids.push_back(leaving[i].id);
      if (leaving[i].at_remote) at_remote.insert(leaving[i].id);
      batch.delete_changes.push_back({from.id, sync::SideName::crm, leaving[i].id});
    }
    CO_TRY(std::vector<sync::Link> links,
           co_await journal.links_by_side_id(from.id, sync::SideName::crm, std::move(ids)));
    for (sync::Link& link : links) {
      if (!at_remote.contains(link.side.crm.id)) {
        batch.delete_links.push_back(link.id);
        continue;
      }
      link.held_reason = sync::kRetired;
      batch.links.push_back(std::move(link));
    }
    CO_TRY_VOID(co_await journal.commit(std::move(batch)));
  }
  co_return Result<>{};
}

}  // namespace

Task<settings::CopyableCounts> count_copyable(PluginContext& context, store::SqlJournal& journal,
                                              const sync::Pair& from) {
  settings::CopyableCounts count;
  CO_TRY(const std::vector<OwnAppointment> own, co_await own_appointments(context, journal, from));
  for (const OwnAppointment& one : own)
    ++(one.guests && one.at_remote ? count.with_guests : count.alone);
  co_return count;
}

Task<std::size_t> move_own_appointments(PluginContext& context, store::SqlJournal& journal,
                                        sync::Pair from, NewHome to, std::int64_t fence) {
  std::size_t moved = 0;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    CO_TRY(std::vector<OwnAppointment> leaving, co_await own_appointments(context, journal, from));
    std::erase_if(leaving, [&](const OwnAppointment& one) { return !goes_to(to, one); });
    if (leaving.empty()) co_return moved;
    CO_TRY_VOID(co_await retire_links(journal, from, leaving));
    std::vector<Json> operations;
    for (const OwnAppointment& one : leaving)
      operations.push_back(move_operation("default:" + one.id + ":" + one.revision, one.id,
                                          one.revision, to.crm_calendar));
    CO_TRY(const std::vector<Json> results,
           co_await context.host.apply(fence, std::move(operations)));
    CO_TRY_VOID(first_failure(results));
    const auto conflicts = static_cast<std::size_t>(std::ranges::count_if(results, is_conflict));
    moved += results.size() - conflicts;
    if (conflicts == 0) co_return moved;
  }
  co_return Error{Code::unavailable,
                  "appointments are being edited while they are moved; the rest follows",
                  {}};
}

}  // namespace gcal::plugin
