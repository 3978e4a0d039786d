// The bytes of a message: MIME with 7-bit lines, CRLF, and the parts in the order that Gmail,
// Outlook and Apple Mail all read: mixed(related(alternative(plain, html, calendar), images),
// application/ics). Pure: the same input gives the same bytes. Used when a message is submitted,
// and never again for it: what was composed is stored and sent unchanged.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/clock.hpp"
#include "src/host/mail/mail_types.hpp"

namespace host::mail {

// What makes a message recognisable. Its Message-ID is made of the installation and the key alone,
// so that a message that is sent a second time is the same one for every mail program.
struct MessageIdentity {
  std::string token;       // 32 hex digits
  std::string message_id;  // without < >
};

MessageIdentity identity_of(std::string_view installation, std::string_view plugin,
                            std::string_view key, std::string_view from_address);

// from: name and address; all addresses are sendable_address. first_message_id: of the message that
// this one follows up, "" for a first one. invalid: larger than kMaxMessage.
Result<std::string> compose(const MailMessage& message, const Mailbox& from,
                            const MessageIdentity& identity, std::string_view first_message_id,
                            gcal::base::Instant date);

// The HTML with its images as data: addresses, for a page.
std::string html_for_page(const MailMessage& message);

}  // namespace host::mail
