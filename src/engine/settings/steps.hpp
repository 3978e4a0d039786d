// Builds the step documents of a settings flow (host_api/schema/flow_step.json), one function per
// type. Used by flow. Texts are keys of manifests/strings, never sentences. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"

namespace gcal::settings {

using base::Json;
using FieldErrors = std::vector<std::pair<std::string, std::string>>;  // field, text key

// A further sentence below the description, with placeholders of its own.
struct Note {
  std::string key;
  Json args = Json::object();
};

struct Form {
  std::string step;
  std::string title;
  std::string description;
  std::vector<Note> notes{};
  Json schema = Json::object({{"type", "object"}});
  Json values = Json::object();
  FieldErrors errors;
  bool last = false;
  std::string submit;
  bool danger = false;         // what is submitted takes something away
  std::string back;            // the step that shows the one before again; "": there is none
  Json args = Json::object();  // values for the {placeholders} of the texts
};

// memo: state that the host returns with the next request.
Json form_step(const Form& form, const Json& memo);
Json external_step(std::string_view step, std::string_view title, std::string_view label,
                   std::string_view url, std::string_view resume_key, const Json& memo);
Json progress_step(std::string_view step, std::string_view title, std::string_view action,
                   std::size_t done, std::size_t total, const Json& memo,
                   std::string_view back = "");
Json menu_step(std::string_view step, std::string_view title,
               const std::vector<std::pair<std::string, std::string>>& options, const Json& memo);
// unique_id: identifies the remote account; a CRM user can connect it once. identity: what the user
// recognises it by, such as its address. config: what the host stores as the account's config;
// nullptr: the stored one stays.
Json finish_step(std::string_view title, std::string_view unique_id, std::string_view identity,
                 const Json* config = nullptr);
Json abort_step(std::string_view reason, Json args = Json::object());

}  // namespace gcal::settings
