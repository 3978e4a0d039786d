#include "src/host/web/api_response.hpp"

#include <utility>

namespace host {

ApiResponse frame_response(std::string html) {
  ApiResponse response;
  response.raw = std::move(html);
  response.raw_type = "text/html; charset=utf-8";
  response.headers.set("Content-Security-Policy",
                       "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                       "form-action 'none'; base-uri 'none'; frame-ancestors 'self'");
  response.headers.set("X-Frame-Options", "SAMEORIGIN");
  return response;
}

gcal::net::ServerResponse to_response(ApiResponse response) {
  return to_response(hosting::as_http(std::move(response)));
}

gcal::net::ServerResponse to_response(crm_hosting::Response response) {
  gcal::net::ServerResponse out;
  out.status = response.status;
  for (auto& [name, value] : response.headers) out.headers.add(std::move(name), std::move(value));
  out.body = std::move(response.body);
  return out;
}

}  // namespace host
