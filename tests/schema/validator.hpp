// Checks documents against host_api/schema. Used by the tests of this folder. Besides what a schema
// says it can demand that a schema knows every member of a document: readers must ignore unknown
// members, but what we write ourselves has to be documented. It must never accept a schema outside
// of the dialect below, since RapidJSON would ignore such a keyword silently.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"

namespace schema {

// All schemas of a folder. Throws std::runtime_error when one cannot be read: without schemas there
// is no test.
class Schemas {
 public:
  explicit Schemas(const std::string& folder);
  ~Schemas();

  std::vector<std::string> names() const;  // "event.json", ...
  const gcal::base::Json& text(std::string_view name) const;

  // "" when the document fits `reference` ("event.json", "calendar.json#/$defs/put"), otherwise
  // where and why not.
  std::string fault(std::string_view reference, const gcal::base::Json& document) const;
  // The same, and every member of every object has to be named in the schema.
  std::string fault_or_unknown_member(std::string_view reference,
                                      const gcal::base::Json& document) const;

 private:
  struct Loaded;
  std::unique_ptr<Loaded> open_, closed_;
};

// The keywords of JSON Schema 2020-12 that draft 4, and so RapidJSON 1.1, understands in the same
// way; and annotations. Answers a sentence for each keyword outside of it and each $ref with
// neighbours, which draft 4 ignores.
std::vector<std::string> outside_of_dialect(const gcal::base::Json& schema);

}  // namespace schema
