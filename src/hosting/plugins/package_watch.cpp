#include "src/hosting/plugins/package_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <system_error>

namespace hosting {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;

Result<std::vector<fs::path>> find_packages(const fs::path& folder) {
  std::vector<fs::path> packages;
  std::error_code failure;
  fs::directory_iterator entry, end;
  if (!folder.empty()) entry = fs::directory_iterator(folder, failure);
  for (; !failure && entry != end; entry.increment(failure)) {
    if (entry->is_directory(failure) && !entry->path().filename().string().starts_with("."))
      packages.push_back(entry->path());
  }
  if (failure)
    return Error{
        Code::unavailable,
        "the folder of plugins " + folder.string() + " cannot be read: " + failure.message(),
        {}};
  std::ranges::sort(packages);
  return packages;
}

PackageWatch::Mark PackageWatch::mark_of(const fs::path& file) {
  struct stat info {};
  if (::lstat(file.c_str(), &info) != 0) return {};
  return {info.st_dev,         info.st_ino,          info.st_size,
          info.st_mtim.tv_sec, info.st_mtim.tv_nsec,  // of the content
          info.st_ctim.tv_sec, info.st_ctim.tv_nsec};
}

bool PackageWatch::has_changed(const fs::path& package) {
  const std::string name = package.filename().string();
  Mark mark = mark_of(package / (name + ".sig"));
  if (mark == Mark()) mark = mark_of(package / (name + ".json"));
  const auto [known, is_new] = seen_.try_emplace(package, mark);
  if (is_new) return true;
  if (known->second == mark || mark == Mark()) return false;
  known->second = mark;
  return true;
}

}  // namespace hosting
