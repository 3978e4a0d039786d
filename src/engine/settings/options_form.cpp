#include "src/engine/settings/options_form.hpp"

#include <algorithm>

#include "src/common/base/json_array.hpp"

namespace gcal::settings {
namespace {

const RemoteCalendar* find(const std::vector<RemoteCalendar>& calendars, const std::string& id) {
  const auto found = std::ranges::find(calendars, id, &RemoteCalendar::id);
  return found == calendars.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

// Whether a chosen calendar is not listed at present.
bool any_unlisted(const AccountConfig& config, const std::vector<RemoteCalendar>& calendars) {
  return std::ranges::any_of(
      config.visible, [&](const RemoteCalendar& chosen) { return !find(calendars, chosen.id); });
}

// The present default if a new account could not choose it: it is not listed, or view-only now.
bool is_kept_default(const AccountConfig& config, const std::vector<RemoteCalendar>& calendars) {
  if (config.default_calendar.empty()) return false;
  const RemoteCalendar* listed = find(calendars, config.default_calendar);
  return !listed || !listed->writable();
}

// Which writable calendars are written besides the default (PD-02).
void add_two_way(Form& form, const std::vector<RemoteCalendar>& calendars,
                 const AccountChoice& choice) {
  Json ids = Json::array();
  Json labels = Json::object();
  for (const RemoteCalendar& calendar : calendars) {
    if (!calendar.writable()) continue;
    ids.push(calendar.id);
    labels.set(calendar.id, calendar.name);
  }
  if (ids.items().empty()) return;
  form.schema.member("properties")
      .set("two_way", Json::object({{"type", "array"},
                                    {"title", "options.two_way"},
                                    {"description", "options.two_way_hint"},
                                    {"x-widget", "checkboxes"},
                                    {"items", Json::object({{"enum", std::move(ids)}})},
                                    {"x-labels", std::move(labels)}}));
  form.values.set("two_way", base::json_array(choice.two_way.value_or(std::vector<std::string>())));
}

// A choice among values whose labels are "options.<name>_<value>".
void add_radio(Form& form, const std::string& name, const char* chosen,
               const std::vector<const char*>& values) {
  Json list = Json::array();
  Json labels = Json::object();
  for (const char* value : values) {
    list.push(value);
    labels.set(value, "options." + name + "_" + value);
  }
  form.schema.member("properties")
      .set(name, Json::object({{"type", "string"},
                               {"title", "options." + name + "_title"},
                               {"x-widget", "radio"},
                               {"enum", list},
                               {"x-labels", std::move(labels)},
                               {"x-text-keys", list}}));
  form.values.set(name, chosen);
}

bool offers_crm(const AccountConfig& config, bool has_mailer) {
  return has_mailer || config.invitations == InvitationChoice::crm;
}

}  // namespace

AccountChoice choice_of(const AccountConfig& config, const std::vector<RemoteCalendar>& calendars,
                        const std::string& present_default) {
  AccountChoice choice{config.name,
                       {},
                       config.default_calendar,
                       config.conflicts,
                       config.private_events,
                       std::vector<std::string>(),
                       config.invitations,
                       config.invitation_language};
  if (config.default_calendar.empty() && !present_default.empty())
    choice.default_calendar = kPresentDefault;
  for (const RemoteCalendar& calendar : config.visible)
    if (find(calendars, calendar.id)) choice.visible.push_back(calendar.id);
  for (const std::string& id : config.two_way)
    if (const RemoteCalendar* listed = find(calendars, id); listed && listed->writable())
      choice.two_way->push_back(id);
  return choice;
}

Form options_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountConfig& config, const AccountChoice& choice,
                  const std::string& present_default, bool has_mailer) {
  Form form = account_form(step, calendars, choice, present_default);
  form.last = true;
  form.submit = "options.save";
  Json& properties = form.schema.member("properties");
  if (any_unlisted(config, calendars))
    form.schema.set("required", Json::array({"name", "default_calendar"}));
  if (is_kept_default(config, calendars)) {
    const std::string& id = config.default_calendar;
    Json& field = properties.member("default_calendar");
    field.member("x-options-from").member("always").push(id);
    if (!find(calendars, id)) {
      const RemoteCalendar* known = find(config.visible, id);
      form.args.set("default_name", known ? known->name : id);
      field.member("enum").push(id);
      field.member("x-labels").set(id, "calendar.default_gone");
      field.member("x-text-keys").push(id);
    }
  }
  add_two_way(form, calendars, choice);
  add_radio(form, "conflicts", text_of(choice.conflicts.value_or(config.conflicts)),
            {"google", "crm", "ask"});
  add_radio(form, "private_events", text_of(choice.private_events.value_or(config.private_events)),
            {"keep", "busy", "hide"});
  std::vector<const char*> senders{"auto", "google", "nobody"};
  if (offers_crm(config, has_mailer)) senders.insert(senders.begin() + 1, "crm");
  add_radio(form, "invitations", text_of(choice.invitations.value_or(config.invitations)), senders);
  add_radio(form, "invitation_language",
            text_of(choice.invitation_language.value_or(config.invitation_language)),
            {"de", "en", "both"});
  return form;
}

FieldErrors check_options(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars,
                          const AccountConfig& config, bool has_mailer) {
  FieldErrors errors = check(choice, calendars);
  if (choice.invitations == InvitationChoice::crm && !offers_crm(config, has_mailer))
    errors.emplace_back("invitations", "error.no_mailer");
  const bool kept =
      is_kept_default(config, calendars) && choice.default_calendar == config.default_calendar;
  const bool ticked = !find(calendars, choice.default_calendar) ||
                      contains(choice.visible, choice.default_calendar);
  std::erase_if(errors, [&](const auto& error) {
    if (error.second == "error.nothing_visible") return any_unlisted(config, calendars);
    return error.first == "default_calendar" && kept && ticked;
  });
  return errors;
}

Form conflict_form(const std::string& step, const std::string& title, std::size_t count) {
  Form form;
  form.step = step;
  form.title = "options.conflicts";
  form.description = "options.conflict_text";
  form.args = Json::object({{"title", title}, {"count", count}});
  form.last = count == 1;
  form.submit = "options.held_decide";
  form.schema.set("required", Json::array({"decision"}));
  const Json sides = Json::array({"google", "crm"});
  form.schema.set(
      "properties",
      Json::object({{"decision",
                     Json::object({{"type", "string"},
                                   {"title", "options.conflict_question"},
                                   {"x-widget", "radio"},
                                   {"enum", sides},
                                   {"x-labels", Json::object({{"google", "options.conflict_google"},
                                                              {"crm", "options.conflict_crm"}})},
                                   {"x-text-keys", sides}})}}));
  form.values = Json::object({{"decision", "google"}});
  return form;
}

void apply_choice(AccountConfig& config, const AccountChoice& shown, const AccountChoice& choice,
                  const std::vector<RemoteCalendar>& calendars) {
  if (choice.name != shown.name) config.name = choice.name;
  if (choice.default_calendar != shown.default_calendar) {
    config.default_calendar = choice.own_default();
    config.take_crm_default = choice.default_calendar.empty();
  }
  if (choice.conflicts && choice.conflicts != shown.conflicts) config.conflicts = *choice.conflicts;
  if (choice.private_events && choice.private_events != shown.private_events)
    config.private_events = *choice.private_events;
  if (choice.invitations && choice.invitations != shown.invitations)
    config.invitations = *choice.invitations;
  if (choice.invitation_language && choice.invitation_language != shown.invitation_language)
    config.invitation_language = *choice.invitation_language;
  if (choice.two_way && choice.two_way != shown.two_way) {
    std::erase_if(config.two_way, [&](const std::string& id) { return find(calendars, id); });
    for (const std::string& id : *choice.two_way)
      if (find(calendars, id) && !contains(config.two_way, id)) config.two_way.push_back(id);
  }
  std::vector<RemoteCalendar> visible;
  for (const RemoteCalendar& calendar : calendars) {
    const bool ticked = contains(choice.visible, calendar.id);
    const bool changed = ticked != contains(shown.visible, calendar.id);
    if (changed ? ticked : find(config.visible, calendar.id) != nullptr)
      visible.push_back(calendar);
  }
  for (const RemoteCalendar& old : config.visible)
    if (!find(calendars, old.id)) visible.push_back(old);
  config.visible = std::move(visible);
}

}  // namespace gcal::settings
