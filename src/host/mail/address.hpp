// Addresses and header texts: what may stand in an envelope and in a header. Pure. Used wherever an
// address enters this folder. It must never let a control character pass.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace host::mail {

// The address with its domain as A-labels. invalid: not exactly one address, over 254 bytes, or
// with letters outside of ASCII before the @, which a mail server without SMTPUTF8 cannot take.
gcal::Result<std::string> sendable_address(std::string_view address);
// The domain of an address, in lower case.
std::string domain_of(std::string_view address);
// Without control characters, which could begin another header line.
std::string header_text(std::string_view text);
// Is this the name or number of this very machine?
bool is_loopback(std::string_view host);
// Words of a mail server for a person: without addresses and control characters, at most 200 bytes.
std::string without_addresses(std::string_view text);
std::size_t characters_of(std::string_view utf8);

}  // namespace host::mail
