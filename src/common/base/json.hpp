// A JSON value, its parser and its writer: the only door to RapidJSON. Used for every document that
// crosses a boundary. The parser treats its input as hostile: UTF-8 is checked, depth is at most
// 64, numbers are read by our own code (RapidJSON 1.1.0 aborts on 0.00000000001e-2147483639,
// CVE-2024-38517), a repeated key is an error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::base {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object =
      std::vector<Member>;  // in the order written; members are few, so look-up is linear

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(unsigned value) : value_(static_cast<std::int64_t>(value)) {}
  Json(long value) : value_(static_cast<std::int64_t>(value)) {}
  Json(long long value) : value_(static_cast<std::int64_t>(value)) {}
  Json(unsigned long value) : value_(static_cast<std::int64_t>(value)) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json array(Array items = {}) { return Json(std::move(items)); }
  static Json object(Object members = {}) { return Json(std::move(members)); }

  // At most 64 levels. The message names the byte offset of the fault.
  static Result<Json> parse(std::string_view text);
  std::string dump() const;
  void append_to(std::string& out) const;  // the same, appended
  std::string dump_pretty() const;         // two spaces, as Google's prettyPrint

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Each answers a neutral value when this is of another kind: hostile documents must not need a
  // check at every step.
  bool as_bool(bool otherwise = false) const;
  std::int64_t as_integer(std::int64_t otherwise = 0) const;
  double as_double(double otherwise = 0) const;
  const std::string& as_string() const;  // "" when not a string
  const Array& items() const;            // empty when not an array
  const Object& members() const;         // empty when not an object

  // Look-up in an object; null when absent or not an object.
  const Json& operator[](std::string_view key) const;
  const Json* find(std::string_view key) const;  // nullptr when absent: tells absent from null
  Json* find(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const std::string& string(std::string_view key) const { return (*this)[key].as_string(); }

  // Changes. A null becomes the object or array that is asked for.
  Json& set(std::string_view key, Json value);  // replaces or appends; answers the stored value
  Json& member(std::string_view key);           // the stored value, created as null when absent
  bool erase(std::string_view key);
  Json& push(Json value);
  Array& mutable_items();
  Object& mutable_members();

  friend bool operator==(const Json& a,
                         const Json& b);  // the order of an object's members does not matter

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

}  // namespace gcal::base
