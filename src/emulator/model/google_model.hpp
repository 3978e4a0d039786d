// The model of Google Calendar: accounts, calendars, events, and what a write on one calendar does
// to the others. Used by the API, the controls and simulations. It has no sockets, no HTTP and no
// access tokens; time and randomness come from outside, so that a run can be repeated. Not thread
// safe: the owner serialises the calls. Failures are Problems, which a client gets as Google's
// error body.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/model/account.hpp"
#include "src/emulator/model/behaviour.hpp"
#include "src/emulator/model/calendar.hpp"
#include "src/emulator/model/event_query.hpp"

namespace emulator {

// A mail that Google would have sent.
struct Mail {
  std::string kind;  // invitation | update | cancellation | response | sharing
  std::string calendar_id, event_id, summary;
  std::vector<std::string> recipients;
  std::int64_t at = 0;  // milliseconds
};

struct PageChange;  // series_edits.cpp

// An instance of a series that a user edits.
struct SeriesInstance {
  Event series;        // the living master
  Event shown;         // the instance as it is, perhaps moved
  EventTime original;  // where the rule puts it
};

// The event with a certain id.
struct LocatedEvent {
  Event event;
  bool generated = false;  // an instance without a stored exception
};

// An event as its reader gets it.
struct RenderedEvent {
  std::string etag, json;
};

class GoogleModel {
 public:
  GoogleModel(gcal::base::Clock& clock, gcal::base::Random& random);

  // Accounts and calendars. An e-mail address is in lower case.
  Account& add_account(const std::string& email, const std::string& name,
                       const std::string& zone = "Europe/Berlin");
  Account* account(const std::string& email);
  const std::map<std::string, Account>& accounts() const { return accounts_; }
  Calendar* find_calendar(const std::string& calendar_id);
  Calendar& add_calendar(const std::string& owner, const std::string& calendar_id,
                         const std::string& summary, const std::string& zone);
  void subscribe(Account& account, Calendar& calendar, const std::string& role, bool primary);
  std::string new_calendar_id();
  // `primary` is the caller's own calendar. Errors: 404, or 403 when the role is below `needed`
  // ("reader", "writer", "owner", "freeBusyReader").
  Outcome<Calendar*> calendar(const std::string& email, const std::string& calendar_id,
                              std::string_view needed);

  // calendarList, calendars and settings.
  Outcome<Json> calendar_list(const std::string& email, const PageRequest& page, bool show_deleted,
                              bool show_hidden, const std::string& min_access_role);
  Outcome<Json> list_entry(const std::string& email, const std::string& calendar_id);
  Outcome<Json> insert_list_entry(const std::string& email, const Json& body, bool rgb);
  Outcome<Json> write_list_entry(const std::string& email, const std::string& calendar_id,
                                 const Json& body, bool rgb, bool replace);
  Outcome<> delete_list_entry(const std::string& email, const std::string& calendar_id);
  Outcome<Json> insert_calendar(const std::string& email, const Json& body);
  Outcome<Json> patch_calendar(const std::string& email, const std::string& calendar_id,
                               const Json& body, bool replace);
  Outcome<> delete_calendar(const std::string& email, const std::string& calendar_id);
  // Gives a secondary calendar another data owner. Only administrators may.
  Outcome<> transfer_calendar(const std::string& email, const std::string& calendar_id,
                              const std::string& new_owner);
  Outcome<> clear_calendar(const std::string& email, const std::string& calendar_id);
  Json calendar_json(const Calendar& calendar) const;
  Outcome<Json> settings(const std::string& email, const PageRequest& page);
  Outcome<Json> setting(const std::string& email, const std::string& id);

  // Sharing; only for owners. A change makes the calendar's sync tokens too old, as at Google.
  Outcome<Json> acl_list(const std::string& email, const std::string& calendar_id,
                         const PageRequest& page, bool show_deleted);
  Outcome<Json> acl_get(const std::string& email, const std::string& calendar_id,
                        const std::string& rule_id);
  // A `rule_id` of "" inserts the rule.
  Outcome<Json> acl_set(const std::string& email, const std::string& calendar_id,
                        const std::string& rule_id, const Json& body, bool notify);
  Outcome<> acl_remove(const std::string& email, const std::string& calendar_id,
                       const std::string& rule_id);

  // For freeBusy. A group is a list of addresses; group() answers nullptr for any other address.
  void set_group(const std::string& group, std::vector<std::string> members) {
    groups_[group] = std::move(members);
  }
  const std::vector<std::string>* group(const std::string& address) const;
  // The busy times in order, joined where they touch: opaque, not cancelled, not declined.
  std::vector<std::pair<SysSeconds, SysSeconds>> busy(const Calendar& calendar, SysSeconds from,
                                                      SysSeconds until) const;

