#include "tests/sim/simulated_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gcal::simulation {
namespace {

constexpr std::size_t kLocks = SQLITE_SHM_NLOCK;
constexpr std::size_t kLongWal = 1 << 20;  // SQLite checkpoints at 1,000 pages

// A change of a file that is not synced yet.
struct Write {
  std::size_t offset = 0;
  std::string bytes;
  bool truncates = false;  // the file ends at the offset
  std::string before;      // what was there
  std::size_t size_before = 0;
};

// Writes the first `length` bytes.
void carry_out(std::string& file, const Write& write, std::size_t length) {
  if (write.truncates) {
    if (file.size() > write.offset) file.resize(write.offset);
    return;
  }
  if (file.size() < write.offset) file.resize(write.offset);
  file.replace(write.offset, length, write.bytes, 0, length);
}

void carry_out(std::string& file, const Write& write) {
  carry_out(file, write, write.bytes.size());
}

// Keeps what is lost by the write.
void note_before(const std::string& file, Write& write) {
  write.size_before = file.size();
  if (write.offset < file.size())
    write.before =
        file.substr(write.offset, write.truncates ? std::string::npos : write.bytes.size());
}

void undo(std::string& file, const Write& write) {
  file.resize(write.size_before);
  if (!write.before.empty()) file.replace(write.offset, write.before.size(), write.before);
}

struct File {
  bool exists = false;
  bool is_database = false;     // not its WAL
  std::string now;              // as the process sees it
  std::vector<Write> unsynced;  // the newest ones, which a death may take away

  // Locks of the file, by SQLite's levels, and of its shared memory.
  int sharing = 0;               // connections that have SHARED or more
  const void* writer = nullptr;  // the one that has RESERVED or more
  bool exclusive = false;
  int mapped = 0;  // connections that use the shared memory
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, kLocks> readers{};
  std::array<bool, kLocks> taken{};
};

// What the file holds where it is not synced, and its size.
std::string written(const File& file) {
  std::string all = std::to_string(file.now.size());
  for (const Write& write : file.unsynced)
    if (write.offset < file.now.size()) all.append(file.now, write.offset, write.bytes.size());
  return all;
}

}  // namespace

class SimulatedDisk::Files {
 public:
  explicit Files(support::SeededRandom random) : random_(random) {}

  File& file(const std::string& path) { return files_[path]; }

  int write(File& file, Write write);
  int sync(File& file);
  void die() {
    dead_ = true;
    armed_ = Armed::no;
  }
  void restart();

  enum class Armed { no, in_commit, after_commit };
  void arm(Armed armed) {
    armed_ = armed;
    writes_left_ = random_.below(kWrites);
  }
  bool dead() const { return dead_; }

  std::string name;
  sqlite3_vfs vfs{};

 private:
  // A transaction of the journal takes up to so many writes, roughly.
  static constexpr std::uint64_t kWrites = 40;

  void leave(File& file, std::size_t writes, bool without_power);
  void leave_incomplete(File& file, bool without_power);

  std::map<std::string, File> files_;
  support::SeededRandom random_;
  Armed armed_ = Armed::no;
  std::uint64_t writes_left_ = 0;
  bool dead_ = false;
  File* incomplete_ = nullptr;  // its last write is lost or arrives in part
};

int SimulatedDisk::Files::write(File& file, Write write) {
  if (dead_) return SQLITE_IOERR_WRITE;
  note_before(file.now, write);
  carry_out(file.now, write);
  file.unsynced.push_back(std::move(write));
  // Nothing but a checkpoint writes to the database file.
  if (armed_ == Armed::no || (armed_ == Armed::after_commit && !file.is_database)) return SQLITE_OK;
  if (writes_left_-- > 0) return SQLITE_OK;
  if (armed_ == Armed::in_commit) incomplete_ = &file;
  die();
  return SQLITE_IOERR_WRITE;
}

int SimulatedDisk::Files::sync(File& file) {
  if (dead_) return SQLITE_IOERR_FSYNC;
  if (armed_ == Armed::in_commit) {
    incomplete_ = &file;
    die();
    return SQLITE_IOERR_FSYNC;
  }
  file.unsynced.clear();
  return SQLITE_OK;
}

void SimulatedDisk::Files::restart() {
  const bool without_power = random_.below(2) == 0;
  for (auto& [path, file] : files_) {
    if (&file == incomplete_)
      leave_incomplete(file, without_power);
    else if (without_power)
      leave(file, file.unsynced.size(), without_power);
    file.unsynced.clear();
  }
  incomplete_ = nullptr;
  dead_ = false;
}

