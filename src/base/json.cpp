#define RAPIDJSON_SSE2
#include "src/base/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <new>

namespace gcal::base {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNumberLength = 64;  // longer than any double or 64-bit integer needs

// Builds the value from RapidJSON's events. Returning false ends the parse.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  Json root;
  std::string problem;

  bool Null() { return add(Json()); }
  bool Bool(bool value) { return add(Json(value)); }
  bool String(const char* text, rapidjson::SizeType size, bool) { return add(Json(std::string_view(text, size))); }
  bool StartObject() { return open(Json::object()); }
  bool StartArray() { return open(Json::array()); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view key(text, size);
    if (open_.back()->contains(key)) return fail("a key stands twice in one object");
    key_ = std::string(key);
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
      if (std::abs(std::strtod(std::string(text, size).c_str(), nullptr)) > 1) return fail("a number is too large");
      real = 0;
    } else if (error != std::errc() || stop != end) {
      return fail("a number cannot be read");
    }
    return add(Json(real));
  }

 private:
  bool fail(const char* what) {
    problem = what;
    return false;
  }

  Json* place(Json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) return &parent.push(std::move(value));
    parent.mutable_members().emplace_back(std::move(key_), std::move(value));
    return &parent.mutable_members().back().second;
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (open_.size() >= kMaxDepth) return fail("nested deeper than 64 levels");
    open_.push_back(place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;  // stays valid: a container only grows while it is the innermost one
  std::string key_;
};

template <class Writer>
void write(const Json& value, Writer& writer) {
  if (value.is_null()) {
    writer.Null();
  } else if (value.is_bool()) {
    writer.Bool(value.as_bool());
  } else if (value.is_integer()) {
    writer.Int64(value.as_integer());
  } else if (value.is_number()) {
    if (std::isfinite(value.as_double())) writer.Double(value.as_double());
    else writer.Null();
  } else if (value.is_string()) {
    writer.String(value.as_string().data(), static_cast<rapidjson::SizeType>(value.as_string().size()));
  } else if (value.is_array()) {
    writer.StartArray();
    for (const Json& item : value.items()) write(item, writer);
    writer.EndArray();
  } else {
    writer.StartObject();
    for (const auto& [key, member] : value.members()) {
      writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
      write(member, writer);
    }
    writer.EndObject();
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
  // RapidJSON takes a NUL for the end of its input and would accept what stands before it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return Error{Code::invalid, "JSON, byte " + std::to_string(nul) + ": a NUL byte", {}};
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream memory(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  rapidjson::Reader reader;
  Builder builder;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
  if (result.IsError()) {
    const std::string what = builder.problem.empty() ? rapidjson::GetParseError_En(result.Code()) : builder.problem;
    return Error{Code::invalid, "JSON, byte " + std::to_string(result.Offset()) + ": " + what, {}};
  }
  return std::move(builder.root);
}

std::string Json::dump() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer writer(buffer);
  write(*this, writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string Json::dump_pretty() const {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter writer(buffer);
  writer.SetIndent(' ', 2);
  write(*this, writer);
  return {buffer.GetString(), buffer.GetSize()};
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
  if (const std::int64_t* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
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

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

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

Json& Json::push(Json value) { return mutable_items().emplace_back(std::move(value)); }

bool operator==(const Json& a, const Json& b) {
  if (a.value_.index() != b.value_.index()) return a.is_number() && b.is_number() && a.as_double() == b.as_double();
  if (!a.is_object()) return a.value_ == b.value_;
  if (a.members().size() != b.members().size()) return false;
  for (const auto& [key, value] : a.members()) {
    const Json* other = b.find(key);
    if (!other || !(value == *other)) return false;
  }
  return true;
}

}  // namespace gcal::base
