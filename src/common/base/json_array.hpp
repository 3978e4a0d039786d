// Lists of texts as JSON. Pure; callable from every thread.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/json.hpp"

namespace gcal::base {

// An array of the texts, in their order. A text must be valid UTF-8.
inline Json json_array(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push(text);
  return list;
}

}  // namespace gcal::base
