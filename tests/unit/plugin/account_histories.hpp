// What the histories of an account expect of an appointment, and what they find of it. Used by
// account_histories_test.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

namespace gcal::plugin::test {

enum class Fate { alive, deleted, either };

// What the acts say about one appointment. Its key is its location, which no act changes.
struct Expected {
  Fate fate = Fate::alive;
  std::set<std::string> titles;  // one of them is right
  std::string home;              // the calendar at Google; "": the CRM's own
  // By moves at Google that no run at rest has seen.
  std::string moved_to;
  std::set<std::string> moved_from;
  bool erasing = false;  // a deletion in the CRM that no run at rest has seen
  // The last titles of the sides that no run at rest has seen.
  std::optional<std::string> crm_title, google_title;
  // Titles at Google, by calendar, of what was left in a former default: they may win a conflict
  // when that is the default again (S-29).
  std::map<std::string, std::string> left_titles;
};

struct Found {
  std::string calendar;  // at Google; "": the CRM's own
  std::string id, revision, title;
};
using Side = std::multimap<std::string, Found>;  // by key

}  // namespace gcal::plugin::test
