// The mailer of the fake host: crm.mailer/0 over messages in memory, and what a mail server and an
// administrator do with them. Used through crm::fakes::Host, on any thread. It is off until a test
// calls set_state, renders no MIME, and sends nothing by itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/testing/environment.hpp"
#include "host_api/testing/feed.hpp"
#include "host_api/testing/json.hpp"
#include "host_api/testing/tasks.hpp"

namespace crm::fakes {

class Mailer {
 public:
  struct Message {
    std::string key, group, state;
    Json document;  // schema/mail.json#/$defs/message
    std::int64_t at = 0, attempts = 0, next_at = 0, code = 0;
    std::string text;
    std::int64_t seq = 0, order = 0;
  };

  Mailer(Mutex& mutex, const Clock& clock, Feed& feed, const Tasks& tasks)
      : mutex_(mutex), clock_(clock), feed_(feed), tasks_(tasks) {}

  // --- actions of the administrator, the user and the mail server ---
  void set_state(std::string state) {  // "off" | "untested" | "ready" | "failing"
    const Lock lock(mutex_);
    state_ = std::move(state);
  }
  void set_own_domains(std::vector<std::string> domains) {
    const Lock lock(mutex_);
    own_domains_ = std::move(domains);
  }
  void set_hold(std::int64_t ms) {
    const Lock lock(mutex_);
    hold_ms_ = ms;
  }
  // logo: schema/mailer_info.json#/$defs/logo
  void set_logo(std::string account, Json logo) {
    const Lock lock(mutex_);
    logos_[std::move(account)] = std::move(logo);
  }
  void remove_logo(const std::string& account) {
    const Lock lock(mutex_);
    logos_.erase(account);
  }
  // The messages that would leave now, in order; each then has the state "sent".
  std::vector<Message> deliver_due() {
    const Lock lock(mutex_);
    std::vector<Message*> due;
    for (auto& [key, message] : messages_)
      if (message.state == "queued" && message.next_at <= clock_.wall()) due.push_back(&message);
    std::sort(due.begin(), due.end(),
              [](const Message* a, const Message* b) { return a->order < b->order; });
    std::vector<Message> sent;
    for (Message* message : due) {
      ++message->attempts;
      end(*message, "sent", 250, "");
      sent.push_back(*message);
    }
    return sent;
  }
  // The mail server refuses the message. state: "failed", "queued" (another attempt after a
  // minute) or "expired".
  void refuse(std::string_view key, const std::string& state, std::int64_t code, std::string text) {
    const Lock lock(mutex_);
    const auto found = messages_.find(key);
    if (found == messages_.end()) return;
    ++found->second.attempts;
    end(found->second, state, code, std::move(text));
    if (state == "queued") found->second.next_at = clock_.wall() + 60'000;
  }
  std::vector<Message> messages() const {  // in the order of submission
    const Lock lock(mutex_);
    std::vector<Message> all;
    for (const auto& [key, message] : messages_) all.push_back(message);
    std::sort(all.begin(), all.end(),
              [](const Message& a, const Message& b) { return a.order < b.order; });
    return all;
  }
  std::vector<std::string> tests() const {  // the users of test mails
    const Lock lock(mutex_);
    return tests_;
  }

