#include "src/hosting/web/settings_api.hpp"

#include <utility>

namespace hosting {

void SettingsApi::add(std::string_view method, std::string_view pattern, Handler handler,
                      Access access) {
  add_async(
      method, pattern,
      [handler = std::move(handler)](const SettingsRequest& request, const Respond& respond) {
        auto result = handler(request);
        respond(result ? *std::move(result) : error_response(result.error()));
      },
      access);
}

void SettingsApi::add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                            Access access) {
  routes_.push_back({std::string(method), std::string(pattern), segments_of(pattern),
                     std::move(handler), access});
}

ApiResponse SettingsApi::no_route_response(const std::string& allowed) {
  if (allowed.empty())
    return error_response(404, "not_found", "error.not_found", "there is no such path");
  ApiResponse response =
      error_response(405, "invalid", "error.invalid", "this path does not know the method");
  response.headers.set("Allow", allowed);
  return response;
}

void audit(HostContext& context, std::string_view action, const SettingsRequest& request,
           std::string_view object) {
  context.log().warning("audit", Json::object({{"action", action},
                                               {"user", request.user()},
                                               {"client", request.client},
                                               {"object", object}}));
}

}  // namespace hosting
