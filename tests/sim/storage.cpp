#include "tests/sim/storage.hpp"

#include <filesystem>
#include <stdexcept>

#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "tests/sim/history.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/unit/engine/store/sqlite_database.hpp"

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

// In memory where there is a folder for that: an fsync on a disk takes longer than a history.
std::filesystem::path fast_folder() {
  const std::filesystem::path shared = "/dev/shm";
  return std::filesystem::exists(shared) ? shared : std::filesystem::temp_directory_path();
}

class FaultyDatabase final : public store::Database {
 public:
  explicit FaultyDatabase(support::FaultPlan& faults) : faults_(faults), file_(fast_folder()) {}

  void be_faulty() { faulty_ = true; }  // the tables exist
  void restart() {
    if (!faults_.crashed()) return;
    if (!left_) file_.copy_as_left();
    file_.reopen_copy();
    left_ = false;
  }

 private:
  Result<> once(store::Mode mode, std::int64_t fence, const Work& work) override {
    if (mode == store::Mode::read || !faulty_) return file_.transact(mode, fence, work);
    const bool was_crashed = faults_.crashed();
    const Fault fault = faults_.next("journal.commit");
    if (was_crashed) return support::failure(fault);
    const bool nothing_stays = fault == Fault::before || fault == Fault::crash_before;
    Result<> done = file_.transact(mode, fence, [&](store::Connection& connection) -> Result<> {
      TRY_VOID(work(connection));
      if (fault == Fault::crash_before) leave();
      if (nothing_stays) return support::failure(fault);
      return {};
    });
    if (!done) return done;
    if (fault == Fault::crash_after) leave();
    return fault == Fault::none ? Result<>() : Result<>(support::failure(fault));
  }

  void leave() {
    file_.copy_as_left();
    left_ = true;
  }

  support::FaultPlan& faults_;
  support::SqliteDatabase file_;
  bool left_ = false;  // the process died in a transaction: the copy is made
  bool faulty_ = false;
};

class InSqlite final : public SimulatedJournal {
 public:
  InSqlite(std::uint64_t seed, support::FaultPlan& faults)
      : random_(generator(seed, Draws::journal)),
        database_(faults),
        journal_(database_, blocking_, random_, 0) {
    if (const Result<> done = store::migrate(database_); !done)
      throw std::runtime_error(done.error().message);
    database_.be_faulty();
    blocking_.start();
  }
  ~InSqlite() override { blocking_.stop(); }

  sync::Journal& journal() override { return journal_; }
  void restart() override { database_.restart(); }

 private:
  support::SeededRandom random_;
  FaultyDatabase database_;
  store::BlockingExecutor blocking_;
  store::SqlJournal journal_;
};

}  // namespace

std::unique_ptr<SimulatedJournal> make_journal(Storage storage, std::uint64_t seed,
                                               support::FaultPlan& faults) {
  if (storage == Storage::memory) return std::make_unique<InMemory>(faults);
  return std::make_unique<InSqlite>(seed, faults);
}

}  // namespace gcal::simulation
