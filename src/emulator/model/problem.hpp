// A refusal as Google words it, and Outcome: a value or a Problem. Used by everything in the
// emulator that can say no. It must never carry anything that Google's own body would not show.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "src/common/base/result.hpp"  // TRY, TRY_VOID

namespace emulator {

struct Problem {
  int status = 400;
  std::string domain = "global";
  std::string reason = "invalid";
  std::string message = "Invalid Value";
  std::string location_type;  // "parameter" | "header", may be empty
  std::string location;
};

inline Problem bad(std::string reason, std::string message, std::string domain = "global") {
  return {400, std::move(domain), std::move(reason), std::move(message), {}, {}};
}
inline Problem not_found() {
  return {404, "global", "notFound", "Not Found", {}, {}};
}
inline Problem wrong_parameter(std::string name, std::string message = "Invalid Value") {
  return {400, "global", "invalidParameter", std::move(message), "parameter", std::move(name)};
}

struct Done {};

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
