// Reads the effect of a fault rule from JSON.
#include <algorithm>
#include <map>

#include "src/emulator/controls/effect.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

const char* default_message(int status) {
  switch (status) {
    case 401: return "Invalid Credentials";
    case 403: return "Rate Limit Exceeded";
    case 404: return "Not Found";
    case 409: return "Conflict";
    case 410: return "Sync token is no longer valid, a full sync is required.";
    case 412: return "Precondition Failed";
    case 429: return "Rate Limit Exceeded";
    default: return "Backend Error";
  }
}

const char* default_reason(int status) {
  switch (status) {
    case 401: return "authError";
    case 403: return "rateLimitExceeded";
    case 404: return "notFound";
    case 409: return "conflict";
    case 410: return "fullSyncRequired";
    case 412: return "conditionNotMet";
    case 429: return "rateLimitExceeded";
    default: return "backendError";
  }
}

const char* default_domain(int status) {
  if (status == 403 || status == 429) return "usageLimits";
  return status == 410 ? "calendar" : "global";
}

// The rest of the sentence that begins with the name of the member.
Problem wrong(const std::string& what) {
  return bad_request("invalid", what);
}

Outcome<> read_flag(const Json& value, bool& into) {
  if (!value.is_bool()) return wrong("is true or false");
  into = value.as_bool();
  return Done{};
}
Outcome<> read_count(const Json& value, std::int64_t least, std::int64_t& into) {
  if (!value.is_number() || value.as_integer(least - 1) < least)
    return wrong("is a number from " + std::to_string(least));
  into = value.as_integer();
  return Done{};
}
Outcome<> read_text(const Json& value, std::string& into) {
  if (!value.is_string()) return wrong("is a text");
  into = value.as_string();
  return Done{};
}
Outcome<> read_choice(const Json& value, const std::vector<std::string>& choices,
                      std::string& into) {
  if (std::find(choices.begin(), choices.end(), value.as_string()) == choices.end()) {
    std::string all;
    for (const std::string& choice : choices) all += (all.empty() ? "" : ", ") + choice;
    return wrong("is one of: " + all);
  }
  into = value.as_string();
  return Done{};
}
Outcome<> read_names(const Json& value, std::vector<std::string>& into) {
  if (!value.is_array()) return wrong("is a list of names");
  for (const Json& name : value.items()) into.push_back(name.as_string());
  return Done{};
}
Outcome<> read_object(const Json& value, Json& into) {
  if (!value.is_object()) return wrong("is an object");
  into = value;
  return Done{};
}
Outcome<> read_place(const Json& value, std::optional<WirePlace>& into) {
  static const std::map<std::string, WirePlace::Kind> kNames{{"head", WirePlace::Kind::head},
                                                             {"body", WirePlace::Kind::body},
                                                             {"middle", WirePlace::Kind::middle},
                                                             {"end", WirePlace::Kind::end}};
  WirePlace place;
  if (value.is_number()) {
    place.kind = WirePlace::Kind::bytes;
    TRY_VOID(read_count(value, 0, place.bytes));
  } else {
    const auto found = kNames.find(value.as_string());
    if (found == kNames.end()) return wrong("is a number of bytes, head, body, middle or end");
    place.kind = found->second;
  }
  into = place;
  return Done{};
}

Outcome<> read_when(const Json& value, Effect& effect) {
  std::string when;
  TRY_VOID(read_choice(value, {"before", "after"}, when));
  effect.after = when == "after";
  return Done{};
}

Outcome<> read_stale(const Json& value, Effect& effect) {
  return value.is_number() ? read_count(value, 1, effect.list.stale_seconds)
                           : read_flag(value, effect.list.stale);
}

Outcome<> read_reply_to(const Json& value, Effect& effect) {
  const std::string& target = value.string("path");
  if (!target.starts_with("/calendar/v3/"))
    return wrong("is {method, path}, a path below /calendar/v3");
  Request request;
  if (!value.string("method").empty()) request.method = value.string("method");
  request.path = target.substr(0, target.find('?'));
  if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
  effect.reply_to = std::move(request);
  return Done{};
}

Outcome<> read_parts_done(const Json& value, Effect& effect) {
  std::int64_t count = 0;
  TRY_VOID(read_count(value, 0, count));
  effect.parts_done = count;
  return Done{};
}

Outcome<> read_status(const Json& value, Effect& effect) {
  std::int64_t status = 0;
  TRY_VOID(read_count(value, 200, status));
  if (status > 599) return wrong("is at most 599; raw writes any other line");
  effect.status = static_cast<int>(status);
  return Done{};
}

Outcome<> read_carry(const Json& value, Effect& effect) {
  std::string how;
  TRY_VOID(read_choice(value, {"copy", "move"}, how));
  effect.reappear_on_next_page = how == "copy" ? Reappear::copy : Reappear::move;
  return Done{};
}

Outcome<> read_raw(const Json& value, Effect& effect) {
  std::string bytes;
  TRY_VOID(read_text(value, bytes));
  effect.wire.raw = std::move(bytes);
  return Done{};
}

Outcome<> read_ending(const Json& value, Effect& effect) {
  std::string how;
  TRY_VOID(read_choice(value, {"close", "half_close", "reset"}, how));
  using enum WireFaults::Ending;
  effect.wire.ending = how == "reset" ? reset : how == "half_close" ? half_close : close;
  return Done{};
}

// A string as it is, any other value as JSON text.
Outcome<> read_any(const Json& value, std::optional<std::string>& into) {
  into = value.is_string() ? value.as_string() : value.dump();
  return Done{};
}

