// Result<T> and Error: the return type of every function of this project that can fail. Used by
// plugin authors and, through src/common/base/result.hpp, by all of our own code. Values without
// any shared state, on any thread. It does not include the C tables.
//
// Rationale: Boost 1.81's system::result is not [[nodiscard]] and copies its error; std::expected
// is C++23. The names below are those of std::expected (`*r`, `r.error()`), so that a later change
// is a search and replace.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace crm {

// The values of crm_status in host_api/crm_plugin.h, in the same order.
enum class Code : std::int32_t {
  ok,
  invalid,      // the request is wrong; do not repeat it
  not_found,    // the object does not exist, or the caller may not know that it does
  gone,         // it existed; a cursor that is no longer valid
  conflict,     // a precondition failed: read again, then decide
  denied,       // the caller may not
  needs_auth,   // a user must connect the account again
  unavailable,  // repeat later
  timeout,      // the outcome is unknown; repeat later
  cancelled,    // the caller gave up
  internal,     // a defect
};

// What a failure concerns, for a caller that handles many objects through one access: which of its
// other requests would fail too.
enum class Scope : std::uint8_t {
  item,       // the object of this request alone
  creations,  // whatever creates an object
  calendar,   // whatever writes to the same calendar: the right to write may be lost
  account,    // every request of the account, until a person acts or the time given has passed
  unclear,    // the answer does not say: the account, unless other requests succeed
};

// A failure with a code for programs and a message for people.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::chrono::milliseconds retry_after{0};  // 0: no time was given
  Scope scope = Scope::item;
  std::string_view detail = {};  // a text key that says more than the code; always a literal

  friend bool operator==(const Error&, const Error&) = default;
};

// A value or an Error. Default-constructed it holds an error, because Asio needs a default
// constructor and an unset result must never look like a success. Dereferencing an error is a
// defect and undefined.
template <class T = void>
class [[nodiscard]] Result {
 public:
  Result() : state_(std::in_place_index<1>, Error{Code::internal, "no result was set", {}}) {}
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  bool has_value() const noexcept { return state_.index() == 0; }
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
  Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;  // success: a function without a value has nothing to forget
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  explicit operator bool() const noexcept { return ok_; }
  bool has_value() const noexcept { return ok_; }
  const Error& error() const& noexcept { return error_; }
  Error&& error() && noexcept { return std::move(error_); }

 private:
  Error error_{Code::ok, {}, {}};
  bool ok_ = true;
};

}  // namespace crm

#define CRM_CONCAT_2(a, b) a##b
#define CRM_CONCAT(a, b) CRM_CONCAT_2(a, b)

// CRM_TRY(auto page, read_page()): declares `page` with the value, or returns the error from the
// current function. CRM_CO_TRY is the same inside a coroutine. CRM_TRY_VOID and CRM_CO_TRY_VOID are
// for results without a value. The names without CRM_ are for those who do not define
// CRM_NO_SHORT_MACROS.
#define CRM_TRY(declaration, expression) \
  CRM_TRY_IMPL(return, declaration, expression, CRM_CONCAT(crm_try_, __LINE__))
#define CRM_CO_TRY(declaration, expression) \
  CRM_TRY_IMPL(co_return, declaration, expression, CRM_CONCAT(crm_try_, __LINE__))
#define CRM_TRY_IMPL(leave, declaration, expression, name) \
  auto name = (expression);                                \
  if (!name) leave std::move(name).error();                \
  declaration = *std::move(name)
#define CRM_TRY_VOID(expression)                                   \
  do {                                                             \
    auto crm_try_result = (expression);                            \
    if (!crm_try_result) return std::move(crm_try_result).error(); \
  } while (false)
#define CRM_CO_TRY_VOID(expression)                                   \
  do {                                                                \
    auto crm_try_result = (expression);                               \
    if (!crm_try_result) co_return std::move(crm_try_result).error(); \
  } while (false)

#ifndef CRM_NO_SHORT_MACROS
#define TRY(declaration, expression) CRM_TRY(declaration, expression)
#define CO_TRY(declaration, expression) CRM_CO_TRY(declaration, expression)
#define TRY_VOID(expression) CRM_TRY_VOID(expression)
#define CO_TRY_VOID(expression) CRM_CO_TRY_VOID(expression)
#endif
