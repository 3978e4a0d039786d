#include "tests/unit/engine/invitations/invitation_samples.hpp"

#include "src/common/icalendar/rfc3339.hpp"

namespace gcal::invitations {

using calendar::Attendee;
using calendar::OriginalStart;
using calendar::Series;

std::chrono::sys_seconds at(std::string_view rfc3339) {
  return *icalendar::parse_rfc3339(rfc3339);
}

calendar::ZonedTime berlin(std::string_view rfc3339) {
  return {at(rfc3339), "Europe/Berlin"};
}

calendar::Date day(std::string_view date) {
  return *icalendar::parse_date(date);
}

Attendee guest_named(std::string name, std::string email) {
  Attendee guest;
  guest.name = std::move(name);
  guest.email = std::move(email);
  return guest;
}

Series offer() {
  Series series;
  series.master.summary = "Angebot besprechen; Müller & Söhne, Köln";
  series.master.location = "Hauptstraße 1, 50667 Köln";
  series.master.description =
      "Bitte die Preisliste mitbringen.\nVideo: https://meet.google.com/abc-defg-hij";
  series.master.start = berlin("2026-12-10T14:00:00+01:00");
  series.master.end = berlin("2026-12-10T15:00:00+01:00");
  series.master.attendees = {guest_named("Erika Muster", "erika.muster@example.net")};
  series.facts.ical_uid = "7kq2m1o8t4v6g3s5p0a9b8c7d6@google.com";
  series.facts.organizer_email = "jana.nord@gmail.com";
  series.facts.organizer_name = "Jana Nord";
  return series;
}

Series plain_weekly() {
  Series series = offer();
  series.master.summary = "Wochenstart";
  series.master.location.clear();
  series.master.description.clear();
  series.master.start = berlin("2027-01-04T09:00:00+01:00");
  series.master.end = berlin("2027-01-04T09:30:00+01:00");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
  series.facts.ical_uid = "1m9n8b7v6c5x4z3l2k1j0h9g8f@google.com";
  return series;
}

Series weekly() {
  Series series = plain_weekly();
  calendar::Occurrence moved;
  moved.event = series.master;
  moved.event.start = berlin("2027-01-12T11:00:00+01:00");
  moved.event.end = berlin("2027-01-12T11:30:00+01:00");
  series.occurrences[OriginalStart{false, at("2027-01-11T09:00:00+01:00")}] = moved;
  calendar::Occurrence dropped;
  dropped.cancelled = true;
  series.occurrences[OriginalStart{false, at("2027-01-25T09:00:00+01:00")}] = dropped;
  return series;
}

Invitation invite(Series after) {
  Invitation invitation;
  invitation.id = "0123456789abcdef";
  invitation.guest = "erika.muster@example.net";
  invitation.dtstamp = at("2026-12-01T09:15:02Z");
  invitation.after = std::move(after);
  invitation.sender.account = "a1";
  invitation.sender.from_address = "termine@crm.example.com";
  invitation.sender.company = "Nord Vertrieb";
  invitation.sender.product_version = "0.2";
  return invitation;
}

Invitation update(Series before, Series after) {
  Invitation invitation = invite(std::move(after));
  invitation.kind = Kind::update;
  invitation.before = std::move(before);
  return invitation;
}

Invitation cancel(Series before) {
  Invitation invitation = invite(std::move(before));
  invitation.kind = Kind::cancel;
  std::swap(invitation.before, invitation.after);
  return invitation;
}

Invitation on(Invitation invitation, std::string_view original_start) {
  invitation.date = OriginalStart{false, at(original_start)};
  return invitation;
}

std::string calendar_of(const Invitation& invitation) {
  return compose(invitation).calendar;
}

std::string events_of(const Invitation& invitation) {
  const std::string text = calendar_of(invitation);
  const std::size_t begin = text.find("BEGIN:VEVENT");
  return text.substr(begin, text.find("END:VCALENDAR") - begin);
}

Component parsed(const std::string& text) {
  return Component(icalparser_parse_string(text.c_str()));
}

std::vector<icalcomponent*> components(const Component& calendar, icalcomponent_kind kind) {
  std::vector<icalcomponent*> out;
  for (icalcomponent* each = icalcomponent_get_first_component(calendar.get(), kind); each;
       each = icalcomponent_get_next_component(calendar.get(), kind))
    out.push_back(each);
  return out;
}

std::vector<std::string> values(icalcomponent* component, icalproperty_kind kind) {
  std::vector<std::string> out;
  for (icalproperty* each = icalcomponent_get_first_property(component, kind); each;
       each = icalcomponent_get_next_property(component, kind)) {
    const icalvalue* value = icalproperty_get_value(each);
    const char* text = icalvalue_isa(value) == ICAL_TEXT_VALUE ? icalvalue_get_text(value)
                                                               : icalvalue_as_ical_string(value);
    out.emplace_back(text ? text : "");
  }
  return out;
}

}  // namespace gcal::invitations
