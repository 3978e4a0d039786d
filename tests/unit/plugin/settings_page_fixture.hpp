// Fixture: the plugin's settings page in an installation, asked as the host asks it. Used by the
// tests of the page and of what happens beside a run. Must not be shared between tests.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/capabilities/settings_page.hpp"
#include "src/common/net/url.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {

// A host's reply that stores what it is answered.
struct Answer : crm_reply {
  explicit Answer(std::string& b, crm_status& s)
      : crm_reply{&Answer::do_send, &Answer::is_awaited}, body(b), status(s) {}
  static std::int32_t is_awaited(crm_reply*) noexcept { return 1; }
  static void do_send(crm_reply* reply, crm_status status, crm_str body) noexcept {
    const std::unique_ptr<Answer> self(static_cast<Answer*>(reply));
    self->status = status;
    self->body = crm::from_abi(body);
  }
  std::string& body;
  crm_status& status;
};

class SettingsPages : public InstallationTest {
 protected:
  explicit SettingsPages(Client client = Client::of_site,
                         std::unique_ptr<base::Random> random = nullptr)
      : InstallationTest("http://127.0.0.1:9", client, std::move(random)) {}

  Json ask(const Json& request) {
    std::string body;
    crm_status status = CRM_INTERNAL;
    page_.step(request.dump(),
               std::make_shared<PendingReply>(crm::Reply(new Answer(body, status))));
    while (!spawned_.empty()) {
      Task<> task = std::move(spawned_.front());
      spawned_.erase(spawned_.begin());
      must(support::run_task(std::move(task)));
    }
    if (status != CRM_OK) throw std::runtime_error(body);
    return must(Json::parse(body));
  }
  Json step(const std::string& kind, const std::string& name, const Json& input = {},
            const Json& memo = Json::object()) {
    return ask(Json::object({{"kind", kind},
                             {"user", user_.id},
                             {"account", account_.empty() ? "draft-1" : account_},
                             {"step", name},
                             {"memo", memo},
                             {"input", input},
                             {"callback_url", "http://127.0.0.1/callback"}}));
  }
  bool has_grant(const std::string& account, SecretVault::Which which) {
    return support::run_task(vault_->grant(account, which)).has_value();
  }
  // Consents at the URL of the step and returns the authorization code.
  std::string consent(const Json& external) {
    const net::Url url = must(net::parse_url(external.string("url")));
    emulator::Request request;
    request.method = "POST";
    request.path = url.path;
    emulator::Request chooser;
    chooser.path = url.path;
    chooser.query = url.query;
    const std::string html = google_.handle(chooser).body;
    const std::size_t link = html.find("data-email=\"" + std::string(kMe) + "\"");
    const std::size_t tag = html.rfind("<a", link);
    const std::size_t href = html.find("href=\"", tag) + 6;
    std::string target = html.substr(href, html.find('"', href) - href);
    for (std::size_t at = target.find("&amp;"); at != std::string::npos;
         at = target.find("&amp;", at + 1))
      target.replace(at, 5, "&");
    emulator::Request page;
    page.path = target.substr(0, target.find('?'));
    page.query = target.substr(target.find('?') + 1);
    const std::string body = google_.handle(page).body;
    net::Parameters sent;
    for (std::size_t at = body.find("<input"); at != std::string::npos;
         at = body.find("<input", at + 1)) {
      const std::string input = body.substr(at, body.find('>', at) - at);
      const auto attribute = [&](const std::string& name) {
        const std::size_t begin = input.find(" " + name + "=\"");
        if (begin == std::string::npos) return std::string();
        const std::size_t value = begin + name.size() + 3;
        std::string text = input.substr(value, input.find('"', value) - value);
        for (std::size_t amp = text.find("&amp;"); amp != std::string::npos;
             amp = text.find("&amp;", amp + 1))
          text.replace(amp, 5, "&");
        return text;
      };
      if (!attribute("name").empty() && input.find("disabled") == std::string::npos)
        sent.emplace_back(attribute("name"), attribute("value"));
    }
    sent.emplace_back("decision", "allow");
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Origin", request.origin}};
    request.body = net::form_encode(sent);
    const emulator::Response answer = google_.handle(request);
    const std::string location = emulator::header(answer.headers, "Location");
    const net::Parameters back = must(net::form_decode(location.substr(location.find('?') + 1)));
    return std::string(net::parameter(back, "code"));
  }

  // The run that the host starts for an account or a set-up, after what the page stored.
  RunOutcome run_of(const std::string& account) {
    must(crm_->tasks().schedule(kId, account_key(account), 0, ""));
    const std::optional<hosting::DueTask> due = must(crm_->tasks().take_due());
    must(crm_->tasks().finished(*due, std::nullopt));
    requests_.on_started(account_key(account));
    AccountRun run(*context_, runs_[account], account, due->fence);
    return must(support::run_task(run.run()));
  }
  RunOutcome run() { return run_of(account_); }
  // The page's answer to the options form with these changes.
  Json save_options(const std::function<void(Json& values)>& change) {
    const Json form = step("options", "calendars");
    Json values = form["values"];
    change(values);
    return step("options", "calendars", values, form["memo"]);
  }
  settings::AccountConfig config() {
    return must(support::run_task(calls_->account(account_))).config;
  }

  RunMemory runs_;
  RunRequests requests_{*calls_};
  std::vector<Task<>> spawned_;
  SettingsPage page_{*context_, runs_, requests_,
                     [this](std::string, Task<> task) { spawned_.push_back(std::move(task)); }};
};

}  // namespace gcal::plugin::test
