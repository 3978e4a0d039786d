#include <map>
#include <tuple>

#include "src/common/base/id.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/identity.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kPage = 500;
constexpr auto kCrm = static_cast<std::size_t>(SideName::crm);
constexpr auto kGoogle = static_cast<std::size_t>(SideName::google);

using Content = std::tuple<calendar::OriginalStart, calendar::OriginalStart, std::string, bool>;

Content content_of(const Series& series) {
  return {calendar::OriginalStart::of(series.master.start),
          calendar::OriginalStart::of(series.master.end), series.master.summary,
          series.recurring()};
}

}  // namespace

// Pairs what stands on both sides already, so that nothing is doubled when links were lost or an
// account is connected anew: by iCalUID first, then by equal time and title. Everything else gets a
// link of its own. Single occurrences of a meeting share its iCalUID: among several only equal time
// or content decides.
Task<> Cycle::match() {
  std::multimap<std::string, std::string> crm_by_uid;
  std::multimap<Content, std::string> crm_by_content;
  std::map<std::string, Content> content_by_crm;
  std::map<std::string, bool> crm_free;
  Commit stale;  // seen before the last full listing and not in it: no longer there
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<Observed> page,
           co_await journal_.unlinked(pair_->id, SideName::crm, after, kPage));
    if (page.empty()) break;
    after = page.back().observation.id;
    for (const Observed& seen : page) {
      if (seen.generation < pair_->generation[kCrm]) {
        stale.dropped_observed.push_back({pair_->id, SideName::crm, seen.observation.id});
        continue;
      }
      crm_free.emplace(seen.observation.id, true);
      if (!seen.observation.series.facts.ical_uid.empty())
        crm_by_uid.emplace(seen.observation.series.facts.ical_uid, seen.observation.id);
      crm_by_content.emplace(content_of(seen.observation.series), seen.observation.id);
      content_by_crm.emplace(seen.observation.id, content_of(seen.observation.series));
    }
  }

  std::map<std::string, std::size_t>
      google_with_uid;  // of the UIDs that wait in the CRM; nothing is read for a fresh account
  for (after.clear(); !crm_by_uid.empty();) {
    CO_TRY(const std::vector<Observed> page,
           co_await journal_.unlinked(pair_->id, SideName::google, after, kPage));
    if (page.empty()) break;
    after = page.back().observation.id;
    for (const Observed& seen : page)
      if (crm_by_uid.contains(seen.observation.series.facts.ical_uid))
        ++google_with_uid[seen.observation.series.facts.ical_uid];
  }

  after.clear();
  for (;;) {
    CO_TRY(const std::vector<Observed> page,
           co_await journal_.unlinked(pair_->id, SideName::google, after, kPage));
    if (page.empty()) break;
    after = page.back().observation.id;
    Commit commit;
    for (const Observed& seen : page) {
      if (seen.generation < pair_->generation[kGoogle]) {
        stale.dropped_observed.push_back({pair_->id, SideName::google, seen.observation.id});
        continue;
      }
      const Series& series = seen.observation.series;
      const std::string& uid = series.facts.ical_uid;
      const Content content = content_of(series);
      std::string crm_id;
      const auto same_uid = crm_by_uid.equal_range(uid);
      for (const bool exactly : {true, false})  // equal content before equal start alone
        for (auto it = same_uid.first; it != same_uid.second && crm_id.empty(); ++it) {
          const Content& there = content_by_crm.at(it->second);
          if (crm_free[it->second] &&
              (exactly ? there == content : std::get<0>(there) == std::get<0>(content)))
            crm_id = it->second;
        }
      const bool only_one = !uid.empty() && crm_by_uid.count(uid) == 1 && google_with_uid[uid] == 1;
      if (crm_id.empty() && only_one && crm_free[same_uid.first->second])
        crm_id = same_uid.first->second;
      if (crm_id.empty() && !series.master.summary.empty()) {
        const auto alike = crm_by_content.equal_range(content);
        for (auto it = alike.first; it != alike.second && crm_id.empty(); ++it)
          if (crm_free[it->second]) crm_id = it->second;
      }
      Link link;
      link.id = base::new_id(random_);
      link.pair = pair_->id;
      link.end[kGoogle].id = seen.observation.id;
      link.generation[kGoogle] = pair_->generation[kGoogle];
      if (!crm_id.empty()) crm_free[crm_id] = false;
      link.end[kCrm].id = crm_id.empty() ? derived_crm_id(link.id, 0) : crm_id;
      link.generation[kCrm] = pair_->generation[kCrm];
      commit.links.push_back(std::move(link));
    }
    if (!commit.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
  if (!stale.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(stale)));

  if (pair_->mode != PairMode::two_way) co_return Result<>{};
  Commit commit;
  for (const auto& [crm_id, free] : crm_free) {
    if (!free) continue;
    Link link;
    link.id = base::new_id(random_);
    link.pair = pair_->id;
    link.end[kCrm].id = crm_id;
    link.end[kGoogle].id = derived_google_id(link.id, 0);
    link.generation[kCrm] = pair_->generation[kCrm];
    link.generation[kGoogle] = pair_->generation[kGoogle];
    commit.links.push_back(std::move(link));
  }
  if (!commit.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  co_return Result<>{};
}

}  // namespace gcal::sync
