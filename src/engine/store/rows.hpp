// Converts the engine's values to database rows and back. Used by the journal. A value that was
// written is read back equal; a damaged row is an error (invalid) and never a default value. The
// columns say google where the engine says remote: data of older versions must stay readable. Pure.
#pragma once

#include <string>
#include <string_view>

#include "src/engine/store/database.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

inline constexpr const char* kPairColumns =
    "id, account, google_calendar, crm_calendar, identity, mode, state, crm_cursor, google_cursor, "
    "crm_generation, google_generation, dirty, synced_at, is_primary, is_default, draining, "
    "returning_copies";
Values pair_values(const sync::Pair& pair);
Result<sync::Pair> pair_of(Row row);

inline constexpr const char* kLinkColumns =
    "id, pair, crm_id, crm_version, crm_agreed, crm_series, crm_uid, crm_generation, google_id, "
    "google_version, google_agreed, google_series, google_uid, "
    "google_generation, incarnation, held_reason, crm_notified, not_mailed";
Values link_values(const sync::Link& link);
Result<sync::Link> link_of(Row row);

inline constexpr const char* kChangeColumns =
    "pair, side, id, version, gone, moved_away, inferred, generation, series, acted_at, by_google";
Values change_values(const sync::PendingChange& change);
Result<sync::PendingChange> change_of(Row row);

inline constexpr const char* kHeldColumns =
    "pair, side, id, link, reason, detail, attempts, next_try, version";
Values held_values(const sync::HeldItem& item);
Result<sync::HeldItem> held_of(Row row);

// Without `ordinal`, which the journal assigns.
inline constexpr const char* kInvitationColumns =
    "id, pair, link, crm_id, uid, guest, day, kind, state, sequence, stamp, acted_at, attempted, "
    "first_key, error, series_before, series_after";
Values invitation_values(const sync::Invitation& row);
Result<sync::Invitation> invitation_of(Row row);

// The JSON text of an operation, in an intent.
std::string operation_text(const sync::Operation& operation);
Result<sync::Operation> operation_of(std::string_view text);

std::string series_text(const calendar::Series& series);
Result<calendar::Series> series_of(std::string_view text);

}  // namespace gcal::store