// The members of an effect by name. They are documented in README.md.
using Reader = Outcome<> (*)(const Json&, Effect&);
using Readers = std::map<std::string, Reader, std::less<>>;

const Readers& request_readers() {
  static const Readers kReaders{
      {"when", read_when},
      {"empty_page", [](const Json& v, Effect& e) { return read_flag(v, e.list.empty_page); }},
      {"stale", read_stale},
      {"kill_pid", [](const Json& v, Effect& e) { return read_count(v, 2, e.kill_pid); }},
      {"reply_to", read_reply_to},
      {"parts_done", read_parts_done}};
  return kReaders;
}

const Readers& response_readers() {
  static const Readers kReaders{
      {"status", read_status},
      {"domain", [](const Json& v, Effect& e) { return read_text(v, e.problem.domain); }},
      {"reason", [](const Json& v, Effect& e) { return read_text(v, e.problem.reason); }},
      {"message", [](const Json& v, Effect& e) { return read_text(v, e.problem.message); }},
      {"body", [](const Json& v, Effect& e) { return read_any(v, e.body); }},
      {"drop", [](const Json& v, Effect& e) { return read_flag(v, e.drop); }},
      {"garbage", [](const Json& v, Effect& e) { return read_flag(v, e.garbage); }},
      {"headers", [](const Json& v, Effect& e) { return read_object(v, e.headers); }},
      {"omit", [](const Json& v, Effect& e) { return read_names(v, e.omit); }},
      {"omit_items", [](const Json& v, Effect& e) { return read_names(v, e.omit_items); }},
      {"set", [](const Json& v, Effect& e) { return read_object(v, e.set); }},
      {"set_items", [](const Json& v, Effect& e) { return read_object(v, e.set_items); }},
      {"only", [](const Json& v, Effect& e) { return read_text(v, e.only); }},
      {"repeat_items", [](const Json& v, Effect& e) { return read_flag(v, e.repeat_items); }},
      {"reverse_items", [](const Json& v, Effect& e) { return read_flag(v, e.reverse_items); }},
      {"strip_cancelled", [](const Json& v, Effect& e) { return read_flag(v, e.strip_cancelled); }},
      {"same_page_token", [](const Json& v, Effect& e) { return read_flag(v, e.same_page_token); }},
      {"carry", read_carry},
      {"truncate", [](const Json& v, Effect& e) { return read_flag(v, e.truncate); }},
      {"gzip",
       [](const Json& v, Effect& e) {
         return read_choice(v, {"cut", "not_gzip", "bomb"}, e.gzip);
       }},
      {"reverse_parts", [](const Json& v, Effect& e) { return read_flag(v, e.reverse_parts); }},
      {"wrong_content_id",
       [](const Json& v, Effect& e) { return read_flag(v, e.wrong_content_id); }}};
  return kReaders;
}

const Readers& wire_readers() {
  static const Readers kReaders{
      {"delay_ms", [](const Json& v, Effect& e) { return read_count(v, 0, e.delay_ms); }},
      {"raw", read_raw},
      {"before_answer", [](const Json& v, Effect& e) { return read_text(v, e.wire.before); }},
      {"after_answer", [](const Json& v, Effect& e) { return read_text(v, e.wire.after); }},
      {"cut", [](const Json& v, Effect& e) { return read_place(v, e.wire.cut); }},
      {"end", read_ending},
      {"stall", [](const Json& v, Effect& e) { return read_place(v, e.wire.stall); }},
      {"stall_ms", [](const Json& v, Effect& e) { return read_count(v, 0, e.wire.stall_ms); }},
      {"bytes_per_second",
       [](const Json& v, Effect& e) { return read_count(v, 1, e.wire.bytes_per_second); }},
      {"chunked",
       [](const Json& v, Effect& e) {
         return read_choice(v, {"right", "bad_size", "not_hex", "no_end"}, e.wire.chunked);
       }},
      {"content_length",
       [](const Json& v, Effect& e) { return read_any(v, e.wire.content_length); }},
      {"content_length_add", [](const Json& v, Effect& e) {
         return read_count(v, -1'000'000'000, e.wire.content_length_add);
       }}};
  return kReaders;
}

Reader find_reader(std::string_view name) {
  for (const Readers* readers : {&request_readers(), &response_readers(), &wire_readers()})
    if (const auto found = readers->find(name); found != readers->end()) return found->second;
  return nullptr;
}

}  // namespace

Outcome<Effect> read_effect(const Json& json, bool allow_kill) {
  if (!json.is_object() || json.members().empty())
    return bad_request("invalid", "a fault needs an effect");
  Effect effect;
  effect.status = static_cast<int>(json["status"].as_integer(0));
  effect.problem = {effect.status,
                    default_domain(effect.status),
                    default_reason(effect.status),
                    default_message(effect.status),
                    {},
                    {}};
  for (const auto& [name, value] : json.members()) {
    const Reader reader = find_reader(name);
    if (!reader) return bad_request("invalid", "unknown effect: " + std::string(name));
    if (const auto read = reader(value, effect); !read)
      return bad_request("invalid", std::string(name) + " " + read.error().message);
  }
  if (json.contains("kill_pid") && !allow_kill)
    return bad_request("invalid", "kill_pid needs the emulator to run with --allow-kill");
  if (json.contains("stall") != json.contains("stall_ms"))
    return bad_request("invalid", "stall and stall_ms belong together");
  return effect;
}

}  // namespace emulator
