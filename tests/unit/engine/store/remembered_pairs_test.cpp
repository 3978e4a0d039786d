#include <gtest/gtest.h>

#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/store_database.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;
using support::run_task;

// A run reads its pairs once. What it writes itself is seen at once, what others add is not.
TEST(RememberedPairs, AreReadAgainAfterEachOwnWrite) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
  const auto store = [&](const char* id, PairState state) {
    Pair pair;
    pair.id = id;
    pair.account = "a";
    pair.state = state;
    WriteBatch batch;
    batch.pairs.push_back(pair);
    return run_task(journal.commit(std::move(batch)));
  };
  const auto known = [&] {
    const auto pairs = run_task(journal.pairs("a"));
    std::string text;
    for (const Pair& pair : *pairs)
      text += pair.id + (pair.state == PairState::live ? " live " : " gone ");
    return text;
  };
  ASSERT_TRUE(store("p", PairState::live));
  ASSERT_TRUE(store("q", PairState::live));
  journal.remember_pairs();
  EXPECT_EQ(known(), "p live q live ");
  const auto add = [](Connection& connection) {
    return connection.exec("UPDATE pairs SET dirty = dirty + 1 WHERE id = 'p'", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, add));
  EXPECT_EQ(run_task(journal.pairs("a"))->front().dirty, 0);
  EXPECT_TRUE(run_task(journal.pairs("b"))->empty());
  EXPECT_EQ(known(), "p live q live ");
  ASSERT_TRUE(store("p", PairState::gone));
  EXPECT_EQ(known(), "p gone q live ");
  ASSERT_TRUE(run_task(journal.erase_pairs({"p"})));
  EXPECT_EQ(known(), "q live ");
}

}  // namespace
}  // namespace gcal::store
