// Recognises appointments that already exist on both sides of a pair without a link, so that
// nothing is duplicated when links were lost or an account is connected again. Pure; used by the
// cycle. A wrong match would merge two appointments, so a candidate must agree in iCalUID and time,
// or in time and title.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// Use: add_crm() for every unlinked CRM series, then count_remote() for every unlinked remote
// series if has_uids(), then take_match() for each remote series.
class Matcher {
 public:
  void add_crm(const std::string& id, const Series& series);

  // Whether any CRM series has an iCalUID. If not, count_remote() need not be called.
  bool has_uids() const { return !crm_by_uid_.empty(); }
  void count_remote(const Series& series);

  // The id of the CRM series that is the same appointment as `remote`, or "". A CRM series is
  // returned once at most. The same iCalUID is looked for first: with equal content, then with
  // equal start, then alone if it occurs exactly once on each side (single occurrences of one
  // meeting share their iCalUID). Then equal start, end, title and being recurring or not; an empty
  // title never matches.
  std::string take_match(const Series& remote);

  // The CRM series that no remote one matched, by id.
  std::vector<std::string> unmatched() const;

 private:
  using Content = std::tuple<OriginalStart, OriginalStart, std::string, bool>;
  using Ids = std::multimap<std::string, std::string>;

  static Content content_of(const Series& series);
  std::string by_uid(const std::string& uid, const Content& content) const;
  std::string by_content(const Content& content) const;

  Ids crm_by_uid_;
  std::multimap<Content, std::string> crm_by_content_;
  std::map<std::string, Content> crm_content_;
  std::map<std::string, bool> crm_free_;  // false: matched
  std::map<std::string, std::size_t> remote_with_uid_;
};

}  // namespace gcal::sync
