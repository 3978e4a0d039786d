#include "src/engine/settings/forms.hpp"

#include <algorithm>

#include "src/common/base/json_array.hpp"

namespace gcal::settings {
namespace {

constexpr std::size_t kMaxName = 100;

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

const RemoteCalendar* find(const std::vector<RemoteCalendar>& calendars, const std::string& id) {
  const auto found = std::ranges::find(calendars, id, &RemoteCalendar::id);
  return found == calendars.end() ? nullptr : &*found;
}

}  // namespace

std::vector<RemoteCalendar> in_order(std::vector<RemoteCalendar> calendars) {
  std::ranges::stable_sort(calendars, [](const RemoteCalendar& a, const RemoteCalendar& b) {
    if (a.primary != b.primary) return a.primary;
    if (a.writable() != b.writable()) return a.writable();
    return a.name < b.name;
  });
  return calendars;
}

std::string AccountChoice::own_default() const {
  return default_calendar == kPresentDefault ? std::string() : default_calendar;
}

Form account_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountChoice& choice, const std::string& present_default) {
  Json ids = Json::array();
  Json elsewhere = Json::array({kCrmCalendar});
  if (!present_default.empty()) elsewhere.push(kPresentDefault);
  Json default_ids = elsewhere;
  Json labels = Json::object();
  Json colors = Json::object();
  Json notes = Json::object();
  Json read_only = Json::array();
  for (const RemoteCalendar& calendar : calendars) {
    ids.push(calendar.id);
    default_ids.push(calendar.id);
    labels.set(calendar.id, calendar.name);
    if (!calendar.color.empty()) colors.set(calendar.id, calendar.color);
    if (!calendar.writable()) {
      notes.set(calendar.id, "calendar.view_only");
      read_only.push(calendar.id);
    }
  }
  Json default_labels = labels;
  default_labels.set(kCrmCalendar, "calendar.crm");
  if (!present_default.empty()) default_labels.set(kPresentDefault, "calendar.present_default");

  Form form;
  form.step = step;
  form.title = "setup.account.title";
  form.description = "setup.account.description";
  if (!present_default.empty()) form.args.set("present_name", present_default);
  form.schema.set("required", Json::array({"name", "visible", "default_calendar"}));
  Json& properties = form.schema.set("properties", Json::object());
  properties.set("name", Json::object({{"type", "string"},
                                       {"title", "setup.account.name"},
                                       {"description", "setup.account.name_hint"},
                                       {"minLength", 1},
                                       {"maxLength", kMaxName}}));
  properties.set("visible", Json::object({{"type", "array"},
                                          {"title", "setup.account.visible"},
                                          {"description", "setup.account.visible_hint"},
                                          {"x-widget", "checkboxes"},
                                          {"items", Json::object({{"enum", ids}})},
                                          {"x-labels", labels},
                                          {"x-colors", colors},
                                          {"x-notes", notes}}));
  properties.set(
      "default_calendar",
      Json::object(
          {{"type", "string"},
           {"title", "setup.account.default"},
           {"description", "setup.account.default_hint"},
           {"x-widget", "select"},
           {"enum", default_ids},
           {"x-labels", default_labels},
           {"x-text-keys", elsewhere},
           {"x-warnings", Json::object({{kCrmCalendar, "setup.account.crm_warning"}})},
           {"x-options-from",
            Json::object({{"field", "visible"}, {"always", elsewhere}, {"except", read_only}})}}));
  form.values = Json::object(
      {{"name", choice.name},
       {"visible", base::json_array(choice.visible)},
       {"default_calendar",
        choice.default_calendar.empty() ? kCrmCalendar : choice.default_calendar.c_str()}});
  return form;
}

AccountChoice account_choice(const Json& input) {
  AccountChoice choice;
  choice.name = trimmed(input.string("name"));
  for (const Json& id : input["visible"].items())
    if (std::ranges::find(choice.visible, id.as_string()) == choice.visible.end())
      choice.visible.push_back(id.as_string());
  choice.default_calendar = input.string("default_calendar");
  if (choice.default_calendar == kCrmCalendar) choice.default_calendar.clear();
  choice.conflicts = conflicts_of(input.string("conflicts"));
  choice.private_events = private_events_of(input.string("private_events"));
  choice.invitations = invitation_choice_of(input.string("invitations"));
  choice.invitation_language = invitation_language_of(input.string("invitation_language"));
  if (input["two_way"].is_array()) {
    choice.two_way.emplace();
    for (const Json& id : input["two_way"].items()) choice.two_way->push_back(id.as_string());
  }
  return choice;
}

FieldErrors check(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars) {
  FieldErrors errors;
  if (choice.name.empty()) errors.emplace_back("name", "error.name_missing");
  if (choice.name.size() > 4 * kMaxName) errors.emplace_back("name", "error.name_long");
  if (choice.visible.empty()) errors.emplace_back("visible", "error.nothing_visible");
  for (const std::string& id : choice.visible)
    if (!find(calendars, id)) {
      errors.emplace_back("visible", "error.unknown_calendar");
      break;
    }
  if (choice.own_default().empty()) return errors;
  const RemoteCalendar* chosen = find(calendars, choice.default_calendar);
  if (!chosen || std::ranges::find(choice.visible, choice.default_calendar) == choice.visible.end())
    errors.emplace_back("default_calendar", "error.default_not_visible");
  else if (!chosen->writable())
    errors.emplace_back("default_calendar", "error.default_read_only");
  return errors;
}

