#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include "src/common/base/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/internal/dtoa.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>

#include "src/common/base/utf8.hpp"

namespace gcal::base {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kReadAhead = 16;        // bytes that RapidJSON looks at together
constexpr int kMaxDecimals = 324;             // all that a double can have
constexpr std::size_t kMaxNumberLength = 64;  // longer than any double or 64-bit integer needs

bool has_repeated_key(const Json::Object& object) {
  constexpr std::size_t kFew = 32;
  if (object.size() <= kFew) {
    for (std::size_t i = 1; i < object.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (object[i].first == object[k].first) return true;
    return false;
  }
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : object) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// Builds the value from RapidJSON's events: finished values wait on a stack until their container
// ends and takes them, so that it is made in its final size. Returning false ends the parse.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  std::string problem;

  Builder() { waiting_.reserve(kUsualWaiting); }
  Json take_root() { return std::move(waiting_.front().second); }

  bool Null() { return add(Json()); }
  bool Bool(bool value) { return add(Json(value)); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view string(text, size);
    return is_utf8(string) ? add(Json(string)) : fail(kNotUtf8);
  }
  bool StartObject() { return open(); }
  bool StartArray() { return open(); }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view key(text, size);
    if (!is_utf8(key)) return fail(kNotUtf8);
    waiting_.emplace_back(key, Json());
    named_ = true;
    return true;
  }

  bool EndObject(rapidjson::SizeType count) {
    Json::Object members(std::make_move_iterator(waiting_.end() - count),
                         std::make_move_iterator(waiting_.end()));
    if (has_repeated_key(members)) return fail("a key stands twice in one object");
    close(count, Json(std::move(members)));
    return true;
  }

  bool EndArray(rapidjson::SizeType count) {
    Json::Array items;
    items.reserve(count);
    for (auto at = waiting_.end() - count; at != waiting_.end(); ++at)
      items.push_back(std::move(at->second));
    close(count, Json(std::move(items)));
    return true;
  }

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    if (size > kMaxNumberLength) return fail("a number has too many digits");
    const char* end = text + size;
    if (std::string_view(text, size).find_first_of(".eE") == std::string_view::npos) {
      std::int64_t integer = 0;
      const auto [stop, error] = std::from_chars(text, end, integer);
      if (error == std::errc() && stop == end) return add(Json(static_cast<long long>(integer)));
    }
    double real = 0;
    const auto [stop, error] = std::from_chars(text, end, real);
    if (error == std::errc::result_out_of_range) {
      // Tiny numbers are zero; huge ones are no numbers that any of our documents may hold.
      if (std::abs(std::strtod(std::string(text, size).c_str(), nullptr)) > 1)
        return fail("a number is too large");
      real = 0;
    } else if (error != std::errc() || stop != end) {
      return fail("a number cannot be read");
    }
    return add(Json(real));
  }

 private:
  static constexpr std::size_t kUsualWaiting = 32;  // values of an event
  static constexpr const char* kNotUtf8 = "a text is not UTF-8";

  bool fail(const char* what) {
    problem = what;
    return false;
  }

  bool add(Json value) {
    if (named_)
      waiting_.back().second = std::move(value);
    else
      waiting_.emplace_back(std::string(), std::move(value));
    named_ = false;
    return true;
  }

  // The container's own place waits below its content.
  bool open() {
    if (depth_ == kMaxDepth) return fail("nested deeper than 64 levels");
    ++depth_;
    return add(Json());
  }

  void close(std::size_t count, Json container) {
    waiting_.resize(waiting_.size() - count);
    waiting_.back().second = std::move(container);
    --depth_;
  }

  std::vector<Json::Member> waiting_;  // outside of objects without a key
  bool named_ = false;                 // the last one is a key whose value comes next
  std::size_t depth_ = 0;
};

void append_string(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  out += '"';
  std::size_t plain = 0;  // begin of what needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"': out += '"'; break;
      case '\\': out += '\\'; break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default: ((out += "u00") += kHex[c >> 4]) += kHex[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

void append_number(std::string& out, const Json& value) {
  std::array<char, 32> digits;
  char* end = digits.data();
  if (value.is_integer())
    end = std::to_chars(digits.data(), digits.data() + digits.size(), value.as_integer()).ptr;
  else if (std::isfinite(value.as_double()))
    end = rapidjson::internal::dtoa(value.as_double(), digits.data(), kMaxDecimals);
  else
    out += "null";
  out.append(digits.data(), end);
}

// `indent` spaces before the members, or -1 for all on one line.
void append(std::string& out, const Json& value, int indent) {
  const auto line = [&](int spaces) {
    if (indent >= 0) (out += '\n').append(static_cast<std::size_t>(spaces), ' ');
  };
  const int inner = indent < 0 ? -1 : indent + 2;
  if (value.is_string()) {
    append_string(out, value.as_string());
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [key, member] : value.members()) {
      if (!first) out += ',';
      first = false;
      line(inner);
      append_string(out, key);
      out += indent < 0 ? ":" : ": ";
      append(out, member, inner);
    }
    if (!value.members().empty()) line(indent);
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const Json& item : value.items()) {
      if (!first) out += ',';
      first = false;
      line(inner);
      append(out, item, inner);
    }
    if (!value.items().empty()) line(indent);
    out += ']';
  } else if (value.is_number()) {
    append_number(out, value);
  } else if (value.is_bool()) {
    out += value.as_bool() ? "true" : "false";
  } else {
    out += "null";
  }
}

