// The model of Google Calendar: accounts, calendars, events and what a write on one calendar does
// to the others. Used by the API, the controls and simulations. It knows no sockets, no HTTP and no
// tokens; time and randomness come from outside, so that it is deterministic.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/model/calendar.hpp"

namespace emulator {

// One line of an account's calendarList.
struct ListEntry {
  std::string calendar_id;
  std::string summary_override, color_id = "14", background, foreground;
  bool primary = false, selected = true, hidden = false, deleted = false;
  Json default_reminders = Json::array();
  Json notifications = Json::array();
  std::int64_t stamp = 0;
  std::uint64_t change = 0;
};

struct Account {
  std::string email, name, sub;
  std::map<std::string, ListEntry> list;
  std::uint64_t last_change = 0;
  int token_generation = 0;
  bool admin = false;  // of the Workspace that everybody here belongs to, with the privilege Manage
                       // Calendars
};

struct Mail {
  std::string kind;  // invitation | update | cancellation | response | sharing
  std::string calendar_id, event_id, summary;
  std::vector<std::string> recipients;
  std::int64_t at = 0;  // milliseconds
};

struct WriteOptions {
  std::string send_updates = "none";  // all | externalOnly | none
  std::string if_match;               // "" for none
  bool attachments = false;
  bool conference = false;
  bool labels = false;  // eventLabelVersion=1: eventLabelId counts, colorId does not
  bool import = false;  // a copy made by import is imported anew: what its organizer decides
                        // elsewhere comes that way
  bool loading =
      false;  // a world is read in: no mails, no copies, no tombstones, people as written
};

struct ListQuery {
  std::int64_t max_results = 250, max_attendees = 0;
  std::string page_token, sync_token, order_by, q, ical_uid, time_zone;
  std::optional<Seconds> time_min, time_max, updated_min;
  std::optional<bool> show_deleted;
  bool single_events = false;
  bool show_hidden_invitations = false;
  bool empty_page = false;  // by a fault rule
  bool stale =
      false;  // by a fault rule: the newest change is not seen yet, and the token does not cover it
  std::int64_t stale_ms = 0;  // by a fault rule: nor are the changes of the last milliseconds
  std::vector<std::string> event_types, private_properties, shared_properties;
};

struct InstancesQuery {
  std::int64_t max_results = 250, max_attendees = 0;
  std::string page_token, original_start, time_zone;
  std::optional<Seconds> time_min, time_max;
  bool show_deleted = false;
};

// One instance of a series as a person points at it.
struct SeriesPoint {
  Event series;     // the living master
  Event shown;      // the instance as it is, perhaps moved
  Moment original;  // where the rule puts it
};

// An event that an id names: stored, or made for an instance that nobody has touched.
struct Located {
  Event event;
  bool made = false;
};

// An event as its reader gets it.
struct Shown {
  std::string etag, json;
};

class Google {
 public:
  Google(gcal::base::Clock& clock, gcal::base::Random& random);

  // Accounts and calendars. An e-mail is in lower case.
  Account& add_account(const std::string& email, const std::string& name,
                       const std::string& zone = "Europe/Berlin");
  Account* account(const std::string& email);
  const std::map<std::string, Account>& accounts() const { return accounts_; }
  Calendar* find_calendar(const std::string& calendar_id);
  Calendar& add_calendar(const std::string& owner, const std::string& calendar_id,
                         const std::string& summary, const std::string& zone);
  void subscribe(Account& account, Calendar& calendar, const std::string& role, bool primary);
  std::string new_calendar_id();
  // `primary` stands for the caller's own. Errors: 404, or 403 when the role is below `needed`
  // ("reader", "writer", "owner", "freeBusyReader").
  Outcome<Calendar*> calendar(const std::string& email, const std::string& calendar_id,
                              std::string_view needed);

  Outcome<Json> calendar_list(const std::string& email, std::int64_t max_results,
                              const std::string& page_token, const std::string& sync_token,
                              bool show_deleted, bool show_hidden,
                              const std::string& min_access_role);
  Outcome<Json> list_entry(const std::string& email, const std::string& calendar_id);
  Outcome<Json> insert_list_entry(const std::string& email, const Json& body);
  Outcome<Json> write_list_entry(const std::string& email, const std::string& calendar_id,
                                 const Json& body, bool rgb, bool replace);
  Outcome<> delete_list_entry(const std::string& email, const std::string& calendar_id);
  Outcome<Json> insert_calendar(const std::string& email, const Json& body);
  Outcome<Json> patch_calendar(const std::string& email, const std::string& calendar_id,
                               const Json& body, bool replace);
  Outcome<> delete_calendar(const std::string& email, const std::string& calendar_id);
  // A secondary calendar gets another data owner. Only administrators may.
  Outcome<> transfer_calendar(const std::string& email, const std::string& calendar_id,
                              const std::string& new_owner);
  Outcome<> clear_calendar(const std::string& email, const std::string& calendar_id);
  Json calendar_json(const Calendar& calendar) const;
  Outcome<Json> settings(const std::string& email, std::int64_t max_results,
                         const std::string& page_token, const std::string& sync_token);
  Outcome<Json> setting(const std::string& email, const std::string& id);

