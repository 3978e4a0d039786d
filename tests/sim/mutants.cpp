#include "tests/sim/mutants.hpp"

#include <algorithm>

#include "src/common/base/mutant.hpp"

namespace gcal::simulation {
namespace {

constexpr Mutant kMutants[]{
    {"deletion_always_wins", Finder::memory, "a deletion beats an edit of the other side"},
    {"deletion_never_wins", Finder::memory, "what one side deleted comes back from the other"},
    {"recreation_keeps_id", Finder::memory,
     "a deleted appointment is created again under its old id"},
    {"base_is_what_was_sent", Finder::tests, "a text that a side cut counts as changed for ever"},
    {"other_base_stays", Finder::memory,
     "after a write the other side's base is not moved forward"},
    {"lost_answer_forgotten", Finder::memory,
     "what a write with a lost answer had sent is not a base"},
    {"cut_text_is_an_edit", Finder::memory,
     "a text that a side cut is its edit after a lost answer"},
    {"edit_taken_back_is_no_news", Finder::tests,
     "an edit that is taken back before a lost answer is known is forgotten"},
    {"merged_rule_is_not_agreed", Finder::tests,
     "a move and another rule that were written together are not agreed"},
    {"date_of_a_waiting_rule_is_news", Finder::tests,
     "a date that both sides show is not agreed while a move of its series waits"},
    {"dates_of_both_kinds", Finder::tests,
     "an all-day exception is created in a series of times, or the reverse"},
    {"listed_date_is_another_rule", Finder::tests,
     "a rule that lists a date which the CRM only shows counts as another one after a lost answer"},
    {"date_outside_has_no_base", Finder::tests,
     "an exception that stays outside a new rule loses its base"},
    {"time_that_moves_along_is_own", Finder::emulator,
     "the time of a changed date that follows the move of its series outweighs a cancellation"},
    {"rule_before_dates", Finder::emulator,
     "Google resets a date with a new rule before the CRM has what its user did there"},
    {"inherited_edit_hidden", Finder::tests,
     "what a user wrote to the series between two requests is hidden in its dates"},
    {"date_does_not_inherit_agreed", Finder::tests,
     "what a changed date inherits from an agreed edit of its series counts as its own edit"},
    {"dates_agree_after_their_series", Finder::tests,
     "what both sides hold of a series after a lost answer counts as agreed at its dates too"},
    {"echoed_guests_are_one_field", Finder::tests,
     "a removed guest whom the CRM's list lacks already counts as removed there beside another "
     "edit"},
    {"others_are_answered", Finder::tests,
     "what a user writes between a new rule and its reading counts as the answer"},
    {"intent_not_resolved", Finder::memory, "a write with a lost answer is forgotten"},
    {"open_intent_is_ignored", Finder::tests,
     "what arrived of a lost write undoes a later deletion"},
    {"expired_cursor_is_empty", Finder::memory,
     "an expired cursor reads as a page without changes"},
    {"first_page_only", Finder::memory, "what follows the first page of a read is not read"},
    {"cursor_before_items", Finder::memory,
     "the new cursor is stored before the items of the page"},
    {"absence_not_confirmed", Finder::memory, "what a listing lacks is not looked for"},
    {"conflict_is_deletion", Finder::tests,
     "a refused write counts as a deletion of the other side"},
    {"echo_mails_guests", Finder::tests, "each write to Google lets Google mail the guests"},
    {"reset_answers_hidden", Finder::emulator,
     "answers that Google resets with a new time stay in the CRM"},
    {"left_exception_lost", Finder::tests,
     "an edit of an exception that Google left behind is lost"},
    {"lost_exception_kept", Finder::tests,
     "an exception that lost a conflict is written again and again"},
    {"old_exceptions_stay", Finder::emulator,
     "exceptions at dates that a new rule lacks stay at Google"},
    {"outside_dates_unlisted", Finder::tests, "an exception outside its rule cannot be written"},
    {"removed_date_stays_listed", Finder::tests,
     "the date of a removed exception shows its series"},
    {"put_not_continued", Finder::tests, "what is left of a put with a lost answer is not sent"},
    {"removed_exception_is_news", Finder::tests,
     "a removed exception that Google keeps is an edit"},
    {"kept_date_follows_series", Finder::tests,
     "a date that kept its text takes the new one of its series"},
    {"void_cancellations_count", Finder::memory,
     "a cancellation at no date of the series is an edit"},
    {"rows_are_forgotten", Finder::memory, "the CRM mails nobody of a write that it has to mail"},
    {"rows_are_not_joined", Finder::memory, "guests learn of the last of several edits only"},
    {"same_change_twice", Finder::memory, "the echo of a write to the CRM outweighs a deletion"},
    {"copies_are_written_back", Finder::memory,
     "what a user does to a copy of a view-only calendar leaves"},
    {"copies_are_deleted_at_google", Finder::memory,
     "a deleted copy of a view-only calendar is deleted there"},
    {"refusal_stops_both_ways", Finder::memory,
     "what Google refuses of an appointment keeps its news away"},
    {"refused_item_ends_the_run", Finder::memory, "one refused appointment ends the run of all"},
    {"lost_right_holds_items", Finder::memory,
     "a lost right to write is held against appointments"},
    {"each_refusal_is_final", Finder::emulator,
     "a 403 because of the pace counts as a refusal of the item"},
    {"held_for_ever", Finder::memory, "what was refused once is never tried again"},
    {"refused_deletion_is_done", Finder::emulator, "a deletion that Google refuses counts as done"},
    {"no_answer_is_no_effect", Finder::memory, "a write without an answer counts as not made"},
    {"creation_without_intent", Finder::memory, "a creation is sent before it is recorded"},
    {"change_without_intent", Finder::memory, "a change or deletion is sent before it is recorded"},
    {"each_try_gets_an_id", Finder::memory, "each try of a creation gets an id of its own"},
    {"last_writer_wins", Finder::memory, "a write does not say which version it changes"},
    {"recreation_is_not_pending", Finder::memory, "a re-creation that fails is forgotten"},
    {"answer_is_no_news", Finder::emulator, "what a side makes of a write stays there alone"},
    {"written_is_settled", Finder::tests,
     "what a write left for the other side is not carried over"},
    {"listings_are_not_counted", Finder::memory,
     "what an earlier listing held counts as still there"},
    {"begun_listing_is_not_stored", Finder::memory,
     "what an interrupted listing held counts in the next"},
    {"listing_keeps_exceptions", Finder::emulator, "an exception that a listing lacks stays"},
    {"unlisted_is_imported", Finder::memory, "what was deleted before it had a link is imported"},
    {"increments_name_exceptions", Finder::emulator,
     "exceptions that a new rule removed stay in the CRM"},
    {"instances_need_their_master", Finder::tests,
     "an exception without its master on the page is not read"},
    {"removed_dates_are_unread", Finder::tests, "a series is read without its removed dates"},
    {"exceptions_are_assumed", Finder::emulator, "after a new rule exceptions count as they were"},
    {"restored_date_stays_away", Finder::emulator,
     "a date that a user shows again stays cancelled at Google"},
    {"other_kind_of_time_is_added", Finder::emulator, "a day that becomes a time is sent as both"},
    {"split_is_not_recorded", Finder::emulator,
     "the two halves of a split are written in any order"},
    {"origin_is_cut_first", Finder::emulator, "a series is cut although its rest is refused"},
    {"leaving_reads_nothing", Finder::memory, "edits before disconnecting are lost"},
    {"copies_are_not_restored", Finder::memory,
     "what was done to copies while disconnected is carried over"},
    {"missing_copy_is_a_deletion", Finder::memory,
     "a copy deleted while disconnected is deleted at Google"},
    {"restored_copy_keeps_id", Finder::memory,
     "a missing copy is restored under the id of the deleted one"},
    {"remote_item_is_not_kept", Finder::emulator,
     "what only Google knows of an event is lost with the event"},
    {"heir_takes_nothing_along", Finder::emulator,
     "the rest of a split loses what only Google knows of it"},
    {"recreation_forgets_its_item", Finder::emulator,
     "a re-created event loses what only Google knew of it"},
    {"guests_are_one_field", Finder::emulator, "an answer and a new guest are a conflict"},
    {"removed_guest_returns", Finder::emulator,
     "a guest removed in the CRM comes back from Google"},
    {"answers_are_no_change", Finder::emulator, "the answers of guests are not carried over"},
    {"time_and_rule_are_one_field", Finder::emulator, "a new time and a new rule are a conflict"},
    {"schedule_is_one_field", Finder::emulator, "a move and a changed date are a conflict"},
    {"google_mails_too", Finder::emulator, "Google mails guests whom the CRM mails"},
    {"arrival_tells_nobody", Finder::memory,
     "guests are not told of a write whose answer was lost"},
    {"lost_deletion_tells_nobody", Finder::memory,
     "guests are not told of a deletion whose answer was lost"},
    {"cancellation_keeps_sequence", Finder::memory, "a cancellation does not raise SEQUENCE"},
    {"joined_rows_stay", Finder::memory, "what was joined into one mail is mailed again"},
    {"default_is_not_drained", Finder::tests,
     "what waits in an old default calendar is not written"},
    {"retired_links_stay_retired", Finder::plugin,
     "an appointment that comes back to a calendar is dead there"},
    {"deleted_leftover_deletes", Finder::plugin,
     "a leftover that was deleted at Google deletes its appointment"},
    {"moves_are_not_followed", Finder::plugin,
     "a move at Google is a deletion and a new appointment"},
    {"edit_stays_in_old_calendar", Finder::tests, "an edit that waits is lost by a move at Google"},
    {"copies_follow_their_user", Finder::tests,
     "what was done to copies while disconnected is carried over"},
};

#ifdef GCAL_MUTANTS
std::string_view started;
#endif

}  // namespace

std::span<const Mutant> mutants() {
  return kMutants;
}

#ifdef GCAL_MUTANTS
bool start_mutant(std::string_view name) {
  const auto known = std::ranges::find(kMutants, name, &Mutant::name);
  if (known != std::end(kMutants)) started = known->name;
  return known != std::end(kMutants);
}
void stop_mutant() {
  started = {};
}
#else
bool start_mutant(std::string_view) {
  return false;
}
void stop_mutant() {}
#endif

}  // namespace gcal::simulation

#ifdef GCAL_MUTANTS
bool gcal::base::mutant(const char* name) {
  return gcal::simulation::started == name;
}
#endif
