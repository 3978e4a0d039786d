// The right to work on a data folder: one crm_host at a time. Used by main.
// It must never outlive its process, so a crash leaves nothing behind that a person must remove.
#pragma once

#include <filesystem>
#include <utility>

#include "src/common/base/result.hpp"

namespace host {

class DataLock {
 public:
  // Creates the folder when it is missing. conflict: another process works there. denied,
  // unavailable: the folder.
  static gcal::Result<DataLock> take(const std::filesystem::path& data);
  DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace host
