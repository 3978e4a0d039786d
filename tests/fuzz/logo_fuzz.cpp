// An uploaded picture: what is accepted is a PNG of pixels alone, within its limits, that decodes.
#include <zlib.h>

#include <cstdint>
#include <string>

#include "src/host/mail/logo_image.hpp"
#include "src/host/mail/mail_types.hpp"
#include "src/host/mail/pixels.hpp"

namespace {

using host::mail::Decoded;
using host::mail::LogoImage;

constexpr std::size_t kSignature = 8, kChunk = 12;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

// Calls each(type, offset, size of the content) for each whole chunk; answers where they end.
template <class Each>
std::size_t chunks(std::string_view png, Each each) {
  std::size_t at = kSignature;
  while (at + kChunk <= png.size()) {
    const std::size_t size = number_at(png, at);
    if (size > png.size() - at - kChunk) break;
    each(png.substr(at + 4, 4), at, size);
    at += kChunk + size;
  }
  return at;
}

// With right checksums, which a random change makes wrong: else nothing behind them is reached.
std::string with_checksums(std::string png) {
  const std::string before = png;
  chunks(before, [&](std::string_view, std::size_t at, std::size_t size) {
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(png.data() + at + 4), static_cast<uInt>(size + 4));
    for (std::size_t i = 0; i < 4; ++i)
      png[at + 8 + size + i] = static_cast<char>(sum >> (24 - 8 * i));
  });
  return png;
}

void require(bool holds) {
  if (!holds) __builtin_trap();
}

void check(const LogoImage& logo, bool keeps_transparency) {
  require(logo.png.size() <= host::mail::kMaxImage);
  require(logo.png.starts_with("\x89PNG\r\n\x1a\n"));
  require(logo.width >= 1 && logo.width <= 480 && logo.height >= 1 && logo.height <= 160);
  bool is_ended = false;
  const std::size_t end = chunks(logo.png, [&](std::string_view type, std::size_t, std::size_t) {
    require(type == "IHDR" || type == "sRGB" || type == "gAMA" || type == "cHRM" ||
            type == "IDAT" || type == "IEND");
    require(!is_ended);
    is_ended = type == "IEND";
  });
  require(is_ended && end == logo.png.size());
  // A side of the result may be shorter than that of an upload has to be, which says .pixels.
  const Decoded again = host::mail::decode(logo.png);
  require(!again.fault ||
          (*again.fault == host::mail::DecodeFault::pixels &&
           (logo.width < host::mail::kMinSide || logo.height < host::mail::kMinSide)));
  if (again.fault) return;
  require(again.pixels.width == logo.width && again.pixels.height == logo.height);
  require(keeps_transparency || !again.pixels.is_transparent());
}

void upload(std::string_view bytes) {
  for (const bool keeps_transparency : {false, true}) {
    const auto logo = host::mail::logo_of_upload(bytes, keeps_transparency);
    if (logo)
      check(*logo, keeps_transparency);
    else
      require(logo.error().message.starts_with("logo.error."));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  upload(bytes);
  if (bytes.starts_with("\x89PNG")) upload(with_checksums(bytes));
  return 0;
}