// A value that is never destroyed: a plugin may hold no static with a destructor.
template <class T>
const T& empty() {
  alignas(T) static unsigned char storage[sizeof(T)];
  static const T* const value = new (storage) T();
  return *value;
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // an editor's byte order mark
  // RapidJSON takes a NUL for the end of its input and would accept the text before it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return Error{Code::invalid, "JSON, byte " + std::to_string(nul) + ": a NUL byte", {}};
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  // The reader wants a NUL at the end, and looks at 16 aligned bytes at once: they have to be there
  // behind it too.
  std::string ended;
  ended.reserve(text.size() + 2 * kReadAhead);
  ended.append(text).append(kReadAhead, '\0');
  rapidjson::StringStream stream(ended.c_str());
  rapidjson::Reader reader;
  Builder builder;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
  if (result.IsError()) {
    const std::string what =
        builder.problem.empty() ? rapidjson::GetParseError_En(result.Code()) : builder.problem;
    return Error{Code::invalid, "JSON, byte " + std::to_string(result.Offset()) + ": " + what, {}};
  }
  return builder.take_root();
}

std::string Json::dump() const {
  std::string out;
  append_to(out);
  return out;
}

void Json::append_to(std::string& out) const {
  append(out, *this, -1);
}

std::string Json::dump_pretty() const {
  std::string out;
  append(out, *this, 0);
  return out;
}

bool Json::as_bool(bool otherwise) const {
  const bool* value = std::get_if<bool>(&value_);
  return value ? *value : otherwise;
}

std::int64_t Json::as_integer(std::int64_t otherwise) const {
  const std::int64_t* value = std::get_if<std::int64_t>(&value_);
  return value ? *value : otherwise;
}

double Json::as_double(double otherwise) const {
  if (const double* value = std::get_if<double>(&value_)) return *value;
  if (const std::int64_t* value = std::get_if<std::int64_t>(&value_))
    return static_cast<double>(*value);
  return otherwise;
}

const std::string& Json::as_string() const {
  const std::string* value = std::get_if<std::string>(&value_);
  return value ? *value : empty<std::string>();
}

const Json::Array& Json::items() const {
  const Array* value = std::get_if<Array>(&value_);
  return value ? *value : empty<Array>();
}

const Json::Object& Json::members() const {
  const Object* value = std::get_if<Object>(&value_);
  return value ? *value : empty<Object>();
}

const Json* Json::find(std::string_view key) const {
  const Object* object = std::get_if<Object>(&value_);
  if (!object) return nullptr;
  for (const auto& [name, value] : *object)
    if (name == key) return &value;
  return nullptr;
}

Json* Json::find(std::string_view key) {
  return const_cast<Json*>(std::as_const(*this).find(key));
}

const Json& Json::operator[](std::string_view key) const {
  const Json* value = find(key);
  return value ? *value : empty<Json>();
}

Json::Object& Json::mutable_members() {
  if (!is_object()) value_ = Object();
  return std::get<Object>(value_);
}

Json::Array& Json::mutable_items() {
  if (!is_array()) value_ = Array();
  return std::get<Array>(value_);
}

Json& Json::set(std::string_view key, Json value) {
  Json& place = member(key);
  place = std::move(value);
  return place;
}

Json& Json::member(std::string_view key) {
  Object& object = mutable_members();
  for (auto& [name, value] : object)
    if (name == key) return value;
  return object.emplace_back(std::string(key), Json()).second;
}

bool Json::erase(std::string_view key) {
  Object* object = std::get_if<Object>(&value_);
  if (!object) return false;
  return std::erase_if(*object, [key](const Member& member) { return member.first == key; }) > 0;
}

Json& Json::push(Json value) {
  return mutable_items().emplace_back(std::move(value));
}

bool operator==(const Json& a, const Json& b) {
  if (a.value_.index() != b.value_.index())
    return a.is_number() && b.is_number() && a.as_double() == b.as_double();
  if (!a.is_object()) return a.value_ == b.value_;
  if (a.members().size() != b.members().size()) return false;
  for (const auto& [key, value] : a.members()) {
    const Json* other = b.find(key);
    if (!other || !(value == *other)) return false;
  }
  return true;
}

}  // namespace gcal::base
