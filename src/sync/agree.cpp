#include "src/sync/agree.hpp"

#include "src/calendar/diff.hpp"

namespace gcal::sync {
namespace {

SideName other_of(SideName side) { return side == SideName::crm ? SideName::google : SideName::crm; }

}  // namespace

void agree(Link& link, SideName side, const Series& sent, const Series& written, const Series& other) {
  End& mine = link.end[static_cast<std::size_t>(side)];
  End& theirs = link.end[static_cast<std::size_t>(other_of(side))];
  if (!mine.agreed || !theirs.agreed) {
    mine.series = written;
    theirs.series = other;
    mine.agreed = theirs.agreed = true;
    return;
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!calendar::equal(sent, other, field)) continue;
    calendar::copy(mine.series, written, field);
    calendar::copy(theirs.series, other, field);
  }
  mine.series.facts = written.facts;
  theirs.series.facts = other.facts;
}

void absorb_sent(Link& link, SideName side, const Series& sent, const Series& found) {
  End& mine = link.end[static_cast<std::size_t>(side)];
  End& theirs = link.end[static_cast<std::size_t>(other_of(side))];
  if (!mine.agreed || !theirs.agreed) {
    // It was a creation: what was sent is the last thing both sides held.
    mine.series = theirs.series = sent;
    mine.agreed = theirs.agreed = true;
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!calendar::equal(sent, found, field)) continue;
    calendar::copy(mine.series, found, field);
    calendar::copy(theirs.series, sent, field);
  }
}

}  // namespace gcal::sync
