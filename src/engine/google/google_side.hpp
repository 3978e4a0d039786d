// Google's end of a pair: sync::Side over Calendar v3. The engine asks it for changes and gives it
// operations; one object serves one calendar for one cycle. Never deletes or clears a calendar,
// never writes a member that did not change, never mails unless the operation says so.
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

// [loop thread] Everything passed by reference outlives the object.
class GoogleSide final : public sync::Side {
 public:
  // time_zone: the calendar's own, for times that name none; every listing corrects it.
  GoogleSide(Client& client, base::Log& log, std::string calendar, std::string time_zone)
      : client_(client),
        log_(log),
        calendar_(std::move(calendar)),
        time_zone_(std::move(time_zone)) {}

  // The cursor is Google's sync token; a page position is "list:<page token>" or
  // "page:<length>:<page token><sync token>".
  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::FeedItem> get(std::string id) override;
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  std::size_t batch_limit() const override { return 20; }

 private:
  struct Position;

  // What one read (all its pages) has met so far. Kept in memory only: an interrupted read begins
  // again at its cursor.
  struct Read {
    std::set<std::string> masters;  // series whose master came
    std::map<std::string, std::vector<Item>>
        waiting;  // instances whose master has not come yet, by series
  };

  void take_items(const base::Json& page, bool listing, sync::ChangesPage& out,
                  std::vector<Item>& changed_series);
  Task<> finish_read(bool listing, sync::ChangesPage& out);
  Task<> append_whole(Item master, sync::ChangesPage& out);

  Task<sync::FeedItem> read_series(Item master);
  Result<> take_parts(const base::Json& page, sync::FeedItem& feed_item);
  Task<Item> read_item(std::string id);

  Task<sync::Written> put(const sync::Operation& operation);
  Task<Item> create(const sync::Operation& operation);
  Task<Item> adopt(const sync::Operation& operation);
  Task<sync::Written> put_under_new_rule(const sync::Operation& operation, std::string id,
                                         SendUpdates updates);
  Task<std::string> write_occurrences(
      const calendar::Series& wanted,
      const std::map<calendar::OriginalStart, calendar::Occurrence>& before, const std::string& id,
      std::string version, SendUpdates updates);
  Task<sync::Written> erase(const sync::Operation& operation);

  Client& client_;
  base::Log& log_;
  std::string calendar_;
  std::string time_zone_;
  Read read_;
};

}  // namespace gcal::google
