#include "plugin/account/move_appointments.hpp"

#include <algorithm>
#include <map>

#include "src/engine/calendar/event_json.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::size_t kPageSize = 500;
constexpr int kMaxAttempts = 3;  // an appointment may be edited while it is moved

Json move_operation(std::string op_id, const std::string& id, const std::string& revision,
                    const std::string& calendar) {
  return Json::object({{"op", "move"},
                       {"op_id", std::move(op_id)},
                       {"id", id},
                       {"if_revision", revision},
                       {"calendar", calendar}});
}

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
  std::string cursor;
  for (;;) {
    CO_TRY(const Json page, co_await context.host.event_changes(own, cursor));
    for (const Json& change : page["changes"].items()) {
      const Json* document = change.find("document");
      if (!document) continue;
      const Result<calendar::Series> series = calendar::series_from_json((*document)["event"]);
      if (!series) continue;  // an unreadable appointment is not moved
      const base::Instant end{calendar::OriginalStart::of(series->master.end).instant};
      found.all.push_back({document->string("id"), document->string("revision"),
                           series->recurring() || end > context.clock.now()});
    }
    cursor = page.string("cursor");
    if (!page["more"].as_bool()) co_return found;
  }
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

Task<settings::CopyableCounts> count_copyable(store::SqlJournal& journal, const sync::Pair& from) {
  settings::CopyableCounts count;
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<sync::Link> links, co_await journal.links(from.id, after, kPageSize));
    if (links.empty()) co_return count;
    after = links.back().id;
    for (const sync::Link& link : links) {
      const sync::SideState& state = link.side[sync::SideName::crm];
      if (!state.has_base || link.held_reason == sync::kRetired ||
          !is_organized_by_account(state.base))
        continue;
      ++(has_guests(state.base) ? count.with_guests : count.alone);
    }
  }
}

Task<> copy_to_new_default(PluginContext& context, store::SqlJournal& journal,
                           const sync::Pair& from, const sync::Pair& to, bool with_guests,
                           std::int64_t fence) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<sync::Link> links, co_await journal.links(from.id, after, kPageSize));
    if (links.empty()) co_return Result<>{};
    after = links.back().id;
    std::map<std::string, sync::Link> by_crm_id;
    std::vector<std::string> ids;
    for (sync::Link& link : links) {
      const sync::SideState& state = link.side[sync::SideName::crm];
      if (!state.has_base || !is_organized_by_account(state.base) ||
          (has_guests(state.base) && !with_guests))
        continue;
      ids.push_back(state.id);
      by_crm_id.emplace(state.id, std::move(link));
    }
    // Retire the links first: an active link would treat the move as a deletion.
    sync::WriteBatch batch;
    for (auto& [id, link] : by_crm_id) {
      if (link.held_reason == sync::kRetired) continue;
      link.held_reason = sync::kRetired;
      batch.links.push_back(link);
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal.commit(std::move(batch)));
    for (int attempt = 0; attempt < kMaxAttempts && !ids.empty(); ++attempt) {
      CO_TRY(const std::vector<Json> documents, co_await context.host.events(ids));
      std::vector<Json> operations;
      for (const Json& document : documents)
        if (document.string("calendar") == from.crm_calendar)
          operations.push_back(
              move_operation("default:" + document.string("id") + ":" + document.string("revision"),
                             document.string("id"), document.string("revision"), to.crm_calendar));
      if (operations.empty()) break;
      CO_TRY(const std::vector<Json> results,
             co_await context.host.apply(fence, std::move(operations)));
      CO_TRY_VOID(first_failure(results));
      if (std::ranges::none_of(results, is_conflict)) break;
    }
  }
}

}  // namespace gcal::plugin
