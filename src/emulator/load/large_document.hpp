// A JSON document whose arrays named "events" may be long: a tree of 200,000 events would need
// several times the memory of the calendars that are made of them. Used for worlds and saved
// states. The document is a tree without those arrays; an item is parsed when it is read. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"

namespace emulator {

class LargeDocument {
 public:
  // The text must live as long as the document. Error: that of Json::parse, except for the items.
  static gcal::Result<LargeDocument> parse(std::string_view text);
  // A document that is a tree already, and must live as long.
  static LargeDocument of(const gcal::base::Json& tree);

  const gcal::base::Json& root() const { return tree_ ? *tree_ : root_; }

  // `events` is such a member of an object in root(); anything else has no items. Error of item():
  // that of Json::parse.
  std::size_t count(const gcal::base::Json& events) const;
  gcal::Result<gcal::base::Json> item(const gcal::base::Json& events, std::size_t index) const;

 private:
  using Texts = std::vector<std::string_view>;
  const Texts* texts_of(const gcal::base::Json& events) const;

  const gcal::base::Json* tree_ = nullptr;
  gcal::base::Json root_;  // an array is left out: [{"": its index in arrays_}] is in its place
  std::vector<Texts> arrays_;
};

}  // namespace emulator
