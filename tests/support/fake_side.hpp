// A calendar in memory behind the Side port, in one of two tempers: the CRM remembers op_ids and
// reports whole documents; Google keeps tombstones, never frees an id, cuts long texts, reports
// fragments and lets cursors expire. People edit it directly.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"
#include "tests/support/faults.hpp"

namespace gcal::support {

enum class Temper { crm, google };

class FakeSide final : public sync::Side {
 public:
  struct Item {
    sync::Series series;
    std::uint64_t revision = 0;
    bool deleted = false;
  };

  FakeSide(Temper temper, Weather& weather) : temper_(temper), weather_(weather) {}

  // What a person does on this side.
  void person_puts(const std::string& id, sync::Series series);
  void person_deletes(const std::string& id);
  void expire_cursors() { oldest_cursor_ = revision_ + 1; }
  void remove_calendar() { exists_ = false; }

  const std::map<std::string, Item>& items() const { return items_; }
  std::vector<std::string> live() const;
  std::size_t writes() const { return writes_; }
  std::size_t mails() const { return mails_; }
  std::size_t page_size = 3;
  bool answers_exists = true;       // false: the calendar is gone, though its feed still speaks
  bool forgets_tombstones = false;  // a deleted one answers as if it had never been
  bool makes_uids = false;          // names an iCalUID for what is created
  std::string refuses;              // a title that this side does not take
  std::string unreadable;           // an id that stands there and cannot be read

  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::Observation> get(std::string id) override;
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override;
  Task<> settle(std::vector<std::string> op_ids) override;
  Task<bool> exists() override;
  std::size_t batch_limit() const override { return temper_ == Temper::crm ? 500 : 4; }

 private:
  Result<sync::ChangesPage> read(const std::string& cursor) const;
  Result<sync::Written> perform(const sync::Operation& operation);
  sync::Series as_held(sync::Series series, const std::string& link_id) const;

  Temper temper_;
  Weather& weather_;
  std::map<std::string, Item> items_;
  std::map<std::string, sync::Written> remembered_;
  std::uint64_t revision_ = 0;
  std::uint64_t oldest_cursor_ = 0;
  std::size_t writes_ = 0;
  std::size_t mails_ = 0;
  bool exists_ = true;
};

}  // namespace gcal::support