  // Sharing. Changing it makes the calendar's sync tokens too old, as at Google. Only owners may.
  Outcome<Json> acl_list(const std::string& email, const std::string& calendar_id,
                         std::int64_t max_results, const std::string& page_token,
                         const std::string& sync_token, bool show_deleted);
  Outcome<Json> acl_get(const std::string& email, const std::string& calendar_id,
                        const std::string& rule_id);
  Outcome<Json> acl_set(const std::string& email, const std::string& calendar_id,
                        const std::string& rule_id, const Json& body,
                        bool notify);  // rule_id "" inserts
  Outcome<> acl_remove(const std::string& email, const std::string& calendar_id,
                       const std::string& rule_id);
  // A group of people, for freeBusy: nullptr for an address that is none.
  void set_group(const std::string& group, std::vector<std::string> members) {
    groups_[group] = std::move(members);
  }
  const std::vector<std::string>* group(const std::string& address) const;
  // Busy stretches in order, merged: opaque, not cancelled, not declined.
  std::vector<std::pair<Seconds, Seconds>> busy(const Calendar& calendar, Seconds from,
                                                Seconds until) const;

  // Events.
  Outcome<Shown> insert(const std::string& email, Calendar& calendar, const Json& body,
                        const WriteOptions& options);
  Outcome<Shown> import(const std::string& email, Calendar& calendar, const Json& body,
                        const WriteOptions& options);
  Outcome<Shown> update(const std::string& email, Calendar& calendar, const std::string& event_id,
                        const Json& body, const WriteOptions& options);
  Outcome<Shown> patch(const std::string& email, Calendar& calendar, const std::string& event_id,
                       const Json& body, const WriteOptions& options);
  Outcome<> remove(const std::string& email, Calendar& calendar, const std::string& event_id,
                   const WriteOptions& options);
  Outcome<Shown> move(const std::string& email, Calendar& from, Calendar& to,
                      const std::string& event_id, const WriteOptions& options);
  Outcome<Shown> get(const std::string& email, Calendar& calendar, const std::string& event_id,
                     std::int64_t max_attendees, const std::string& zone);
  Outcome<std::string> list(const std::string& email, Calendar& calendar,
                            const ListQuery& query);  // the body, written
  Outcome<std::string> instances(const std::string& email, Calendar& calendar,
                                 const std::string& event_id, const InstancesQuery& query);
  // What Google's own page does with "this and following" and with "all events": the API has no
  // such calls. `instance_id` names an instance or the series; `change` is a patch of the instance.
  // Errors as for patch and delete.
  Outcome<Shown> change_following(const std::string& email, Calendar& calendar,
                                  const std::string& instance_id, const Json& change,
                                  const WriteOptions& options);
  Outcome<> remove_following(const std::string& email, Calendar& calendar,
                             const std::string& instance_id, const WriteOptions& options);
  Outcome<Shown> change_all(const std::string& email, Calendar& calendar,
                            const std::string& instance_id, const Json& change,
                            const WriteOptions& options);
  Outcome<> remove_all(const std::string& email, Calendar& calendar, const std::string& instance_id,
                       const WriteOptions& options);
  void expire_sync_tokens(const std::string& calendar_id);  // "" for all

  const std::vector<Mail>& mails() const { return mails_; }
  void forget_mails() { mails_.clear(); }
  std::uint64_t writes() const { return writes_; }
  void forget_writes() { writes_ = 0; }
  // Called after a calendar's events changed, and with "" + e-mail after an account's calendar list
  // changed.
  std::function<void(const std::string& calendar_id, const std::string& email)> on_change;

  std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }
  gcal::base::Random& random() { return random_; }

 private:
  friend class Guests;
  friend class State;
  std::int64_t next_stamp();
  std::optional<Located> locate(const Calendar& calendar, const std::string& event_id) const;
  Outcome<Shown> write(const std::string& email, Calendar& calendar, const std::string& event_id,
                       const Json& body, bool replace, const WriteOptions& options);
  Outcome<SeriesPoint> point_of(Calendar& calendar, const std::string& instance_id);
  void end_series(const std::string& email, Calendar& calendar, const Event& before,
                  const Moment& cut, const std::string& heir, const WriteOptions& options);
  void overwrite_exceptions(const std::string& email, Calendar& calendar,
                            const std::string& series_id, const Json& texts,
                            const WriteOptions& options);
  // Stores the event and answers it with its new place, stamp and etag.
  Event commit(Calendar& calendar, Event event, const Event* before);
  void finish(const std::string& email, Calendar& calendar, const Event& event, const Event* before,
              const WriteOptions& options);
  static Shown shown(const Calendar& calendar,
                     const std::string& event_id);  // to a writer, who sees everything
  Json entry_json(const Account& account, const ListEntry& entry);
  void touch_entry(Account& account, ListEntry& entry);
  std::string seal(const std::string& payload) const;
  std::optional<std::string> unseal(const std::string& token) const;

  gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::map<std::string, Account> accounts_;
  std::map<std::string, std::unique_ptr<Calendar>> calendars_;
  std::map<std::string, std::vector<std::string>> groups_;
  std::vector<Mail> mails_;
  std::int64_t last_stamp_ = 0;
  std::uint64_t writes_ = 0;
};

// Shared by the lists and the API.
bool masked_for(const std::string& role, const Event& event);
const std::string& shown_to_owner(const Calendar& calendar,
                                  const StoredEvent& event);  // kept until the event changes
std::string lower(std::string text);

}  // namespace emulator
