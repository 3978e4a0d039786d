#include "src/engine/settings/options_form.hpp"

#include <algorithm>

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

}  // namespace

AccountChoice choice_of(const AccountConfig& config, const std::vector<RemoteCalendar>& calendars) {
  AccountChoice choice{config.name, {}, config.default_calendar};
  for (const RemoteCalendar& calendar : config.visible)
    if (find(calendars, calendar.id)) choice.visible.push_back(calendar.id);
  return choice;
}

Form options_form(const std::string& step, const std::vector<RemoteCalendar>& calendars,
                  const AccountConfig& config, const AccountChoice& choice) {
  Form form = account_form(step, calendars, choice);
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
  return form;
}

FieldErrors check_options(const AccountChoice& choice, const std::vector<RemoteCalendar>& calendars,
                          const AccountConfig& config) {
  FieldErrors errors = check(choice, calendars);
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

void apply_choice(AccountConfig& config, const AccountChoice& shown, const AccountChoice& choice,
                  const std::vector<RemoteCalendar>& calendars) {
  if (choice.name != shown.name) config.name = choice.name;
  if (choice.default_calendar != shown.default_calendar)
    config.default_calendar = choice.default_calendar;
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
