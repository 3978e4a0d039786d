#include "src/hosting/services/master_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "src/common/base/id.hpp"

namespace hosting::master_key {
namespace {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;

Error file_error(const fs::path& file, std::string_view what, Code code = Code::unavailable) {
  return {code, "master key " + file.string() + ": " + std::string(what), {}};
}

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

// The service manager guards its folder of credentials, and gives the files rights of its own.
mode_t forbidden_rights(const fs::path& file) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder && file.parent_path() == fs::path(folder) ? 007 : 077;
}

}  // namespace

fs::path place(const fs::path& data) {
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) {
    fs::path provided = fs::path(folder) / "crm_host.master-key";
    std::error_code ignored;
    if (fs::exists(provided, ignored)) return provided;
  }
  return data / "master.key";
}

Result<std::optional<SealingKey>> read(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    if (errno == ENOENT) return std::optional<SealingKey>();
    return file_error(file, std::strerror(errno));
  }
  struct stat info {};
  const bool private_file = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
                            (info.st_mode & forbidden_rights(file)) == 0;
  std::string bytes(SealingKey::kSize + 1, '\0');
  const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
  ::close(descriptor);
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  std::optional<SealingKey> key = SealingKey::copy_of(bytes);
  wipe(bytes);
  if (!private_file) return file_error(file, "other users may read it: chmod 600");
  if (!key)
    return file_error(file,
                      "it must hold exactly 32 bytes: restore it from a backup, or move it away "
                      "to begin with a new one");
  return key;
}

// Written beside and linked into place, so that a crash leaves a whole key or none, and a key that
// another process has linked meanwhile stays.
Result<> create(const fs::path& file, gcal::base::Random& random) {
  const SealingKey key = SealingKey::random(random);
  const fs::path draft = file.string() + "." + gcal::base::new_id(random);
  const int descriptor =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return file_error(draft, std::strerror(errno));
  const bool written = ::fchmod(descriptor, 0600) == 0 &&
                       ::write(descriptor, key.bytes().data(), SealingKey::kSize) ==
                           static_cast<ssize_t>(SealingKey::kSize) &&
                       ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  const bool linked = written && ::link(draft.c_str(), file.c_str()) == 0;
  const int link_error = errno;
  ::unlink(draft.c_str());
  if (!written) return file_error(draft, std::strerror(error));
  if (!linked && link_error == EEXIST)
    return file_error(file, "it exists and is not replaced", Code::conflict);
  if (!linked) return file_error(file, std::strerror(link_error));
  sync_folder(file.parent_path());
  return {};
}

fs::path next_of(const fs::path& file) {
  return file.string() + ".new";
}

Result<> replace(const fs::path& file) {
  const fs::path old = file.string() + ".old";
  // The present key has both names until the next one takes its place: at every moment a key that
  // opens the data keys is there under a name that is looked at.
  std::error_code failure;
  fs::remove(old, failure);
  fs::create_hard_link(file, old, failure);
  fs::rename(next_of(file), file, failure);
  if (failure) return file_error(file, failure.message());
  sync_folder(file.parent_path());
  return {};
}

}  // namespace hosting::master_key
