#include "src/engine/invitations/page.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "src/common/icalendar/address.hpp"
#include "src/common/icalendar/vtimezone.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/invitations/series_dates.hpp"
#include "src/engine/invitations/spoken_dates.hpp"
#include "src/engine/invitations/spoken_rule.hpp"
#include "src/engine/invitations/words.hpp"
#include "src/engine/invitations/written_text.hpp"

namespace gcal::invitations {
namespace {

using calendar::Attendee;
using calendar::Event;
using calendar::OriginalStart;
using calendar::Series;
using std::chrono::days;
using std::chrono::local_days;

constexpr std::size_t kMaxTitle = 200;  // characters
constexpr std::size_t kMaxTitleInSubject = 100;
constexpr std::size_t kMaxPlace = 500;
constexpr std::size_t kMaxNotes = 8 * 1024;  // bytes
constexpr std::size_t kMaxEscapedNotes = 24 * 1024;
constexpr std::size_t kMaxGuestBytes = 6 * 1024;
constexpr std::size_t kMaxExceptions = 10;
constexpr std::size_t kNextDates = 5;

bool is_english(Language language) {
  return language == Language::english;
}

std::string_view kind_word(const Words& words, Kind kind) {
  if (kind == Kind::cancel) return words.cancel;
  return kind == Kind::update ? words.update : words.invite;
}

std::string title_of(const Event& event, const Words& words, std::size_t characters) {
  const std::string title = one_line(event.summary, characters);
  return title.empty() ? std::string(words.untitled) : title;
}

local_days day_of(const OriginalStart& start, const std::string& zone) {
  const calendar::EventTime time =
      start.all_day ? calendar::EventTime(calendar::Date{std::chrono::floor<days>(start.instant)})
                    : calendar::EventTime(calendar::ZonedTime{start.instant, zone});
  return std::chrono::floor<days>(wall_of(time, zone));
}

// Whether the series differs from what was known only in that it ends earlier.
bool ends_earlier(const View& view) {
  return view.before && view.content.recurring() &&
         calendar::only_ends_earlier(*view.before, view.content) &&
         !calendar::equal_rule(*view.before, view.content);
}

// The last day of the series, for "endet am"; nothing where it is not known.
std::optional<local_days> last_day(const Series& series) {
  const auto last = last_start(series);
  if (!last) return std::nullopt;
  return day_of(*last, zone_of(series.master.start));
}

std::string rule_words(const Series& series, Language language) {
  if (auto words = spoken_rule(series, language)) return *words;
  return is_english(language) ? "several dates" : "mehrere Termine";
}

// "ab 4. Januar 2027, 6 Termine", "ab 4. Januar 2027 bis 15. Februar 2027"
std::string rule_bounds(const Series& series, Language language) {
  const bool english = is_english(language);
  const std::string zone = zone_of(series.master.start);
  std::string text = english ? "from " : "ab ";
  text += plain_date(std::chrono::floor<days>(wall_of(series.master.start, zone)), language);
  if (const std::string count = spoken_count(series, language); !count.empty())
    return text + ", " + count;
  if (const auto last = last_day(series))
    text += (english ? " to " : " bis ") + plain_date(*last, language);
  return text;
}

std::vector<std::string> when_lines(const Series& series, Language language) {
  const Event& event = series.master;
  const std::string zone = zone_of(event.start);
  std::vector<std::string> lines;
  if (series.recurring()) {
    lines.push_back(rule_words(series, language) + ", " + hours_text(event, zone, language));
    lines.push_back(rule_bounds(series, language));
  } else {
    lines.push_back(span_text(event, zone, language));
  }
  if (!zone.empty())
    lines.push_back("(" + zone_text(zone, OriginalStart::of(event.start).instant) + ")");
  return lines;
}

// The guest's clock, where it shows another time.
void add_guest_clock(const View& view, Language language, std::vector<std::string>& lines) {
  const std::string& zone = view.invitation.guest_zone;
  const auto* timed = std::get_if<calendar::ZonedTime>(&view.event().start);
  if (!timed) return;
  const auto guest = icalendar::Zone::find(zone);
  const auto own = icalendar::Zone::find(timed->zone);
  const auto shift = own ? own->offset(timed->instant) : std::chrono::seconds{0};
  if (!guest || guest->offset(timed->instant) == shift) return;
  std::string line = span_text(view.event(), zone, language);
  if (view.content.recurring())
    line = (is_english(language) ? "first date: " : "erster Termin: ") + line;
  lines.push_back(line);
  lines.push_back("(" + zone_text(zone, timed->instant) + ")");
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (!text.empty()) text += line.starts_with('(') ? " " : ", ";
    text += line;
  }
  return text;
}

// What the time was: the hours alone if nothing else changed.
std::string former_time(const Series& before, const Series& now, Language language) {
  const std::string zone = zone_of(now.master.start);
  if (before.recurring() || now.recurring() || zone != zone_of(before.master.start))
    return joined(when_lines(before, language));
  const auto day = [&](const calendar::EventTime& time) {
    return std::chrono::floor<days>(wall_of(time, zone));
  };
  if (day(before.master.start) == day(now.master.start) &&
      day(before.master.end) == day(now.master.end) && day(now.master.start) == day(now.master.end))
    return hours_text(before.master, zone, language);
  return span_text(before.master, zone, language);
}

bool is_rescheduled(const View& view) {
  return view.before && !calendar::equal_rule(*view.before, view.content);
}

Row when_row(const View& view, Language language) {
  const Words& words = words_in(language);
  Row row{std::string(words.when), when_lines(view.content, language), false, "", ""};
  add_guest_clock(view, language, row.lines);
  if (is_rescheduled(view)) {
    row.is_changed = true;
    row.was = filled(words.was, "value", former_time(*view.before, view.content, language));
  }
  return row;
}

// A row of one text field; nothing where it is and was empty.
std::optional<Row> text_row(std::string_view label, const std::string& now,
                            const std::optional<std::string>& before, const Words& words) {
  const bool changed = before && *before != now;
  if (now.empty() && !changed) return std::nullopt;
  Row row{std::string(label), {now.empty() ? std::string(words.empty) : now}, changed, "", ""};
  if (changed && !before->empty()) row.was = filled(words.was, "value", *before);
  return row;
}

std::optional<std::string> former(const View& view, std::string (*field)(const Event&)) {
  if (!view.before) return std::nullopt;
  return field(view.before->master);
}

std::string place_of(const Event& event) {
  return one_line(event.location, kMaxPlace);
}

std::string name_of(const Attendee& guest, const Words& words) {
  const std::string name = one_line(guest.name, 100), email = one_line(guest.email, 320);
  std::string text = name.empty() ? email : name;
  if (!name.empty() && !email.empty() && !guest.resource) text += " <" + email + ">";
  if (guest.resource) return text + " (" + std::string(words.room) + ")";
  return guest.optional ? text + " (" + std::string(words.optional) + ")" : text;
}

Row who_row(const View& view, const Words& words) {
  Row row{std::string(words.who), {}, false, "", ""};
  const std::string organizer = organizer_address(view.facts());
  const std::string name = organizer_name(view.facts());
  if (!name.empty())
    row.lines.push_back(
        (name == organizer || organizer.empty() ? name : name + " <" + organizer + ">") + " (" +
        std::string(words.organizer) + ")");
  const VisibleGuests visible = visible_guests(view.event(), view.facts(), view.invitation.guest);
  std::size_t bytes = 0, others = visible.others;
  const std::string organizer_key = icalendar::normalised_address(organizer);
  for (const Attendee& guest : visible.guests) {
    const std::string address = icalendar::normalised_address(guest.email);
    if (guest.organizer || (!organizer_key.empty() && address == organizer_key)) continue;
    std::string text = name_of(guest, words);
    bytes += escaped_html(text).size();
    if (bytes > kMaxGuestBytes && address != view.invitation.guest)
      ++others;
    else
      row.lines.push_back(std::move(text));
  }
  if (others == 1) row.lines.emplace_back(words.one_more);
  if (others > 1) row.lines.push_back(filled(words.more, "n", std::to_string(others)));
  if (row.lines.empty()) row.lines.push_back(view.invitation.guest);
  return row;
}

std::optional<Row> notes_row(const View& view, const Words& words) {
  std::string text = text_of_html(view.event().description);
  const bool changed = view.before && text_of_html(view.before->master.description) != text;
  if (text.empty() && !changed) return std::nullopt;
  std::size_t most = kMaxNotes;
  const std::size_t escaped = linked_html(shortened(text, most)).size();
  if (escaped > kMaxEscapedNotes) most = most * kMaxEscapedNotes / escaped / 2;
  Row row{std::string(words.notes), {}, changed, "", ""};
  const bool cut = text.size() > most;
  text = text.empty() ? std::string(words.empty) : shortened(text, most);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    row.lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (changed) row.was = words.changed;
  if (cut) row.note = words.in_full;
  return row;
}

std::optional<Row> state_row(const View& view, const Words& words) {
  const auto name = [&](calendar::Status status) {
    return std::string(status == calendar::Status::tentative ? words.tentative : words.confirmed);
  };
  const calendar::Status status = view.event().status;
  const bool changed = view.before && view.before->master.status != status;
  if (status == calendar::Status::confirmed && !changed) return std::nullopt;
  Row row{std::string(words.info), {name(status)}, changed, "", ""};
  if (changed) row.was = filled(words.was, "value", name(view.before->master.status));
  return row;
}

// One occurrence that differs from the rule; "" where only other things than its time differ.
std::string exception_text(const Series& series, const OriginalStart& start,
                           const calendar::Occurrence& occurrence, Language language) {
  const Event ruled = calendar::occurrence_by_rule(series.master, start);
  if (occurrence.cancelled)
    return filled(words_in(language).dropped, "date", short_start(ruled, language));
  if (ruled.start == occurrence.event.start && ruled.end == occurrence.event.end)
    return short_start(occurrence.event, language);
  return short_move(ruled, occurrence.event, language);
}

std::optional<Row> exceptions_row(const View& view, Language language) {
  Row row{std::string(words_in(language).exceptions), {}, false, "", ""};
  std::size_t left = 0;
  for (const auto& [start, occurrence] : view.content.occurrences) {
    const bool past = start.instant < view.invitation.dtstamp &&
                      (occurrence.cancelled ||
                       OriginalStart::of(occurrence.event.end).instant < view.invitation.dtstamp);
    if (past) continue;
    if (row.lines.size() == kMaxExceptions)
      ++left;
    else
      row.lines.push_back(exception_text(view.content, start, occurrence, language));
  }
  if (row.lines.empty()) return std::nullopt;
  if (left > 0) row.note = words_in(language).in_full;
  row.is_changed = view.before && view.before->occurrences != view.content.occurrences;
  return row;
}

std::optional<Row> next_dates_row(const View& view, Language language) {
  if (!view.content.recurring()) return std::nullopt;
  if (outlook_shows(view.content) && spoken_rule(view.content, language)) return std::nullopt;
  Row row{std::string(words_in(language).next_dates), {}, false, "", ""};
  for (const Event& event : next_dates(view.content, view.invitation.dtstamp, kNextDates))
    row.lines.push_back(short_start(event, language));
  if (row.lines.empty()) return std::nullopt;
  return row;
}

void add_answers(const View& view, const Words& words, Language language, Page& page) {
  const std::string organizer = organizer_address(view.facts());
  if (view.invitation.kind == Kind::cancel || organizer.empty()) return;
  page.answer = words.answer;
  std::string about = one_line(view.event().summary, 60);
  if (about.empty()) about = words.untitled;
  about += " – " + short_start(view.event(), language);
  // The address in percent, but for the sign that tells its parts apart.
  const std::size_t at = organizer.rfind('@');
  const std::string address =
      percent_encoded(organizer.substr(0, at)) + "@" + percent_encoded(organizer.substr(at + 1));
  for (const auto& [label, word] :
       {std::pair(words.yes, words.yes_subject), std::pair(words.maybe, words.maybe_subject),
        std::pair(words.no, words.no_subject)})
    page.links.push_back(
        {std::string(label),
         "mailto:" + address + "?subject=" + percent_encoded(std::string(word) + ": " + about)});
}

std::string remark_of(const View& view, Language language) {
  const Words& words = words_in(language);
  if (view.invitation.kind == Kind::cancel) {
    const bool date = view.recurrence_id.has_value();
    if (view.is_over_for_all) return std::string(date ? words.date_gone : words.gone);
    return std::string(date ? words.date_removed : words.removed);
  }
  if (!ends_earlier(view)) return "";
  const auto last = last_day(view.content);
  if (!last) return "";
  return (is_english(language) ? "The series " : "Die Serie ") +
         filled(words.ends, "date", plain_date(*last, language)) + ".";
}

void add(std::vector<Row>& rows, std::optional<Row> row) {
  if (row) rows.push_back(*std::move(row));
}

// The date of the subject.
std::string when_of(const View& view, Language language) {
  const Series& now = view.content;
  if (!now.recurring()) {
    if (view.before && !view.before->recurring())
      return short_move(view.before->master, now.master, language);
    return short_start(now.master, language);
  }
  if (ends_earlier(view))
    if (const auto last = last_day(now))
      return filled(words_in(language).ends, "date", short_date(*last, language, {false, true}));
  const std::string zone = zone_of(now.master.start);
  const auto start = wall_of(now.master.start, zone);
  std::string text = rule_words(now, language) + (is_english(language) ? " from " : " ab ") +
                     short_date(std::chrono::floor<days>(start), language, {false, true});
  if (!calendar::is_all_day(now.master.start)) text += " " + time_of_day(start);
  return text;
}

}  // namespace

