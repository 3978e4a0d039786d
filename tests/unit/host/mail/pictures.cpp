#include "tests/unit/host/mail/pictures.hpp"

#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>
#include <zlib.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace host::mail::test {
namespace {

constexpr std::uint8_t kColour[3] = {200, 30, 60};

std::vector<std::uint8_t> pixels(int width, int height, std::uint8_t alpha) {
  std::vector<std::uint8_t> out;
  for (int i = 0; i < width * height; ++i) {
    out.insert(out.end(), kColour, kColour + 3);
    out.push_back(alpha);
  }
  return out;
}

std::string written(const std::vector<std::uint8_t>& rgba, int width, int height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string out(size, '\0');
  if (!png_image_write_to_memory(&image, out.data(), &size, 0, rgba.data(), 0, nullptr))
    throw std::runtime_error(image.message);
  out.resize(size);
  return out;
}

std::string jpeg(int width, int height, TJPF format, int channels, int flags) {
  struct End {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  const std::unique_ptr<void, End> handle(tjInitCompress());
  const std::vector<std::uint8_t> grey(static_cast<std::size_t>(width) * height * channels, 99);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  if (tjCompress2(handle.get(), grey.data(), width, 0, height, format, &bytes, &size, TJSAMP_444,
                  80, flags) != 0)
    throw std::runtime_error(tjGetErrorStr2(handle.get()));
  std::string out(reinterpret_cast<const char*>(bytes), size);
  tjFree(bytes);
  return out;
}

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

}  // namespace

std::string png_of(int width, int height, std::uint8_t alpha) {
  return written(pixels(width, height, alpha), width, height);
}

std::string noisy_png_of(int width, int height) {
  std::vector<std::uint8_t> rgba = pixels(width, height, 255);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < rgba.size(); ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    if (i % 4 != 3) rgba[i] = static_cast<std::uint8_t>(state >> 24);
  }
  return written(rgba, width, height);
}

std::string jpeg_of(int width, int height, bool progressive) {
  return jpeg(width, height, TJPF_RGB, 3, progressive ? TJFLAG_PROGRESSIVE : 0);
}

std::string cmyk_jpeg_of(int width, int height) {
  return jpeg(width, height, TJPF_CMYK, 4, 0);
}

std::string webp_of(int width, int height) {
  const auto rgba = pixels(width, height, 255);
  std::uint8_t* bytes = nullptr;
  const std::size_t size = WebPEncodeLosslessRGBA(rgba.data(), width, height, width * 4, &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), size);
  WebPFree(bytes);
  return out;
}

std::string animated_webp() {
  using namespace std::string_literals;
  return "RIFF\x2c\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x27\0\0\x13\0\0"s +
         "ANIM\x06\0\0\0\xff\xff\xff\xff\0\0"s;
}

std::string png_with_chunk(const std::string& type, const std::string& content,
                           std::uint32_t length) {
  const std::string named = type + content;
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size()));
  std::string out = png_of(40, 20);
  out.insert(33, big_endian(length) + named + big_endian(static_cast<std::uint32_t>(crc)));
  return out;
}

std::string png_claiming(std::uint32_t width, std::uint32_t height) {
  std::string out = png_of(40, 20);
  out.replace(16, 8, big_endian(width) + big_endian(height));
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(out.data() + 12), 17);
  out.replace(29, 4, big_endian(static_cast<std::uint32_t>(crc)));
  return out;
}

}  // namespace host::mail::test
