#include "tests/schema/validator.hpp"

#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace schema {

using gcal::base::Json;

namespace {

constexpr std::array kApplied{
    "$ref",          "type",          "enum",       "oneOf",
    "allOf",         "required",      "properties", "additionalProperties",
    "minProperties", "maxProperties", "items",      "minItems",
    "maxItems",      "minLength",     "maxLength",  "pattern",
    "minimum",       "maximum"};
constexpr std::array kAnnotations{"$schema", "$id", "$defs", "title", "description", "default"};

bool is_one_of(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

void check_dialect(const Json& schema, const std::string& at, std::vector<std::string>& out) {
  if (!schema.is_object()) return out.push_back(at + ": a schema is an object");
  for (const auto& [keyword, value] : schema.members()) {
    if (!is_one_of(kApplied, keyword) && !is_one_of(kAnnotations, keyword))
      out.push_back(at + ": the keyword " + keyword + " is outside of the dialect");
    if (schema.contains("$ref") && keyword != "$ref")
      out.push_back(at + ": " + keyword + " stands beside $ref");
    const std::string below = at + "/" + keyword;
    if (keyword == "properties" || keyword == "$defs") {
      for (const auto& [name, member] : value.members())
        check_dialect(member, below + "/" + name, out);
    } else if (keyword == "oneOf" || keyword == "allOf") {
      for (const Json& item : value.items()) check_dialect(item, below, out);
    } else if (keyword == "items" || keyword == "additionalProperties") {
      check_dialect(value, below, out);
    }
  }
}

// RapidJSON's pointers refuse a "$", and draft 4 named the keyword `definitions`. RapidJSON 1.1.0
// removes the last character of another file's name before it resolves it, so one is added.
std::string in_draft_4(std::string reference) {
  if (const std::size_t at = reference.find("#/$defs/"); at != std::string::npos)
    reference.replace(at, 8, "#/definitions/");
  if (const std::size_t end = reference.find(".json"); end != std::string::npos)
    reference.insert(end + 5, "~");
  return reference;
}

// Translates a schema to draft 4; closed: objects admit only the members that they name.
Json translated(const Json& schema, bool closed) {
  Json out = Json::object();
  for (const auto& [keyword, value] : schema.members()) {
    if (keyword == "$schema" || keyword == "$id") continue;
    if (keyword == "$ref") {
      out.set("$ref", in_draft_4(value.as_string()));
    } else if (keyword == "properties" || keyword == "$defs") {
      Json& named = out.set(keyword == "$defs" ? "definitions" : keyword, Json::object());
      for (const auto& [name, member] : value.members())
        named.set(name, translated(member, closed));
    } else if (keyword == "oneOf" || keyword == "allOf") {
      Json& list = out.set(keyword, Json::array());
      for (const Json& item : value.items()) list.push(translated(item, closed));
    } else if (keyword == "items" || keyword == "additionalProperties") {
      out.set(keyword, translated(value, closed));
    } else {
      out.set(keyword, value);
    }
  }
  if (closed && schema.contains("properties") && !schema.contains("additionalProperties"))
    out.set("additionalProperties", false);
  return out;
}

Json read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  auto json = Json::parse(text);
  if (!json) throw std::runtime_error(file.string() + ": " + json.error().message);
  return *std::move(json);
}

}  // namespace

// Compiles each schema when it is first needed, and those that it refers to with it.
struct Schemas::Loaded : rapidjson::IRemoteSchemaDocumentProvider {
  std::map<std::string, Json, std::less<>> texts;  // as they stand in the folder
  bool closed = false;
  std::map<std::string, std::unique_ptr<rapidjson::SchemaDocument>, std::less<>> compiled;

  const rapidjson::SchemaDocument* GetRemoteDocument(const char* uri,
                                                     rapidjson::SizeType size) override {
    return compile(std::string(uri, size));
  }

  const rapidjson::SchemaDocument* compile(const std::string& name) {
    if (const auto found = compiled.find(name); found != compiled.end()) return found->second.get();
    const auto text = texts.find(name);
    if (text == texts.end())
      throw std::runtime_error("a $ref names " + name + ", which is not in the folder");
    return add(name, translated(text->second, closed));
  }
  const rapidjson::SchemaDocument* add(const std::string& name, const Json& schema) {
    rapidjson::Document document;
    document.Parse(schema.dump().c_str());
    if (document.HasParseError()) throw std::runtime_error(name + " cannot be parsed");
    return compiled.emplace(name, std::make_unique<rapidjson::SchemaDocument>(document, this))
        .first->second.get();
  }

  std::string fault(std::string_view reference, const Json& json) {
    const std::string name(reference);
    const bool whole = name.find('#') == std::string::npos;
    if (!whole && !compiled.contains(name)) {
      // A part of a file: a schema that refers to it.
      add(name,
          Json::object({{"allOf", Json::array({Json::object({{"$ref", in_draft_4(name)}})})}}));
    }
    const rapidjson::SchemaDocument* schema =
        whole ? compile(name) : compiled.find(name)->second.get();
    rapidjson::Document document;
    document.Parse(json.dump().c_str());
    if (document.HasParseError()) return "the document cannot be parsed";
    rapidjson::SchemaValidator validator(*schema);
    if (document.Accept(validator)) return {};
    rapidjson::StringBuffer at, rule;
    validator.GetInvalidDocumentPointer().StringifyUriFragment(at);
    validator.GetInvalidSchemaPointer().StringifyUriFragment(rule);
    return name + ": " + at.GetString() + " breaks \"" + validator.GetInvalidSchemaKeyword() +
           "\" of " + rule.GetString();
  }
};

Schemas::Schemas(const std::string& folder)
    : open_(std::make_unique<Loaded>()), closed_(std::make_unique<Loaded>()) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json")
      open_->texts.emplace(entry.path().filename().string(), read(entry.path()));
  if (open_->texts.empty()) throw std::runtime_error("there are no schemas in " + folder);
  closed_->texts = open_->texts;
  closed_->closed = true;
}

Schemas::~Schemas() = default;

std::vector<std::string> Schemas::names() const {
  std::vector<std::string> names;
  for (const auto& [name, text] : open_->texts) names.push_back(name);
  return names;
}

const Json& Schemas::text(std::string_view name) const {
  return open_->texts.find(name)->second;
}

std::string Schemas::fault(std::string_view reference, const Json& document) const {
  return open_->fault(reference, document);
}

std::string Schemas::fault_or_unknown_member(std::string_view reference,
                                             const Json& document) const {
  std::string fault = open_->fault(reference, document);
  return fault.empty() ? closed_->fault(reference, document) : fault;
}

std::vector<std::string> outside_of_dialect(const Json& schema) {
  std::vector<std::string> out;
  check_dialect(schema, "#", out);
  return out;
}

}  // namespace schema
