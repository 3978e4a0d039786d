// The messages of the host itself: the test mail, and the report that an account's access was lost.
// Pure. Used by Mail.
#pragma once

#include <string>
#include <string_view>

#include "src/host/crm/users.hpp"
#include "src/host/mail/mail_types.hpp"
#include "src/hosting/services/accounts.hpp"

namespace host::mail {

// key: identifies the message.
MailMessage test_mail(const User& to, std::string_view key, std::string_view code,
                      std::int64_t now);
MailMessage lost_grant_mail(const User& to, const hosting::Account& account, std::string_view key,
                            std::string_view public_url, std::int64_t now);

}  // namespace host::mail
