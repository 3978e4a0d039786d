// The settings flows over HTTP: begin, look, answer, drop.
#include "src/host/crm/event_view.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/flows/flow_runner.hpp"

namespace host {
namespace {

using hosting::Flow;
using hosting::Visitor;

std::string time_text(gcal::base::Instant time) {
  return occurrence_key(EventTime{false, std::chrono::floor<std::chrono::seconds>(time), "UTC"});
}

Visitor visitor_of(const ApiRequest& request) {
  return {request.user(), request.language};
}

FlowRunner::Show shown_to(Answerer answer) {
  return [answer = std::move(answer)](const Result<FlowRunner::Shown>& shown) {
    answer(shown ? Answer{200, Json::object({{"flow", shown->flow}, {"step", shown->step}})}
                 : error_answer(shown.error()));
  };
}

}  // namespace

void add_flow_routes(Api& api, FlowRunner& flows) {
  api.add_later("POST", "/api/flows", [&flows](const ApiRequest& request, Answerer answer) {
    flows.begin(visitor_of(request), request.body.string("plugin"), request.body.string("kind"),
                request.body.string("account"), shown_to(std::move(answer)));
  });
  api.add("GET", "/api/flows", [&flows](const ApiRequest& request) -> Result<Answer> {
    TRY(const auto drafts, flows.drafts(request.user()));
    Json list = Json::array();
    for (const Flow& flow : drafts) {
      list.push(Json::object({{"flow", flow.id},
                              {"plugin", flow.plugin},
                              {"kind", flow.kind},
                              {"account", flow.account},
                              {"updated", time_text(flow.updated)}}));
    }
    return Answer{200, std::move(list)};
  });
  api.add_later("GET", "/api/flows/{}", [&flows](const ApiRequest& request, Answerer answer) {
    flows.current(visitor_of(request), request.names[0], shown_to(std::move(answer)));
  });
  api.add_later("POST", "/api/flows/{}", [&flows](const ApiRequest& request, Answerer answer) {
    const Json& input = request.body["input"];
    if (!input.is_object() && !input.is_null())
      return answer(error_answer({Code::invalid, "input: an object is expected", {}}));
    flows.submit(visitor_of(request), request.names[0], request.body.string("step"),
                 input.is_null() ? Json::object() : input, shown_to(std::move(answer)));
  });
  api.add_later("DELETE", "/api/flows/{}", [&flows](const ApiRequest& request, Answerer answer) {
    flows.discard(request.user(), request.names[0],
                  [answer = std::move(answer)](const Result<>& done) {
                    answer(done ? Answer{} : error_answer(done.error()));
                  });
  });
}

}  // namespace host
