#include "src/engine/settings/disconnect_form.hpp"

#include <initializer_list>

namespace gcal::settings {
namespace {

constexpr const char* kKeep = "keep";
constexpr const char* kRemove = "remove";
constexpr const char* kRemoveAndMail = "remove_and_mail";

// A choice whose labels are "options.disconnect_<name>_<value>".
void add_choice(Form& form, const std::string& name, const std::string& chosen,
                std::initializer_list<const char*> values) {
  const std::string prefix = "options.disconnect_" + name;
  Json list = Json::array();
  Json labels = Json::object();
  const char* start = kKeep;
  for (const char* value : values) {
    list.push(value);
    labels.set(value, prefix + "_" + value);
    if (chosen == value) start = value;
  }
  form.schema.member("properties")
      .set(name, Json::object({{"type", "string"},
                               {"title", prefix},
                               {"x-widget", "radio"},
                               {"enum", list},
                               {"x-labels", std::move(labels)},
                               {"x-text-keys", list},
                               {"default", kKeep}}));
  form.values.set(name, start);
}

}  // namespace

Form disconnect_form(const std::string& step, const std::string& email,
                     const RemovableCounts& counts, const Json& input) {
  Form form;
  form.step = step;
  form.title = "options.disconnect";
  form.description = "options.disconnect_description";
  form.args = Json::object({{"email", email},
                            {"copies", counts.copies},
                            {"events", counts.events},
                            {"guests", counts.with_guests}});
  form.last = true;
  form.submit = "options.disconnect";
  form.danger = true;
  form.schema.set("required", Json::array({"confirm"}));
  form.schema.set("properties", Json::object());
  form.values = Json::object();
  if (counts.copies > 0) add_choice(form, "copies", input.string("copies"), {kKeep, kRemove});
  if (counts.with_guests > 0)
    add_choice(form, "events", input.string("events"), {kKeep, kRemove, kRemoveAndMail});
  else if (counts.events > 0)
    add_choice(form, "events", input.string("events"), {kKeep, kRemove});
  form.schema.member("properties")
      .set("confirm", Json::object({{"type", "boolean"}, {"title", "options.disconnect_confirm"}}));
  form.values.set("confirm", false);
  if (input.contains("confirm")) form.errors.emplace_back("confirm", "error.confirm_disconnect");
  return form;
}

RemovalAnswer removal_answer(const Json& input) {
  const std::string& events = input.string("events");
  RemovalAnswer answer;
  answer.copies = input.string("copies") == kRemove;
  answer.mail_guests = events == kRemoveAndMail;
  answer.events = events == kRemove || answer.mail_guests;
  return answer;
}

}  // namespace gcal::settings
