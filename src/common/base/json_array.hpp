// Lists of texts as JSON. Pure; callable from every thread.
#pragma once

#include <ranges>

#include "src/common/base/json.hpp"

namespace gcal::base {

// An array of the texts of a range, in its order. A text must be valid UTF-8.
template <std::ranges::input_range Texts>
Json json_array(const Texts& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push(text);
  return list;
}

}  // namespace gcal::base
