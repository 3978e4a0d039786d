#include "src/engine/sync/splits.hpp"

#include "src/common/base/mutant.hpp"

namespace gcal::sync {

SplitReview review(const std::vector<Split>& splits,
                   const std::map<std::string, SplitMember>& members) {
  const auto find = [&](const std::string& id) {
    const auto found = members.find(id);
    return found == members.end() ? nullptr : &found->second;
  };
  SplitReview review;
  std::set<std::string> heirs;  // of splits that have not ended
  std::vector<const Split*> open;
  for (const Split& split : splits) {
    const SplitMember* heir = find(split.heir);
    const SplitMember* origin = find(split.origin);
    if (!heir || (heir->agreed && (!origin || !origin->pending))) {
      review.ended.push_back(split);
      continue;
    }
    heirs.insert(split.heir);
    if (!heir->agreed) open.push_back(&split);
  }
  for (const Split* split : open) {
    if (base::mutant("origin_is_cut_first")) break;
    const SplitMember* origin = find(split->origin);
    // An origin that the remote side does not hold has nothing to lose there, unless it holds the
    // place of dates that its own origin still has to give up.
    if (origin && (origin->agreed || heirs.contains(split->origin)))
      review.waiting.insert(split->origin);
  }
  return review;
}

}  // namespace gcal::sync
