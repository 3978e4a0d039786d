// A minimal JSON value, so that the fakes need no library and a test can read a document. Used by
// the fakes and by tests of plugins, a value on one thread at a time. For tests only: it is not
// fast, and look-up is linear.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/cpp/result.hpp"

namespace crm::fakes {

class Json {
 public:
  using Member = std::pair<std::string, Json>;
  enum class Kind { null, boolean, number, string, array, object };

  // null. Not defaulted: Clang 14 then takes a pair of it for not constructible.
  // NOLINTNEXTLINE(modernize-use-equals-default)
  Json() noexcept {}
  Json(bool value) : kind_(Kind::boolean), text_(value ? "true" : "false") {}
  Json(int value) : Json(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : kind_(Kind::number), text_(std::to_string(value)) {}
  Json(const char* value) : Json(std::string(value)) {}
  Json(std::string_view value) : Json(std::string(value)) {}
  Json(std::string value) : kind_(Kind::string), text_(std::move(value)) {}
  static Json array(std::vector<Json> items = {});
  static Json object(std::vector<Member> members = {});

  // Fails with invalid and the byte at fault. At most 64 levels; a repeated key is an error; the
  // bytes of a text are not checked.
  static Result<Json> parse(std::string_view text);
  std::string dump() const;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  // Each returns a neutral value when this is of another kind.
  bool as_bool() const { return kind_ == Kind::boolean && text_ == "true"; }
  std::int64_t as_integer() const;
  const std::string& as_string() const { return is_string() ? text_ : nothing().text_; }
  const std::vector<Json>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }

  const Json* find(std::string_view key) const;        // nullptr when absent
  const Json& operator[](std::string_view key) const;  // null when absent
  const Json& operator[](std::size_t index) const {
    return index < items_.size() ? items_[index] : nothing();
  }
  const std::string& string(std::string_view key) const { return (*this)[key].as_string(); }
  std::vector<std::string> strings() const;  // the texts of an array

  Json& set(std::string_view key, Json value);  // makes an object of a null
  Json& push(Json value);                       // makes an array of a null

  friend bool operator==(const Json& a, const Json& b);  // the order of members does not matter;
                                                         // numbers are compared as they are written

 private:
  class Parser;
  static const Json& nothing() {
    static const Json* const value =
        new Json();  // never destroyed: a plugin's library may hold no static with a destructor
    return *value;
  }
  void write(std::string& out) const;

  Kind kind_ = Kind::null;
  std::string text_;  // of a text, or the digits of a number as they came
  std::vector<Json> items_;
  std::vector<Member> members_;
};

inline Json Json::array(std::vector<Json> items) {
  Json json;
  json.kind_ = Kind::array;
  json.items_ = std::move(items);
  return json;
}

inline Json Json::object(std::vector<Member> members) {
  Json json;
  json.kind_ = Kind::object;
  json.members_ = std::move(members);
  return json;
}

inline std::int64_t Json::as_integer() const {
  std::int64_t value = 0;
  if (kind_ == Kind::number) std::from_chars(text_.data(), text_.data() + text_.size(), value);
  return value;
}

inline const Json* Json::find(std::string_view key) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.first == key; });
  return found == members_.end() ? nullptr : &found->second;
}

inline const Json& Json::operator[](std::string_view key) const {
  const Json* found = find(key);
  return found ? *found : nothing();
}

inline std::vector<std::string> Json::strings() const {
  std::vector<std::string> texts;
  for (const Json& item : items_)
    if (item.is_string()) texts.push_back(item.text_);
  return texts;
}

inline Json& Json::set(std::string_view key, Json value) {
  if (kind_ == Kind::null) kind_ = Kind::object;
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& member) { return member.first == key; });
  if (found == members_.end())
    return members_.emplace_back(std::string(key), std::move(value)).second;
  found->second = std::move(value);
  return found->second;
}

inline Json& Json::push(Json value) {
  if (kind_ == Kind::null) kind_ = Kind::array;
  return items_.emplace_back(std::move(value));
}

inline bool operator==(const Json& a, const Json& b) {
  if (a.kind_ != b.kind_ || a.text_ != b.text_ || a.items_ != b.items_ ||
      a.members_.size() != b.members_.size())
    return false;
  return std::all_of(a.members_.begin(), a.members_.end(), [&](const Json::Member& member) {
    const Json* other = b.find(member.first);
    return other && member.second == *other;
  });
}