Form preview_form(const std::string& step, const PreviewNumbers& numbers,
                  const AccountChoice& choice) {
  Form form;
  form.step = step;
  form.title = "setup.preview.title";
  form.description =
      choice.own_default().empty() ? "setup.preview.view_only" : "setup.preview.two_way";
  form.args = Json::object({{"appointments", numbers.appointments},
                            {"series", numbers.series},
                            {"private", numbers.private_ones},
                            {"matched", numbers.matched},
                            {"leads", numbers.leads},
                            {"contacts", numbers.contacts},
                            {"mails", numbers.mails},
                            {"existing_future", numbers.existing_future},
                            {"existing_all", numbers.existing_all}});
  form.notes.push_back({numbers.appointments == 0   ? "setup.preview.appointments_none"
                        : numbers.appointments == 1 ? "setup.preview.appointments_one"
                                                    : "setup.preview.appointments_many",
                        Json::object({{"count", numbers.appointments}})});
  const auto add_note = [&form](std::size_t count, const char* one, const char* many) {
    if (count > 0)
      form.notes.push_back({count == 1 ? one : many, Json::object({{"count", count}})});
  };
  add_note(numbers.series, "setup.preview.series_one", "setup.preview.series_many");
  add_note(numbers.private_ones, "setup.preview.private_one", "setup.preview.private_many");
  if (numbers.matched > 0)
    form.notes.push_back(
        {numbers.matched == 1 ? "setup.preview.matched_one" : "setup.preview.matched_many",
         Json::object({{"count", numbers.matched},
                       {"leads", numbers.leads},
                       {"contacts", numbers.contacts}})});
  add_note(numbers.restored, "setup.preview.restored_one", "setup.preview.restored_many");
  add_note(numbers.set_aside, "setup.preview.set_aside_one", "setup.preview.set_aside_many");
  form.last = true;
  form.submit = "setup.preview.finish";
  Json& properties = form.schema.set("properties", Json::object());
  if (!choice.own_default().empty() && numbers.existing_all > 0) {
    properties.set(
        "existing",
        Json::object({{"type", "string"},
                      {"title", "setup.preview.existing"},
                      {"x-widget", "radio"},
                      {"enum", Json::array({"future", "all", "none"})},
                      {"x-labels", Json::object({{"future", "setup.preview.existing_future"},
                                                 {"all", "setup.preview.existing_every"},
                                                 {"none", "setup.preview.existing_none"}})},
                      {"x-text-keys", Json::array({"future", "all", "none"})},
                      {"default", "future"}}));
    form.values = Json::object({{"existing", "future"}});
  }
  return form;
}

ExportExisting existing_choice(const Json& input) {
  const std::string& value = input.string("existing");
  return value == "all"      ? ExportExisting::all
         : value == "future" ? ExportExisting::future
                             : ExportExisting::none;
}

Form default_form(const std::string& step, std::size_t alone, std::size_t with_guests,
                  const std::string& from, const std::string& to) {
  Form form;
  form.step = step;
  form.title = "options.default.title";
  form.description = "options.default.description";
  form.args = Json::object({{"count", alone}, {"guests", with_guests}, {"from", from}, {"to", to}});
  form.last = true;
  form.submit = "options.default.change";
  Json& properties = form.schema.set("properties", Json::object());
  if (with_guests > 0) {
    properties.set("with_guests", Json::object({{"type", "boolean"},
                                                {"title", "options.default.with_guests"},
                                                {"default", false}}));
    form.values = Json::object({{"with_guests", false}});
  }
  return form;
}

Form credentials_form(const std::string& step, const std::string& callback_url) {
  Form form;
  form.step = step;
  form.title = "setup.credentials.title";
  form.description = "setup.credentials.description";
  form.args = Json::object({{"callback_url", callback_url}});
  form.schema.set("required", Json::array({"client_id", "client_secret"}));
  form.schema.set(
      "properties",
      Json::object({{"client_id", Json::object({{"type", "string"},
                                                {"title", "setup.credentials.client_id"},
                                                {"minLength", 1},
                                                {"maxLength", 256}})},
                    {"client_secret", Json::object({{"type", "string"},
                                                    {"title", "setup.credentials.client_secret"},
                                                    {"format", "password"},
                                                    {"minLength", 1},
                                                    {"maxLength", 256}})}}));
  return form;
}

FieldErrors check_credentials(const Json& input) {
  FieldErrors errors;
  for (const char* field : {"client_id", "client_secret"})
    if (trimmed(input.string(field)).empty() ||
        input.string(field).find_first_of("\r\n") != std::string::npos)
      errors.emplace_back(field, "error.required");
  return errors;
}

}  // namespace gcal::settings
