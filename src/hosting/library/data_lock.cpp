#include "src/hosting/library/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

Result<DataLock> DataLock::take(const std::filesystem::path& data, std::string_view name) {
  std::error_code failure;
  std::filesystem::create_directories(data, failure);
  if (failure)
    return Error{
        Code::denied, "cannot create the folder " + data.string() + ": " + failure.message(), {}};
  const auto file = data / (std::string(name) + ".lock");
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0)
    return Error{Code::denied, "cannot open " + file.string() + ": " + std::strerror(errno), {}};
  DataLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return Error{Code::conflict,
                   "another " + std::string(name) + " works on " + data.string() +
                       ": stop it, or choose another data folder",
                   {}};
    return Error{
        Code::unavailable, "cannot lock " + file.string() + ": " + std::strerror(errno), {}};
  }
  return lock;
}

DataLock::~DataLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace hosting