  // --- crm.mailer/0 ---
  Result<std::string> info() const {
    const Lock lock(mutex_);
    Json domains = Json::array(), logos = Json::object();
    for (const std::string& domain : own_domains_) domains.push(domain);
    for (const auto& [account, logo] : logos_) logos.set(account, logo);
    return Json::object({{"state", state_},
                         {"from", state_ == "off" ? "" : "calendar@crm.example.com"},
                         {"own_domains", std::move(domains)},
                         {"hold_ms", hold_ms_},
                         {"limits", Json::object({{"key", 64},
                                                  {"group", 128},
                                                  {"subject", 200},
                                                  {"text", 65536},
                                                  {"html", 65536},
                                                  {"calendar", 131072},
                                                  {"images", 2},
                                                  {"image", 65536},
                                                  {"message", 524288},
                                                  {"batch", 200},
                                                  {"waiting", 20000}})},
                         {"logos", std::move(logos)}})
        .dump();
  }
  Result<std::string> submit(std::int64_t fence, std::string_view text) {
    CRM_TRY(const Json batch, parse_batch(text));
    const Lock lock(mutex_);
    if (!tasks_.fence_is_current(fence))
      return Error{Code::conflict, "a newer run of this task has begun", {}};
    Json results = Json::array();
    for (const Json& document : batch["messages"].items()) {
      if (const auto refused = check(batch, document); !refused) {
        results.push(Json::object({{"status", static_cast<std::int64_t>(refused.error().code)},
                                   {"message", refused.error().message}}));
        continue;
      }
      const Message& stored = put(document);
      results.push(Json::object({{"status", 0},
                                 {"id", "mail-" + std::to_string(stored.order)},
                                 {"state", stored.state}}));
    }
    return results.dump();
  }
  Result<std::string> withdraw(std::int64_t fence, std::string_view keys) {
    CRM_TRY(const Json list, Json::parse(keys));
    if (!list.is_array() || list.items().size() > 500)
      return Error{Code::invalid, "keys: a JSON array of at most 500", {}};
    const Lock lock(mutex_);
    if (!tasks_.fence_is_current(fence))
      return Error{Code::conflict, "a newer run of this task has begun", {}};
    Json results = Json::array();
    for (const std::string& key : list.strings()) {
      const auto found = messages_.find(key);
      Code code = Code::ok;
      if (found == messages_.end())
        code = Code::not_found;
      else if (found->second.attempts > 0)
        code = Code::conflict;
      else if (found->second.state == "queued" || found->second.state == "held")
        end(found->second, "withdrawn", 0, "");
      Json result = Json::object({{"status", static_cast<std::int64_t>(code)}});
      if (found != messages_.end()) result.set("state", found->second.state);
      results.push(std::move(result));
    }
    return results.dump();
  }
  Result<std::string> changes(std::string_view text, std::uint32_t limit) const {
    if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
    const Lock lock(mutex_);
    CRM_TRY(Cursor cursor, feed_.read(text, 0));
    std::vector<const Message*> due;
    for (const auto& [key, message] : messages_)
      if (message.seq > cursor.seq) due.push_back(&message);
    std::sort(due.begin(), due.end(),
              [](const Message* a, const Message* b) { return a->seq < b->seq; });
    const bool more = due.size() > limit;
    if (more) due.resize(limit);
    Json list = Json::array();
    for (const Message* message : due) {
      list.push(Json::object({{"key", message->key},
                              {"state", message->state},
                              {"at", message->at},
                              {"attempts", message->attempts},
                              {"next_at", message->next_at},
                              {"code", message->code},
                              {"text", message->text}}));
      cursor.seq = message->seq;
    }
    if (!more) cursor.seq = cursor.start = feed_.now();
    return Json::object(
               {{"changes", std::move(list)}, {"cursor", feed_.write(cursor)}, {"more", more}})
        .dump();
  }
  Result<std::string> preview(std::string_view text) const {
    CRM_TRY(const Json batch, parse_batch(text));
    const Lock lock(mutex_);
    const Json& message = batch["messages"][0];
    CRM_TRY_VOID(check(batch, message));
    return Json::object({{"subject", message.string("subject")},
                         {"text", message.string("text")},
                         {"html", message.string("html")},
                         {"raw", ""}})
        .dump();
  }
  Result<> test(std::string_view user) {
    const Lock lock(mutex_);
    if (state_ == "off") return Error{Code::conflict, "no mail server is configured", {}};
    tests_.emplace_back(user);
    return {};
  }

 private:
  static Result<Json> parse_batch(std::string_view text) {
    CRM_TRY(Json batch, Json::parse(text));
    const std::size_t count = batch["messages"].items().size();
    if (count < 1 || count > 200)
      return Error{Code::invalid, "messages: 1 to 200 are expected", {}};
    return batch;
  }
  Result<> check(const Json& batch, const Json& message) const {
    if (message.string("key").empty() || message.string("group").empty())
      return Error{Code::invalid, "key and group are needed", {}};
    if (message["to"].string("address").find('@') == std::string::npos)
      return Error{Code::invalid, "to.address: no address", {}};
    for (const std::string& name : message["images"].strings())
      CRM_TRY_VOID(check_image(batch["images"], name));
    return {};
  }
  Result<> check_image(const Json& images, const std::string& name) const {
    for (const Json& image : images.items()) {
      if (image.string("name") != name) continue;
      const std::string& account = image.string("account");
      if (account.empty()) return {};
      const auto logo = logos_.find(account);
      if (logo == logos_.end() || logo->second.string("sha256") != image.string("sha256"))
        return Error{Code::conflict, "the account has another logo now: read info again", {}};
      return {};
    }
    return Error{Code::invalid, "images: there is no image " + name, {}};
  }
  const Message& put(const Json& document) {
    const std::string& key = document.string("key");
    if (const auto found = messages_.find(key); found != messages_.end()) return found->second;
    const std::string& group = document.string("group");
    for (auto& [other, message] : messages_)
      if (message.group == group && message.attempts == 0 &&
          (message.state == "queued" || message.state == "held"))
        end(message, "replaced", 0, "");
    Message& message = messages_[key];
    message.key = key;
    message.group = group;
    message.document = document;
    message.order = static_cast<std::int64_t>(messages_.size());
    end(message, "queued", 0, "");
    message.next_at = document.find("not_before") ? document["not_before"].as_integer()
                                                  : clock_.wall() + hold_ms_;
    return message;
  }
  void end(Message& message, const std::string& state, std::int64_t code, std::string text) {
    message.state = state;
    message.at = clock_.wall();
    message.next_at = 0;
    message.code = code;
    message.text = std::move(text);
    message.seq = feed_.next();
  }

  Mutex& mutex_;
  const Clock& clock_;
  Feed& feed_;
  const Tasks& tasks_;
  std::string state_ = "off";
  std::vector<std::string> own_domains_, tests_;
  std::int64_t hold_ms_ = 60'000;
  std::map<std::string, Json> logos_;
  std::map<std::string, Message, std::less<>> messages_;
};

}  // namespace crm::fakes
