#include "tests/sim/storage.hpp"

#include <sqlite3.h>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/simulated_disk.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::simulation {
namespace {

using support::Fault;

class InMemory final : public SimulatedJournal {
 public:
  explicit InMemory(support::FaultPlan& faults) : journal_(faults) {}
  sync::Journal& journal() override { return journal_; }

 private:
  support::MemoryJournal journal_;
};

constexpr const char* kFile = "journal.sqlite";

// The host's SQLite engine on a disk that may die.
class DiskDatabase final : public support::HostedDatabase {
 public:
  explicit DiskDatabase(SimulatedDisk& disk) : disk_(disk) { open(); }

  void open() {
    auto opened = hosting::Database::open(kFile, {.file_system = disk_.name()});
    if (!opened) throw std::runtime_error(opened.error().message);
    database_ = *std::move(opened);
  }
  void close() { database_.reset(); }
  Result<> checkpoint() { return database_->checkpoint(); }

 private:
  SimulatedDisk& disk_;
};

// A database file with the plugin's tables. Creating them takes longer than a history. Its pages
// are small, like all that a history stores: whole ones are written, read back and checked.
std::string empty_journal() {
  SimulatedDisk disk{support::SeededRandom(0)};
  sqlite3* handle = nullptr;
  int code =
      sqlite3_open_v2(kFile, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.name());
  if (code == SQLITE_OK)
    code = sqlite3_exec(handle, "PRAGMA page_size=1024; PRAGMA journal_mode=WAL", nullptr, nullptr,
                        nullptr);
  sqlite3_close(handle);
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
  DiskDatabase database(disk);
  Result<> done = store::migrate(database);
  if (done) done = database.checkpoint();
  if (!done) throw std::runtime_error(done.error().message);
  database.close();
  return disk.bytes(kFile);
}

class FaultyDatabase final : public store::Database {
 public:
  FaultyDatabase(support::SeededRandom random, support::FaultPlan& faults)
      : faults_(faults), random_(random), disk_(support::SeededRandom(random_.next())) {
    static const std::string empty = empty_journal();
    disk_.put(kFile, empty);
    database_.emplace(disk_);
  }
  ~FaultyDatabase() override { disk_.die(); }  // nothing is left to be stored

  void restart() {
    if (!faults_.crashed()) return;
    disk_.die();
    database_->close();
    disk_.restart();
    database_->open();
  }

 private:
  Result<> once(store::Mode mode, std::int64_t fence, const Work& work) override {
    if (mode == store::Mode::read) return database_->transact(mode, fence, work);
    const bool was_crashed = faults_.crashed();
    const Fault fault = faults_.next("journal.commit");
    if (was_crashed) return support::failure(fault);
    bool worked = false;
    Result<> done =
        database_->transact(mode, fence, [&](store::Connection& connection) -> Result<> {
          TRY_VOID(work(connection));
          worked = true;
          return before_commit(fault);
        });
    if (!worked || fault == Fault::none) return done;
    if (fault == Fault::after || fault == Fault::crash_after) TRY_VOID(done);
    if (faults_.crashed()) disk_.die();
    return support::failure(fault);
  }

  // In half of the cases in which nothing of the transaction stays, the process dies in its COMMIT.
  Result<> before_commit(Fault fault) {
    if (fault == Fault::before) return support::failure(fault);
    if (fault == Fault::crash_after) disk_.die_after_commit();
    if (fault != Fault::crash_before) return {};
    if (random_.below(2) == 0) {
      disk_.die_in_commit();
      return {};
    }
    disk_.die();
    return support::failure(fault);
  }

  support::FaultPlan& faults_;
  support::SeededRandom random_;
  SimulatedDisk disk_;
  std::optional<DiskDatabase> database_;  // closed before the disk goes
};

// Runs each job where it is handed over: two changes of thread cost more than a statement.
class SameThread final : public store::BlockingExecutor {
 private:
  bool enqueue(std::function<void()> job) override {
    job();
    return true;
  }
};

class InSqlite final : public SimulatedJournal {
 public:
  InSqlite(std::uint64_t seed, support::FaultPlan& faults)
      : random_(generator(seed, Draws::journal)),
        database_(generator(seed, Draws::disk), faults),
        journal_(database_, blocking_, random_, 0) {}

  sync::Journal& journal() override { return journal_; }
  void restart() override { database_.restart(); }

 private:
  support::SeededRandom random_;
  FaultyDatabase database_;
  SameThread blocking_;
  store::SqlJournal journal_;
};

}  // namespace

std::unique_ptr<SimulatedJournal> make_journal(Storage storage, std::uint64_t seed,
                                               support::FaultPlan& faults) {
  if (storage == Storage::memory) return std::make_unique<InMemory>(faults);
  return std::make_unique<InSqlite>(seed, faults);
}

}  // namespace gcal::simulation
