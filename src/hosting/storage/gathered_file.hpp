// A file system for SQLite (sqlite3_vfs) in which a new database file is written cheaply: the
// pages, which SQLite writes one by one, become large writes, with which the disk begins at once,
// and their digest is computed meanwhile. Used by snapshot.cpp. It must not be used for a file that
// anyone else opens meanwhile: there are no locks, no journals and nothing is stored for certain
// (fsync).
#pragma once

namespace hosting {

// The name to open a database with; the file must not exist yet, and the journal has to be off. A
// database that is copied from one with a log (WAL) becomes one without. [any thread]
const char* gathering_file_system();

// For sqlite3_file_control, with a pointer to a std::string, when the last page is written: takes
// the SHA-256 of the file in lower-case hex, its first page after all others. Left empty when pages
// came in another order: then the file has to be read for it.
constexpr int kTakeDigest = 1'001;

}  // namespace hosting
