#include "src/host/mail/logo_image.hpp"

#include <png.h>

#include "src/host/mail/mail_types.hpp"
#include "src/host/mail/pixels.hpp"

namespace host::mail {
namespace {

constexpr int kBoxWidth = 480, kBoxHeight = 160, kMargin = 8;

Error refused(std::string_view why) {
  return {Code::invalid, "logo.error." + std::string(why), {}};
}

std::string_view to_text(DecodeFault fault) {
  switch (fault) {
    case DecodeFault::kind: return "kind";
    case DecodeFault::pixels: return "pixels";
    case DecodeFault::damaged: break;
  }
  return "damaged";
}

// "" when it could not be written.
std::string png_of(const Pixels& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.width);
  image.height = static_cast<png_uint_32>(pixels.height);
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint8_t> rgb;
  const std::uint8_t* bytes = pixels.rgba.data();
  if (!pixels.is_transparent()) {
    image.format = PNG_FORMAT_RGB;
    for (std::size_t i = 0; i < pixels.rgba.size(); i += 4)
      rgb.insert(rgb.end(), bytes + i, bytes + i + 3);
    bytes = rgb.data();
  }
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string out(size, '\0');
  if (!png_image_write_to_memory(&image, out.data(), &size, 0, bytes, 0, nullptr)) return {};
  out.resize(size);
  return out;
}

}  // namespace

Result<LogoImage> logo_of_upload(std::string_view bytes, bool keep_transparency) {
  if (bytes.size() > kMaxUpload) return refused("size");
  Decoded decoded = decode(bytes);
  if (decoded.fault) return refused(to_text(*decoded.fault));
  Pixels pixels = std::move(decoded.pixels);
  if (!keep_transparency && pixels.is_transparent()) pixels = flattened(pixels, kMargin);
  for (const int percent : {100, 75, 50}) {
    const Pixels small = fitted(pixels, kBoxWidth * percent / 100, kBoxHeight * percent / 100);
    LogoImage logo{png_of(small), small.width, small.height};
    if (logo.png.empty()) return refused("damaged");
    if (logo.png.size() <= kMaxImage) return logo;
  }
  return refused("detail");
}

}  // namespace host::mail
