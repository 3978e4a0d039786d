#include "src/emulator/api/emulator.hpp"

#include <algorithm>
#include <csignal>

#include "src/common/base/id.hpp"
#include "src/emulator/api/batch.hpp"
#include "src/emulator/api/calendar_api.hpp"
#include "src/emulator/api/discovery.hpp"
#include "src/emulator/api/parameters.hpp"
#include "src/emulator/controls/controls.hpp"
#include "src/emulator/http/cross_origin.hpp"
#include "src/emulator/http/method_override.hpp"
#include "src/emulator/http/pretty_print.hpp"
#include "src/emulator/oauth/oauth_api.hpp"

namespace emulator {
namespace {

// The emulator's own page sends it: such requests are neither counted nor hit by faults.
constexpr std::string_view kPageHeader = "X-Emulator-Page";

// The controls can hand out tokens and delete everything, so no page but the emulator's own may
// call them: any page in the tester's browser could.
Response refuse_other_origin() {
  return json_response(403, gcal::base::Json::object(
                                {{"error", "the controls do not serve pages of other origins"}}));
}

// Google indents unless prettyPrint=false. Bytes that a fault has made stay as they are.
bool is_indented(const Request& request, const Response& response, const Effect* effect) {
  if (!request.path.starts_with("/calendar/v3/") && !is_discovery(request.path)) return false;
  if (response.body.empty() || !header(response.headers, "Content-Encoding").empty()) return false;
  if (effect && (effect->body || effect->garbage || effect->truncate)) return false;
  if (request.query.find("rettyPrint=") == std::string::npos) return true;
  const auto query = gcal::net::form_decode(request.query);
  if (!query) return true;
  for (const char* name : {"prettyPrint", "$prettyPrint"})
    if (gcal::net::parameter_count(*query, name) > 0)
      return as_flag(gcal::net::parameter(*query, name));
  return true;
}

void kill_process(const Effect& effect) {
  ::kill(static_cast<pid_t>(effect.kill_pid), SIGKILL);
}

}  // namespace

Emulator::Emulator(gcal::base::Clock& clock, gcal::base::Random& random)
    : context_(clock, random) {}

std::deque<Push> Emulator::take_pushes() {
  const std::lock_guard lock(mutex_);
  return context_.channels.take();
}

std::optional<std::int64_t> Emulator::next_push() {
  const std::lock_guard lock(mutex_);
  return context_.channels.next_due_ms();
}

void Emulator::set_push_listener(std::function<void()> listener) {
  const std::lock_guard lock(mutex_);
  context_.channels.on_push = std::move(listener);
}

Outcome<LoadReport> Emulator::start_with(WorldSource source) {
  const std::lock_guard lock(mutex_);
  Outcome<LoadReport> report = context_.reset_to(source);
  if (report) context_.start = std::move(source);
  return report;
}

Outcome<LoadReport> Emulator::reset_to_start() {
  const std::lock_guard lock(mutex_);
  return context_.reset_to(context_.start);
}

Response Emulator::handle(const Request& incoming) {
  const std::lock_guard lock(mutex_);
  if (incoming.path.starts_with("/_emulator/")) {
    if (is_other_origin(header(incoming.headers, "Origin"), incoming.origin))
      return refuse_other_origin();
    if (incoming.method != "GET") ++context_.version;
    return Controls(context_).handle(incoming);
  }
  // Neither counted nor hit by faults: a browser sends it, not the page.
  if (auto preflight = answer_preflight(incoming)) return *std::move(preflight);
  Request request = incoming;
  apply_method_override(request);
  if (!header(request.headers, kPageHeader).empty()) return dispatch(request, {}, nullptr);
  return serve(request);
}

Response Emulator::serve(const Request& request) {
  std::string path_template = request.path;
  if (request.path.starts_with("/calendar/v3/")) path_template = CalendarApi::template_of(request);
  ++context_.requests[request.method + " " + path_template];
  ++context_.version;

  const std::optional<FaultRule> rule = context_.faults.take(request, path_template);
  Response response = rule ? serve_with_fault(request, *rule) : dispatch(request, {}, nullptr);
  context_.log.add(request, response, context_.google->now_ms(), rule ? rule->id : 0);
  if (is_indented(request, response, rule ? &rule->effect : nullptr))
    response.body = indented(response.body);
  return response;
}

Response Emulator::serve_with_fault(const Request& request, const FaultRule& rule) {
  const Effect& effect = rule.effect;
  if (effect.kill_pid > 0 && !effect.after) kill_process(effect);
  Response response;
  const bool replaced = effect.replaces() || effect.reply_to;
  if (!replaced || effect.after || effect.parts_done)
    response = dispatch(request, effect.list, &effect);
  if (effect.kill_pid > 0 && effect.after) kill_process(effect);
  if (effect.reply_to) {
    Request other = *effect.reply_to;
    other.headers = request.headers;
    other.origin = request.origin;
    response = dispatch(other, {}, nullptr);
  }
  if (effect.replaces()) {
    response = replacement(effect);
    allow_origin(request, response);
  }
  apply_response_fault(effect, request, *rule.held, response);
  return response;
}

Response Emulator::dispatch(const Request& request, ListFaults faults, const Effect* effect) {
  Response response = answer(request, faults, effect);
  allow_origin(request, response);
  return response;
}

Response Emulator::answer(const Request& request, ListFaults faults, const Effect* effect) {
  if (request.path.starts_with("/calendar/v3/"))
    return CalendarApi(context_).handle(request, faults);
  if (request.path == "/batch/calendar/v3") return batch(request, effect ? *effect : Effect{});
  if (OAuthApi::serves(request.path))
    return OAuthApi(*context_.google, *context_.tokens, context_.key).handle(request);
  if (request.method == "GET" && is_discovery(request.path)) return discovery(request);
  return problem_response(not_found());
}

// Each part is a request of its own, counted and hit by faults. A part whose response is dropped by
// a fault is missing.
Response Emulator::batch(const Request& request, const Effect& effect) {
  if (request.method != "POST")
    return problem_response({405, "global", "methodNotAllowed", "Method Not Allowed", {}, {}});
  std::string token = header(request.headers, "Authorization");
  if (token.size() > 7) token.erase(0, 7);
  if (!token.empty() && !context_.tokens->access(token))
    return problem_response(
        {401, "global", "authError", "Invalid Credentials", "header", "Authorization"});
  auto parts = read_batch(request);
  if (!parts) return problem_response(parts.error());
  std::vector<std::string> answers;
  std::int64_t executed = 0;
  for (BatchPart& part : *parts) {
    if (effect.parts_done && executed++ >= *effect.parts_done) break;
    apply_method_override(part.request);
    const Response answer = !part.readable || !part.request.path.starts_with("/calendar/v3/")
                                ? problem_response(bad_request("badRequest", "Bad Request"))
                                : serve(part.request);
    if (answer.drop) continue;
    const std::string content_id = effect.wrong_content_id
                                       ? "<of-nobody-" + std::to_string(answers.size()) + ">"
                                       : part.content_id;
    answers.push_back(write_batch_part(content_id, answer));
  }
  if (effect.reverse_parts) std::reverse(answers.begin(), answers.end());
  const std::string boundary = "batch_" + gcal::base::new_id(context_.random);
  Response response;
  for (const std::string& answer : answers) response.body += "--" + boundary + "\r\n" + answer;
  response.headers = {{"Content-Type", "multipart/mixed; boundary=" + boundary},
                      {"Vary", "Origin, X-Origin, Referer"},
                      {"Cache-Control", "private"}};
  response.body += "--" + boundary + "--\r\n";
  return response;
}

}  // namespace emulator
