// The form that ends the connection of an account, and what the user chose in it to remove (PD-14).
// Used by flow. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "src/engine/settings/steps.hpp"

namespace gcal::settings {

// What could be removed, as numbers.
struct RemovableCounts {
  std::size_t copies = 0;       // appointments in the CRM that came from Google
  std::size_t events = 0;       // events at Google that the CRM created
  std::size_t with_guests = 0;  // of these, not over
};

struct RemovalAnswer {
  bool copies = false;
  bool events = false;
  bool mail_guests = false;  // the user said so
};

// The choices start with "keep", and each is offered only if it is about something.
Form disconnect_form(const std::string& step, const std::string& email,
                     const RemovableCounts& counts, const Json& input);
RemovalAnswer removal_answer(const Json& input);

}  // namespace gcal::settings
