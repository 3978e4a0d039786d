#include "tests/google_contract/facts/sign_in.hpp"

#include "src/common/base/bytes.hpp"

namespace contract::sign_in {

std::string challenge(const std::string& verifier) {
  return gcal::base::to_base64url(gcal::base::sha256(gcal::base::as_bytes(verifier)));
}

Fields request(const Person& person, Fields changes) {
  Fields fields{{"client_id", "crm"},
                {"redirect_uri", kBack},
                {"response_type", "code"},
                {"scope", std::string("openid email ") + kEvents + " " + kListRead},
                {"access_type", "offline"},
                {"prompt", "consent"},
                {"state", "st 1"},
                {"login_hint", person.email},
                {"code_challenge", challenge(kVerifier)},
                {"code_challenge_method", "S256"}};
  for (auto& [name, value] : changes) {
    std::erase_if(fields, [&, key = name](const auto& field) { return field.first == key; });
    if (value != "(none)") fields.emplace_back(name, value);
  }
  return fields;
}

Answer page(Emulated& probe, const Fields& fields, const std::string& language) {
  return probe.raw("GET", "/o/oauth2/v2/auth?" + form(fields), "", {{"Accept-Language", language}});
}

Answer decide(Emulated& probe, const Fields& fields, const std::string& decision,
              const std::vector<std::string>& ticked) {
  Fields sent{{"request", form(fields)}, {"account", probe.me.email}, {"decision", decision}};
  for (const std::string& scope : ticked) sent.emplace_back("scope", scope);
  return probe.raw("POST", "/o/oauth2/v2/auth", form(sent), {{"Content-Type", kForm}});
}

gcal::net::Parameters back(const Answer& answer) {
  const std::string location = answer.header("Location");
  const std::size_t mark = location.find('?');
  auto parsed = gcal::net::form_decode(mark == std::string::npos ? "" : location.substr(mark + 1));
  return parsed ? *std::move(parsed) : gcal::net::Parameters{};
}
std::string back(const Answer& answer, std::string_view name) {
  return std::string(gcal::net::parameter(back(answer), name));
}

std::string code(Emulated& probe, const Fields& changes) {
  return back(decide(probe, request(probe.me, changes), "allow"), "code");
}

Answer token(Emulated& probe, Fields fields, Fields headers) {
  std::erase_if(fields, [](const auto& field) { return field.second == "(none)"; });
  headers.emplace_back("Content-Type", kForm);
  return probe.raw("POST", "/token", form(fields), std::move(headers));
}
Fields exchange(const std::string& code_text, const Fields& changes) {
  Fields fields{{"code", code_text},
                {"client_id", "crm"},
                {"client_secret", "s"},
                {"redirect_uri", kBack},
                {"grant_type", "authorization_code"},
                {"code_verifier", kVerifier}};
  for (const auto& [name, value] : changes) {
    std::erase_if(fields, [&, key = name](const auto& field) { return field.first == key; });
    fields.emplace_back(name, value);
  }
  return fields;
}
Answer renew(Emulated& probe, const std::string& refresh, const std::string& client) {
  return token(probe, {{"client_id", client},
                       {"client_secret", "s"},
                       {"grant_type", "refresh_token"},
                       {"refresh_token", refresh}});
}

}  // namespace contract::sign_in
