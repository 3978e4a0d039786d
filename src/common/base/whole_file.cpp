#include "src/common/base/whole_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace gcal::base {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error cannot_read(const std::filesystem::path& path, int why) {
  return {why == ENOENT ? Code::not_found : Code::unavailable,
          "cannot read " + path.string() + ": " + std::generic_category().message(why),
          {}};
}

}  // namespace

Result<std::string> read_whole_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return cannot_read(path, errno);
  std::string text;
  std::error_code unknown;
  if (const auto size = std::filesystem::file_size(path, unknown); !unknown) text.reserve(size);
  std::array<char, 64 << 10> piece;
  for (std::size_t size = piece.size(); size == piece.size();) {
    errno = 0;
    size = std::fread(piece.data(), 1, piece.size(), file.get());
    if (std::ferror(file.get()) != 0) return cannot_read(path, errno != 0 ? errno : EIO);
    text.append(piece.data(), size);
  }
  return text;
}

}  // namespace gcal::base
