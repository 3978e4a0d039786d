// The user's choices for one account, stored as JSON by the host's accounts service. Written by the
// settings flow and read by every run. It is the desired state: each run reconciles the pairs in
// the journal with it, so a crash in between is repaired by the next run. Pure values. The JSON
// keys are the stored format and must not change.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"

namespace gcal::settings {

struct RemoteCalendar {
  std::string id;
  std::string name;   // summaryOverride if set, else summary
  std::string color;  // "#rrggbb"
  std::string role;   // owner | writer | writerWithoutPrivateAccess | reader | freeBusyReader
  std::string time_zone;
  bool primary = false;

  // Whether the account may write it. Only such a calendar can be the default (S-16).
  bool writable() const { return role == "owner" || role == "writer"; }
  friend bool operator==(const RemoteCalendar&, const RemoteCalendar&) = default;
};

// Which existing CRM appointments are exported when the account is connected (PD-09).
enum class ExportExisting { none, future, all };

// Whose value stays when both sides changed the same field (PD-08).
enum class Conflicts { google, crm, ask };

// What the CRM gets of Google's private events: all of them, their times only, or none (P-19).
enum class PrivateEvents { keep, busy, hide };

// Who mails the guests of appointments (PD-06). automatic: the CRM where Google reads the answers.
enum class InvitationChoice { automatic, crm, google, nobody };
enum class InvitationLanguage { german, english, both };

struct AccountConfig {
  std::string sub;  // Google's stable id of the account; an address can be reassigned
  std::string email;
  std::string name;  // display name, used in the CRM only
  std::vector<RemoteCalendar> visible;
  // A Google calendar id. "" = the CRM's own calendar: nothing is written to Google (S-17).
  std::string default_calendar;
  ExportExisting export_existing = ExportExisting::none;  // done once, then reset to none
  // Equal to default_calendar if the user agreed that appointments with guests are copied into it
  // as well (PD-10). JSON key "guests_too".
  std::string copy_guest_events_into{};
  Conflicts conflicts = Conflicts::google;
  PrivateEvents private_events = PrivateEvents::keep;
  // Visible calendars besides the default that are written too, where the account may (PD-02).
  std::vector<std::string> two_way{};
  // The set-up chose the CRM's own calendar instead of another account's; done once, then reset.
  bool take_crm_default = false;
  InvitationChoice invitations = InvitationChoice::automatic;
  InvitationLanguage invitation_language = InvitationLanguage::german;
  // The account belongs to an organisation's Google Workspace, so Google reads its mailbox: the id
  // token named the domain.
  bool workspace = false;
  std::string draft{};  // id under which the set-up ran; adopted once, then cleared

  friend bool operator==(const AccountConfig&, const AccountConfig&) = default;
};

// A change of an account's config. Applied to the newest stored one, perhaps several times, so it
// sets only what it is about.
using ConfigEdit = std::function<void(AccountConfig&)>;

// The primary calendar has the account's address as its id, and an address can change. It keeps the
// id under which it was first seen: gives the primary calendar of `listed` the id that it has in
// `known`. Nothing changes if either has none, or if another calendar has that id now.
void name_primary_as(const std::vector<RemoteCalendar>& known, std::vector<RemoteCalendar>& listed);

const char* text_of(Conflicts conflicts);  // "google", "crm" or "ask"
std::optional<Conflicts> conflicts_of(std::string_view text);
const char* text_of(PrivateEvents private_events);  // "keep", "busy" or "hide"
std::optional<PrivateEvents> private_events_of(std::string_view text);

const char* text_of(InvitationChoice choice);  // "auto", or the name of the other value
std::optional<InvitationChoice> invitation_choice_of(std::string_view text);
const char* text_of(InvitationLanguage language);  // "de", "en" or "both"
std::optional<InvitationLanguage> invitation_language_of(std::string_view text);
// What a user with this locale gets without a choice: German for "de" and "de-AT", else English.
InvitationLanguage language_for(std::string_view locale);

// The stored format. Unknown members are ignored, missing ones keep their default.
base::Json to_json(const RemoteCalendar& calendar);
RemoteCalendar remote_calendar_from_json(const base::Json& json);
base::Json to_json(const AccountConfig& config);
AccountConfig account_config_from_json(const base::Json& json);

}  // namespace gcal::settings
