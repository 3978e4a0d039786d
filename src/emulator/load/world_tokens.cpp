#include "src/emulator/load/world_tokens.hpp"

#include <algorithm>
#include <string_view>

namespace emulator {

using gcal::base::Json;

namespace {

constexpr std::size_t kMaxToken = 2'048;  // characters, as Google's

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A bearer token (RFC 6750, section 2.1): the form that every client can send.
bool is_token_text(std::string_view text) {
  while (text.size() > 1 && text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && text.size() <= kMaxToken && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
}

// A scope (RFC 6749, section 3.3).
bool is_scope(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\';
  });
}

// nullopt when one of them is no scope.
std::optional<Scopes> read_scopes(const Json& written) {
  Scopes scopes;
  if (written.is_string()) scopes = split_scopes(written.as_string());
  for (const Json& scope : written.items()) scopes.insert(scope.as_string());
  if (scopes.empty()) scopes.insert("calendar");
  if (!std::ranges::all_of(scopes, is_scope)) return std::nullopt;
  return full_scopes(scopes);
}

std::optional<std::int64_t> read_seconds(const Json& written) {
  if (!written.is_integer()) return std::nullopt;
  return written.as_integer();
}

}  // namespace

void WorldTokens::load_clients(const Json& world) {
  std::set<std::string> ids;
  const Json::Array& clients = world["clients"].items();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string place = "clients[" + std::to_string(i) + "]";
    const std::string& id = clients[i].string("client_id");
    if (!clients[i].is_object() || has_problem(place)) continue;
    if (id.empty()) {
      report_.problems.push_back(place + ".client_id: is missing");
    } else if (!ids.insert(id).second) {
      report_.problems.push_back(place + ".client_id: an earlier client of this world has it");
    } else {
      Client& client = tokens_.clients[id] = {};
      client.secret = clients[i].string("client_secret");
      client.name = clients[i].string("name");
      for (const Json& uri : clients[i]["redirect_uris"].items())
        client.redirect_uris.push_back(uri.as_string());
    }
  }
}

void WorldTokens::load_keys(const Json& world) {
  for (const Json& key : world["api_keys"].items())
    if (!key.as_string().empty()) tokens_.api_keys.insert(key.as_string());
}

void WorldTokens::load_tokens(const std::string& email, const Json& account,
                              const std::string& place) {
  const Json::Array& list = account["tokens"].items();
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].is_object()) load_one(email, list[i], place + ".tokens[" + std::to_string(i) + "]");
}

// check_members() has named a member of another type, which must not become a default.
bool WorldTokens::has_problem(const std::string& place) const {
  return std::ranges::any_of(report_.problems, [&](const std::string& problem) {
    return problem.starts_with(place + ".");
  });
}

std::string WorldTokens::refuse_text(const std::string& text) const {
  if (!is_token_text(text))
    return "must have 1 to 2048 letters, digits or -._~+/ with = at the end only";
  if (texts_.contains(text)) return "an earlier token of this world has the same text";
  return "";
}

void WorldTokens::load_one(const std::string& email, const Json& written,
                           const std::string& place) {
  const auto refuse = [&](const std::string& why) { report_.problems.push_back(place + why); };
  if (has_problem(place)) return;

  GivenTokens given;
  given.email = email;
  given.client_id = written.string("client_id");
  if (given.client_id.empty() && tokens_.clients.size() <= 1)
    given.client_id = tokens_.clients.empty() ? "emulator" : tokens_.clients.begin()->first;
  if (given.client_id.empty())
    return refuse(".client_id: is missing, and there is more than one client");
  if (!tokens_.clients.empty() && !tokens_.clients.contains(given.client_id))
    return refuse(".client_id: no such client is registered");
  const std::optional<Scopes> scopes = read_scopes(written["scopes"]);
  if (!scopes) return refuse(".scopes: must be names without spaces, quotes or backslashes");
  given.scopes = *scopes;
  if (!written.contains("access_token") && !written.contains("refresh_token"))
    return refuse(": needs an access_token or a refresh_token");
  for (const char* name : {"access_token", "refresh_token"}) {
    if (!written.contains(name)) continue;
    const std::string& text = written.string(name);
    if (const std::string why = refuse_text(text); !why.empty())
      return refuse("." + std::string(name) + ": " + why);
    texts_.insert(text);
  }
  given.access = written.string("access_token");
  given.refresh = written.string("refresh_token");
  given.access_seconds = read_seconds(written["expires_in"]);
  given.refresh_seconds = read_seconds(written["refresh_token_expires_in"]);
  if (!tokens_.give(given)) refuse(": the text of a token belongs to another account or client");
}

}  // namespace emulator
