#include "plugin/adapters/host_calls.hpp"

#include <algorithm>

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::size_t kBatchSize = 500;  // of crm.events/0 get and apply
constexpr std::uint32_t kPageSize = 500;
constexpr std::size_t kMaxKeys = 500;  // of crm.mailer/0 withdraw
constexpr int kMaxEdits = 8;

Error no_mailer() {
  return Error{Code::unavailable, "this host offers no mailer", {}};
}

Account account_of(const Json& json) {
  return {json.string("id"), json.string("user"), json.string("state"),
          settings::account_config_from_json(json["config"]), json.string("revision")};
}

HostCalendar calendar_of(const Json& json) {
  return {json.string("id"),   json.string("account"), json.string("remote_id"),
          json.string("name"), json.string("color"),   json.string("role"),
          json.string("mode"), json.string("state"),   json["is_default"].as_bool()};
}

Result<Json> parsed(const Result<std::string>& document) {
  if (!document) return document.error();
  return Json::parse(*document);
}

}  // namespace

Task<Json> HostCalls::document(std::function<Result<std::string>()> call) {
  std::function<Result<Json>()> read = [call = std::move(call)] { return parsed(call()); };
  co_return co_await blocking_.run<Json>(std::move(read));
}

Task<> HostCalls::work(std::function<Result<>()> call) {
  co_return co_await blocking_.run<void>(std::move(call));
}

Task<std::vector<Account>> HostCalls::accounts() {
  std::function<Result<std::string>()> call = [this] { return host_.accounts.list(); };
  CO_TRY(const Json list, co_await document(std::move(call)));
  std::vector<Account> accounts;
  for (const Json& json : list.items()) accounts.push_back(account_of(json));
  co_return accounts;
}

Task<Account> HostCalls::account(std::string id) {
  std::function<Result<std::string>()> call = [this, &id] { return host_.accounts.get(id); };
  CO_TRY(const Json json, co_await document(std::move(call)));
  co_return account_of(json);
}

Task<AccountAndMailer> HostCalls::account_and_mailer(std::string id) {
  std::function<Result<AccountAndMailer>()> read = [this, &id]() -> Result<AccountAndMailer> {
    AccountAndMailer found;
    TRY(const Json json, parsed(host_.accounts.get(id)));
    found.account = account_of(json);
    if (!host_.mailer) return found;
    if (Result<Json> info = parsed(host_.mailer->info()))
      found.mailer = *std::move(info);
    else
      found.mailer_trouble = info.error().message;
    return found;
  };
  co_return co_await blocking_.run<AccountAndMailer>(std::move(read));
}

Task<Account> HostCalls::edit_config(std::string id, settings::ConfigEdit edit) {
  for (int attempt = 0; attempt < kMaxEdits; ++attempt) {
    CO_TRY(Account current, co_await account(id));
    settings::AccountConfig edited = current.config;
    edit(edited);
    if (edited == current.config) co_return current;
    std::function<Result<>()> call = [this, &current, &edited] {
      return host_.accounts.put_config_if(current.id, current.revision,
                                          settings::to_json(edited).dump());
    };
    const Result<> stored = co_await work(std::move(call));
    if (!stored && stored.error().code != Code::conflict) co_return stored.error();
    if (stored) co_return co_await account(std::move(id));
  }
  co_return Error{Code::unavailable, "the account's options keep changing", {}};
}

Task<> HostCalls::set_account_state(std::string account, std::string state) {
  std::function<Result<>()> call = [this, &account, &state] {
    return host_.accounts.set_state(account, state);
  };
  co_return co_await work(std::move(call));
}

Task<HostUser> HostCalls::user(std::string id) {
  std::function<Result<std::string>()> call = [this, &id] { return host_.accounts.user(id); };
  CO_TRY(const Json json, co_await document(std::move(call)));
  HostUser user{json.string("id"), json.string("email"), json.string("role") == "admin",
                json.string("default_calendar"), json.string("locale")};
  co_return user;
}

Task<std::vector<HostCalendar>> HostCalls::calendars(std::string account) {
  std::function<Result<std::string>()> call = [this, &account] {
    return host_.calendars.list(account);
  };
  CO_TRY(const Json list, co_await document(std::move(call)));
  std::vector<HostCalendar> calendars;
  for (const Json& json : list.items()) calendars.push_back(calendar_of(json));
  co_return calendars;
}

Json to_json(const HostCalendar& calendar) {
  return Json::object({{"remote_id", calendar.remote_calendar},
                       {"name", calendar.name},
                       {"color", calendar.color},
                       {"role", calendar.role},
                       {"mode", calendar.mode}});
}

Task<std::string> HostCalls::put_calendar(HostCalendar calendar) {
  Json json = to_json(calendar);
  json.set("account", calendar.account);
  std::function<Result<std::string>()> call = [this, &json] {
    return host_.calendars.put(json.dump());
  };
  co_return co_await blocking_.run<std::string>(std::move(call));
}