// What is left of the first `writes` that were not synced; nothing of the others.
void SimulatedDisk::Files::leave(File& file, std::size_t writes, bool without_power) {
  for (std::size_t i = file.unsynced.size(); i > 0; --i) undo(file.now, file.unsynced[i - 1]);
  for (std::size_t i = 0; i < writes; ++i) {
    const Write& write = file.unsynced[i];
    const std::uint64_t fate = without_power ? random_.below(3) : 0;
    if (fate == 0) carry_out(file.now, write);
    if (fate == 1 && !write.truncates)
      carry_out(file.now, write, random_.below(write.bytes.size() + 1));
  }
}

void SimulatedDisk::Files::leave_incomplete(File& file, bool without_power) {
  if (file.unsynced.empty()) return;
  const std::size_t others = file.unsynced.size() - 1;
  const std::string complete = written(file);
  leave(file, others, without_power);
  const Write& last = file.unsynced.back();
  if (!last.truncates) carry_out(file.now, last, random_.below(last.bytes.size()));
  // What is missing may have been there before.
  if (written(file) == complete) leave(file, others, false);
}

namespace {

using Files = SimulatedDisk::Files;

// A connection's view of a file. SQLite owns the memory.
struct Handle {
  sqlite3_file base;
  Files* files;
  File* file;
  int level;  // of the lock
  bool mapped;
  std::array<bool, kLocks> reads;
  std::array<bool, kLocks> owns;
};

Handle& handle_of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}

