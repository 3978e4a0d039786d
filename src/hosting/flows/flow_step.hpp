// One step of a settings flow as a plugin answers it, taken apart: what the page may see and what
// stays in the host. And the check of what a person typed against a form's flat JSON Schema. Used
// by the flow runner; pure. It must never let a plugin's link be anything but https, or http to
// this machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

struct PluginStep {
  std::string type;  // form | menu | external | progress | finish | abort
  Json page;         // for the page: without memo, resume_key, unique_id, identity and config
  std::optional<Json> memo;                // absent: as before
  std::string resume_key;                  // external
  std::string title, unique_id, identity;  // finish
  Json config = Json::object();
};

// internal: the document is no step; the message says what is wrong with it.
Result<PluginStep> read_step(std::string_view document);

Json abort_page(std::string_view reason, Json args = Json::object());

using FieldErrors = std::vector<std::pair<std::string, std::string>>;  // field, text key

// Text keys: error.required, error.type, error.too_short, error.too_long, error.not_offered,
// error.email, error.uri, error.range, error.too_few.
FieldErrors check_input(const Json& schema, const Json& input);

// What the form has, and nothing else: a plugin must not read what its form did not ask for.
Json asked_for(const Json& schema, const Json& input);

// The form again, with what was typed (but passwords) and the errors.
Json form_with_errors(const Json& form, const Json& input, const FieldErrors& errors);

}  // namespace hosting
