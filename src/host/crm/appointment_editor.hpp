// What users do to appointments: create, edit, erase, move, undo. Used by the web server and the
// seed loader. It must never change an appointment that the user may not edit, nor one that was
// changed since they read it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/host/crm/appointment_store.hpp"
#include "src/host/crm/series_edit.hpp"

namespace host {

struct SaveResult {
  std::string id, revision;
  std::string new_id;  // of the second series after an edit of `following`
  std::string undo;    // token for undo(), valid for 60 s
};

class AppointmentEditor {
 public:
  // All references outlive the object.
  AppointmentEditor(Database& database, AppointmentStore& store, Calendars& calendars,
                    const gcal::base::Clock& clock, gcal::base::Random& random)
      : database_(database), store_(store), calendars_(calendars), clock_(clock), random_(random) {}

  // All functions: [any thread, blocks]. `viewer` is the user who asks. Errors of those that take
  // if_revision: not_found; conflict: the revision is stale, read again; denied: not editable, the
  // message is Permission::reason.

  // notify: whom the act shall inform, as for AppointmentStore::save; anything else is
  // invalid. Undo informs as the act that it takes back.
  // calendar "": the user's default. Guests are linked with leads and contacts by address.
  Result<SaveResult> create(std::string_view viewer, std::string_view calendar, const Json& event,
                            std::string_view notify = {});
  // scope, original_start and changes: as series_edit defines them. A series that "this and
  // following" has split at its own times is still one series for `all`, and its later parts belong
  // to what follows a date.
  Result<SaveResult> edit(std::string_view viewer, std::string_view id,
                          std::string_view if_revision, Scope scope,
                          const std::optional<EventTime>& original_start, const Json& changes,
                          std::string_view notify = {});
  // The user's answer to an invitation, see own_answer.hpp. denied: it is none that may be
  // answered.
  Result<SaveResult> answer(std::string_view viewer, std::string_view id,
                            std::string_view if_revision, Scope scope,
                            const std::optional<EventTime>& original_start,
                            std::string_view answer);
  // Guests may erase a meeting from their own calendar although they may not edit it.
  Result<SaveResult> erase(std::string_view viewer, std::string_view id,
                           std::string_view if_revision, Scope scope,
                           const std::optional<EventTime>& original_start,
                           std::string_view notify = {});
  // Moves the whole series into another calendar of the viewer. It cannot be undone.
  Result<SaveResult> move(std::string_view viewer, std::string_view id,
                          std::string_view if_revision, std::string_view calendar);
  // Reverts one change, once. gone: too late, used, or the token of another user; conflict: what it
  // changed was changed again since. What a synchronisation wrote meanwhile, and changes of other
  // members, stay. An erased appointment comes back under a new id.
  Result<SaveResult> undo(std::string_view viewer, std::string_view token);

 private:
  struct UndoStep {
    std::string id, calendar;
    std::optional<Json> before;  // absent: the change created it, so undo erases it
    std::optional<Json> after;   // absent: the change erased it
  };
  struct Undo {
    std::string viewer;
    gcal::base::Milliseconds expires{};
    std::vector<UndoStep> steps;
    std::string refusal;  // not "": why it cannot be taken back, as a text key
    std::string notify;
  };
  using EditFunction = std::function<Result<Edited>(const Json& event)>;
  // What a change means for the other parts of a series that was split. later_than: only those that
  // begin after this time; nothing: all of them.
  struct OtherParts {
    std::function<Json(const Json& event, const Json& part)> change;
    std::optional<EventTime> later_than;
  };

  enum class Act { edit, answer, erase };
  Result<StoredAppointment> load_for_edit(Connection& c, std::string_view viewer,
                                          std::string_view id, std::string_view if_revision,
                                          Act act) const;
  Result<SaveResult> replace(std::string_view viewer, std::string_view id,
                             std::string_view if_revision, Act act, const EditFunction& change,
                             const OtherParts& others, std::string_view notify);
  Result<> change_other_parts(Connection& c, const StoredAppointment& of, const OtherParts& others,
                              Undo& undo);
  Result<> revert(Connection& c, const UndoStep& step, std::string_view notify, SaveResult& result);
  // Saves a document with links to the records of its guests; returns the revision.
  Result<std::string> save(Connection& c, const Calendar& calendar, std::string_view id,
                           const Json& event, const EventView& view,
                           const StoredAppointment* before, std::string_view notify);
  std::string remember(Undo undo);  // returns the token
  std::shared_ptr<Undo> take_undo(std::string_view viewer, std::string_view token);

  Database& database_;
  AppointmentStore& store_;
  Calendars& calendars_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::mutex mutex_;  // guards undo_
  std::unordered_map<std::string, std::shared_ptr<Undo>> undo_;
};

}  // namespace host
