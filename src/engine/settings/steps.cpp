#include "src/engine/settings/steps.hpp"

namespace gcal::settings {

Json form_step(const Form& form, const Json& memo) {
  Json errors = Json::object();
  for (const auto& [field, key] : form.errors) errors.set(field, key);
  Json step = Json::object({{"type", "form"}, {"step", form.step}, {"title", form.title}});
  if (!form.description.empty()) step.set("description", form.description);
  step.set("args", form.args);
  if (!form.notes.empty()) {
    Json notes = Json::array();
    for (const Note& note : form.notes)
      notes.push(Json::object({{"key", note.key}, {"args", note.args}}));
    step.set("notes", std::move(notes));
  }
  step.set("schema", form.schema);
  step.set("values", form.values);
  step.set("errors", std::move(errors));
  step.set("last", form.last);
  if (!form.submit.empty()) step.set("submit", form.submit);
  if (form.danger) step.set("danger", true);
  if (!form.back.empty()) step.set("back", form.back);
  step.set("memo", memo);
  return step;
}

Json external_step(std::string_view step, std::string_view title, std::string_view label,
                   std::string_view url, std::string_view resume_key, const Json& memo) {
  return Json::object({{"type", "external"},
                       {"step", step},
                       {"title", title},
                       {"label", label},
                       {"url", url},
                       {"resume_key", resume_key},
                       {"memo", memo}});
}

Json progress_step(std::string_view step, std::string_view title, std::string_view action,
                   std::size_t done, std::size_t total, const Json& memo, std::string_view back) {
  Json document = Json::object({{"type", "progress"},
                                {"step", step},
                                {"title", title},
                                {"action", action},
                                {"done", done},
                                {"total", total},
                                {"poll_ms", 250},
                                {"memo", memo}});
  if (!back.empty()) document.set("back", back);
  return document;
}

Json menu_step(std::string_view step, std::string_view title,
               const std::vector<std::pair<std::string, std::string>>& options, const Json& memo) {
  Json list = Json::array();
  for (const auto& [next, label] : options)
    list.push(Json::object({{"step", next}, {"label", label}}));
  return Json::object({{"type", "menu"},
                       {"step", step},
                       {"title", title},
                       {"options", std::move(list)},
                       {"memo", memo}});
}

Json finish_step(std::string_view title, std::string_view unique_id, std::string_view identity,
                 const Json* config) {
  Json step = Json::object(
      {{"type", "finish"}, {"title", title}, {"unique_id", unique_id}, {"identity", identity}});
  if (config) step.set("config", *config);
  return step;
}

Json abort_step(std::string_view reason, Json args) {
  return Json::object({{"type", "abort"}, {"reason", reason}, {"args", std::move(args)}});
}

}  // namespace gcal::settings
