#include "src/hosting/storage/gathered_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "src/common/base/file_hash.hpp"

namespace hosting {
namespace {

constexpr std::size_t kPiece = 1 << 20;
// SQLite leaves out the page that holds its locks.
constexpr off_t kLargestGap = 1 << 16;

// Hashes pieces in a thread of its own, one behind the writer.
class LaterDigest {
 public:
  LaterDigest() : thread_([this] { work(); }) { spare_.reserve(kPiece); }
  ~LaterDigest() { end(); }
  LaterDigest(const LaterDigest&) = delete;
  LaterDigest& operator=(const LaterDigest&) = delete;

  // Takes the piece and leaves an empty one; waits until the one before is hashed.
  void add(std::vector<char>& piece) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return spare_.empty(); });
      std::swap(spare_, piece);
    }
    changed_.notify_all();
  }
  std::string finish(std::string_view last) {
    end();
    digest_.add(last);
    return digest_.finish();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || !spare_.empty(); });
      if (spare_.empty()) return;
      lock.unlock();
      digest_.add({spare_.data(), spare_.size()});  // the writer leaves it alone until it is empty
      lock.lock();
      spare_.clear();
      changed_.notify_all();
    }
  }
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  gcal::base::RunningSha256 digest_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<char> spare_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses the others
};

