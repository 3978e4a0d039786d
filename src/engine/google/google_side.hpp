// Google's side of a pair: implements sync::Side over Calendar API v3. The engine reads changes
// from it and gives it operations; one object serves one calendar for one cycle. Never deletes or
// clears a calendar, writes no member that did not change, and notifies guests only if the
// operation says so. Runs on the loop thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/engine/google/client.hpp"
#include "src/engine/google/event_json.hpp"
#include "src/engine/google/paging.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::google {

struct OccurrenceStep;

// Objects passed by reference must outlive it. [loop thread]
class GoogleSide final : public sync::Side {
 public:
  // time_zone: the calendar's zone, for times that name none; replaced by the one of each listing.
  GoogleSide(Client& client, base::Log& log, std::string calendar_id, std::string time_zone)
      : client_(client),
        log_(log),
        calendar_id_(std::move(calendar_id)),
        time_zone_(std::move(time_zone)) {}

  // The cursor is Google's sync token; see read_position.hpp for positions between two pages.
  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::FeedItem> get(std::string id) override;
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  Task<bool> writable() override;
  std::size_t batch_limit() const override { return 20; }

 private:
  // What the pages of the current read have contained so far. In memory only: an interrupted read
  // starts again at its cursor.
  struct ReadState {
    std::set<std::string> masters;  // series whose master was listed
    std::set<std::string> hidden;   // events and series that are no appointments
    std::map<std::string, std::vector<Item>>
        orphan_instances;      // instances whose master was not listed yet, by series
    std::size_t failures = 0;  // of requests for a series, in a row
  };

  // Reading: google_side.cpp
  void sort_items(const base::Json& page, bool listing, sync::ChangesPage& out,
                  std::vector<Item>& changed_series);
  Task<> finish_read(sync::ChangesPage& out);
  Task<> append_series(Item master, sync::ChangesPage& out);
  Task<> append_remaining(std::vector<Item> instances, sync::ChangesPage& out);
  static void end_singles_of_series(sync::ChangesPage& out);
  Result<> add_unreadable(const std::string& id, const Error& error, sync::ChangesPage& out);

  Task<sync::FeedItem> read_series(Item master);
  Result<> merge_instances(const base::Json& page, sync::FeedItem& feed_item);
  Task<Item> read_item(std::string id);

  // Writing: google_writing.cpp
  Task<sync::Written> put(const sync::Operation& operation);
  Task<Item> create(const sync::Operation& operation);
  Task<Item> adopt(const sync::Operation& operation);
  Task<sync::Written> after_new_rule(const sync::Operation& operation, Item master);
  Task<sync::Written> put_occurrence(const sync::Operation& operation);
  Task<> explain_absent(const sync::Operation& operation, bool wanted);
  Task<base::Json> kept_for(std::string id, const calendar::Event& before,
                            const calendar::Event& after, const std::string& bytes);
  Task<base::Json> patch_with_kept(const sync::Operation& operation, const OccurrenceStep& step);
  Task<sync::Written> erase(const sync::Operation& operation);

  Client& client_;
  base::Log& log_;
  std::string calendar_id_;
  std::string time_zone_;
  ReadState read_state_;
};

}  // namespace gcal::google
