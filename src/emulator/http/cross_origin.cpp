#include "src/emulator/http/cross_origin.hpp"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

constexpr std::array<std::string_view, 4> kApis{"/calendar/v3/", "/batch/", "/discovery/",
                                                "/$discovery/"};

// A page exchanges a code, reads who has signed in, and reads the keys and addresses that it needs
// for it. It cannot revoke ("does not support Cross-origin Resource Sharing", Google's guide
// OAuth 2.0 for Client-side Web Applications); the sign-in itself is a page, not a request.
constexpr std::array<std::string_view, 13> kSignIn{"/token",
                                                   "/o/oauth2/token",
                                                   "/oauth2/v4/token",
                                                   "/tokeninfo",
                                                   "/oauth2/v1/tokeninfo",
                                                   "/oauth2/v3/tokeninfo",
                                                   "/v1/userinfo",
                                                   "/oauth2/v1/userinfo",
                                                   "/oauth2/v2/userinfo",
                                                   "/oauth2/v3/userinfo",
                                                   "/oauth2/v1/certs",
                                                   "/oauth2/v3/certs",
                                                   "/.well-known/openid-configuration"};

bool serves_pages(std::string_view path) {
  return std::any_of(kApis.begin(), kApis.end(),
                     [&](std::string_view api) { return path.starts_with(api); }) ||
         std::find(kSignIn.begin(), kSignIn.end(), path) != kSignIn.end();
}

std::string_view host_of(std::string_view origin) {
  const std::size_t at = origin.find("://");
  return at == std::string_view::npos ? origin : origin.substr(at + 3);
}

}  // namespace

std::optional<Response> answer_preflight(const Request& request) {
  const std::string origin = header(request.headers, "Origin");
  const std::string wanted = header(request.headers, "Access-Control-Request-Method");
  if (request.method != "OPTIONS" || origin.empty() || wanted.empty() ||
      !serves_pages(request.path))
    return std::nullopt;
  Response response;
  response.headers = {{"Access-Control-Allow-Methods", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"},
                      {"Access-Control-Max-Age", "3600"},
                      {"Vary", "Origin, X-Origin, Referer"},
                      {"Content-Type", "text/html; charset=UTF-8"}};
  if (const std::string asked = header(request.headers, "Access-Control-Request-Headers");
      !asked.empty())
    response.headers.emplace_back("Access-Control-Allow-Headers", asked);
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  return response;
}

void allow_origin(const Request& request, Response& response) {
  const std::string origin = header(request.headers, "Origin");
  if (origin.empty() || !serves_pages(request.path)) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Expose-Headers",
                                "Cache-Control,Content-Encoding,Content-Length,Content-Type,Date,"
                                "ETag,Expires,Retry-After,Server,Vary,WWW-Authenticate");
  if (header(response.headers, "Vary").empty())
    response.headers.emplace_back("Vary", "Origin, X-Origin, Referer");
}

bool is_other_origin(std::string_view origin, std::string_view own) {
  return !origin.empty() && host_of(origin) != host_of(own);
}

}  // namespace emulator
