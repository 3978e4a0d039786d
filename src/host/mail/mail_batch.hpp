// The messages of schema/mail.json: from JSON to values, each checked for itself. Pure but for the
// logos, which the caller looks up. Used by submit and preview. It must never let a message pass
// that could not be rendered, sent or stored.
#pragma once

#include <functional>
#include <string_view>

#include "src/host/mail/mail_types.hpp"

namespace host::mail {

// The logo of an account of the plugin; nothing when it has none.
using FindLogo = std::function<Result<std::optional<Logo>>(std::string_view account)>;

// The messages of a batch, not looked into. invalid: no batch, or not 1 to `most` messages.
Result<Json::Array> messages_of(const Json& batch, std::size_t most);
// One message. invalid: names the member; conflict: another logo than the one it was written for.
Result<MailMessage> read_message(const Json& batch, const Json& message,
                                 const MailSettings& settings, const FindLogo& find_logo);

}  // namespace host::mail
