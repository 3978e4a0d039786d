#include "src/emulator/api/quick_add.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"

namespace emulator {
namespace {

using gcal::icalendar::lower;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  Words words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t", at)) != std::string::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// The digits at the start of `text`, which are removed; nullopt when there are none or over four.
std::optional<int> take_number(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  if (count == 0 || count > 4) return std::nullopt;
  const int number = std::stoi(std::string(text.substr(0, count)));
  text.remove_prefix(count);
  return number;
}

struct Clock {
  int hour = 0, minute = 0;
  std::string half;  // am | pm | "" for a clock of 24 hours, or when it is that of the other end
};

std::optional<Clock> read_clock(std::string_view text) {
  Clock clock;
  const auto hour = take_number(text);
  if (!hour) return std::nullopt;
  clock.hour = *hour;
  bool has_minutes = false;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto minute = take_number(text);
    if (!minute || *minute > 59) return std::nullopt;
    clock.minute = *minute;
    has_minutes = true;
  }
  std::string half(text);
  std::erase(half, '.');
  if (half != "am" && half != "pm" && !half.empty()) return std::nullopt;
  if (half.empty() && (!has_minutes || clock.hour > 23)) return std::nullopt;
  if (!half.empty() && (clock.hour < 1 || clock.hour > 12)) return std::nullopt;
  clock.half = half;
  return clock;
}

minutes since_midnight(const Clock& clock) {
  int hour = clock.hour;
  if (!clock.half.empty()) hour = hour % 12 + (clock.half == "pm" ? 12 : 0);
  return minutes{hour * 60 + clock.minute};
}

struct Span {
  minutes start{}, length{60};
};

// "10am-10:25am", "3-4pm", "7pm", "19:00".
std::optional<Span> read_span(const std::string& word) {
  const std::size_t dash = word.find('-');
  std::string first = word.substr(0, dash);
  const auto end = dash == std::string::npos ? std::nullopt : read_clock(word.substr(dash + 1));
  if (dash != std::string::npos && !end) return std::nullopt;
  auto start = read_clock(first);
  if (!start && end) start = read_clock(first + end->half);
  if (!start) return std::nullopt;
  Span span{since_midnight(*start)};
  if (end) {
    span.length = since_midnight(*end) - span.start;
    if (span.length <= minutes{0}) span.length += days{1};
  }
  return span;
}

std::optional<Span> take_span(Words& words) {
  if (words.empty()) return std::nullopt;
  std::string last = lower(words.back());
  std::size_t used = 1;
  if (words.size() > 1 && (last == "am" || last == "pm" || last == "a.m." || last == "p.m.")) {
    last = lower(words[words.size() - 2]) + last;  // "7 pm"
    used = 2;
  }
  const auto span = read_span(last);
  if (!span) return std::nullopt;
  words.resize(words.size() - used);
  if (!words.empty() && lower(words.back()) == "at") words.pop_back();
  return span;
}

std::optional<unsigned> month_of(const std::string& word) {
  const std::string name = lower(word);
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (name == kMonths[i] || (name.size() == 3 && kMonths[i].starts_with(name)))
      return static_cast<unsigned>(i + 1);
  return std::nullopt;
}

// "3rd", "3", "3,"
std::optional<unsigned> day_of(std::string word) {
  if (word.ends_with(',')) word.pop_back();
  std::string_view rest = word;
  const auto day = take_number(rest);
  const std::string suffix = lower(rest);
  const bool ordinal = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
  if (!day || *day < 1 || *day > 31 || !(suffix.empty() || ordinal)) return std::nullopt;
  return static_cast<unsigned>(*day);
}

std::optional<year_month_day> dated(unsigned month, unsigned day, std::optional<int> year,
                                    local_days today) {
  const auto make = [&](std::chrono::year y) {
    return year_month_day{y, std::chrono::month{month}, std::chrono::day{day}};
  };
  if (year) {
    const auto date = make(std::chrono::year{*year});
    return date.ok() ? std::optional(date) : std::nullopt;
  }
  // The next such day; 29 February may be years away.
  const auto this_year = year_month_day{today}.year();
  for (int ahead = 0; ahead <= 8; ++ahead)
    if (const auto date = make(this_year + std::chrono::years{ahead});
        date.ok() && local_days{date} >= today)
      return date;
  return std::nullopt;
}

std::optional<year_month_day> take_date(Words& words, local_days today) {
  if (words.empty()) return std::nullopt;
  const std::string last = lower(words.back());
  if (last == "today" || last == "tomorrow") {
    words.pop_back();
    return year_month_day{today + days{last == "tomorrow" ? 1 : 0}};
  }
  std::optional<int> year;
  std::size_t used = 2;
  if (last.size() == 4 && last.find_first_not_of("0123456789") == std::string::npos) {
    year = std::stoi(last);
    used = 3;
  }
  if (words.size() < used) return std::nullopt;
  const auto month = month_of(words[words.size() - used]);
  const auto day = day_of(words[words.size() - used + 1]);
  if (!month || !day) return std::nullopt;
  const auto date = dated(*month, *day, year, today);
  if (!date) return std::nullopt;
  words.resize(words.size() - used);
  if (!words.empty() && lower(words.back()) == "on") words.pop_back();
  return date;
}

std::string joined(Words::const_iterator from, Words::const_iterator to) {
  std::string out;
  for (; from != to; ++from) out += (out.empty() ? "" : " ") + *from;
  return out;
}

}  // namespace

Outcome<Json> read_quick_add(const std::string& text, SysSeconds now, const std::string& zone) {
  const auto wall_clock = gcal::icalendar::to_local(now, zone);
  const local_days today =
      std::chrono::floor<days>(wall_clock ? *wall_clock : std::chrono::local_seconds{});
  Words words = words_of(text);
  auto span = take_span(words);  // "... June 3rd 10am-10:25am"
  auto date = take_date(words, today);
  if (!span) span = take_span(words);  // "... 7pm tomorrow"
  if (!span || !date || words.empty() || !gcal::base::is_utf8(text))
    return invalid_parameter(
        "text", "This emulator reads texts like \"Lunch at Joe's on June 3rd 10am-10:25am\".");
  const auto at =
      std::find_if(words.begin() + 1, words.end(), [](const auto& word) { return word == "at"; });
  Json body = Json::object({{"summary", joined(words.begin(), at)}});
  if (at != words.end() && at + 1 != words.end()) body.set("location", joined(at + 1, words.end()));
  const auto start = gcal::icalendar::to_instant(local_days{*date} + span->start, zone);
  if (!start) return bad_request("invalid", "Invalid time zone.");
  for (const auto& [name, instant] :
       {std::pair{"start", *start}, std::pair{"end", *start + span->length}})
    body.set(name, Json::object({{"dateTime", gcal::icalendar::format_rfc3339(instant, zone)},
                                 {"timeZone", zone}}));
  return body;
}

}  // namespace emulator
