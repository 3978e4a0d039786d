// Pictures of the three formats, made by their own encoders. Used by the tests of logos.
#pragma once

#include <cstdint>
#include <string>

namespace host::mail::test {

std::string png_of(int width, int height, std::uint8_t alpha = 255);  // one colour
std::string noisy_png_of(int width, int height);
std::string jpeg_of(int width, int height, bool progressive = false);
std::string cmyk_jpeg_of(int width, int height);
std::string webp_of(int width, int height);
std::string animated_webp();  // its header, which says so
// A PNG with another chunk behind its header, which has a right checksum; `length`: what it claims.
std::string png_with_chunk(const std::string& type, const std::string& content,
                           std::uint32_t length);
// A PNG whose header claims this size, with a right checksum.
std::string png_claiming(std::uint32_t width, std::uint32_t height);

}  // namespace host::mail::test
