#include "src/host/crm/appointment_editor.hpp"

#include "src/common/base/id.hpp"
#include "src/host/crm/appointment_access.hpp"
#include "src/host/crm/calendar_rows.hpp"
#include "src/host/crm/own_answer.hpp"
#include "src/host/crm/undo_content.hpp"
#include "src/hosting/services/documents.hpp"

namespace host {
namespace {

constexpr auto kUndoLife = std::chrono::seconds(60);
constexpr std::size_t kUndoCount = 10'000;

// May the viewer put an appointment into this calendar?
Result<> check_target(const Calendar& calendar, std::string_view viewer) {
  if (calendar.user != viewer) return no_calendar();
  if (!calendar.writable() || calendar.state == "gone")
    return Error{Code::denied, "event.read_only.calendar", {}};
  return {};
}

Result<> check_notify(std::string_view notify) {
  if (hosting::is_wish(notify)) return {};
  return Error{Code::invalid, "notify: guests, nobody or google", {}};
}

}  // namespace

Result<StoredAppointment> AppointmentEditor::load_for_edit(Connection& c, std::string_view viewer,
                                                           std::string_view id,
                                                           std::string_view if_revision,
                                                           Act act) const {
  TRY(auto stored, store_.load(c, id));
  if (!stored) return no_appointment();
  const Calendar& calendar = stored->calendar;
  if (calendar.user != viewer && calendar.state == "hidden") return no_appointment();
  const Permission permission = permission_of(viewer, calendar, stored->parsed->view);
  const bool may_erase = act == Act::erase && calendar.user == viewer && calendar.writable();
  if (act == Act::answer && !permission.answerable)
    return Error{Code::denied,
                 permission.reason.empty() ? "event.read_only.no_invitation" : permission.reason,
                 {}};
  if (act != Act::answer && !permission.editable && !may_erase)
    return Error{Code::denied, permission.reason, {}};
  if (stored->revision != if_revision) return stale_revision();
  return *std::move(stored);
}

Result<std::string> AppointmentEditor::save(Connection& c, const Calendar& calendar,
                                            std::string_view id, const Json& event,
                                            const EventView& view, const StoredAppointment* before,
                                            std::string_view notify) {
  TRY(const LinkedRecords records, AppointmentStore::records_of_guests(c, calendar, view));
  return store_.save(c, calendar, id, event, view, records, before, "", notify);
}

std::string AppointmentEditor::remember(Undo undo) {
  std::string token = gcal::base::new_id(random_);
  const auto now = clock_.monotonic();
  undo.expires = now + std::chrono::duration_cast<gcal::base::Milliseconds>(kUndoLife);
  const std::lock_guard lock(mutex_);
  std::erase_if(undo_, [&](const auto& entry) { return entry.second->expires < now; });
  if (undo_.size() >= kUndoCount) undo_.clear();
  undo_.emplace(token, std::make_shared<Undo>(std::move(undo)));
  return token;
}

std::shared_ptr<AppointmentEditor::Undo> AppointmentEditor::take_undo(std::string_view viewer,
                                                                      std::string_view token) {
  const std::lock_guard lock(mutex_);
  const auto found = undo_.find(std::string(token));
  if (found == undo_.end() || found->second->viewer != viewer) return nullptr;
  auto undo = found->second;
  undo_.erase(found);
  return undo;
}

Result<SaveResult> AppointmentEditor::create(std::string_view viewer, std::string_view calendar_id,
                                             const Json& document, std::string_view notify) {
  TRY_VOID(check_notify(notify));
  Json event = document;
  event.erase("facts");  // they come from an organiser's system, never from a page
  TRY(const EventView view, view_of(event));
  Calendar calendar;
  if (calendar_id.empty()) {
    TRY(calendar, calendars_.default_of(viewer));
  }
  TRY(SaveResult result, database_.write([&](Connection& c) -> Result<SaveResult> {
    if (!calendar_id.empty()) {
      TRY(calendar, one_calendar(c, calendar_id));
    }
    TRY_VOID(check_target(calendar, viewer));
    SaveResult saved;
    saved.id = gcal::base::new_id(random_);
    TRY(saved.revision, save(c, calendar, saved.id, event, view, nullptr, notify));
    return saved;
  }));
  result.undo = remember({std::string(viewer),
                          {},
                          {{result.id, calendar.id, std::nullopt, std::move(event)}},
                          {},
                          std::string(notify)});
  return result;
}

Result<SaveResult> AppointmentEditor::replace(std::string_view viewer, std::string_view id,
                                              std::string_view if_revision, Act act,
                                              const EditFunction& change, const OtherParts& others,
                                              std::string_view notify) {
  TRY_VOID(check_notify(notify));
  Undo undo;
  TRY(SaveResult result, database_.write([&](Connection& c) -> Result<SaveResult> {
    // This may be a repetition.
    undo = Undo{std::string(viewer), {}, {}, {}, std::string(notify)};
    TRY(const StoredAppointment stored, load_for_edit(c, viewer, id, if_revision, act));
    const Calendar& calendar = stored.calendar;
    // Deleting an invitation, or a date of it, tells its organiser that the user will not come.
    // That cannot be taken back here: a new copy would be an appointment that no organiser knows
    // of.
    if (act == Act::erase && !stored.parsed->view.organized_by_self && calendar.state == "live" &&
        !calendar.own)
      undo.refusal = "event.read_only.declined";
    TRY(const Edited edited, change(stored.parsed->event));
    SaveResult saved;
    saved.id = stored.id;
    if (edited.event) {
      TRY(const EventView view, view_of(*edited.event));
      TRY(saved.revision, save(c, calendar, stored.id, *edited.event, view, &stored, notify));
    } else {
      TRY_VOID(store_.erase(c, stored, "", notify));
    }
    undo.steps.push_back({stored.id, calendar.id, stored.parsed->event, edited.event});
    if (edited.new_event) {
      TRY(const EventView view, view_of(*edited.new_event));
      saved.new_id = gcal::base::new_id(random_);
      TRY_VOID(save(c, calendar, saved.new_id, *edited.new_event, view, nullptr, notify));
      TRY_VOID(AppointmentStore::set_split_of(c, saved.new_id, stored, edited.is_part));
      undo.steps.push_back({saved.new_id, calendar.id, std::nullopt, edited.new_event});
    }
    TRY_VOID(change_other_parts(c, stored, others, undo));
    return saved;
  }));
  result.undo = remember(std::move(undo));
  return result;
}

Result<> AppointmentEditor::change_other_parts(Connection& c, const StoredAppointment& of,
                                               const OtherParts& others, Undo& undo) {
  if (!others.change) return {};
  TRY(const std::vector<StoredAppointment> parts, store_.other_parts(c, of));
  for (const StoredAppointment& part : parts) {
    const EventTime& start = part.parsed->view.master.start;
    if (others.later_than && start.instant <= others.later_than->instant) continue;
    Json changed = others.change(of.parsed->event, part.parsed->event);
    TRY(const EventView view, view_of(changed));
    TRY_VOID(save(c, part.calendar, part.id, changed, view, &part, undo.notify));
    undo.steps.push_back({part.id, part.calendar.id, part.parsed->event, std::move(changed)});
  }
  return {};
}

Result<SaveResult> AppointmentEditor::edit(std::string_view viewer, std::string_view id,
                                           std::string_view if_revision, Scope scope,
                                           const std::optional<EventTime>& original_start,
                                           const Json& changes, std::string_view notify) {
  OtherParts others;
  if (scope != Scope::this_one && changes_every_date(changes))
    others.change = [&](const Json& event, const Json& part) {
      return edit_everywhere(part, guests_shown(event, original_start), changes);
    };
  if (scope == Scope::following) others.later_than = original_start;
  return replace(
      viewer, id, if_revision, Act::edit,
      [&](const Json& event) { return edit_event(event, scope, original_start, changes); }, others,
      notify);
}

Result<SaveResult> AppointmentEditor::answer(std::string_view viewer, std::string_view id,
                                             std::string_view if_revision, Scope scope,
                                             const std::optional<EventTime>& original_start,
                                             std::string_view answer) {
  return replace(
      viewer, id, if_revision, Act::answer,
      [&](const Json& event) { return answer_event(event, scope, original_start, answer); }, {},
      {});
}

Result<SaveResult> AppointmentEditor::erase(std::string_view viewer, std::string_view id,
                                            std::string_view if_revision, Scope scope,
                                            const std::optional<EventTime>& original_start,
                                            std::string_view notify) {
  return replace(
      viewer, id, if_revision, Act::erase,
      [&](const Json& event) { return erase_occurrences(event, scope, original_start); }, {},
      notify);
}

Result<SaveResult> AppointmentEditor::move(std::string_view viewer, std::string_view id,
                                           std::string_view if_revision,
                                           std::string_view calendar) {
  return database_.write([&](Connection& c) -> Result<SaveResult> {
    TRY(const StoredAppointment stored, load_for_edit(c, viewer, id, if_revision, Act::edit));
    TRY(const Calendar target, one_calendar(c, calendar));
    TRY_VOID(check_target(target, viewer));
    SaveResult result;
    result.id = stored.id;
    result.revision = stored.revision;
    if (target.id == stored.calendar.id) return result;
    TRY(result.revision, store_.move_to_calendar(c, stored, target, ""));
    return result;
  });
}

// What was erased may already be deleted on the remote side, so it comes back as a new appointment.
Result<> AppointmentEditor::revert(Connection& c, const UndoStep& step, std::string_view notify,
                                   SaveResult& result) {
  TRY(const auto stored, store_.load(c, step.id));
  if (!step.before) {  // created by the change
    if (!stored) return {};
    if (!shows_the_same(*step.after, stored->parsed->event)) return stale_revision();
    return store_.erase(c, *stored, "", notify);
  }
  if (stored.has_value() != step.after.has_value()) return stale_revision();
  Json event = *step.before;
  if (stored) {
    if (stored->calendar.id != step.calendar) return stale_revision();
    auto reverted = without_change(*step.before, *step.after, stored->parsed->event);
    if (!reverted) return stale_revision();
    event = *std::move(reverted);
  } else {
    forget_identity(event);
  }
  TRY(const EventView view, view_of(event));
  TRY(const Calendar calendar, one_calendar(c, step.calendar));
  const std::string id = stored ? stored->id : gcal::base::new_id(random_);
  TRY(const std::string revision,
      save(c, calendar, id, event, view, stored ? &*stored : nullptr, notify));
  if (result.id.empty()) result.id = id, result.revision = revision;
  return {};
}

Result<SaveResult> AppointmentEditor::undo(std::string_view viewer, std::string_view token) {
  const auto undo = take_undo(viewer, token);
  if (!undo || undo->expires < clock_.monotonic())
    return Error{Code::gone, "it is too late to take this back", {}};
  if (!undo->refusal.empty()) return Error{Code::denied, undo->refusal, {}};
  return database_.write([&](Connection& c) -> Result<SaveResult> {
    SaveResult result;
    for (const UndoStep& step : undo->steps) TRY_VOID(revert(c, step, undo->notify, result));
    return result;
  });
}

}  // namespace host