inline void Json::write(std::string& out) const {
  const auto quoted = [&out](std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\')
        (out += '\\') += c;
      else if (byte < 0x20)
        ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
      else
        out += c;
    }
    out += '"';
  };
  const char* separator = "";
  switch (kind_) {
    case Kind::null: out += "null"; break;
    case Kind::boolean:
    case Kind::number: out += text_; break;
    case Kind::string: quoted(text_); break;
    case Kind::array:
      out += '[';
      for (const Json& item : items_) {
        out += std::exchange(separator, ",");
        item.write(out);
      }
      out += ']';
      break;
    case Kind::object:
      out += '{';
      for (const auto& [key, value] : members_) {
        out += std::exchange(separator, ",");
        quoted(key);
        out += ':';
        value.write(out);
      }
      out += '}';
      break;
  }
}

inline std::string Json::dump() const {
  std::string out;
  write(out);
  return out;
}

class Json::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Json> document() {
    CRM_TRY(Json json, value(0));
    skip();
    if (at_ != text_.size()) return fail("the document has ended here");
    return json;
  }

 private:
  Error fail(std::string_view what) const {
    return Error{Code::invalid, "JSON, byte " + std::to_string(at_) + ": " + std::string(what), {}};
  }
  void skip() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Result<Json> value(int depth) {
    if (depth > 64) return fail("nested deeper than 64 levels");
    skip();
    if (take("null")) return Json();
    if (take("true")) return Json(true);
    if (take("false")) return Json(false);
    if (take("{")) return object(depth);
    if (take("[")) return array(depth);
    if (take("\"")) {
      CRM_TRY(std::string text, string());
      return Json(std::move(text));
    }
    return number();
  }

  Result<Json> object(int depth) {
    Json json = Json::object();
    skip();
    if (take("}")) return json;
    while (true) {
      skip();
      if (!take("\"")) return fail("a member begins with its name");
      CRM_TRY(std::string key, string());
      if (json.find(key)) return fail("a name stands twice in one object");
      skip();
      if (!take(":")) return fail("a colon is missing");
      CRM_TRY(Json member, value(depth + 1));
      json.members_.emplace_back(std::move(key), std::move(member));
      skip();
      if (take("}")) return json;
      if (!take(",")) return fail("a comma or the end of the object is missing");
    }
  }

  Result<Json> array(int depth) {
    Json json = Json::array();
    skip();
    if (take("]")) return json;
    while (true) {
      CRM_TRY(Json item, value(depth + 1));
      json.items_.push_back(std::move(item));
      skip();
      if (take("]")) return json;
      if (!take(",")) return fail("a comma or the end of the array is missing");
    }
  }

  Result<Json> number() {
    const std::size_t begin = at_;
    const auto digits = [this] {
      const std::size_t from = at_;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
      return at_ > from;
    };
    take("-");
    if (!take("0") && !digits()) return fail("a value is missing");
    if (take(".") && !digits()) return fail("digits are missing");
    if (take("e") || take("E")) {
      if (!take("+")) take("-");
      if (!digits()) return fail("digits are missing");
    }
    Json json;
    json.kind_ = Kind::number;
    json.text_ = text_.substr(begin, at_ - begin);
    return json;
  }

  Result<std::string> string() {
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character stands in a text");
      if (c != '\\') {
        out += c;
        continue;
      }
      const char escape = at_ < text_.size() ? text_[at_++] : '\0';
      static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
      if (const std::size_t index = kFrom.find(escape); index != std::string_view::npos) {
        out += kTo[index];
      } else if (escape == 'u') {
        CRM_TRY(std::uint32_t point, unit());
        if (point >= 0xD800 && point < 0xDC00 && take("\\u")) {
          CRM_TRY(const std::uint32_t low, unit());
          if (low < 0xDC00 || low > 0xDFFF) return fail("half a surrogate pair");
          point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        } else if (point >= 0xD800 && point <= 0xDFFF) {
          return fail("half a surrogate pair");
        }
        append(out, point);
      } else {
        return fail("an unknown escape");
      }
    }
    return fail("a text does not end");
  }

  Result<std::uint32_t> unit() {
    std::uint32_t point = 0;
    const char* begin = text_.data() + at_;
    if (text_.size() - at_ < 4) return fail("four hexadecimal digits are missing");
    const auto [end, error] = std::from_chars(begin, begin + 4, point, 16);
    if (error != std::errc() || end != begin + 4)
      return fail("four hexadecimal digits are missing");
    at_ += 4;
    return point;
  }

  static void append(std::string& out, std::uint32_t point) {  // UTF-8
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) return byte(point);
    if (point < 0x800) {
      byte(0xC0 | point >> 6);
    } else {
      if (point < 0x10000) {
        byte(0xE0 | point >> 12);
      } else {
        byte(0xF0 | point >> 18);
        byte(0x80 | (point >> 12 & 0x3F));
      }
      byte(0x80 | (point >> 6 & 0x3F));
    }
    byte(0x80 | (point & 0x3F));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline Result<Json> Json::parse(std::string_view text) {
  return Parser(text).document();
}

}  // namespace crm::fakes
