#include "plugin/account/move_appointments.hpp"

#include <algorithm>
#include <map>

#include "src/engine/calendar/event_json.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::size_t kPage = 500;
constexpr int kTries = 3;  // an appointment may be edited while it is moved

Json move_operation(std::string op_id, const std::string& id, const std::string& revision,
                    const std::string& calendar) {
  return Json::object({{"op", "move"},
                       {"op_id", std::move(op_id)},
                       {"id", id},
                       {"if_revision", revision},
                       {"calendar", calendar}});
}

bool is_stale(const Json& result) {
  return result["status"].as_integer(CRM_INTERNAL) == CRM_CONFLICT;
}

// The first failure that a repetition would not cure.
Result<> judged(const std::vector<Json>& results) {
  for (const Json& result : results) {
    const Code code =
        crm::to_code(static_cast<crm_status>(result["status"].as_integer(CRM_INTERNAL)));
    if (code != Code::ok && code != Code::conflict && code != Code::not_found)
      return Error{code, "an appointment could not be moved: " + result.string("message"), {}};
  }
  return {};
}

// The account organises it itself, so that it may stand in another of its calendars.
bool is_own(const calendar::Series& series) {
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
  return static_cast<std::size_t>(std::ranges::count_if(all, &One::future));
}

Task<ExistingAppointments> existing_appointments(Parts& parts, std::string user) {
  CO_TRY(const std::string own, co_await parts.host.own_calendar(user));
  ExistingAppointments found;
  std::string cursor;
  for (;;) {
    CO_TRY(const Json page, co_await parts.host.event_changes(own, cursor));
    for (const Json& change : page["changes"].items()) {
      const Json* document = change.find("document");
      if (!document) continue;
      const Result<calendar::Series> series = calendar::series_from_json((*document)["event"]);
      if (!series) continue;  // a damaged record stays where it is
      const base::Instant end{calendar::OriginalStart::of(series->master.end).instant};
      found.all.push_back({document->string("id"), document->string("revision"),
                           series->recurring() || end > parts.clock.now()});
    }
    cursor = page.string("cursor");
    if (!page["more"].as_bool()) co_return found;
  }
}

Task<> move_existing(Parts& parts, std::string user, settings::Existing which,
                     std::string into_calendar, std::int64_t fence) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    CO_TRY(const ExistingAppointments existing, co_await existing_appointments(parts, user));
    std::vector<Json> operations;
    for (const ExistingAppointments::One& one : existing.all)
      if (which == settings::Existing::all || one.future)
        operations.push_back(move_operation("existing:" + one.id + ":" + one.revision, one.id,
                                            one.revision, into_calendar));
    if (operations.empty()) co_return Result<>{};
    CO_TRY(const std::vector<Json> results,
           co_await parts.host.apply(fence, std::move(operations)));
    CO_TRY_VOID(judged(results));
    if (std::ranges::none_of(results, is_stale)) co_return Result<>{};
  }
  co_return Error{Code::unavailable,
                  "appointments are being edited while they are moved; the rest follows",
                  {}};
}

Task<settings::Copyable> count_copyable(store::SqlJournal& journal, const sync::Pair& from) {
  settings::Copyable count;
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<sync::Link> links, co_await journal.links(from.id, after, kPage));
    if (links.empty()) co_return count;
    after = links.back().id;
    for (const sync::Link& link : links) {
      const sync::SideState& state = link.side[sync::SideName::crm];
      if (!state.has_base || link.held_reason == sync::kRetired || !is_own(state.base)) continue;
      ++(has_guests(state.base) ? count.with_guests : count.alone);
    }
  }
}

Task<> copy_to_new_default(Parts& parts, store::SqlJournal& journal, const sync::Pair& from,
                           const sync::Pair& to, bool guests_too, std::int64_t fence) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<sync::Link> links, co_await journal.links(from.id, after, kPage));
    if (links.empty()) co_return Result<>{};
    after = links.back().id;
    std::map<std::string, sync::Link> by_crm_id;
    std::vector<std::string> ids;
    for (sync::Link& link : links) {
      const sync::SideState& state = link.side[sync::SideName::crm];
      if (!state.has_base || !is_own(state.base) || (has_guests(state.base) && !guests_too))
        continue;
      ids.push_back(state.id);
      by_crm_id.emplace(state.id, std::move(link));
    }
    // Retired first: a link that still works would take the move for a deletion.
    sync::WriteBatch batch;
    for (auto& [id, link] : by_crm_id) {
      if (link.held_reason == sync::kRetired) continue;
      link.held_reason = sync::kRetired;
      batch.links.push_back(link);
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal.commit(std::move(batch)));
    for (int attempt = 0; attempt < kTries && !ids.empty(); ++attempt) {
      CO_TRY(const std::vector<Json> documents, co_await parts.host.events(ids));
      std::vector<Json> operations;
      for (const Json& document : documents)
        if (document.string("calendar") == from.crm_calendar)
          operations.push_back(
              move_operation("default:" + document.string("id") + ":" + document.string("revision"),
                             document.string("id"), document.string("revision"), to.crm_calendar));
      if (operations.empty()) break;
      CO_TRY(const std::vector<Json> results,
             co_await parts.host.apply(fence, std::move(operations)));
      CO_TRY_VOID(judged(results));
      if (std::ranges::none_of(results, is_stale)) break;
    }
  }
}

}  // namespace gcal::plugin
