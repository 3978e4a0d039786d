// What the sides agree on after a write, field by field. Pure; used by the cycle. A base only ever
// takes a value that both sides are known to hold.
#pragma once

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// `sent` was written to `side` and stands there as `written`; the other side holds `other`. Every
// field in which `sent` equals `other` becomes base on both ends; the side's own as it stands
// there.
void agree(Link& link, SideName side, const Series& sent, const Series& written,
           const Series& other);

// The outcome of a put was unknown and `found` was read afterwards: of the fields that the put was
// to change, those in which `found` holds what was sent are agreed. After a creation, what was sent
// is the last thing both sides held.
void absorb_sent(Link& link, SideName side, const Operation& put, const Series& found);

}  // namespace gcal::sync
