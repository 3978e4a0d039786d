// Conversions between C++ and the C tables: strings, sinks, errors, and guard(), which turns every
// exception into a status. Used by the C++ wrapper and by hosts; plugin authors rarely need it.
// Every function may be called on any thread. Nothing here owns memory of the other side.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "host_api/cpp/result.hpp"
#include "host_api/crm_plugin.h"

namespace crm {

static_assert(static_cast<crm_status>(Code::internal) == CRM_INTERNAL &&
              static_cast<crm_status>(Code::needs_auth) == CRM_NEEDS_AUTH);

// Borrows the text: valid as long as the caller's string.
inline crm_str to_abi(std::string_view text) noexcept {
  return {text.data(), text.size()};
}
// Borrows the text, too; (nullptr, 0) is an empty text.
inline std::string_view from_abi(crm_str text) noexcept {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, text.size};
}

// An unknown status is a defect of the other side: Code::internal.
inline Code to_code(crm_status status) noexcept {
  return status >= CRM_OK && status <= CRM_INTERNAL ? static_cast<Code>(status) : Code::internal;
}

// Copies the message, shortened at a character boundary if it does not fit. error may be null.
inline void write_message(crm_error* error, std::string_view message) noexcept {
  if (!error) return;
  std::size_t size = std::min(message.size(), sizeof error->message - 1);
  while (size > 0 && size < message.size() &&
         (static_cast<unsigned char>(message[size]) & 0xC0) == 0x80)
    --size;  // not inside a character
  std::memcpy(error->message, message.data(), size);
  error->message[size] = '\0';
  error->retry_after_ms = 0;
}

// The message, and how long the caller should wait.
inline void write_error(crm_error* error, const Error& reason) noexcept {
  write_message(error, reason.message);
  if (error) error->retry_after_ms = reason.retry_after.count();
}

// What a callee wrote. A message without an end is one of a plugin before minor version 4, which
// knew no other member.
inline Error to_error(crm_status status, const crm_error& error) {
  const auto* end = std::find(std::begin(error.message), std::end(error.message), '\0');
  const bool is_whole = end != std::end(error.message);
  std::string message(std::begin(error.message), end);
  if (message.empty()) message = "the other side gave no reason";
  return {
      to_code(status), std::move(message),
      std::chrono::milliseconds(is_whole && error.retry_after_ms > 0 ? error.retry_after_ms : 0)};
}

// schema/error.json, or the sentence alone if there is nothing else to say.
inline std::string error_body(const Error& error) {
  if (error.retry_after.count() <= 0 && error.detail.empty() && !error.message.starts_with('{'))
    return error.message;
  const auto quoted = [](std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (byte < 0x20) {
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
      } else {
        out += c;
      }
    }
    return out + "\"";
  };
  std::string body = "{\"message\":" + quoted(error.message);
  if (error.retry_after.count() > 0)
    body += ",\"retry_after_ms\":" + std::to_string(error.retry_after.count());
  if (!error.detail.empty()) body += ",\"details\":{\"key\":" + quoted(error.detail) + "}";
  return body + "}";
}

// A sink that appends to a string. A sink may not throw, so running out of memory is reported by
// failed().
class StringSink {
 public:
  crm_sink abi() noexcept { return {this, &StringSink::write}; }
  bool failed() const noexcept { return failed_; }
  std::string take() && { return std::move(text_); }

 private:
  static void write(void* ctx, crm_str bytes) noexcept {
    auto* self = static_cast<StringSink*>(ctx);
    try {
      self->text_.append(from_abi(bytes));
    } catch (...) {
      self->failed_ = true;
    }
  }
  std::string text_;
  bool failed_ = false;
};

// Runs f, which returns Result<> or Result<std::string>, and turns its error or any exception into
// a status and a message.
template <class F>
crm_status guard(crm_error* error, F&& f) noexcept {
  try {
    auto result = std::forward<F>(f)();
    if (result) return CRM_OK;
    write_error(error, result.error());
    return static_cast<crm_status>(result.error().code);
  } catch (const std::exception& e) {
    write_message(error, e.what());
  } catch (...) {
    write_message(error, "an exception of unknown type");
  }
  return CRM_INTERNAL;
}

// guard for a function whose result is written to the caller's sink. Nothing is written on failure.
template <class F>
crm_status guard_into(crm_sink sink, crm_error* error, F&& f) noexcept {
  return guard(error, [&]() -> Result<> {
    Result<std::string> result = std::forward<F>(f)();
    if (!result) return std::move(result).error();
    if (sink.write) sink.write(sink.ctx, to_abi(*result));
    return {};
  });
}

// Calls a C function whose last argument is crm_error* and turns its status into a Result.
template <class Function, class... Args>
Result<> call(Function function, Args... args) {
  crm_error error{};
  const crm_status status = function(args..., &error);
  if (status == CRM_OK) return {};
  return to_error(status, error);
}

// Calls a C function whose last arguments are crm_sink and crm_error*, and returns what it wrote.
template <class Function, class... Args>
Result<std::string> call_for_text(Function function, Args... args) {
  StringSink sink;
  CRM_TRY_VOID(call(function, args..., sink.abi()));
  if (sink.failed()) return Error{Code::unavailable, "out of memory", {}};
  return std::move(sink).take();
}

}  // namespace crm
