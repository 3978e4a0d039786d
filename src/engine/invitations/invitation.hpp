// An invitation and the message that it becomes: the words in German and English, and the calendar
// part (decision 0046). Used by the plugin, which hands the message to the host's mailer. Pure
// values and functions without I/O or clock; any thread. It must never decide who is mailed:
// calendar::plan_mails has.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "src/engine/calendar/event.hpp"

namespace gcal::invitations {

enum class Kind { invite, update, cancel };
enum class Language { german, english, both };

// What does not depend on the appointment: the account's settings and the mailer's.
struct Sender {
  std::string account;       // id; keeps the groups of two accounts apart
  std::string from_address;  // the mailer's own sender
  // The mailer may send for the organiser's domain: From is the organiser, without SENT-BY.
  bool is_organizer_domain = false;
  std::string company;  // the logo's text, beside the organiser in From; may be empty
  std::string logo;     // name of the image in the batch, as in cid:{name}; "" without logo
  int logo_width = 0;   // as it is shown, in CSS pixels
  int logo_height = 0;
  std::string product_version;  // of PRODID
  Language language = Language::german;
};

struct Invitation {
  std::string id;          // the key at the mailer
  std::string guest;       // icalendar::normalised_address
  std::string guest_zone;  // IANA, where the CRM knows it; or ""
  Kind kind = Kind::invite;
  // One occurrence, by its start under the rule; nullopt: the whole appointment.
  std::optional<calendar::OriginalStart> date;
  std::int64_t sequence = 0;           // of the message
  std::chrono::sys_seconds dtstamp{};  // of the message
  // What the guest was sent last, and what he is to know; nullopt: nothing. A cancellation needs
  // the former, the other two the latter. A cancellation with the latter removes this guest alone.
  std::optional<calendar::Series> before;
  std::optional<calendar::Series> after;
  std::string first_key;  // id of the first message of the group, for References; "" for the first
  Sender sender;
};

// 64 hex digits of SHA-256(account, UID, RECURRENCE-ID, guest). Messages of a group leave in order,
// and a newer one replaces one that was never attempted.
std::string group_of(const Invitation& invitation);

// A message for the host's mailer. Nothing of it holds a control character but line breaks in text
// and html; the calendar part ends its lines with CRLF.
struct Message {
  std::string key;    // Invitation::id
  std::string group;  // group_of
  std::string first_key;
  Kind kind = Kind::invite;
  std::string to_name, to_address;
  std::string from_name;
  std::string from_address;  // the organiser's with is_organizer_domain; "": the mailer's own
  std::string reply_to;      // the organiser
  std::string subject;       // at most 200 characters
  std::string language;      // "de" | "en"; with both "de", which comes first
  std::string text, html;    // at most 64 KiB each
  std::string method;        // "REQUEST" | "CANCEL"
  // At most 128 KiB, unless hundreds of changed occurrences need more: then the host refuses the
  // message, which the user sees.
  std::string calendar;
  std::string image;        // Sender::logo
  bool is_private = false;  // others than the owner learn nothing of it
  // When the last date that it is about has ended; nullopt: a rule without a known end.
  std::optional<std::chrono::sys_seconds> ends_at;
};

// An invitation without `before` and `after` makes a message without words: there is none to send.
Message compose(const Invitation& invitation);

}  // namespace gcal::invitations
