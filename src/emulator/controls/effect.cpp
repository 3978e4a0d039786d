#include "src/emulator/controls/effect.hpp"

#include <utility>

#include "src/common/net/gzip.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr std::size_t kBombSize = 64 << 20;  // bytes, unpacked; 64 KiB are sent

void change_headers(const Json& changes, Fields& headers) {
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

// Leaves of a deleted event what Google guarantees.
void strip_to_stub(Json& item) {
  Json stub = Json::object();
  for (const char* name : {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"})
    if (const Json* member = item.find(name)) stub.set(name, *member);
  item = std::move(stub);
}

void move_to_next_page(const Effect& effect, std::optional<Json>& held, Json& items) {
  if (effect.reappear_on_next_page == Reappear::no) return;
  if (held) {
    Json with = Json::array();
    with.push(*std::exchange(held, std::nullopt));
    for (const Json& item : items.items()) with.push(item);
    items = std::move(with);
    return;
  }
  if (items.items().empty()) return;
  held = items.items().back();
  if (effect.reappear_on_next_page == Reappear::copy) return;
  Json without = Json::array();
  for (std::size_t i = 0; i + 1 < items.items().size(); ++i) without.push(items.items()[i]);
  items = std::move(without);
}

void change_items(const Effect& effect, std::optional<Json>& held, Json& items) {
  Json out = Json::array();
  for (const Json& original : items.items()) {
    Json item = original;
    if (effect.strip_cancelled && is_cancelled(item)) strip_to_stub(item);
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
  move_to_next_page(effect, held, out);
  items = std::move(out);
}

bool changes_document(const Effect& effect) {
  return !effect.omit.empty() || !effect.omit_items.empty() || !effect.set.is_null() ||
         !effect.set_items.is_null() || effect.repeat_items || effect.reverse_items ||
         effect.strip_cancelled || effect.same_page_token ||
         effect.reappear_on_next_page != Reappear::no;
}

void compress_wrongly(const std::string& how, Response& response) {
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

void apply_response_fault(const Effect& effect, const Request& request, std::optional<Json>& held,
                          Response& response) {
  if (changes_document(effect)) {
    if (auto body = Json::parse(response.body); body && body->is_object()) {
      for (const std::string& name : effect.omit) body->erase(name);
      for (const auto& [name, value] : effect.set.members()) body->set(name, value);
      if (effect.same_page_token && body->contains("nextPageToken"))
        if (const auto query = gcal::net::form_decode(request.query);
            query && gcal::net::parameter_count(*query, "pageToken") > 0)
          body->set("nextPageToken", std::string(gcal::net::parameter(*query, "pageToken")));
      if (Json* items = body->find("items")) change_items(effect, held, *items);
      response.body = body->dump();
    }
  }
  change_headers(effect.headers, response.headers);
  if (effect.truncate) response.body.resize(response.body.size() / 2);
  if (!effect.gzip.empty()) compress_wrongly(effect.gzip, response);
  response.delay_ms = effect.delay_ms;
  response.wire = effect.wire;
}

}  // namespace emulator
