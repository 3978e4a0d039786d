#include "src/engine/sync/match.hpp"

namespace gcal::sync {

Matcher::Content Matcher::content_of(const Series& series) {
  return {OriginalStart::of(series.master.start), OriginalStart::of(series.master.end),
          series.master.summary, series.recurring()};
}

void Matcher::add_crm(const std::string& id, const Series& series) {
  crm_free_.emplace(id, true);
  if (!series.facts.ical_uid.empty()) crm_by_uid_.emplace(series.facts.ical_uid, id);
  crm_by_content_.emplace(content_of(series), id);
  crm_content_.emplace(id, content_of(series));
}

void Matcher::count_remote(const Series& series) {
  const std::string& uid = series.facts.ical_uid;
  if (crm_by_uid_.contains(uid)) ++remote_with_uid_[uid];
}

std::string Matcher::take_match(const Series& remote) {
  const Content content = content_of(remote);
  std::string id = by_uid(remote.facts.ical_uid, content);
  if (id.empty() && !remote.master.summary.empty()) id = by_content(content);
  if (!id.empty()) crm_free_[id] = false;
  return id;
}

std::string Matcher::by_uid(const std::string& uid, const Content& content) const {
  const auto [first, last] = crm_by_uid_.equal_range(uid);
  for (const bool exactly : {true, false})
    for (auto it = first; it != last; ++it) {
      if (!crm_free_.at(it->second)) continue;
      const Content& in_crm = crm_content_.at(it->second);
      if (exactly ? in_crm == content : std::get<0>(in_crm) == std::get<0>(content))
        return it->second;
    }
  const auto in_remote = remote_with_uid_.find(uid);
  const bool only_one = !uid.empty() && crm_by_uid_.count(uid) == 1 &&
                        in_remote != remote_with_uid_.end() && in_remote->second == 1;
  return only_one && crm_free_.at(first->second) ? first->second : std::string();
}

std::string Matcher::by_content(const Content& content) const {
  const auto [first, last] = crm_by_content_.equal_range(content);
  for (auto it = first; it != last; ++it)
    if (crm_free_.at(it->second)) return it->second;
  return {};
}

std::vector<std::string> Matcher::unmatched() const {
  std::vector<std::string> ids;
  for (const auto& [id, free] : crm_free_)
    if (free) ids.push_back(id);
  return ids;
}

}  // namespace gcal::sync
