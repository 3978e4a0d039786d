// The pages of the sign-in: account chooser, consent, refusal. In German or English, without
// JavaScript. Every text that comes from a request is escaped here.
#pragma once

#include <string>
#include <vector>

#include "src/common/net/url.hpp"

namespace emulator::pages {

enum class Language { english, german };

struct AccountChoice {
  std::string email, name;
  std::string address;  // of the link that chooses the account
};

struct ConsentScope {
  std::string scope;
  bool optional = false;  // has a checkbox; the scopes of the sign-in have none
};

std::string escape(std::string_view text);
Language language(const std::string& hl, const std::string& accept_language);
std::string chooser(Language language, const std::string& app,
                    const std::vector<AccountChoice>& accounts, const std::string& cancel_address);
// The form posts `request` (the original query), `account`, the chosen `scope`s and `decision`
// (allow | cancel).
std::string consent(Language language, const std::string& app, const std::string& email,
                    const std::string& name, const std::string& request,
                    const std::vector<ConsentScope>& scopes);
std::string refusal(Language language, const std::string& code, const std::string& explanation);

}  // namespace emulator::pages
