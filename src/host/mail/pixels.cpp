#include "src/host/mail/pixels.hpp"

#include <algorithm>
#include <cmath>

namespace host::mail {
namespace {

// Sums of what one new pixel covers: colours weighted by coverage and opacity.
struct Sum {
  double red = 0, green = 0, blue = 0, alpha = 0, weight = 0;

  void add(const std::uint8_t* pixel, double part) {
    const double opacity = pixel[3] * part;
    red += pixel[0] * opacity;
    green += pixel[1] * opacity;
    blue += pixel[2] * opacity;
    alpha += opacity;
    weight += part;
  }
  void write(std::uint8_t* pixel) const {
    const auto byte = [](double value) {
      return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
    };
    const double divisor = alpha > 0 ? alpha : 1;
    pixel[0] = byte(red / divisor);
    pixel[1] = byte(green / divisor);
    pixel[2] = byte(blue / divisor);
    pixel[3] = byte(weight > 0 ? alpha / weight : 0);
  }
};

std::uint8_t* at(Pixels& pixels, int x, int y) {
  return pixels.rgba.data() + (static_cast<std::size_t>(y) * pixels.width + x) * 4;
}
const std::uint8_t* at(const Pixels& pixels, int x, int y) {
  return pixels.rgba.data() + (static_cast<std::size_t>(y) * pixels.width + x) * 4;
}

Pixels empty_pixels(int width, int height, std::uint8_t value) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4, value)};
}

// The share of the pixel at `i` that lies in [begin, end).
double covered(int i, double begin, double end) {
  return std::max(0.0, std::min(end, i + 1.0) - std::max(begin, static_cast<double>(i)));
}

Sum average(const Pixels& pixels, double left, double top, double right, double bottom) {
  Sum sum;
  const int last_x = std::min(pixels.width, static_cast<int>(std::ceil(right)));
  const int last_y = std::min(pixels.height, static_cast<int>(std::ceil(bottom)));
  for (int y = static_cast<int>(top); y < last_y; ++y)
    for (int x = static_cast<int>(left); x < last_x; ++x)
      sum.add(at(pixels, x, y), covered(x, left, right) * covered(y, top, bottom));
  return sum;
}

}  // namespace

bool Pixels::is_transparent() const {
  for (std::size_t i = 3; i < rgba.size(); i += 4)
    if (rgba[i] != 255) return true;
  return false;
}

Pixels flattened(const Pixels& pixels, int margin) {
  Pixels out = empty_pixels(pixels.width + 2 * margin, pixels.height + 2 * margin, 255);
  for (int y = 0; y < pixels.height; ++y) {
    for (int x = 0; x < pixels.width; ++x) {
      const std::uint8_t* const from = at(pixels, x, y);
      std::uint8_t* const to = at(out, x + margin, y + margin);
      for (int channel = 0; channel < 3; ++channel)
        to[channel] = static_cast<std::uint8_t>(
            (from[channel] * from[3] + 255 * (255 - from[3]) + 127) / 255);
    }
  }
  return out;
}

Pixels fitted(const Pixels& pixels, int box_width, int box_height) {
  const double scale = std::max({1.0, static_cast<double>(pixels.width) / box_width,
                                 static_cast<double>(pixels.height) / box_height});
  const int width = std::max(1, static_cast<int>(std::lround(pixels.width / scale)));
  const int height = std::max(1, static_cast<int>(std::lround(pixels.height / scale)));
  const double step_x = static_cast<double>(pixels.width) / width,
               step_y = static_cast<double>(pixels.height) / height;
  Pixels out = empty_pixels(width, height, 0);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      average(pixels, x * step_x, y * step_y, (x + 1) * step_x, (y + 1) * step_y)
          .write(at(out, x, y));
  return out;
}

}  // namespace host::mail
