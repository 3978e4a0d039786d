// One step of a settings flow as a plugin answers it, split into what the page may see and what
// stays in the host; and the check of a user's input against a form's flat JSON Schema. Used by
// FlowRunner. Pure. It must never accept a link of a plugin that is neither https nor http to this
// machine.
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
  std::string type;                        // form | menu | external | progress | finish | abort
  Json page;                               // for the page: without the members below
  std::optional<Json> memo;                // absent: unchanged
  std::string resume_key;                  // external
  std::string title, unique_id, identity;  // finish
  std::optional<Json> config;              // finish; absent: unchanged
  std::optional<Json> default_calendar;    // finish of a set-up
};

// Parses a plugin's answer. internal: it is no step; the message says why.
Result<PluginStep> read_step(std::string_view document);

// An abort step of the host itself. reason: a text key with `args`.
Json abort_page(std::string_view reason, Json args = Json::object());

using FieldErrors = std::vector<std::pair<std::string, std::string>>;  // field, text key

// The fields whose value violates the schema. Text keys: error.required, error.type,
// error.too_short, error.too_long, error.not_offered, error.email, error.uri, error.range,
// error.too_few.
FieldErrors check_input(const Json& schema, const Json& input);

// The members of `input` that the form has. A plugin never gets others.
Json members_of_form(const Json& schema, const Json& input);

// The form with the user's input, except passwords.
Json with_values(const Json& form, const Json& input);

// The same, with the errors.
Json form_with_errors(const Json& form, const Json& input, const FieldErrors& errors);

}  // namespace hosting
