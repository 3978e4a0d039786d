// Pixels as the decoders give them, and what is done to them before they are written again. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace host::mail {

struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;  // not premultiplied

  bool is_transparent() const;
};

enum class DecodeFault { kind, pixels, damaged };

// The header's size is checked before memory is taken. The fault when it cannot be decoded.
struct Decoded {
  Pixels pixels;
  std::optional<DecodeFault> fault;
};
Decoded decode(std::string_view bytes);

// Onto white, with a margin on each side.
Pixels flattened(const Pixels& pixels, int margin);
// Fits into the box by averaging, never larger than it is.
Pixels fitted(const Pixels& pixels, int box_width, int box_height);

}  // namespace host::mail