// All functions answer a code of SQLite.
class NewFile {
 public:
  explicit NewFile(int descriptor) : descriptor_(descriptor) { waiting_.reserve(kPiece); }
  ~NewFile() { ::close(descriptor_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // The first page comes last, and may come more than once. The others follow each other.
  int write(std::string_view page, off_t offset) {
    if (offset == 0) {
      first_ = page;
      close_log();
      return put(first_, 0);
    }
    if (end_ == 0) begin_ = end_ = static_cast<off_t>(page.size());
    const off_t gap = offset - end_;
    if (gap > 0 && gap <= kLargestGap) {
      if (const int code = append(std::string(static_cast<std::size_t>(gap), '\0')); code != 0)
        return code;
    }
    if (offset == end_) return append(page);
    is_in_order_ = false;
    if (const int code = flush(); code != SQLITE_OK) return code;
    return put(page, offset);
  }

  int flush() {
    if (waiting_.empty()) return SQLITE_OK;
    const off_t begin = std::exchange(begin_, end_);
    const auto size = static_cast<off_t>(waiting_.size());
    if (const int code = put({waiting_.data(), waiting_.size()}, begin); code != SQLITE_OK)
      return code;
    // Without it the disk would rest until the end, and then have everything to write at once.
    ::sync_file_range(descriptor_, begin, size, SYNC_FILE_RANGE_WRITE);
    digest_.add(waiting_);
    return SQLITE_OK;
  }

  int read(char* to, std::size_t size, off_t offset) {
    if (const int code = flush(); code != SQLITE_OK) return code;
    const ssize_t got = ::pread(descriptor_, to, size, offset);
    if (got < 0) return SQLITE_IOERR_READ;
    if (static_cast<std::size_t>(got) == size) return SQLITE_OK;
    std::memset(to + got, 0, size - static_cast<std::size_t>(got));
    return SQLITE_IOERR_SHORT_READ;
  }

  int truncate(off_t size) {
    is_in_order_ = false;
    if (const int code = flush(); code != SQLITE_OK) return code;
    return ::ftruncate(descriptor_, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
  }

  int size(sqlite3_int64& size) {
    if (const int code = flush(); code != SQLITE_OK) return code;
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return SQLITE_IOERR_FSTAT;
    size = status.st_size;
    return SQLITE_OK;
  }

  int take_digest(std::string& digest) {
    if (const int code = flush(); code != SQLITE_OK) return code;
    digest = is_in_order_ ? digest_.finish(first_) : std::string();
    return SQLITE_OK;
  }

 private:
  // Bytes 18 and 19 of the file say by which means it is written and read: 2 is a log beside it, 1
  // none (SQLite, Database File Format, 1.3.3).
  void close_log() {
    for (const std::size_t place : {18, 19})
      if (first_.size() > place) first_[place] = 1;
  }

  int append(std::string_view bytes) {
    if (waiting_.size() + bytes.size() > kPiece)
      if (const int code = flush(); code != SQLITE_OK) return code;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    end_ += static_cast<off_t>(bytes.size());
    return SQLITE_OK;
  }

  int put(std::string_view bytes, off_t offset) const {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      bytes.remove_prefix(static_cast<std::size_t>(written));
      offset += written;
    }
    return SQLITE_OK;
  }

  const int descriptor_;
  std::string first_;          // the first page
  std::vector<char> waiting_;  // what belongs between `begin_` and `end_`
  off_t begin_ = 0, end_ = 0;
  bool is_in_order_ = true;
  LaterDigest digest_;
};

// What SQLite has memory for.
struct Handle {
  sqlite3_file base;
  NewFile* file;
};

NewFile& file_of(sqlite3_file* handle) {
  return *reinterpret_cast<Handle*>(handle)->file;
}

int close_file(sqlite3_file* handle) {
  const std::unique_ptr<NewFile> file(&file_of(handle));
  return file->flush();
}

int read_file(sqlite3_file* handle, void* to, int size, sqlite3_int64 offset) {
  return file_of(handle).read(static_cast<char*>(to), static_cast<std::size_t>(size), offset);
}

int write_file(sqlite3_file* handle, const void* from, int size, sqlite3_int64 offset) {
  return file_of(handle).write({static_cast<const char*>(from), static_cast<std::size_t>(size)},
                               offset);
}

int truncate_file(sqlite3_file* handle, sqlite3_int64 size) {
  return file_of(handle).truncate(size);
}

int flush_file(sqlite3_file* handle, int) {
  return file_of(handle).flush();
}

int size_of_file(sqlite3_file* handle, sqlite3_int64* size) {
  return file_of(handle).size(*size);
}

int control_file(sqlite3_file* handle, int operation, void* argument) {
  if (operation != kTakeDigest) return SQLITE_NOTFOUND;
  return file_of(handle).take_digest(*static_cast<std::string*>(argument));
}

int lock_nothing(sqlite3_file*, int) {
  return SQLITE_OK;
}

int find_no_lock(sqlite3_file*, int* is_reserved) {
  *is_reserved = 0;
  return SQLITE_OK;
}

int sector_size(sqlite3_file*) {
  return 4096;
}

int characteristics(sqlite3_file*) {
  return 0;
}

sqlite3_io_methods methods() {
  sqlite3_io_methods made{};
  made.iVersion = 1;
  made.xClose = &close_file;
  made.xRead = &read_file;
  made.xWrite = &write_file;
  made.xTruncate = &truncate_file;
  made.xSync = &flush_file;
  made.xFileSize = &size_of_file;
  made.xLock = &lock_nothing;
  made.xUnlock = &lock_nothing;
  made.xCheckReservedLock = &find_no_lock;
  made.xFileControl = &control_file;
  made.xSectorSize = &sector_size;
  made.xDeviceCharacteristics = &characteristics;
  return made;
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* handle, int flags, int* out_flags) {
  static const sqlite3_io_methods kMethods = methods();
  handle->pMethods = nullptr;  // nothing to close after a failure
  if (!path || !(flags & SQLITE_OPEN_MAIN_DB)) return SQLITE_CANTOPEN;
  const int descriptor = ::open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return SQLITE_CANTOPEN;
  try {
    reinterpret_cast<Handle*>(handle)->file = new NewFile(descriptor);
  } catch (const std::exception&) {  // no memory, no thread
    ::close(descriptor);
    return SQLITE_NOMEM;
  }
  handle->pMethods = &kMethods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

}  // namespace

const char* gathering_file_system() {
  // Paths, random numbers and the time are those of the usual one.
  static sqlite3_vfs file_system = [] {
    sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
    made.szOsFile = sizeof(Handle);
    made.pNext = nullptr;
    made.zName = "gathering";
    made.xOpen = &open_file;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&file_system, 0);
  return registered == SQLITE_OK ? file_system.zName : nullptr;
}

}  // namespace hosting
