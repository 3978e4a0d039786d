// A calendar in memory behind the Side port, in one of two dialects. The CRM remembers op_ids and
// reports whole series. Google keeps tombstones, never frees an id, cuts long texts, reports
// partial items and lets cursors expire. Tests edit it directly as its user would. Used by the
// tests of the engine and by the simulation; every call is a point of the fault plan, a user's edit
// is not.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::support {

enum class Dialect { crm, google };

class FakeSide final : public sync::Side {
 public:
  struct Object {
    sync::Series series;
    std::uint64_t revision = 0;
    bool deleted = false;
    std::string split_of;
    bool whole = false;      // a user removed exceptions: the feed reports the series as a whole
    bool silent = false;     // saved without a message to its guests
    bool by_google = false;  // its guests are informed by the remote service
  };

  FakeSide(Dialect dialect, FaultPlan& faults) : dialect_(dialect), faults_(faults) {}

  // What a user does on this side; `id` is any id of the caller's choice.
  void user_saves(const std::string& id, sync::Series series, const std::string& split_of = {});
  void user_deletes(const std::string& id);
  void expire_cursors() { oldest_cursor_ = revision_ + 1; }
  void remove_calendar() { exists_ = false; }
  void return_calendar() { exists_ = true; }

  const std::map<std::string, Object>& objects() const { return objects_; }
  std::vector<std::string> live() const;
  // The id of a living series with this location; "": there is none.
  std::string find(const std::string& location) const;
  std::size_t writes() const { return writes_; }
  std::size_t mails() const { return mails_; }  // requests that let this side mail guests
  // The guests for whom those requests were allowed to, in order.
  const std::vector<std::string>& mailed() const { return mailed_; }
  std::size_t page_size = 3;
  bool saves_silently = false;      // crm: its user asks that no guest be informed
  bool wants_google = false;        // crm: its user asks that the remote service mails
  bool answers_exists = true;       // false: exists() denies the calendar, its feed still answers
  bool forgets_tombstones = false;  // a deleted event is answered as one that never existed
  bool writes_in_steps = false;     // one request for the master, one for each occurrence
  bool resets_exceptions = false;   // in steps: a new rule takes them away, as Google may
  bool makes_uids = false;          // sets an iCalUID on created events
  bool may_write = true;            // false: refuses writes as a calendar of a reader does
  // Answers of this side in place of its own; nullopt: its own.
  std::function<std::optional<Error>(const sync::Operation&)> write_fails;
  std::function<std::optional<Error>(const std::string& id)> get_fails;
  std::function<std::optional<Error>()> read_fails;
  std::string refuses;     // a title that this side rejects as invalid
  std::string unreadable;  // the id of an event that exists and cannot be read
  std::map<std::string, sync::RemoteItem> remote_items;  // google: beyond the model, by event
  std::set<std::string> hides_guests;  // google: events that are shown with the own guest alone

  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::FeedItem> get(std::string id) override;
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  Task<bool> writable() override;
  std::size_t batch_limit() const override { return dialect_ == Dialect::crm ? 500 : 4; }

 private:
  sync::FeedItem item_of(const std::string& id, const Object& object) const;
  sync::Series shown(const std::string& id, sync::Series series) const;
  sync::RemoteItem remote_item_of(const std::string& id) const;
  Result<sync::ChangesPage> read(const std::string& cursor) const;
  Result<sync::Written> perform(const sync::Operation& operation);
  void write(Object& target, const sync::Operation& operation, sync::Written& written) const;
  void patch(Object& target, const sync::Operation& operation) const;
  const sync::OriginalStart* next_date(const Object& target,
                                       const sync::Operation& operation) const;
  void mail(const Object& target, const sync::Operation& operation);
  sync::Series as_stored(sync::Series series, const std::string& link_id) const;

  Dialect dialect_;
  FaultPlan& faults_;
  std::map<std::string, Object> objects_;
  std::map<std::string, sync::Written> remembered_;
  std::uint64_t revision_ = 0;
  std::uint64_t oldest_cursor_ = 0;
  std::size_t writes_ = 0;
  std::size_t mails_ = 0;
  std::vector<std::string> mailed_;
  bool exists_ = true;
};

}  // namespace gcal::support
