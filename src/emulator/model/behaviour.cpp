#include "src/emulator/model/behaviour.hpp"

#include <array>
#include <string>
#include <vector>

namespace emulator {
namespace {

using Switch = Behaviour::Switch;
using Values = std::array<std::string_view, 2>;

constexpr std::array<std::string_view, 3> kExceptions{"orphan", "reset", "page"},
    kWords{"whole", "prefix", "part"};
constexpr Values kResetOrphan{"reset", "orphan"}, kRestores{"restores", "refused"},
    kKeptReset{"kept", "reset"}, kReplacedMerged{"replaced", "merged"},
    kIgnoredExcludes{"ignored", "excludes"}, kExcludesIgnored{"excludes", "ignored"},
    kMovedSkipped{"moved", "skipped"}, kAcceptedRefused{"accepted", "refused"},
    kUpdatesRefused{"updates", "refused"};

// `strict`: the index of the value under --strict.
template <auto Member>
constexpr Switch one(std::string_view name, std::span<const std::string_view> values,
                     std::size_t strict, std::string_view question, std::string_view sources) {
  return {name,
          values,
          strict,
          question,
          sources,
          [](const Behaviour& from) { return static_cast<std::size_t>(from.*Member); },
          [](Behaviour& to, std::size_t index) {
            to.*Member = static_cast<std::remove_reference_t<decltype(to.*Member)>>(index);
          }};
}

constexpr std::array kSwitches{
    one<&Behaviour::exceptions_after_master_change>(
        "exceptions_after_master_change", kExceptions, 0,
        "What becomes of the exceptions when PATCH or PUT changes a series' start or pattern?",
        "orphaned or reset: BuilderIO/agent-native#3488, xorbitsai/xagent#2378, "
        "schlosser/eventum#26"),
    one<&Behaviour::rule_removal_orphans>(
        "exceptions_after_rule_removal", kResetOrphan, 0,
        "What becomes of the exceptions when PATCH or PUT takes a series' recurrence away?", ""),
    one<&Behaviour::deleted_event_refuses>(
        "deleted_event_update", kRestores, 0,
        "Does a PATCH or PUT with status confirmed restore a deleted event?",
        "403 in googleapis/google-api-ruby-client#1811, googleapis/google-api-python-client#846"),
    one<&Behaviour::time_change_resets>(
        "responses_after_time_change", kKeptReset, 0,
        "Do the guests' answers become needsAction when the organizer changes the time?",
        "RFC 6638 section 3.2.8 wants it; of Google no report"),
    one<&Behaviour::reminders_merge>(
        "reminders_patch", kReplacedMerged, 0,
        "Does PATCH replace the object `reminders`, or merge it by member?",
        "merged in openclaw/gogcli#1016, replaced in Echoes675/FamilyHQ"),
    one<&Behaviour::exdate_of_other_kind>(
        "exdate_of_other_kind", kIgnoredExcludes, 0,
        "Does an EXDATE with a date exclude from a timed series, one with a time from an all-day "
        "series?",
        "a date ignored: KDE/libkgapi"),
    one<&Behaviour::exdate_leaves_start>(
        "exdate_of_start_outside_rule", kExcludesIgnored, 0,
        "Does EXDATE exclude a series' own start when the rule does not name it?", ""),
    one<&Behaviour::gap_skips>(
        "occurrence_in_gap", kMovedSkipped, 0,
        "Is an occurrence that the begin of summer time leaves out moved, or does it not occur?",
        "RFC 5545 section 3.3.10 leaves it out"),
    one<&Behaviour::until_kind_refuses>(
        "until_of_other_kind", kAcceptedRefused, 1,
        "Is an UNTIL refused that is a time on an all-day series, or a date or without Z on a "
        "timed one?",
        "Google holds such series: allenporter/ical#177"),
    one<&Behaviour::q_words>(
        "q_words", kWords, 0,
        "Does a term of q find whole words only, the beginning of a word, or any part of one?",
        "whole words: syndesisio/syndesis#3791, handley-lab/mcp-handley-lab#320"),
    one<&Behaviour::token_parameters_refuse>(
        "sync_token_other_parameters", kAcceptedRefused, 1,
        "Is a sync token refused with other values of singleEvents, eventTypes, "
        "showHiddenInvitations or maxAttendees than in its first request?",
        "the documentation calls it undefined behaviour"),
    one<&Behaviour::same_uid_refuses>(
        "insert_of_same_ical_uid", kAcceptedRefused, 1,
        "Is an insert refused whose iCalUID another event of the calendar has?", ""),
    one<&Behaviour::id_with_uid_refuses>("insert_with_id_and_ical_uid", kAcceptedRefused, 1,
                                         "Is an insert refused that has both id and iCalUID?",
                                         "the documentation: only one of them should be supplied"),
    one<&Behaviour::second_import_refuses>(
        "import_of_same_ical_uid", kUpdatesRefused, 1,
        "Does a second import of an iCalUID change the first copy, or is it refused?",
        "refused as a duplicate: insanum/gcalcli#712, insanum/gcalcli#784"),
};

Problem unknown(std::string_view what, std::string_view text, std::string names) {
  return bad_request("invalid", "no " + std::string(what) + " " + std::string(text.substr(0, 80)) +
                                    "; there is: " + std::move(names));
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) (out += out.empty() ? "" : ", ") += word;
  return out;
}

std::string switch_names() {
  std::vector<std::string_view> names;
  for (const Switch& one : kSwitches) names.push_back(one.name);
  return joined(names);
}

}  // namespace

std::span<const Switch> Behaviour::all() {
  return kSwitches;
}

const Switch* Behaviour::find(std::string_view name) {
  for (const Switch& one : kSwitches)
    if (one.name == name) return &one;
  return nullptr;
}

Outcome<> Behaviour::set(std::string_view name, std::string_view value) {
  const Switch* const found = find(name);
  if (!found) return unknown("switch", name, switch_names());
  for (std::size_t i = 0; i < found->values.size(); ++i) {
    if (found->values[i] != value) continue;
    found->put(*this, i);
    return Done{};
  }
  return unknown("value of " + std::string(name), value, joined(found->values));
}

gcal::base::Json Behaviour::to_json() const {
  auto values = gcal::base::Json::object();
  for (const Switch& one : kSwitches) values.set(one.name, value(one));
  return values;
}

Outcome<> Behaviour::merge(const gcal::base::Json& values) {
  if (!values.is_object())
    return bad_request("invalid", R"(switches are an object: {"<name>": "<value>"})");
  Behaviour changed = *this;
  for (const auto& [name, value] : values.members()) TRY_VOID(changed.set(name, value.as_string()));
  *this = changed;
  return Done{};
}

Behaviour Behaviour::strict() {
  Behaviour out;
  for (const Switch& one : kSwitches) one.put(out, one.strict);
  return out;
}

}  // namespace emulator