Task<> HostCalls::set_calendar_state(std::string calendar, std::string state) {
  std::function<Result<>()> call = [this, &calendar, &state] {
    return host_.calendars.set_state(calendar, state);
  };
  co_return co_await work(std::move(call));
}

Task<> HostCalls::set_default_calendar(std::string user, std::string calendar) {
  std::function<Result<>()> call = [this, &user, &calendar] {
    return host_.calendars.set_default(user, calendar);
  };
  co_return co_await work(std::move(call));
}

Task<std::string> HostCalls::own_calendar(std::string user) {
  std::function<Result<std::string>()> call = [this, &user] { return host_.calendars.own(user); };
  co_return co_await blocking_.run<std::string>(std::move(call));
}

Task<Json> HostCalls::event_changes(std::string calendar, std::string cursor) {
  std::function<Result<std::string>()> call = [this, &calendar, &cursor] {
    return host_.events.changes(calendar, cursor, kPageSize);
  };
  co_return co_await document(std::move(call));
}

Task<std::vector<Json>> HostCalls::events(std::vector<std::string> ids) {
  std::vector<Json> documents;
  for (std::size_t begin = 0; begin < ids.size(); begin += kBatchSize) {
    Json batch = Json::array();
    for (std::size_t i = begin; i < std::min(begin + kBatchSize, ids.size()); ++i)
      batch.push(ids[i]);
    std::function<Result<std::string>()> call = [this, &batch] {
      return host_.events.get(batch.dump());
    };
    CO_TRY(Json answer, co_await document(std::move(call)));
    for (Json& one : answer.mutable_items()) documents.push_back(std::move(one));
  }
  co_return documents;
}

Task<std::vector<Json>> HostCalls::apply(std::int64_t fence, std::vector<Json> operations) {
  std::vector<Json> results;
  for (std::size_t begin = 0; begin < operations.size(); begin += kBatchSize) {
    Json batch = Json::array();
    Json op_ids = Json::array();
    for (std::size_t i = begin; i < std::min(begin + kBatchSize, operations.size()); ++i) {
      op_ids.push(operations[i]["op_id"]);
      batch.push(std::move(operations[i]));
    }
    std::function<Result<std::string>()> call = [this, &batch, fence] {
      return host_.events.apply(fence, batch.dump());
    };
    CO_TRY(Json answer, co_await document(std::move(call)));
    if (answer.items().size() != batch.items().size())
      co_return Error{Code::internal, "the host answered another number of operations", {}};
    for (Json& one : answer.mutable_items()) results.push_back(std::move(one));
    std::function<Result<>()> settle = [this, &op_ids] {
      return host_.events.settle(op_ids.dump());
    };
    CO_TRY_VOID(co_await work(std::move(settle)));
  }
  co_return results;
}

Task<Json> HostCalls::contact_changes(std::string cursor) {
  std::function<Result<std::string>()> call = [this, &cursor] {
    return host_.contacts.changes(cursor, kPageSize);
  };
  co_return co_await document(std::move(call));
}

Task<Json> HostCalls::mailer_info() {
  if (!host_.mailer) co_return no_mailer();
  std::function<Result<std::string>()> call = [this] { return host_.mailer->info(); };
  co_return co_await document(std::move(call));
}

Task<std::vector<Json>> HostCalls::submit_mails(std::int64_t fence, Json batch) {
  if (!host_.mailer) co_return no_mailer();
  std::function<Result<std::string>()> call = [this, &batch, fence] {
    return host_.mailer->submit(fence, batch.dump());
  };
  CO_TRY(Json answer, co_await document(std::move(call)));
  co_return std::move(answer.mutable_items());
}

Task<std::vector<Json>> HostCalls::withdraw_mails(std::int64_t fence,
                                                  std::vector<std::string> keys) {
  if (!host_.mailer) co_return no_mailer();
  std::vector<Json> results;
  for (std::size_t begin = 0; begin < keys.size(); begin += kMaxKeys) {
    Json some = Json::array();
    for (std::size_t i = begin; i < std::min(begin + kMaxKeys, keys.size()); ++i)
      some.push(keys[i]);
    std::function<Result<std::string>()> call = [this, &some, fence] {
      return host_.mailer->withdraw(fence, some.dump());
    };
    CO_TRY(Json answer, co_await document(std::move(call)));
    for (Json& one : answer.mutable_items()) results.push_back(std::move(one));
  }
  co_return results;
}

Task<Json> HostCalls::mail_changes(std::string cursor) {
  if (!host_.mailer) co_return no_mailer();
  std::function<Result<std::string>()> call = [this, &cursor] {
    return host_.mailer->changes(cursor, kPageSize);
  };
  co_return co_await document(std::move(call));
}

Task<> HostCalls::schedule(std::string key, std::int64_t at_ms) {
  std::function<Result<>()> call = [this, &key, at_ms] {
    return host_.tasks.schedule(key, at_ms, "");
  };
  co_return co_await work(std::move(call));
}

}  // namespace gcal::plugin
