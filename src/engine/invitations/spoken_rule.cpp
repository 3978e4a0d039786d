#include "src/engine/invitations/spoken_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/engine/invitations/spoken_dates.hpp"

namespace gcal::invitations {
namespace {

using icalendar::RuleParts;
using std::chrono::days;
using std::chrono::year_month_day;

// The parts of the one rule; nullopt: none, several, or RDATE and EXRULE lines beside it.
std::optional<RuleParts> only_rule(const calendar::Series& series) {
  std::optional<RuleParts> parts;
  for (const std::string& text : series.recurrence) {
    const auto line = icalendar::parse_line(text);
    if (!line) return std::nullopt;
    if (line->name == "EXDATE") continue;
    if (line->name != "RRULE" || parts) return std::nullopt;
    parts = icalendar::effective_parts(icalendar::parse_rule(line->value),
                                       calendar::is_all_day(series.master.start));
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

struct CountedDay {
  int ordinal = 0;  // 0: every
  unsigned weekday = 0;
};

std::optional<std::vector<CountedDay>> counted_days(const std::string& text) {
  static constexpr std::array<std::string_view, 7> kNames{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
  std::vector<CountedDay> out;
  for (const std::string_view each : icalendar::split(text, ',')) {
    if (each.size() < 2) return std::nullopt;
    const auto name = std::ranges::find(kNames, each.substr(each.size() - 2));
    const std::string_view count = each.substr(0, each.size() - 2);
    const std::optional<int> ordinal = count.empty() ? 0 : number(count);
    if (name == kNames.end() || !ordinal) return std::nullopt;
    out.push_back({*ordinal, static_cast<unsigned>(name - kNames.begin())});
  }
  return out;
}

// "Montag", "Montag und Mittwoch", "Montag, Mittwoch und Freitag"
std::string listed(const std::vector<std::string>& words, bool english) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 < words.size() ? ", " : english ? " and " : " und ";
    text += words[i];
  }
  return text;
}

std::optional<std::string> ordinal_name(int ordinal, bool english) {
  using Names = std::array<std::string_view, 5>;
  static constexpr Names kGerman{"ersten", "zweiten", "dritten", "vierten", "fünften"};
  static constexpr Names kEnglish{"first", "second", "third", "fourth", "fifth"};
  if (ordinal == -1) return english ? "last" : "letzten";
  if (ordinal == -2) return english ? "second to last" : "vorletzten";
  if (ordinal < 1 || ordinal > 5) return std::nullopt;
  return std::string((english ? kEnglish : kGerman)[static_cast<std::size_t>(ordinal - 1)]);
}

// "zweiten Dienstag und letzten Freitag"; every day must be counted.
std::optional<std::string> counted_text(const std::vector<CountedDay>& named, Language language) {
  std::vector<std::string> words;
  const bool english = language == Language::english;
  for (const CountedDay& day : named) {
    const auto ordinal = ordinal_name(day.ordinal, english);
    if (!ordinal) return std::nullopt;
    words.push_back(*ordinal + " " + std::string(weekday_name(day.weekday, language)));
  }
  return listed(words, english);
}

struct RuleInWords {
  const RuleParts& parts;
  year_month_day start;
  Language language;

  bool english() const { return language == Language::english; }
  int interval() const {
    const std::string* const value = icalendar::find_part(parts, "INTERVAL");
    return value ? number(*value).value_or(0) : 1;
  }
  // No part but these, those that bound the rule, and the begin of the week.
  bool has_only(std::initializer_list<std::string_view> names) const {
    return std::ranges::all_of(parts, [&](const auto& part) {
      static constexpr std::array<std::string_view, 5> kAlways{"FREQ", "INTERVAL", "COUNT", "UNTIL",
                                                               "WKST"};
      return std::ranges::find(kAlways, part.first) != kAlways.end() ||
             std::ranges::find(names, part.first) != names.end();
    });
  }
  std::string every(std::string_view one, std::string_view many) const {
    const int number = interval();
    if (number == 1) return std::string(one);
    return (english() ? "every " : "alle ") + std::to_string(number) + " " + std::string(many);
  }
  unsigned weekday() const {
    return std::chrono::weekday{std::chrono::sys_days{start}}.c_encoding();
  }

  // The weekdays of BYDAY or of the start, without ordinals; in the order of the week.
  std::optional<std::vector<unsigned>> weekdays() const {
    const std::string* const text = icalendar::find_part(parts, "BYDAY");
    if (!text) return std::vector<unsigned>{weekday()};
    const auto named = counted_days(*text);
    if (!named) return std::nullopt;
    std::vector<unsigned> out;
    for (const CountedDay& day : *named) {
      if (day.ordinal != 0) return std::nullopt;
      out.push_back(day.weekday);
    }
    std::ranges::sort(out, {}, [](unsigned day) { return (day + 6) % 7; });
    return out;
  }

  std::optional<std::string> of_weeks() const {
    const auto named = weekdays();
    if (!named || !has_only({"BYDAY"})) return std::nullopt;
    std::vector<std::string> words;
    for (const unsigned day : *named) words.emplace_back(weekday_name(day, language));
    if (interval() == 1) {
      if (named->size() == 7) return english() ? "daily" : "täglich";
      if (named->size() == 5 && named->front() == 1 && named->back() == 5)
        return english() ? "every weekday (Mon–Fri)" : "jeden Werktag (Mo.–Fr.)";
      return (english() ? "every " : "jeden ") + listed(words, english());
    }
    return every("", english() ? "weeks on " : "Wochen am ") + listed(words, english());
  }

  std::optional<std::string> of_days() const {
    if (icalendar::find_part(parts, "BYDAY")) return interval() == 1 ? of_weeks() : std::nullopt;
    if (!has_only({})) return std::nullopt;
    return every(english() ? "daily" : "täglich", english() ? "days" : "Tage");
  }

  // "zweiten Dienstag", "letzten Tag", "15."; of a month.
  std::optional<std::string> days_of_month() const {
    const std::string* const by_day = icalendar::find_part(parts, "BYDAY");
    const std::string* const by_date = icalendar::find_part(parts, "BYMONTHDAY");
    const std::string* const position = icalendar::find_part(parts, "BYSETPOS");
    if (by_day && by_date) return std::nullopt;
    if (by_day) {
      auto named = counted_days(*by_day);
      if (!named) return std::nullopt;
      if (position) {
        const auto ordinal = number(*position);
        if (!ordinal || named->size() != 1 || named->front().ordinal != 0) return std::nullopt;
        named->front().ordinal = *ordinal;
      }
      return counted_text(*named, language);
    }
    if (position) return std::nullopt;
    std::vector<int> dates{static_cast<int>(static_cast<unsigned>(start.day()))};
    if (by_date) {
      dates.clear();
      for (const std::string_view each : icalendar::split(*by_date, ','))
        dates.push_back(number(each).value_or(0));
    }
    std::vector<std::string> words;
    for (const int date : dates) {
      if (date == -1)
        words.emplace_back(english() ? "last day" : "letzten Tag");
      else if (date < 1 || date > 31)
        return std::nullopt;
      else
        words.push_back(english() ? "day " + std::to_string(date) : std::to_string(date) + ".");
    }
    return listed(words, english());
  }

  std::optional<std::string> of_months() const {
    const auto named = days_of_month();
    if (!named || !has_only({"BYDAY", "BYMONTHDAY", "BYSETPOS"})) return std::nullopt;
    const bool is_date = named->starts_with("day ");
    const std::string every_month =
        every(english() ? "monthly" : "monatlich", english() ? "months" : "Monate");
    return every_month + (english() ? is_date ? " on " : " on the " : " am ") + *named;
  }

  std::optional<std::string> of_years() const {
    const std::string* const months = icalendar::find_part(parts, "BYMONTH");
    const bool counted = icalendar::find_part(parts, "BYDAY") != nullptr;
    const auto month =
        months ? number(*months) : static_cast<int>(static_cast<unsigned>(start.month()));
    if (!month || *month < 1 || *month > 12 || (counted && !months) ||
        !has_only({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}))
      return std::nullopt;
    const auto named = days_of_month();
    if (!named) return std::nullopt;
    const std::string every_year =
        every(english() ? "yearly" : "jährlich", english() ? "years" : "Jahre");
    const std::string name(month_name(static_cast<unsigned>(*month), language));
    if (counted)
      return every_year + (english() ? " on the " + *named + " in " : " am " + *named + " im ") +
             name;
    const bool one_date = named->starts_with("day ") || named->find('.') == named->size() - 1;
    if (!one_date || named->find(' ') != named->rfind(' ')) return std::nullopt;
    return every_year + (english() ? " on " + named->substr(4) + " " : " am " + *named + " ") +
           name;
  }
};

}  // namespace

std::optional<std::string> spoken_rule(const calendar::Series& series, Language language) {
  const std::optional<RuleParts> parts = only_rule(series);
  const std::string* const frequency = parts ? icalendar::find_part(*parts, "FREQ") : nullptr;
  if (!frequency || !icalendar::numbers_in_bounds(*parts)) return std::nullopt;
  const auto wall = wall_of(series.master.start, zone_of(series.master.start));
  const RuleInWords rule{*parts, year_month_day{std::chrono::floor<days>(wall)}, language};
  if (*frequency == "DAILY") return rule.of_days();
  if (*frequency == "WEEKLY") return rule.of_weeks();
  if (*frequency == "MONTHLY") return rule.of_months();
  if (*frequency == "YEARLY") return rule.of_years();
  return std::nullopt;
}

std::string spoken_count(const calendar::Series& series, Language language) {
  const std::optional<RuleParts> parts = only_rule(series);
  const std::string* const count = parts ? icalendar::find_part(*parts, "COUNT") : nullptr;
  if (!count || !icalendar::numbers_in_bounds(*parts)) return "";
  const bool english = language == Language::english;
  if (number(*count) == 1) return english ? "1 date" : "1 Termin";
  return *count + (english ? " dates" : " Termine");
}

bool outlook_shows(const calendar::Series& series) {
  if (!series.recurring()) return true;
  const std::optional<RuleParts> parts = only_rule(series);
  if (!parts) return false;
  const std::string* const by_day = icalendar::find_part(*parts, "BYDAY");
  if (!by_day) return true;
  const auto named = counted_days(*by_day);
  return named && (named->size() == 1 || std::ranges::none_of(*named, [](const CountedDay& day) {
                     return day.ordinal != 0;
                   }));
}

}  // namespace gcal::invitations
