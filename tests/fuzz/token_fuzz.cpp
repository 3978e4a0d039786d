// An answer of the token endpoint: the first byte chooses the status, the rest is the body, and its
// id_token too.
#include <cstdint>

#include "src/engine/oauth/token_reply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gcal::oauth;
  if (size == 0) return 0;
  gcal::net::HttpResponse response;
  response.status = data[0] % 2 == 0 ? 200 : 300 + data[0];
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto tokens = tokens_of(response, gcal::base::Milliseconds{0});
  const ExpectedToken expected{"client", "nonce", gcal::base::Instant{}};
  (void)identity_of(response.body, expected);
  if (!tokens) return 0;
  if (tokens->access_token.empty() || tokens->expires_in.count() < 60) __builtin_trap();
  for (const std::string* token : {&tokens->access_token, &tokens->refresh_token})
    for (const char c : *token)
      if (c <= 0x20 || c >= 0x7f) __builtin_trap();  // it goes into a header
  const auto identity = identity_of(tokens->id_token, expected);
  if (identity && identity->sub.empty()) __builtin_trap();
  return 0;
}
