// A disk in memory for SQLite: a file system of SQLite's (a VFS) with WAL and shared memory, which
// the kernel knows nothing of. What was written lasts when the process dies; only what was synced
// is sure to last when the power fails. Used by storage.cpp. [one thread at a time]
#pragma once

#include <memory>
#include <string>

#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

class SimulatedDisk {
 public:
  // The generator draws what a death leaves of the last writes.
  explicit SimulatedDisk(support::SeededRandom random);
  // After the last connection was closed.
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // Of the file system, for sqlite3_open_v2 and hosting::DatabaseOptions.
  const char* name() const;

  // What a file holds; "" if there is none.
  const std::string& bytes(const std::string& path) const;
  // Gives a file this content, synced. No connection is open.
  void put(const std::string& path, std::string bytes);

  // Process or machine die now, by chance. What was not synced stays as a whole when only the
  // process dies; when the power fails, each such write stays, is lost or stays in part.
  void die();
  // They die within the next commit: after some of its writes, at the latest when all are written
  // and the first sync begins, with at least one of them lost or incomplete. So the commit fails,
  // and the next process must not find it.
  void die_in_commit();
  // They die while the next commit is followed by a checkpoint, if it is.
  void die_after_commit();
  // From a death on every write fails; what is read is what the process had written.
  bool dead() const;
  // A new process starts with what the death left. All connections of the old one are closed.
  void restart();

  class Files;  // in the .cpp, where SQLite's callbacks reach it

 private:
  std::unique_ptr<Files> files_;
};

}  // namespace gcal::simulation
