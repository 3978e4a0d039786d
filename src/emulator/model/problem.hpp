// Problem: an error with the members of Google's error body. Outcome<T>: a T or a Problem. Used by
// everything in the emulator that can refuse a request. A Problem never holds anything that
// Google's own body would not show.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "src/common/base/result.hpp"  // TRY, TRY_VOID

namespace emulator {

struct Problem {
  int status = 400;  // HTTP
  std::string domain = "global";
  std::string reason = "invalid";
  std::string message = "Invalid Value";
  std::string location_type;  // "parameter" or "header"; "" when there is no location
  std::string location;
  // Of the newer part of the body; "" when Google has none: "PERMISSION_DENIED" and the reason in
  // its ErrorInfo.
  std::string status_name = {}, error_info = {};
};

// 400 with the given reason.
inline Problem bad_request(std::string reason, std::string message, std::string domain = "global") {
  return {400, std::move(domain), std::move(reason), std::move(message), {}, {}};
}
// 400 that names the query parameter.
inline Problem invalid_parameter(std::string name, std::string message = "Invalid Value") {
  return {400, "global", "invalidParameter", std::move(message), "parameter", std::move(name)};
}
inline Problem not_found() {
  return {404, "global", "notFound", "Not Found", {}, {}};
}
// 403: the token's account does not exist in this emulator.
inline Problem not_a_calendar_user() {
  return {403, "calendar", "notACalendarUser", "The user must be signed up for Google Calendar.",
          {},  {}};
}
// 403: a guest changes what only the organizer may change.
inline Problem forbidden_for_non_organizer() {
  return {403,
          "calendar",
          "forbiddenForNonOrganizer",
          "Shared properties can only be changed by the organizer of the event.",
          {},
          {}};
}
// 410: the client has to list everything again.
inline Problem full_sync_required() {
  return {410,
          "calendar",
          "fullSyncRequired",
          "Sync token is no longer valid, a full sync is required.",
          "parameter",
          "syncToken"};
}

// The value of an Outcome that has nothing to return.
struct Done {};

// Like gcal::Result, with a Problem as the error. Reading the value of a failed Outcome, or the
// error of a successful one, throws std::bad_variant_access.
template <class T = Done>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Problem& error() const& { return std::get<1>(state_); }
  Problem&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Problem> state_;
};

}  // namespace emulator
