#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// In the order of the lists and of ./dev live.
constexpr Section kSections[] = {
    {"oauth.page", "Sign-in: Google's pages for choosing an account and for consent"},
    {"oauth.token", "Sign-in: codes, access tokens, refresh tokens"},
    {"oauth.identity", "Sign-in: identity, discovery, revocation"},
    {"faults.oauth", "Faults of sign-in"},
    {"scopes", "Which call accepts which scope"},
    {"calendarList", "The calendars in a user's list"},
    {"calendars", "Calendars, colours, settings"},
    {"labels", "Event labels"},
    {"acl", "Sharing a calendar, and what each role may do"},
    {"freeBusy", "Busy times"},
    {"events.refused", "Events: bodies that are refused, and with which reason"},
    {"events.shown", "Events: what an accepted body reads as"},
    {"events.ids", "Events: ids, given by Google and by the client"},
    {"events.limits", "Events: how long, how many"},
    {"events.types", "Events: focus time, out of office, working location, birthdays"},
    {"events.quickAdd", "Events: made from a text"},
    {"events.write", "Events: patch, update, delete, import, move"},
    {"series.rules", "Series: which instances a rule gives"},
    {"series", "Series: instances, exceptions, cancelled instances"},
    {"series.page", "Series: what Google's own page does with \"this and following\" and \"all\""},
    {"guesses", "What is only guessed: the switches of google_emulator --assume"},
    {"events.list", "Lists: windows, order, filters, pages"},
    {"sync", "Sync tokens"},
    {"sync.instances", "Sync tokens of singleEvents=true: occurrences that vanish"},
    {"sync.pages", "Sync tokens: what changes while a client reads pages"},
    {"guests", "Guests: copies, answers, what a guest may change"},
    {"guests.series", "Guests of a series: what the organizer does arrives in their calendars"},
    {"guests.answers", "Guests: answers and own settings, also of one occurrence; deleting a copy"},
    {"guests.rights", "Guests: who sees and changes the list; a guest becomes the organizer"},
    {"mails", "Mails that Google sends"},
    {"conditions", "ETags and conditional requests"},
    {"requests", "What is common to all requests: authorization, bodies, errors"},
    {"requests.method", "X-HTTP-Method-Override"},
    {"requests.bodies", "The type of a body"},
    {"requests.parameters", "Parameters: those of every method, enums, numbers"},
    {"requests.layout", "The layout of an answer: prettyPrint"},
    {"keys", "Callers without an account: API keys, public calendars"},
    {"cors", "Pages of other origins"},
    {"discovery", "The discovery document"},
    {"fields", "Partial responses"},
    {"faults", "Faults on demand (of the emulator, not of Google): rules and error bodies"},
    {"faults.lists", "Faults in the content of a list"},
    {"faults.batch", "Faults in batches"},
    {"faults.doors", "Faults before the first byte: connecting and TLS"},
    {"faults.wire", "Faults on the bytes of a response"},
    {"push", "Push: channels and their notifications"},
    {"faults.push", "Faults of notifications"},
    {"batch", "Batches"},
    {"golden", "Whole stories that a sync engine has to survive"},
    {"hostile", "Hostile input"},
};

}  // namespace

std::span<const Section> sections() {
  return kSections;
}

}  // namespace contract
