#include "src/engine/invitations/words.hpp"

namespace gcal::invitations {
namespace {

constexpr Words kGerman{
    .code = "de",
    .invite = "Einladung",
    .update = "Aktualisiert",
    .cancel = "Abgesagt",
    .untitled = "(ohne Titel)",
    .when = "Wann",
    .where = "Wo",
    .video = "Video",
    .who = "Wer",
    .notes = "Text",
    .info = "Stand",
    .exceptions = "Ausnahmen",
    .next_dates = "Nächste Termine",
    .was = "vorher {value}",
    .empty = "entfällt",
    .tentative = "unter Vorbehalt",
    .confirmed = "bestätigt",
    .organizer = "Organisation",
    .optional = "optional",
    .room = "Raum",
    .one_more = "und 1 weiterer Gast",
    .more = "und {n} weitere Gäste",
    .changed = "geändert",
    .in_full = "Vollständig im Kalendereintrag.",
    .dropped = "{date} entfällt",
    .gone = "Dieser Termin findet nicht statt.",
    .date_gone = "Dieser Termin der Serie findet nicht statt.",
    .removed = "Sie sind zu diesem Termin nicht mehr eingeladen.",
    .date_removed = "Sie sind zu diesem Termin der Serie nicht mehr eingeladen.",
    .ends = "endet am {date}",
    .answer = "Antworten Sie mit den Schaltflächen Ihres E-Mail-Programms oder hier:",
    .yes = "Zusagen",
    .maybe = "Vielleicht",
    .no = "Absagen",
    .yes_subject = "Zusage",
    .maybe_subject = "Vielleicht",
    .no_subject = "Absage",
    .footer =
        "Sie erhalten diese E-Mail, weil {organizer} Sie eingeladen hat. Antworten gehen an "
        "{organizer_email}.",
};

constexpr Words kEnglish{
    .code = "en",
    .invite = "Invitation",
    .update = "Updated",
    .cancel = "Cancelled",
    .untitled = "(no title)",
    .when = "When",
    .where = "Where",
    .video = "Video",
    .who = "Who",
    .notes = "Text",
    .info = "State",
    .exceptions = "Exceptions",
    .next_dates = "Next dates",
    .was = "was {value}",
    .empty = "removed",
    .tentative = "tentative",
    .confirmed = "confirmed",
    .organizer = "organizer",
    .optional = "optional",
    .room = "room",
    .one_more = "and 1 more guest",
    .more = "and {n} more guests",
    .changed = "changed",
    .in_full = "In full in the calendar entry.",
    .dropped = "{date} does not take place",
    .gone = "This appointment does not take place.",
    .date_gone = "This date of the series does not take place.",
    .removed = "You are no longer invited to this appointment.",
    .date_removed = "You are no longer invited to this date of the series.",
    .ends = "ends on {date}",
    .answer = "Answer with the buttons of your mail program or here:",
    .yes = "Accept",
    .maybe = "Maybe",
    .no = "Decline",
    .yes_subject = "Accepted",
    .maybe_subject = "Maybe",
    .no_subject = "Declined",
    .footer =
        "You receive this e-mail because {organizer} invited you. Replies go to "
        "{organizer_email}.",
};

}  // namespace

const Words& words_in(Language language) {
  return language == Language::english ? kEnglish : kGerman;
}

std::string filled(std::string_view text, std::string_view name, std::string_view value) {
  const std::string place = "{" + std::string(name) + "}";
  std::string out;
  for (;;) {
    const std::size_t at = text.find(place);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += value;
    text.remove_prefix(at + place.size());
  }
}

}  // namespace gcal::invitations
