// The OAuth clients, the API keys and the tokens of a world, whose texts the author of the world
// chooses, so that a test needs no sign-in. Used by load_world(). No problem that is reported holds
// the text of a token or a secret.
#pragma once

#include <set>
#include <string>

#include "src/emulator/load/world.hpp"

namespace emulator {

class WorldTokens {
 public:
  WorldTokens(Tokens& tokens, LoadReport& report) : tokens_(tokens), report_(report) {}

  // Registers {"clients": [...]} of the world. Before the tokens, which name them.
  void load_clients(const gcal::base::Json& world);
  // Registers {"api_keys": [...]} of the world.
  void load_keys(const gcal::base::Json& world);
  // {"tokens": [...]} of one account; `place` names the account in problems.
  void load_tokens(const std::string& email, const gcal::base::Json& account,
                   const std::string& place);

 private:
  void load_one(const std::string& email, const gcal::base::Json& written,
                const std::string& place);
  bool has_problem(const std::string& place) const;
  // Why the text cannot be a token; "" when it can.
  std::string refuse_text(const std::string& text) const;

  Tokens& tokens_;
  LoadReport& report_;
  std::set<std::string> texts_;  // of the tokens of this world
};

}  // namespace emulator