  // Events.
  Outcome<RenderedEvent> insert(const std::string& email, Calendar& calendar, const Json& body,
                                const WriteOptions& options);
  Outcome<RenderedEvent> import(const std::string& email, Calendar& calendar, const Json& body,
                                const WriteOptions& options);
  Outcome<RenderedEvent> update(const std::string& email, Calendar& calendar,
                                const std::string& event_id, const Json& body,
                                const WriteOptions& options);
  Outcome<RenderedEvent> patch(const std::string& email, Calendar& calendar,
                               const std::string& event_id, const Json& body,
                               const WriteOptions& options);
  Outcome<> remove(const std::string& email, Calendar& calendar, const std::string& event_id,
                   const WriteOptions& options);
  Outcome<RenderedEvent> move(const std::string& email, Calendar& from, Calendar& to,
                              const std::string& event_id, const WriteOptions& options);
  Outcome<RenderedEvent> get(const std::string& email, Calendar& calendar,
                             const std::string& event_id, std::int64_t max_attendees,
                             const std::string& zone);
  // The lists answer the body of the response as text.
  Outcome<std::string> list(const std::string& email, Calendar& calendar, const ListQuery& query);
  Outcome<std::string> instances(const std::string& email, Calendar& calendar,
                                 const std::string& event_id, const InstancesQuery& query);

  // What Google's web page does with "this and following" and with "all events"; the API has no
  // such methods. `instance_id` names an instance or the series; `change` is a patch of the
  // instance. Errors: those of patch and delete.
  Outcome<RenderedEvent> change_following(const std::string& email, Calendar& calendar,
                                          const std::string& instance_id, const Json& change,
                                          const WriteOptions& options);
  Outcome<> remove_following(const std::string& email, Calendar& calendar,
                             const std::string& instance_id, const WriteOptions& options);
  Outcome<RenderedEvent> change_all(const std::string& email, Calendar& calendar,
                                    const std::string& instance_id, const Json& change,
                                    const WriteOptions& options);
  Outcome<> remove_all(const std::string& email, Calendar& calendar, const std::string& instance_id,
                       const WriteOptions& options);

  void expire_sync_tokens(const std::string& calendar_id);  // "" for all

  const std::vector<Mail>& mails() const { return mails_; }
  void clear_mails() { mails_.clear(); }
  std::uint64_t writes() const { return writes_; }
  void clear_writes() { writes_ = 0; }

  // Called after the events of a calendar changed, and with "" and an e-mail address after an
  // account's calendar list changed.
  std::function<void(const std::string& calendar_id, const std::string& email)> on_change;

  const Behaviour& behaviour() const { return behaviour_; }
  // Holds for what is asked and written from now on; what is stored stays.
  void set_behaviour(const Behaviour& behaviour);

  std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }
  gcal::base::Random& random() { return random_; }

 private:
  friend class Guests;
  friend class SavedState;

  std::int64_t next_stamp();
  std::optional<LocatedEvent> locate(const Calendar& calendar, const std::string& event_id) const;
  Outcome<RenderedEvent> write(const std::string& email, Calendar& calendar,
                               const std::string& event_id, const Json& body, bool replace,
                               const WriteOptions& options);
  Event take_over(Calendar& from, Calendar& to, const Event& before, bool is_copy);
  void set_default_reminders(const std::string& email, const Calendar& calendar, Event& event,
                             const WriteOptions& options);
  // Stores the event and answers it with its new place in the order of changes, stamp and etag.
  Event commit(Calendar& calendar, Event event, const Event* before);
  // Updates the guests' copies and records the mails.
  void propagate(const std::string& email, Calendar& calendar, const Event& event,
                 const Event* before, const WriteOptions& options);
  // To a writer, who sees everything.
  RenderedEvent rendered(const Calendar& calendar, const std::string& event_id) const;

  Outcome<SeriesInstance> series_instance(Calendar& calendar, const std::string& instance_id);
  Event truncate_series(Calendar& calendar, const Event& before, const EventTime& cut,
                        const std::string& successor);
  void overwrite_exceptions(const std::string& email, Calendar& calendar,
                            const std::string& series_id, const PageChange& change,
                            const WriteOptions& options);
  static void drop_exceptions(Calendar& calendar, const Event& series, bool all);
  static std::vector<std::string> other_parts(Calendar& calendar, const std::string& id,
                                              SysSeconds later_than);
  Outcome<> change_parts(const std::string& email, Calendar& calendar, const std::string& id,
                         SysSeconds later_than, const PageChange& change,
                         const WriteOptions& options);

  Json entry_json(const Account& account, const ListEntry& entry);
  void mark_entry_changed(Account& account, ListEntry& entry);

  gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  Behaviour behaviour_;
  std::map<std::string, Account> accounts_;
  std::map<std::string, std::unique_ptr<Calendar>> calendars_;
  std::map<std::string, std::vector<std::string>> groups_;
  std::vector<Mail> mails_;
  std::int64_t last_stamp_ = 0;
  std::uint64_t writes_ = 0;
};

}  // namespace emulator
