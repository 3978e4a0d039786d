// The right to work on a data folder: one program at a time. Used by Hosting and by crm_host. It
// must never outlive its process, so that a crash leaves nothing behind that a person must remove.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "src/common/base/result.hpp"

namespace hosting {

class DataLock {
 public:
  // Creates the folder when it is missing, and NAME.lock in it. conflict: another process works
  // there. denied, unavailable: the folder.
  static gcal::Result<DataLock> take(const std::filesystem::path& data,
                                     std::string_view name = "crm_host");
  DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace hosting
