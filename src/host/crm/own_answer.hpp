// The user's own answer to an invitation, as a pure function on event documents
// (host_api/schema/event.json). Used by AppointmentEditor. It must never change anything but the
// answers of the account whose calendar holds the copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/host/crm/series_edit.hpp"

namespace host {

// The answer that the user gave; "": the user is no guest.
std::string own_answer(const EventFields& fields);

// Whether the user is a guest of the appointment or of one of its dates.
bool is_invited(const EventView& view);

// answer: "accepted" | "declined" | "tentative" | "needs_action". this_one: for that date;
// following: from that date on, the earlier dates keep their answers; all: for every date. invalid:
// no such occurrence or answer, the user is no guest, or too many dates to keep.
Result<Edited> answer_event(const Json& event, Scope scope,
                            const std::optional<EventTime>& original_start,
                            std::string_view answer);

}  // namespace host
