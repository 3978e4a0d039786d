// Mail: the settings of the mail server and the test mail for administrators, and each user's own
// sent mail. What changes the settings asks for a password that was given within the last 15
// minutes. It must never answer the password of the mail server, nor a message of another user.
#include "src/host/crm/crm.hpp"
#include "src/host/mail/mail.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/common_json.hpp"
#include "src/host/web/routes.hpp"

namespace host {
namespace {

using mail::Mail;
using mail::StoredMail;

std::string time_or_nothing(std::int64_t ms) {
  return ms > 0 ? time_text(gcal::base::Instant(std::chrono::milliseconds(ms))) : std::string();
}

Result<ApiResponse> settings_response(Mail& mail) {
  TRY(const mail::MailSettings settings, mail.settings().read());
  TRY(const std::string state, mail.state());
  TRY(const mail::Trouble trouble, mail.settings().trouble());
  TRY(const mail::QueueCounts counts, mail.queue().counts());
  TRY(const Json failures, mail.queue().last_failures());
  Json errors = Json::array();
  for (const Json& failure : failures.items())
    errors.push(Json::object({{"at", time_or_nothing(failure["at"].as_integer())},
                              {"code", failure["code"]},
                              {"text", failure["text"]}}));
  Json json = mail::to_json(settings);
  json.set("state", state);
  json.set("reason", trouble.text);
  json.set("hold_seconds", settings.hold_ms / 1000);
  json.set("waiting", counts.waiting);
  json.set("held", counts.held);
  json.set("errors", std::move(errors));
  return ApiResponse{200, std::move(json)};
}

Result<ApiResponse> held(Crm& crm, Mail& mail, const ApiRequest& request) {
  const std::string& action = request.body.string("action");
  if (action != "send" && action != "drop") return Error{Code::invalid, "action: send or drop", {}};
  TRY(const std::int64_t changed, mail.queue().release_held(action == "send", mail.now()));
  audit(crm.log(), "mail_held_" + action, request.user(), request);
  mail.changed();
  return ApiResponse{200, Json::object({{"changed", changed}})};
}

// A route for administrators who gave their password lately.
void add_confirmed(Api& api, std::string_view method, std::string_view path, Api::Handler handler) {
  api.add(
      method, path,
      [handler = std::move(handler)](const ApiRequest& request) -> Result<ApiResponse> {
        if (!request.session.confirmed) return confirm_first_response();
        return handler(request);
      },
      Api::Access::administrator);
}

void add_settings(Api& api, Crm& crm, Mail& mail) {
  api.add(
      "GET", "/api/mail/settings", [&mail](const ApiRequest&) { return settings_response(mail); },
      Api::Access::administrator);
  add_confirmed(api, "PUT", "/api/mail/settings",
                [&](const ApiRequest& request) -> Result<ApiResponse> {
                  TRY_VOID(mail.settings().write(request.body));
                  audit(crm.log(), "mail_settings", request.user(), request);
                  TRY_VOID(mail.retry_now());
                  return settings_response(mail);
                });
  add_confirmed(api, "DELETE", "/api/mail/settings",
                [&](const ApiRequest& request) -> Result<ApiResponse> {
                  TRY_VOID(mail.settings().remove());
                  audit(crm.log(), "mail_settings_remove", request.user(), request);
                  return settings_response(mail);
                });
  add_confirmed(api, "POST", "/api/mail/test",
                [&](const ApiRequest& request) -> Result<ApiResponse> {
                  TRY_VOID(mail.test(request.user()));
                  audit(crm.log(), "mail_test", request.user(), request);
                  return ApiResponse{200, Json::object({{"to", request.session.user.email}})};
                });
  add_confirmed(api, "POST", "/api/mail/test/confirm",
                [&](const ApiRequest& request) -> Result<ApiResponse> {
                  TRY_VOID(mail.settings().confirm(request.body.string("code"), mail.now()));
                  audit(crm.log(), "mail_test_confirm", request.user(), request);
                  TRY_VOID(mail.retry_now());
                  return settings_response(mail);
                });
  add_confirmed(api, "POST", "/api/mail/held",
                [&](const ApiRequest& request) { return held(crm, mail, request); });
}

Json to_json(const StoredMail& mail) {
  return Json::object({{"id", mail.id},
                       {"at", time_or_nothing(mail.at)},
                       {"created", time_or_nothing(mail.created_at)},
                       {"to", mail.recipient},
                       {"subject", mail.subject},
                       {"kind", mail.kind},
                       {"state", mail.state},
                       {"attempts", mail.attempts},
                       {"next_at", time_or_nothing(mail.next_at)},
                       {"reason", mail.text},
                       {"code", mail.code},
                       {"event", mail.event},
                       {"blank", mail.is_blank}});
}

Result<ApiResponse> list(Mail& mail, const ApiRequest& request) {
  const std::string_view filter = request.parameter("state");
  if (!filter.empty() && filter != "waiting" && filter != "sent" && filter != "failed")
    return Error{Code::invalid, "state: waiting, sent or failed", {}};
  TRY(const std::int64_t limit, number(request, "limit", 50, 1, 200));
  TRY(const std::int64_t after, number(request, "after", 0, 0, INT64_MAX));
  const mail::MailFilter wanted{filter, request.parameter("event"), request.parameter("account")};
  TRY(auto mails,
      mail.queue().of_user(request.user(), wanted, static_cast<std::size_t>(limit) + 1, after));
  const bool more = mails.size() > static_cast<std::size_t>(limit);
  if (more) mails.pop_back();
  Json items = Json::array();
  for (const StoredMail& one : mails) items.push(to_json(one));
  return ApiResponse{200,
                     Json::object({{"items", std::move(items)},
                                   {"more", more ? std::to_string(mails.back().position) : ""}})};
}

Result<ApiResponse> one(Mail& mail, const ApiRequest& request) {
  const std::string& id = request.path_parameters[0];
  TRY(const StoredMail stored, mail.queue().of_user(request.user(), id));
  TRY(const mail::MailQueue::Content content, mail.queue().content(request.user(), id));
  Json json = to_json(stored);
  const auto written = Json::parse(content.json);
  json.set("text", written ? written->string("text") : std::string());
  json.set("calendar", written ? written->string("calendar") : std::string());
  json.set("raw", content.bytes);
  return ApiResponse{200, std::move(json)};
}

Result<ApiResponse> page(Mail& mail, const ApiRequest& request) {
  TRY(const mail::MailQueue::Content content,
      mail.queue().content(request.user(), request.path_parameters[0]));
  const auto written = Json::parse(content.json);
  if (!written) return Error{Code::gone, "the content was erased after 30 days", {}};
  return frame_response(written->string("html"));
}

using Act = Result<> (mail::MailQueue::*)(std::string_view, std::string_view, std::int64_t);

void add_act(Api& api, Mail& mail, std::string_view name, Act act) {
  api.add("POST", "/api/mail/{}/" + std::string(name),
          [&mail, act](const ApiRequest& request) -> Result<ApiResponse> {
            const std::string& id = request.path_parameters[0];
            TRY_VOID((mail.queue().*act)(request.user(), id, mail.now()));
            mail.changed();
            TRY(const StoredMail stored, mail.queue().of_user(request.user(), id));
            return ApiResponse{200, to_json(stored)};
          });
}

}  // namespace

void add_mail_routes(Api& api, Crm& crm, Mail& mail) {
  add_settings(api, crm, mail);
  api.add("GET", "/api/mail", [&mail](const ApiRequest& request) { return list(mail, request); });
  api.add("GET", "/api/mail/{}", [&mail](const ApiRequest& request) { return one(mail, request); });
  api.add("GET", "/api/mail/{}/html",
          [&mail](const ApiRequest& request) { return page(mail, request); });
  add_act(api, mail, "hold", &mail::MailQueue::hold);
  add_act(api, mail, "send", &mail::MailQueue::send_now);
  add_act(api, mail, "drop", &mail::MailQueue::drop);
}

}  // namespace host
