// The settings flows over HTTP: begin, read the current step, submit input, discard.
#include <chrono>
#include <utility>

#include "src/common/icalendar/rfc3339.hpp"
#include "src/hosting/web/settings_api.hpp"

namespace hosting {
namespace {

FlowUser flow_user_of(const SettingsRequest& request) {
  const crm_hosting::Identity& who = request.identity;
  return {who.user, who.language, who.is_confirmed, who.session};
}

std::string time_text(gcal::base::Instant time) {
  return gcal::icalendar::format_rfc3339(std::chrono::floor<std::chrono::seconds>(time), "UTC");
}

FlowRunner::OnView respond_with_view(Respond respond) {
  return [respond = std::move(respond)](const Result<FlowView>& view) {
    respond(view ? ApiResponse{200, Json::object({{"flow", view->flow}, {"step", view->step}})}
                 : error_response(view.error()));
  };
}

}  // namespace

void add_flow_routes(SettingsApi& api, FlowRunner& flows) {
  api.add_async("POST", "/api/flows", [&flows](const SettingsRequest& request, Respond respond) {
    flows.begin(flow_user_of(request), request.body.string("plugin"), request.body.string("kind"),
                request.body.string("account"), respond_with_view(std::move(respond)));
  });
  api.add("GET", "/api/flows", [&flows](const SettingsRequest& request) -> Result<ApiResponse> {
    TRY(const auto drafts, flows.drafts(request.user()));
    Json list = Json::array();
    for (const Flow& flow : drafts) {
      list.push(Json::object({{"flow", flow.id},
                              {"plugin", flow.plugin},
                              {"kind", flow.kind},
                              {"account", flow.account},
                              {"updated", time_text(flow.updated)}}));
    }
    return ApiResponse{200, std::move(list)};
  });
  api.add_async("GET", "/api/flows/{}", [&flows](const SettingsRequest& request, Respond respond) {
    flows.current(flow_user_of(request), request.path_parameters[0],
                  respond_with_view(std::move(respond)));
  });
  api.add_async("POST", "/api/flows/{}", [&flows](const SettingsRequest& request, Respond respond) {
    const Json& input = request.body["input"];
    if (!input.is_object() && !input.is_null())
      return respond(error_response({Code::invalid, "input: an object is expected", {}}));
    flows.submit(flow_user_of(request), request.path_parameters[0], request.body.string("step"),
                 input.is_null() ? Json::object() : input, respond_with_view(std::move(respond)));
  });
  api.add("PATCH", "/api/flows/{}",
          [&flows](const SettingsRequest& request) -> Result<ApiResponse> {
            if (!request.body["values"].is_object())
              return Error{Code::invalid, "values: an object is expected", {}};
            TRY_VOID(flows.keep(flow_user_of(request), request.path_parameters[0],
                                request.body.string("step"), request.body["values"]));
            return ApiResponse{};
          });
  api.add_async("DELETE", "/api/flows/{}",
                [&flows](const SettingsRequest& request, Respond respond) {
                  flows.discard(request.user(), request.path_parameters[0],
                                [respond = std::move(respond)](const Result<>& done) {
                                  respond(done ? ApiResponse{} : error_response(done.error()));
                                });
                });
}

}  // namespace hosting
