#include "src/emulator/controls/effect.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "src/common/net/gzip.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr std::size_t kBombSize = 64 << 20;  // unpacked; a thousandth of it travels

const char* usual_message(int status) {
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

const char* usual_reason(int status) {
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

const char* usual_domain(int status) {
  if (status == 403 || status == 429) return "usageLimits";
  return status == 410 ? "calendar" : "global";
}

using Reading = Outcome<>;
Problem wrong(const std::string& what) {
  return bad("invalid", what);
}

Reading read_flag(const Json& value, bool& into) {
  if (!value.is_bool()) return wrong("is true or false");
  into = value.as_bool();
  return Done{};
}
Reading read_count(const Json& value, std::int64_t least, std::int64_t& into) {
  if (!value.is_number() || value.as_integer(least - 1) < least)
    return wrong("is a number from " + std::to_string(least));
  into = value.as_integer();
  return Done{};
}
Reading read_text(const Json& value, std::string& into) {
  if (!value.is_string()) return wrong("is a text");
  into = value.as_string();
  return Done{};
}
Reading read_choice(const Json& value, const std::vector<std::string>& choices, std::string& into) {
  if (std::find(choices.begin(), choices.end(), value.as_string()) == choices.end()) {
    std::string all;
    for (const std::string& choice : choices) all += (all.empty() ? "" : ", ") + choice;
    return wrong("is one of: " + all);
  }
  into = value.as_string();
  return Done{};
}
Reading read_names(const Json& value, std::vector<std::string>& into) {
  if (!value.is_array()) return wrong("is a list of names");
  for (const Json& name : value.items()) into.push_back(name.as_string());
  return Done{};
}
Reading read_object(const Json& value, Json& into) {
  if (!value.is_object()) return wrong("is an object");
  into = value;
  return Done{};
}
Reading read_place(const Json& value, std::optional<WirePlace>& into) {
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

using Reader = std::function<Reading(const Json&, Effect&)>;

// Every effect by its name.
const std::map<std::string, Reader, std::less<>>& readers() {
  static const std::map<std::string, Reader, std::less<>> kReaders{
      {"when",
       [](const Json& v, Effect& e) -> Reading {
         std::string when;
         TRY_VOID(read_choice(v, {"before", "after"}, when));
         e.after = when == "after";
         return Done{};
       }},
      {"empty_page", [](const Json& v, Effect& e) { return read_flag(v, e.list.empty_page); }},
      {"stale",
       [](const Json& v, Effect& e) {
         return v.is_number() ? read_count(v, 1, e.list.stale_seconds) : read_flag(v, e.list.stale);
       }},
      {"kill_pid", [](const Json& v, Effect& e) { return read_count(v, 2, e.kill_pid); }},
      {"reply_to",
       [](const Json& v, Effect& e) -> Reading {
         const std::string& target = v.string("path");
         if (!target.starts_with("/calendar/v3/"))
           return wrong("is {method, path}, a path below /calendar/v3");
         Request request;
         if (!v.string("method").empty()) request.method = v.string("method");
         request.path = target.substr(0, target.find('?'));
         if (target.find('?') != std::string::npos)
           request.query = target.substr(target.find('?') + 1);
         e.reply_to = std::move(request);
         return Done{};
       }},
      {"parts_done",
       [](const Json& v, Effect& e) -> Reading {
         std::int64_t count = 0;
         TRY_VOID(read_count(v, 0, count));
         e.parts_done = count;
         return Done{};
       }},
      {"status",
       [](const Json& v, Effect& e) -> Reading {
         std::int64_t status = 0;
         TRY_VOID(read_count(v, 200, status));
         if (status > 599) return wrong("is at most 599; raw writes any other line");
         e.status = static_cast<int>(status);
         return Done{};
       }},
      {"domain", [](const Json& v, Effect& e) { return read_text(v, e.problem.domain); }},
      {"reason", [](const Json& v, Effect& e) { return read_text(v, e.problem.reason); }},
      {"message", [](const Json& v, Effect& e) { return read_text(v, e.problem.message); }},
      {"body",
       [](const Json& v, Effect& e) -> Reading {
         e.body = v.is_string() ? v.as_string() : v.dump();
         return Done{};
       }},
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
      {"carry",
       [](const Json& v, Effect& e) -> Reading {
         std::string how;
         TRY_VOID(read_choice(v, {"copy", "move"}, how));
         e.carry = how == "copy" ? Carry::copy : Carry::move;
         return Done{};
       }},
      {"truncate", [](const Json& v, Effect& e) { return read_flag(v, e.truncate); }},
      {"gzip",
       [](const Json& v, Effect& e) {
         return read_choice(v, {"cut", "not_gzip", "bomb"}, e.gzip);
       }},
      {"reverse_parts", [](const Json& v, Effect& e) { return read_flag(v, e.reverse_parts); }},
      {"wrong_content_id",
       [](const Json& v, Effect& e) { return read_flag(v, e.wrong_content_id); }},
      {"delay_ms", [](const Json& v, Effect& e) { return read_count(v, 0, e.delay_ms); }},
      {"raw",
       [](const Json& v, Effect& e) -> Reading {
         std::string bytes;
         TRY_VOID(read_text(v, bytes));
         e.wire.raw = std::move(bytes);
         return Done{};
       }},
      {"before_answer", [](const Json& v, Effect& e) { return read_text(v, e.wire.before); }},
      {"after_answer", [](const Json& v, Effect& e) { return read_text(v, e.wire.after); }},
      {"cut", [](const Json& v, Effect& e) { return read_place(v, e.wire.cut); }},
      {"end",
       [](const Json& v, Effect& e) -> Reading {
         std::string how;
         TRY_VOID(read_choice(v, {"close", "half_close", "reset"}, how));
         using enum WireFaults::Ending;
         e.wire.ending = how == "reset" ? reset : how == "half_close" ? half_close : close;
         return Done{};
       }},
      {"stall", [](const Json& v, Effect& e) { return read_place(v, e.wire.stall); }},
      {"stall_ms", [](const Json& v, Effect& e) { return read_count(v, 0, e.wire.stall_ms); }},
      {"bytes_per_second",
       [](const Json& v, Effect& e) { return read_count(v, 1, e.wire.bytes_per_second); }},
      {"chunked",
       [](const Json& v, Effect& e) {
         return read_choice(v, {"right", "bad_size", "not_hex", "no_end"}, e.wire.chunked);
       }},
      {"content_length",
       [](const Json& v, Effect& e) -> Reading {
         e.wire.content_length = v.is_string() ? v.as_string() : v.dump();
         return Done{};
       }},
      {"content_length_add",
       [](const Json& v, Effect& e) {
         return read_count(v, -1'000'000'000, e.wire.content_length_add);
       }},
  };
  return kReaders;
}

void put_headers(const Json& changes, Fields& headers) {
  const auto same = [](std::string_view a, std::string_view b) {
    return header({{std::string(a), "x"}}, b) == "x";
  };
  for (const auto& [name, value] : changes.members()) {
    std::erase_if(headers, [&, wanted = std::string_view(name)](const auto& field) {
      return same(field.first, wanted);
    });
    if (value.is_string()) headers.emplace_back(name, value.as_string());
    for (const Json& one : value.items()) headers.emplace_back(name, one.as_string());
  }
}

bool is_cancelled(const Json& item) {
  return item.string("status") == "cancelled";
}

// What a deleted event keeps where Google promises no more.
void strip(Json& item) {
  Json stub = Json::object();
  for (const char* name : {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"})
    if (const Json* member = item.find(name)) stub.set(name, *member);
  item = std::move(stub);
}

void carry_over(const Effect& effect, std::optional<Json>& held, Json& items) {
  if (effect.carry == Carry::no) return;
  if (held) {
    Json with = Json::array();
    with.push(*std::exchange(held, std::nullopt));
    for (const Json& item : items.items()) with.push(item);
    items = std::move(with);
    return;
  }
  if (items.items().empty()) return;
  held = items.items().back();
  if (effect.carry == Carry::copy) return;
  Json without = Json::array();
  for (std::size_t i = 0; i + 1 < items.items().size(); ++i) without.push(items.items()[i]);
  items = std::move(without);
}

void spoil_items(const Effect& effect, std::optional<Json>& held, Json& items) {
  Json out = Json::array();
  for (const Json& original : items.items()) {
    Json item = original;
    if (effect.strip_cancelled && is_cancelled(item)) strip(item);
    if (item.is_object() && (effect.only.empty() || item.string("id") == effect.only)) {
      for (const std::string& name : effect.omit_items) item.erase(name);
      for (const auto& [name, value] : effect.set_items.members()) item.set(name, value);
    }
    out.push(std::move(item));
  }
  if (effect.repeat_items && !out.items().empty()) out.push(Json(out.items().front()));
  if (effect.reverse_items) {
    Json reversed = Json::array();
    for (auto at = out.items().rbegin(); at != out.items().rend(); ++at) reversed.push(*at);
    out = std::move(reversed);
  }
  carry_over(effect, held, out);
  items = std::move(out);
}

bool changes_document(const Effect& effect) {
  return !effect.omit.empty() || !effect.omit_items.empty() || !effect.set.is_null() ||
         !effect.set_items.is_null() || effect.repeat_items || effect.reverse_items ||
         effect.strip_cancelled || effect.same_page_token || effect.carry != Carry::no;
}

void pack(const std::string& how, Response& response) {
  if (how == "not_gzip") {
    response.body = "this was never packed: " + response.body;
  } else if (how == "bomb") {
    response.body = gcal::net::gzip(std::string(kBombSize, ' '));
  } else {
    response.body = gcal::net::gzip(response.body);
    response.body.resize(response.body.size() / 2);
  }
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Outcome<Effect> read_effect(const Json& json, bool allow_kill) {
  if (!json.is_object() || json.members().empty()) return bad("invalid", "a fault needs an effect");
  Effect effect;
  effect.status = static_cast<int>(json["status"].as_integer(0));
  effect.problem = {effect.status,
                    usual_domain(effect.status),
                    usual_reason(effect.status),
                    usual_message(effect.status),
                    {},
                    {}};
  for (const auto& [name, value] : json.members()) {
    const auto reader = readers().find(name);
    if (reader == readers().end()) return bad("invalid", "unknown effect: " + std::string(name));
    if (const auto read = reader->second(value, effect); !read)
      return bad("invalid", std::string(name) + " " + read.error().message);
  }
  if (json.contains("kill_pid") && !allow_kill)
    return bad("invalid", "kill_pid needs the emulator to run with --allow-kill");
  if (json.contains("stall") != json.contains("stall_ms"))
    return bad("invalid", "stall and stall_ms belong together");
  return effect;
}

Response replacement(const Effect& effect) {
  Response response;
  if (effect.garbage) {
    response.headers = {{"Content-Type", "application/json; charset=UTF-8"}};
    response.body = "{\"kind\":\"calendar#ev\x01\xff";
  } else if (effect.body) {
    response.headers = {{"Content-Type", effect.body->starts_with("<")
                                             ? "text/html; charset=UTF-8"
                                             : "application/json; charset=UTF-8"}};
    response.body = *effect.body;
  } else if (effect.status >= 400) {
    response = problem_response(effect.problem);
  }
  response.status = effect.status > 0 ? effect.status : 200;
  response.drop = effect.drop || (effect.kill_pid > 0 && effect.status == 0);
  return response;
}

void spoil(const Effect& effect, const Request& request, std::optional<Json>& held,
           Response& response) {
  if (changes_document(effect)) {
    if (auto body = Json::parse(response.body); body && body->is_object()) {
      for (const std::string& name : effect.omit) body->erase(name);
      for (const auto& [name, value] : effect.set.members()) body->set(name, value);
      if (effect.same_page_token && body->contains("nextPageToken"))
        if (const auto query = gcal::net::form_decode(request.query);
            query && gcal::net::parameter_count(*query, "pageToken") > 0)
          body->set("nextPageToken", std::string(gcal::net::parameter(*query, "pageToken")));
      if (Json* items = body->find("items")) spoil_items(effect, held, *items);
      response.body = body->dump();
    }
  }
  put_headers(effect.headers, response.headers);
  if (effect.truncate) response.body.resize(response.body.size() / 2);
  if (!effect.gzip.empty()) pack(effect.gzip, response);
  response.delay_ms = effect.delay_ms;
  response.wire = effect.wire;
}

}  // namespace emulator