int read(sqlite3_file* opened, void* to, int amount, sqlite3_int64 offset) {
  const std::string& bytes = handle_of(opened).file->now;
  const auto wanted = static_cast<std::size_t>(amount);
  const std::size_t begin = std::min(static_cast<std::size_t>(offset), bytes.size());
  const std::size_t there = std::min(wanted, bytes.size() - begin);
  std::memcpy(to, bytes.data() + begin, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* opened, const void* from, int amount, sqlite3_int64 offset) {
  Handle& handle = handle_of(opened);
  Write change;
  change.offset = static_cast<std::size_t>(offset);
  change.bytes.assign(static_cast<const char*>(from), static_cast<std::size_t>(amount));
  return handle.files->write(*handle.file, std::move(change));
}

int truncate(sqlite3_file* opened, sqlite3_int64 size) {
  Handle& handle = handle_of(opened);
  Write change;
  change.offset = static_cast<std::size_t>(size);
  change.truncates = true;
  return handle.files->write(*handle.file, std::move(change));
}

int sync(sqlite3_file* opened, int) {
  Handle& handle = handle_of(opened);
  return handle.files->sync(*handle.file);
}

int size_of(sqlite3_file* opened, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(handle_of(opened).file->now.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* opened, int level) {
  Handle& handle = handle_of(opened);
  File& file = *handle.file;
  if (level <= handle.level) return SQLITE_OK;
  const bool others_write = file.writer && file.writer != &handle;
  if (level == SQLITE_LOCK_SHARED) {
    if (others_write && file.exclusive) return SQLITE_BUSY;
    ++file.sharing;
  } else {
    if (others_write) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      if (file.sharing > 1) return SQLITE_BUSY;
      file.exclusive = true;
    }
    file.writer = &handle;
  }
  handle.level = level;
  return SQLITE_OK;
}

int unlock(sqlite3_file* opened, int level) {
  Handle& handle = handle_of(opened);
  File& file = *handle.file;
  if (level >= handle.level) return SQLITE_OK;
  if (file.writer == &handle) {
    file.writer = nullptr;
    file.exclusive = false;
  }
  if (level == SQLITE_LOCK_NONE) --file.sharing;
  handle.level = level;
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* opened, int* reserved) {
  *reserved = handle_of(opened).file->writer != nullptr;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
  return 4096;
}

// As on the file systems that SQLite knows: a write changes nothing beside it.
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_memory(sqlite3_file* opened, int region, int size, int extends, void volatile** memory) {
  Handle& handle = handle_of(opened);
  File& file = *handle.file;
  if (!handle.mapped) ++file.mapped;
  handle.mapped = true;
  const auto index = static_cast<std::size_t>(region);
  *memory = nullptr;
  if (index >= file.regions.size() && extends == 0) return SQLITE_OK;
  while (index >= file.regions.size())
    file.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *memory = file.regions[index].get();
  return SQLITE_OK;
}

void release(Handle& handle, std::size_t slot) {
  File& file = *handle.file;
  if (std::exchange(handle.reads[slot], false)) --file.readers[slot];
  if (std::exchange(handle.owns[slot], false)) file.taken[slot] = false;
}

int lock_memory(sqlite3_file* opened, int first, int count, int flags) {
  Handle& handle = handle_of(opened);
  File& file = *handle.file;
  const auto begin = static_cast<std::size_t>(first);
  const std::size_t end = begin + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (std::size_t slot = begin; slot < end; ++slot) release(handle, slot);
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (std::size_t slot = begin; slot < end; ++slot) {
    if (file.taken[slot] && !handle.owns[slot]) return SQLITE_BUSY;
    if (exclusive && file.readers[slot] > (handle.reads[slot] ? 1 : 0)) return SQLITE_BUSY;
  }
  for (std::size_t slot = begin; slot < end; ++slot) {
    if (exclusive) {
      file.taken[slot] = handle.owns[slot] = true;
    } else if (!std::exchange(handle.reads[slot], true)) {
      ++file.readers[slot];
    }
  }
  return SQLITE_OK;
}

void barrier(sqlite3_file*) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

// The memory does not outlive the last connection, as on a system on which no process is left.
int unmap_memory(sqlite3_file* opened, int) {
  Handle& handle = handle_of(opened);
  for (std::size_t slot = 0; slot < kLocks; ++slot) release(handle, slot);
  if (std::exchange(handle.mapped, false) && --handle.file->mapped == 0)
    handle.file->regions.clear();
  return SQLITE_OK;
}

int close(sqlite3_file* opened) {
  (void)unmap_memory(opened, 0);
  return unlock(opened, SQLITE_LOCK_NONE);
}

constexpr sqlite3_io_methods kMethods{
    .iVersion = 2,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = size_of,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_memory,
    .xShmLock = lock_memory,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_memory,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

Files& files_of(sqlite3_vfs* vfs) {
  return *static_cast<Files*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* opened, int flags, int* given) {
  opened->pMethods = nullptr;
  if (!path) return SQLITE_CANTOPEN;  // a temporary file: the host keeps those in memory
  File& file = files_of(vfs).file(path);
  if (!file.exists && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  file.exists = true;
  file.is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  if (!file.is_database) file.now.reserve(kLongWal);
  new (opened) Handle{{&kMethods}, &files_of(vfs), &file, SQLITE_LOCK_NONE, false, {}, {}};
  if (given) *given = flags;
  return SQLITE_OK;
}

// A deletion needs no sync to last.
int remove(sqlite3_vfs* vfs, const char* path, int) {
  if (files_of(vfs).dead()) return SQLITE_IOERR_DELETE;
  File& file = files_of(vfs).file(path);
  if (!file.exists) return SQLITE_IOERR_DELETE_NOENT;
  file = {};
  return SQLITE_OK;
}

int exists(sqlite3_vfs* vfs, const char* path, int, int* answer) {
  *answer = files_of(vfs).file(path).exists;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  return system->xRandomness(system, size, out);
}

// No other thread runs that could end what is waited for.
int sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}

int time_of_day(sqlite3_vfs*, sqlite3_int64* now) {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  return system->xCurrentTimeInt64(system, now);
}

}  // namespace

SimulatedDisk::SimulatedDisk(support::SeededRandom random)
    : files_(std::make_unique<Files>(random)) {
  files_->name = "simulated-disk-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
  sqlite3_vfs& vfs = files_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 512;
  vfs.zName = files_->name.c_str();
  vfs.pAppData = files_.get();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = exists;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTimeInt64 = time_of_day;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
    throw std::runtime_error("SQLite takes no file system");
}

SimulatedDisk::~SimulatedDisk() {
  sqlite3_vfs_unregister(&files_->vfs);
}

const char* SimulatedDisk::name() const {
  return files_->name.c_str();
}

const std::string& SimulatedDisk::bytes(const std::string& path) const {
  return files_->file(path).now;
}

void SimulatedDisk::put(const std::string& path, std::string bytes) {
  File& file = files_->file(path);
  file = {};
  file.exists = true;
  file.now = std::move(bytes);
}

void SimulatedDisk::die() {
  if (!files_->dead()) files_->die();
}

void SimulatedDisk::die_in_commit() {
  files_->arm(Files::Armed::in_commit);
}

void SimulatedDisk::die_after_commit() {
  files_->arm(Files::Armed::after_commit);
}

bool SimulatedDisk::dead() const {
  return files_->dead();
}

void SimulatedDisk::restart() {
  files_->restart();
}

}  // namespace gcal::simulation
