#include "tests/google_contract/facts/hostile.hpp"

namespace contract {

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

void expect_well_formed(const Response& response, const std::string& what) {
  const std::string sent = what.substr(0, 200);
  EXPECT_NE(response.status, 0) << "no response to " << sent;
  EXPECT_LT(response.status, 500) << sent << "\n" << response.body.substr(0, 500);
  if (response.status < 400) return;
  EXPECT_EQ(response.dump("error.code"), std::to_string(response.status))
      << sent << "\n"
      << response.body.substr(0, 500);
  EXPECT_NE(response.reason(), "") << sent;
  EXPECT_NE(response.text("error.message"), "") << sent;
  EXPECT_LT(response.body.size(), 4'096u) << "a refusal does not repeat what was sent: " << sent;
}

void expect_alive(Client& client) {
  EXPECT_EQ(client.get("/colors").status, 200);
}

Response insert_text(Client& client, const std::string& body) {
  return client.call("POST", kEvents, body);
}

}  // namespace contract
