// A client that keeps one calendar up to date as Google documents it: a full list in pages, then
// lists with the sync token; items are put in or removed by id; 410 means to forget everything and
// to list in full. Each step is one request, so that others act between its pages.
// Source: developers.google.com/workspace/calendar/api/guides/sync.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/convergence/world.hpp"

namespace convergence {

// The parameters, which stay the same for the client's life.
struct ListForm {
  bool single_events = false;
  bool show_deleted = false;
  int max_results = 250;

  std::string query() const;
  std::string name() const;
};

// The items of a calendar, by id, as the texts of the answers.
using Items = std::map<std::string, std::string>;

class SyncClient {
 public:
  SyncClient(int person, int calendar, ListForm form)
      : person_(person), calendar_(calendar), form_(form) {}

  void step(World& world);
  // The client restarts and has only what it had stored: its items and the last sync token.
  void lose_page(World& world);
  // Without faults and without other acts meanwhile.
  void catch_up(World& world);
  // Compares the items with a new full list of the same form.
  void compare(World& world) const;
  std::string name(const World& world) const;

 private:
  void apply_page(World& world, const std::vector<std::string_view>& items);
  void apply(std::string_view item);
  void forget_exceptions(const std::string& series);
  void forget_all();

  int person_, calendar_;
  ListForm form_;
  Items items_;
  std::string sync_token_, page_token_;  // "" for none
  bool reads_ = false;                   // pages of a list have been read, but not the last one
  bool readable_ = true;
  int sharing_ = 0;        // World::sharing() at the begin of the list
  std::size_t lists_ = 0;  // read to their end
};

// A full list as the person gets it; false when the person may not read the calendar.
bool full_list(World& world, int person, int calendar, const ListForm& form,
               const std::string& parameters, Items& items);
// Removes what a client need not keep: cancelled occurrences without a living series that has a
// place for them, and for lists of occurrences everything that is cancelled. Of other cancelled
// items, keeps the members that Google guarantees.
void normalize(const World& world, Items& items, const ListForm& form);

}  // namespace convergence
