#include "tests/sim/mutants.hpp"

#include <algorithm>

#include "src/common/base/mutant.hpp"

namespace gcal::simulation {
namespace {

constexpr Mutant kMutants[]{
    {"deletion_always_wins", false, "a deletion beats an edit of the other side"},
    {"deletion_never_wins", false, "what one side deleted comes back from the other"},
    {"recreation_keeps_id", false, "a deleted appointment is created again under its old id"},
    {"base_is_what_was_sent", false, "a text that a side cut counts as changed for ever"},
    {"other_base_stays", false, "after a write the other side's base is not moved forward"},
    {"lost_answer_forgotten", false, "what a write with a lost answer had sent is not a base"},
    {"intent_not_resolved", false, "a write with a lost answer is forgotten"},
    {"open_intent_is_ignored", false, "what arrived of a lost write undoes a later deletion"},
    {"expired_cursor_is_empty", false, "an expired cursor reads as a page without changes"},
    {"first_page_only", false, "what follows the first page of a read is not read"},
    {"cursor_before_items", false, "the new cursor is stored before the items of the page"},
    {"absence_not_confirmed", false, "what a listing lacks is not looked for"},
    {"conflict_is_deletion", false, "a refused write counts as a deletion of the other side"},
    {"lost_creation_is_an_edit", false, "a lost creation in the CRM counts as a user's edit there"},
    {"echo_mails_guests", true, "each write to Google lets Google mail the guests"},
    {"reset_answers_hidden", true, "answers that Google resets with a new time stay in the CRM"},
    {"left_exception_lost", true, "an edit of an exception that Google left behind is lost"},
    {"lost_exception_kept", true, "an exception that lost a conflict is written again and again"},
    {"old_exceptions_stay", true, "exceptions at dates that a new rule lacks stay at Google"},
    {"outside_dates_unlisted", true, "an exception outside its rule cannot be written"},
    {"removed_date_stays_listed", true, "the date of a removed exception shows its series"},
    {"put_not_continued", true, "what is left of a put with a lost answer is not sent"},
    {"later_edit_is_normalised", true, "an edit between two requests of a put stays at Google"},
    {"merged_date_is_news", true, "a date that both sides changed is an edit when it has arrived"},
    {"removed_exception_is_news", true, "a removed exception that Google keeps is an edit"},
    {"kept_date_follows_series", true, "a date that kept its text takes the new one of its series"},
    {"void_cancellations_count", false, "a cancellation at no date of the series is an edit"},
    {"rows_are_forgotten", false, "the CRM mails nobody of a write that it has to mail"},
    {"rows_are_not_joined", false, "guests are told the last of several edits only"},
    {"met_deletion_is_no_act", false, "guests do not learn of a deletion that met a write"},
    {"same_change_twice", false, "the echo of a write to the CRM outweighs a deletion"},
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
