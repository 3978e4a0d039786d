// A step of a settings flow as a plugin answers it, and after a NUL the input of a user.
#include <cstdint>

#include "src/common/net/url.hpp"
#include "src/hosting/flows/flow_step.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using gcal::base::Json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  const auto step = hosting::read_step(text.substr(0, end));
  if (!step) return 0;
  for (const char* hidden : {"memo", "resume_key", "unique_id", "config"})
    if (step->page.contains(hidden)) __builtin_trap();
  const std::string& url = step->page.string("url");
  if (step->type == "external" && !url.starts_with("https://") && !url.starts_with("http://"))
    __builtin_trap();
  if (end == text.npos || step->type != "form") return 0;
  const auto input = Json::parse(text.substr(end + 1));
  if (!input || !input->is_object()) return 0;
  const Json& schema = step->page["schema"];
  const auto errors = hosting::check_input(schema, *input);
  const Json members = hosting::members_of_form(schema, *input);
  for (const auto& [name, value] : members.members())
    if (!schema["properties"].contains(name)) __builtin_trap();
  for (const auto& [name, property] : schema["properties"].members())
    if (property.string("format") == "password" &&
        hosting::form_with_errors(step->page, *input, errors)["values"].contains(name) &&
        !step->page["values"].contains(name))
      __builtin_trap();  // a password goes back to the page
  return 0;
}
