#include "plugin/capabilities/invitation_sample.hpp"

#include <algorithm>

#include "plugin/account/event_state.hpp"
#include "plugin/adapters/host_mailer.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using calendar::Series;

constexpr const char* kGuest = "erika.muster@example.com";

// A meeting of an hour in a week, at a full hour.
Series made_up(const Account& account, const std::string& language, base::Instant now) {
  const bool german = language != "en";
  Series series;
  series.master.summary = german ? "Angebot besprechen" : "Talk about the offer";
  series.master.location = german ? "Hauptstraße 1, 50667 Köln" : "1 Main Street, Springfield";
  series.master.description =
      german ? "Bitte bringen Sie die Preisliste mit." : "Please bring the price list.";
  std::string zone = "UTC";
  for (const settings::RemoteCalendar& remote : account.config.visible)
    if (remote.primary && !remote.time_zone.empty()) zone = remote.time_zone;
  const std::chrono::sys_seconds start =
      std::chrono::floor<std::chrono::hours>(now) + std::chrono::days{7};
  series.master.start = calendar::ZonedTime{start, zone};
  series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, zone};
  calendar::Attendee guest;
  guest.email = kGuest;
  guest.name = "Erika Muster";
  series.master.attendees.push_back(std::move(guest));
  series.facts.ical_uid = "sample@google.com";
  series.facts.organizer_email = account.config.email;
  series.facts.organizer_name = account.config.name;
  return series;
}

// The first guest who would be mailed; "" if there is none.
std::string guest_of(const Series& series, const std::string& own) {
  for (const calendar::Attendee& guest : series.master.attendees) {
    std::string address = icalendar::normalised_address(guest.email);
    if (!address.empty() && address != own && !guest.self && !guest.resource && !guest.organizer)
      return address;
  }
  return {};
}

}  // namespace

Task<> InvitationSample::sample(std::string request, SharedReply reply) {
  reply->send_json(co_await make(std::move(request)));
  co_return Result<>{};
}

Task<Json> InvitationSample::make(std::string request) {
  CO_TRY(const Json asked, Json::parse(request));
  CO_TRY(const Account account, co_await context_.host.account(asked.string("account")));
  const Error unknown{Code::not_found, "the account has no such appointment", {}};
  if (account.user != asked.string("user")) co_return unknown;
  const base::Instant now = context_.clock.now();
  Series shown = made_up(account, asked.string("language"), now);
  sync::Invitation row;
  if (const std::string& event = asked.string("event"); !event.empty()) {
    CO_TRY(const EventRows rows,
           co_await read_event_rows(context_, account.id, asked.string("calendar"), event));
    const Series* known = rows.link ? sync::current(*rows.link, sync::SideName::remote) : nullptr;
    if (!known || !known->facts.organized_by_self) co_return unknown;
    shown = *known;
    row.crm_id = event;
  }
  row.id = "sample";
  row.guest = guest_of(shown, icalendar::normalised_address(account.config.email));
  if (row.guest.empty()) co_return unknown;
  row.uid = shown.facts.ical_uid;
  row.sequence = shown.facts.sequence;
  row.stamp = now;
  row.after = std::move(shown);
  Result<Json> answer = co_await context_.host.mailer_info();
  const Json info = answer ? *std::move(answer) : Json();
  invitations::Sender sender = invitation_sender_of(account, info);
  // The page shows the mail in the language that its reader asks for.
  if (const std::string& language = asked.string("language"); !language.empty())
    sender.language =
        language == "en" ? invitations::Language::english : invitations::Language::german;
  const invitations::Message message = invitations::compose(invitation_from(row, sender));
  Json messages = Json::array();
  messages.push(mail_json(row, message, account.user, now));
  Json batch = Json::object({{"messages", std::move(messages)}});
  if (Json images = mail_images(account.id, info); !images.items().empty())
    batch.set("images", std::move(images));
  co_return batch;
}

}  // namespace gcal::plugin
