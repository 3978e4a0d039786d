// The three decoders, called with limits of their own.
#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>

#include <memory>

#include "src/host/mail/logo_image.hpp"
#include "src/host/mail/pixels.hpp"

namespace host::mail {
namespace {

const std::uint8_t* raw(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

Decoded faulty(DecodeFault fault) {
  return {{}, fault};
}

bool is_allowed(long width, long height) {
  return width >= kMinSide && width <= kMaxSide && height >= kMinSide && height <= kMaxSide;
}

Pixels room_for(int width, int height) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4)};
}

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

// Is each chunk of a PNG as long as it says, up to its end? libpng takes and clears as much memory
// as the length of a chunk says before it has its content: 1.5 GB for a file of 200 bytes.
bool has_whole_chunks(std::string_view png) {
  constexpr std::size_t kAround = 12;  // length, type, checksum
  for (std::size_t at = kPngSignature.size(); png.size() - at >= kAround;) {
    std::size_t length = 0;
    for (const char byte : png.substr(at, 4))
      length = length << 8 | static_cast<std::uint8_t>(byte);
    if (length > png.size() - at - kAround) return false;
    if (png.substr(at + 4, 4) == "IEND") return true;
    at += length + kAround;
  }
  return false;
}

Decoded decode_png(std::string_view bytes) {
  if (!has_whole_chunks(bytes)) return faulty(DecodeFault::damaged);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    return faulty(DecodeFault::damaged);
  const std::unique_ptr<png_image, void (*)(png_image*)> ends(&image, &png_image_free);
  if (!is_allowed(image.width, image.height)) return faulty(DecodeFault::pixels);
  image.format = PNG_FORMAT_RGBA;
  Decoded out{room_for(static_cast<int>(image.width), static_cast<int>(image.height)), {}};
  if (!png_image_finish_read(&image, nullptr, out.pixels.rgba.data(), 0, nullptr) ||
      PNG_IMAGE_FAILED(image))
    return faulty(DecodeFault::damaged);
  return out;
}

struct EndJpeg {
  void operator()(void* handle) const { tjDestroy(handle); }
};

Decoded decode_jpeg(std::string_view bytes) {
  const std::unique_ptr<void, EndJpeg> handle(tjInitDecompress());
  int width = 0, height = 0, sampling = 0, colours = 0;
  if (!handle || tjDecompressHeader3(handle.get(), raw(bytes), bytes.size(), &width, &height,
                                     &sampling, &colours) != 0)
    return faulty(DecodeFault::damaged);
  if (colours == TJCS_CMYK || colours == TJCS_YCCK) return faulty(DecodeFault::kind);
  if (!is_allowed(width, height)) return faulty(DecodeFault::pixels);
  Decoded out{room_for(width, height), {}};
  // A file that was cut is only a warning, and a progressive one may have thousands of scans.
  if (tjDecompress2(handle.get(), raw(bytes), bytes.size(), out.pixels.rgba.data(), width, 0,
                    height, TJPF_RGBA, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0)
    return faulty(DecodeFault::damaged);
  return out;
}

Decoded decode_webp(std::string_view bytes) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(raw(bytes), bytes.size(), &features) != VP8_STATUS_OK)
    return faulty(DecodeFault::damaged);
  if (features.has_animation) return faulty(DecodeFault::kind);
  if (!is_allowed(features.width, features.height)) return faulty(DecodeFault::pixels);
  Decoded out{room_for(features.width, features.height), {}};
  if (!WebPDecodeRGBAInto(raw(bytes), bytes.size(), out.pixels.rgba.data(), out.pixels.rgba.size(),
                          features.width * 4))
    return faulty(DecodeFault::damaged);
  return out;
}

}  // namespace

// By the first bytes: names and declared types come from the client.
Decoded decode(std::string_view bytes) {
  if (bytes.starts_with(kPngSignature)) return decode_png(bytes);
  if (bytes.starts_with("\xff\xd8\xff")) return decode_jpeg(bytes);
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP")
    return decode_webp(bytes);
  return faulty(DecodeFault::kind);
}

}  // namespace host::mail
