// Three-way merge by field. Each side has a base of its own, because Google cuts texts and moves
// times: a side changed a field iff it differs from its own base, and only changed fields travel.
// Pure.
#pragma once

#include <optional>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

using calendar::Series;

// Which value stays when both sides changed the same field. No clock decides.
enum class Policy { google_wins, crm_wins };

struct Merged {
  Series crm;                    // what the CRM should hold
  Series google;                 // what Google should hold
  calendar::FieldSet conflicts;  // fields that both sides changed, to different values
};

// A base is absent when the sides never agreed: then every field counts as changed on both sides.
Merged merge(const Series* crm_base, const Series& crm, const Series* google_base,
             const Series& google, Policy policy);

}  // namespace gcal::sync
