#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/engine/invitations/calendar_part.hpp"
#include "src/engine/invitations/invitation.hpp"
#include "src/engine/invitations/page.hpp"
#include "src/engine/invitations/series_dates.hpp"
#include "src/engine/invitations/view.hpp"
#include "src/engine/invitations/written_text.hpp"

namespace gcal::invitations {
namespace {

std::string date_key(const std::optional<calendar::OriginalStart>& date) {
  if (!date) return "";
  const std::string text = icalendar::basic_format(icalendar::format_rfc3339(date->instant, "UTC"));
  return date->all_day ? text.substr(0, 8) : text;
}

std::string_view uid_of(const Invitation& invitation) {
  if (invitation.after) return invitation.after->facts.ical_uid;
  return invitation.before ? std::string_view(invitation.before->facts.ical_uid) : "";
}

// "Jana Nord (Nord Vertrieb)"
std::string from_name(const View& view) {
  const std::string company = one_line(view.invitation.sender.company, 60);
  const std::string name = organizer_name(view.facts());
  if (company.empty() || name.empty()) return name.empty() ? company : name;
  return name + " (" + company + ")";
}

}  // namespace

std::string group_of(const Invitation& invitation) {
  // No part holds a line break: two different groups have different texts.
  const std::string text = invitation.sender.account + "\n" + one_line(uid_of(invitation)) + "\n" +
                           date_key(invitation.date) + "\n" + invitation.guest;
  return base::to_hex(base::sha256(base::as_bytes(text)));
}

Message compose(const Invitation& invitation) {
  Message message;
  message.key = invitation.id;
  message.group = group_of(invitation);
  message.first_key = invitation.first_key;
  message.kind = invitation.kind;
  message.to_address = invitation.guest;
  message.method = invitation.kind == Kind::cancel ? "CANCEL" : "REQUEST";
  const Language language = invitation.sender.language;
  message.language = language == Language::english ? "en" : "de";
  message.image = invitation.sender.logo;
  const std::optional<View> view = view_of(invitation);
  if (!view) return message;
  if (const calendar::Attendee* guest = find_guest(view->event(), invitation.guest)) {
    message.to_name = one_line(guest->name, 100);
    message.to_address = one_line(guest->email);
  }
  message.from_name = from_name(*view);
  message.reply_to = organizer_address(view->facts());
  if (invitation.sender.is_organizer_domain) message.from_address = message.reply_to;
  message.subject = subject_of(*view);
  std::vector<Page> pages;
  const bool both = language == Language::both;
  pages.push_back(page_of(*view, both ? Language::german : language, true));
  if (both) pages.push_back(page_of(*view, Language::english, false));
  message.text = plain_text(pages);
  message.html = html_text(pages, invitation.sender);
  message.calendar = calendar_part(*view);
  message.is_private = view->event().visibility == calendar::Visibility::private_ ||
                       view->event().visibility == calendar::Visibility::confidential;
  message.ends_at = end_of(view->content);
  return message;
}

}  // namespace gcal::invitations
