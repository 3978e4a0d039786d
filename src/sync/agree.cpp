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

void absorb_sent(Link& link, SideName side, const Operation& put, const Series& found) {
  End& mine = link.end[static_cast<std::size_t>(side)];
  End& theirs = link.end[static_cast<std::size_t>(other_of(side))];
  calendar::FieldSet fields;
  if (put.id.empty()) {
    mine.series = theirs.series = put.series;
    mine.agreed = theirs.agreed = true;
    fields.set();
  } else {
    fields = calendar::changed(put.before, put.series);
  }
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
    const auto field = static_cast<calendar::Field>(i);
    if (!fields[i] || !calendar::equal(put.series, found, field)) continue;
    calendar::copy(mine.series, found, field);
    calendar::copy(theirs.series, put.series, field);
  }
}

}  // namespace gcal::sync
