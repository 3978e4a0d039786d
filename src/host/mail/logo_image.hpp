// An uploaded picture becomes the logo of invitations: checked, decoded, made small, and written
// as PNG, so that only pixels survive. Pure. Used by the upload and by tests. It must never take
// memory before the header's size was checked, and decodes PNG, JPEG and WebP only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace host::mail {

struct LogoImage {
  std::string png;
  std::int64_t width = 0, height = 0;  // in pixels; shown at half of it
};

inline constexpr std::size_t kMaxUpload = 256 * 1024;
inline constexpr int kMinSide = 16, kMaxSide = 1024;

// keep_transparency: else it is flattened onto white with a margin, because dark letters on nothing
// vanish in a dark mail program. invalid: the message is a text key, logo.error.kind (no PNG, JPEG
// or WebP without animation), .size (over 256 KiB), .pixels (not 16 to 1024 per side), .damaged, or
// .detail (over 64 KiB at half the size too).
gcal::Result<LogoImage> logo_of_upload(std::string_view bytes, bool keep_transparency);

}  // namespace host::mail
