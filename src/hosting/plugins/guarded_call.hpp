// A call into a plugin: marked, so that a crash log can name it, and guarded, so that an exception
// that leaves the plugin is an error of that call. Used by LoadedPlugin for every call.
//
// Rationale: the contract forbids exceptions to cross, and its function pointers are noexcept. A
// plugin may break that (a C table of functions that are written in C++ compiles without a
// warning). Called as noexcept, an exception ends the process; therefore each function is called
// through a pointer type that may throw.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "src/common/base/result.hpp"
#include "src/hosting/plugins/crash_log.hpp"

namespace hosting {

template <class Value, class... Arguments>
using MayThrow = Value (*)(Arguments...);

// The same function, as one that may throw.
template <class Value, class... Arguments>
MayThrow<Value, Arguments...> may_throw(Value (*function)(Arguments...) noexcept) {
  return function;
}

// Runs `invoke`, which calls the plugin. The text of the error completes "its <call> ".
template <class Invoke>
gcal::Result<> call_guarded(const PluginCall& call, Invoke&& invoke) {
  const CallMark mark(&call);
  try {
    std::forward<Invoke>(invoke)();
    return {};
  } catch (const std::exception& e) {
    return gcal::Error{gcal::Code::internal, std::string("threw an exception: ") + e.what(), {}};
  } catch (...) {
    return gcal::Error{gcal::Code::internal, "threw an exception of unknown type", {}};
  }
}

}  // namespace hosting
