// Moves the merge bases of a link forward after a write, field by field. A base takes only values
// that both sides are known to hold. Pure; called by the cycle.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// `put` was written to `side`, which now holds it as `written`; the other side holds
// `other_series`. Each field in which the sent series equals the other one becomes part of both
// bases: on `side` as in `written`, on the other side as in `other_series`. A field that was not
// sent and differs now, and another answer of a guest than was sent, stay news of `side`.
void update_bases(Link& link, SideName side, const Operation& put, const Series& written,
                  const Series& other_series);

// The outcome of `put` was unknown and the side was read afterwards: it holds `found`. Of the
// fields that the put should change, those in which `found` holds the sent value become part of
// both bases. After a creation, the sent value counts as the last content that both sides held.
// `held`: what the other side holds as far as is known; nullptr: what was sent.
void adopt_sent_values(Link& link, SideName side, const Operation& put, const Series& found,
                       const Series* held = nullptr);

// The first request of `put`, which wrote the master, was answered with `written`; requests about
// single dates are left. The fields of the master become part of both bases as they were answered,
// so that what a user writes before the last answer is news of `side`.
void settle_master(Link& link, SideName side, const Operation& put, const Series& written,
                   const Series& other_series);

// Whether `found` holds what the first request of a put was to write: the master, or else its first
// occurrence that differs. An answer was lost; this is how it is known whether guests were
// notified.
bool holds_first_step(const Operation& put, const Series& found);

// The outcome of `put`, a put of several requests, was unknown; the side was read afterwards and
// holds `found`: what it is to hold when the requests that are left have been sent. Dates that
// another program or user wrote since stay. nullopt: nothing is left, or the first request did not
// arrive.
std::optional<Series> left_of_put(const Operation& put, const Series& found);

// What `put.before` became by those parts of `put` that `found`, which the side holds now, has as
// they were sent: fields, guests, single dates. What others wrote is not part of it. nullopt:
// nothing arrived. Of a creation: `found`.
std::optional<Series> arrived_part(const Operation& put, const Series& found);

// Fields that both sides changed and now hold alike become part of both bases. Returns whether
// there were any.
bool adopt_equal_values(Link& link, const PerSide<const Series*>& held);

// The guests were notified of the edit that `operation` carries out, but for those of `left`.
inline void note_notified(Link& link, const Operation& operation,
                          std::vector<calendar::Mail> left = {}) {
  if (operation.notify == Notify::none) return;
  link.notified = operation.act;
  link.not_mailed = std::move(left);
}

}  // namespace gcal::sync