Page page_of(const View& view, Language language, bool with_notes) {
  const Words& words = words_in(language);
  const Kind kind = view.invitation.kind;
  Page page;
  page.code = words.code;
  page.kind = kind_word(words, kind);
  page.title = title_of(view.event(), words, kMaxTitle);
  if (view.before) {
    const std::string before = title_of(view.before->master, words, kMaxTitle);
    page.title_is_changed = before != page.title;
    if (page.title_is_changed) page.title_was = filled(words.was, "value", before);
  }
  page.remark = remark_of(view, language);
  page.rows.push_back(when_row(view, language));
  if (kind != Kind::cancel) {
    add(page.rows, next_dates_row(view, language));
    add(page.rows, exceptions_row(view, language));
    add(page.rows, state_row(view, words));
  }
  add(page.rows, text_row(words.where, place_of(view.event()), former(view, place_of), words));
  if (kind != Kind::cancel) {
    const std::string& video = view.facts().conference_uri;
    if (is_web_address(video))
      add(page.rows, Row{std::string(words.video), {video}, false, "", ""});
    page.rows.push_back(who_row(view, words));
    if (with_notes) add(page.rows, notes_row(view, words));
  }
  add_answers(view, words, language, page);
  const std::string organizer = organizer_address(view.facts());
  if (!organizer.empty())
    // The name last: what it holds is not filled again.
    page.footer = filled(filled(words.footer, "organizer_email", organizer), "organizer",
                         organizer_name(view.facts()));
  return page;
}

std::string subject_of(const View& view) {
  const Language chosen = view.invitation.sender.language;
  const Language first = chosen == Language::english ? chosen : Language::german;
  const Words& words = words_in(first);
  std::string kind(kind_word(words, view.invitation.kind));
  std::string when = when_of(view, first);
  if (chosen == Language::both) {
    kind += " / " + std::string(kind_word(words_in(Language::english), view.invitation.kind));
    const std::string other = when_of(view, Language::english);
    if (other != when) when += " / " + other;
  }
  return one_line(kind + ": " + title_of(view.event(), words, kMaxTitleInSubject) + " – " + when,
                  200);
}

}  // namespace gcal::invitations
