#include "src/host/crm/own_answer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "src/host/crm/occurrences.hpp"

namespace host {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 4> kAnswers = {"accepted", "declined", "tentative",
                                                      "needs_action"};
// Dates before the named one that keep another answer than the series.
constexpr std::size_t kMostDates = 400;

Error invalid(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

Json answered(Json guests, std::string_view answer) {
  for (Json& guest : guests.mutable_items()) {
    if (!guest["self"].as_bool()) continue;
    if (answer == kAnswers.back())
      guest.erase("partstat");
    else
      guest.set("partstat", answer);
  }
  return guests;
}

// Gives the answer to the content of one event, which has its own guest list or none.
void set_answer(Json& content, std::string_view answer) {
  if (const Json* guests = content.find("attendees"))
    content.set("attendees", answered(*guests, answer));
}

Result<Json> on_date(const Json& event, const EventTime& original, std::string_view answer) {
  TRY(Edited edited,
      edit_event(event, Scope::this_one, original,
                 Json::object({{"attendees", answered(guests_shown(event, original), answer)}})));
  return *std::move(edited.event);
}

// The dates before `cut` that follow the series.
Result<std::vector<EventTime>> dates_before(const EventView& view, const EventTime& cut) {
  std::vector<EventTime> dates;
  const Span span = span_of(view);
  for (const Instance& instance : expand(view, span.first - days(2), cut.instant)) {
    if (instance.exception || !(instance.original_start < cut)) continue;
    dates.push_back(instance.original_start);
    if (dates.size() > kMostDates)
      return invalid("scope: too many earlier dates would have to keep their answers");
  }
  return dates;
}

}  // namespace

std::string own_answer(const EventFields& fields) {
  for (const Guest& guest : fields.guests)
    if (guest.self) return guest.partstat.empty() ? "needs_action" : guest.partstat;
  return {};
}

bool is_invited(const EventView& view) {
  return !own_answer(view.master).empty() ||
         std::ranges::any_of(view.exceptions, [](const auto& entry) {
           return !entry.second.cancelled && !own_answer(entry.second.fields).empty();
         });
}

Result<Edited> answer_event(const Json& event, Scope scope,
                            const std::optional<EventTime>& original_start,
                            std::string_view answer) {
  if (std::ranges::find(kAnswers, answer) == kAnswers.end())
    return invalid("answer: accepted, declined, tentative or needs_action");
  TRY(const EventView view, view_of(event));
  if (!is_invited(view)) return invalid("answer: you are no guest of this appointment");
  Edited edited;
  const bool whole = !view.recurring() || scope == Scope::all;
  if (!whole && !original_start)
    return invalid("original_start: names the occurrence that is meant");
  std::optional<EventTime> cut;
  if (!whole) {
    cut = *original_start;
    if (!cut->all_day) cut->zone = view.master.start.zone;
    if (!has_occurrence(view, *cut))
      return invalid("original_start: the series has no such occurrence");
  }
  if (!whole && scope == Scope::this_one) {
    TRY(edited.event, on_date(event, *cut, answer));
    return edited;
  }
  Json result = event;
  const std::string before = own_answer(view.master);
  if (cut && before != answer) {
    TRY(const std::vector<EventTime> dates, dates_before(view, *cut));
    for (const EventTime& date : dates) {
      TRY(result, on_date(result, date, before));
    }
  }
  set_answer(result, answer);
  if (Json* list = result.find("occurrences"))
    for (Json& item : list->mutable_items()) {
      TRY(const EventTime here, event_time_of(item["original_start"]));
      Json* content = item.find("event");
      if (content && !item["cancelled"].as_bool() && !(cut && here < *cut))
        set_answer(*content, answer);
    }
  edited.event = std::move(result);
  return edited;
}

}  // namespace host
