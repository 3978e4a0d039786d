#include "src/engine/invitations/view.hpp"

#include "src/common/icalendar/address.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/invitations/written_text.hpp"

namespace gcal::invitations {
namespace {

using calendar::Attendee;
using calendar::Event;
using calendar::OriginalStart;
using calendar::Series;

// The series as a guest of one date sees it. A cancelled date has the content of the rule.
Series slice_of(const Series& series, const OriginalStart& start) {
  Series slice;
  const calendar::Occurrence* const exception = calendar::find_occurrence(series, start);
  slice.master = exception && !exception->cancelled
                     ? exception->event
                     : calendar::occurrence_by_rule(series.master, start);
  slice.facts = series.facts;
  return slice;
}

bool has_date(const Series& series, const OriginalStart& start) {
  if (const calendar::Occurrence* exception = calendar::find_occurrence(series, start))
    return !exception->cancelled;
  const auto existing = calendar::existing_dates(series, {start});
  return !existing || existing->contains(start);
}

}  // namespace

std::optional<View> view_of(const Invitation& invitation) {
  const bool cancels = invitation.kind == Kind::cancel;
  const std::optional<Series>& first = cancels ? invitation.before : invitation.after;
  const std::optional<Series>& source = first ? first : invitation.before;
  if (!source && !invitation.after) return std::nullopt;
  const Series& series = source ? *source : *invitation.after;
  const bool compares = invitation.kind == Kind::update && invitation.before;
  View view{invitation, series, std::nullopt, std::nullopt, false};
  if (compares) view.before = *invitation.before;
  view.is_over_for_all = cancels && !invitation.after;
  if (!invitation.date) return view;
  const OriginalStart& date = *invitation.date;
  view.content = slice_of(series, date);
  view.recurrence_id = calendar::time_of(date, series.master);
  view.is_over_for_all = cancels && (!invitation.after || !has_date(*invitation.after, date));
  if (compares) view.before = slice_of(*invitation.before, date);
  return view;
}

const Attendee* find_guest(const Event& event, const std::string& guest) {
  for (const Attendee& attendee : event.attendees)
    if (icalendar::normalised_address(attendee.email) == guest) return &attendee;
  return nullptr;
}

VisibleGuests visible_guests(const Event& event, const calendar::Facts& facts,
                             const std::string& guest) {
  VisibleGuests out;
  const Attendee* const himself = find_guest(event, guest);
  if (facts.guests_see_guests && event.attendees.size() <= kMaxGuestsShown)
    out.guests = event.attendees;
  else if (himself)
    out.guests.push_back(*himself);
  if (!himself) {
    Attendee added;
    added.email = guest;
    out.guests.push_back(added);
  }
  if (facts.guests_see_guests && event.attendees.size() > out.guests.size())
    out.others = event.attendees.size() - out.guests.size();
  return out;
}

std::string organizer_address(const calendar::Facts& facts) {
  const std::string address = one_line(facts.organizer_email);
  return icalendar::normalised_address(address).empty() ? "" : address;
}

std::string organizer_name(const calendar::Facts& facts) {
  const std::string name = one_line(facts.organizer_name, 100);
  return name.empty() ? organizer_address(facts) : name;
}

}  // namespace gcal::invitations
