// The logo of a calendar account, and how an invitation with it looks. It must never show the logo
// of another user's account.
#include "src/common/base/bytes.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/mail/mail.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using hosting::Account;
using mail::Mail;

// base64 of kMaxUpload, and what is around it.
constexpr RouteLimits kUploadLimits{.body = 400 << 10, .burst = 20, .per_second = 1};

// An account that was disconnected does not exist for its user.
Result<Account> connected(Crm& crm, const ApiRequest& request) {
  TRY(Account account, crm.accounts().of_user(request.user(), request.path_parameters[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  return account;
}

Result<ApiResponse> logo_response(Mail& mail, const std::string& account) {
  TRY(const auto logo, mail.logos().of_account(account));
  TRY(const mail::MailSettings settings, mail.settings().read());
  TRY(const std::string state, mail.state());
  Json json;
  if (logo) {
    json = logo->to_json();
    json.set("url", "/api/accounts/" + account + "/logo/" + logo->sha256);
  }
  return ApiResponse{
      200, Json::object({{"logo", std::move(json)},
                         {"mailer", Json::object({{"state", state}, {"from", settings.from}})}})};
}

ApiResponse upload_error_response(const Error& error) {
  if (!error.message.starts_with("logo.error.")) return error_response(error);
  return error_response(400, "invalid", error.message, error.message, Json::object(), "base64");
}

Result<ApiResponse> upload(Crm& crm, Mail& mail, const ApiRequest& request) {
  TRY(const Account account, connected(crm, request));
  const auto bytes = gcal::base::from_base64(request.body.string("base64"));
  if (!bytes || bytes->empty()) return Error{Code::invalid, "base64: a file is needed", {}};
  const auto image = mail::logo_of_upload(
      std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()),
      request.body["transparent"].as_bool());
  if (!image) return upload_error_response(image.error());
  TRY_VOID(mail.logos().put(account, *image, request.body.string("alt"), mail.now()));
  audit(crm.log(), "logo_set", request.user(), request, account.id);
  return logo_response(mail, account.id);
}

Result<ApiResponse> image(Crm& crm, Mail& mail, const ApiRequest& request) {
  TRY(const Account account, connected(crm, request));
  TRY(auto logo, mail.logos().of_account(account.id));
  if (!logo || logo->sha256 != request.path_parameters[1])
    return Error{Code::not_found, "the account has no such logo", {}};
  ApiResponse response;
  response.raw = std::move(logo->png);
  response.raw_type = "image/png";
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

// What the plugin would mail, rendered by this host.
Result<Json> rendered(const Mail& mail, const std::string& plugin,
                      const Result<std::string>& answer) {
  if (!answer) return answer.error();
  TRY(const Json batch, Json::parse(*answer));
  TRY(Json preview, mail.preview(plugin, batch));
  preview.set("calendar", batch["messages"].items().front()["calendar"].string("text"));
  return preview;
}

void sample(Crm& crm, Mail& mail, Plugins& plugins, const ApiRequest& request,
            const std::function<ApiResponse(Json)>& show, const Respond& respond) {
  const auto account = connected(crm, request);
  if (!account) return respond(error_response(account.error()));
  // The page asks for both languages; a frame cannot send the header that says which.
  const std::string_view chosen = request.parameter("language");
  const bool is_known = chosen == "de" || chosen == "en";
  Json question = Json::object({{"account", account->id},
                                {"user", request.user()},
                                {"language", is_known ? std::string(chosen) : request.language}});
  for (const std::string_view name : {"event", "calendar", "revision"})
    if (const auto value = request.parameter(name); !value.empty()) question.set(name, value);
  plugins.invitation(
      account->plugin, question,
      [&mail, plugin = account->plugin, show, respond](const Result<std::string>& answer) {
        auto preview = rendered(mail, plugin, answer);
        respond(preview ? show(*std::move(preview)) : error_response(preview.error()));
      });
}

void add_sample(Api& api, Crm& crm, Mail& mail, Plugins& plugins, std::string_view path,
                const std::function<ApiResponse(Json)>& show) {
  api.add_async("GET", path, [&, show](const ApiRequest& request, const Respond& respond) {
    sample(crm, mail, plugins, request, show, respond);
  });
}

}  // namespace

void add_logo_routes(Api& api, Crm& crm, Mail& mail, Plugins& plugins) {
  api.add("GET", "/api/accounts/{}/logo", [&](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const Account account, connected(crm, request));
    return logo_response(mail, account.id);
  });
  api.add(
      "PUT", "/api/accounts/{}/logo",
      [&](const ApiRequest& request) { return upload(crm, mail, request); }, Api::Access::user,
      kUploadLimits);
  api.add("PATCH", "/api/accounts/{}/logo", [&](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const Account account, connected(crm, request));
    TRY_VOID(mail.logos().set_alt(account.id, request.body.string("alt"), mail.now()));
    return logo_response(mail, account.id);
  });
  api.add("DELETE", "/api/accounts/{}/logo", [&](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const Account account, connected(crm, request));
    TRY_VOID(mail.logos().remove(account.id));
    audit(crm.log(), "logo_remove", request.user(), request, account.id);
    return logo_response(mail, account.id);
  });
  api.add("GET", "/api/accounts/{}/logo/{}",
          [&](const ApiRequest& request) { return image(crm, mail, request); });
  add_sample(api, crm, mail, plugins, "/api/accounts/{}/invitation", [](Json preview) {
    return ApiResponse{200, std::move(preview)};
  });
  add_sample(api, crm, mail, plugins, "/api/accounts/{}/invitation/html",
             [](const Json& preview) { return frame_response(preview.string("html")); });
}

}  // namespace host
