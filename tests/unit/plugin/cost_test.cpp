// What a run costs as the number of appointments grows: counted in steps of SQLite, in both
// databases. No test here measures time.
#include "tests/unit/engine/store/statement_counter.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

// A base, because the counter sees only connections that are opened after it.
class Counted {
 protected:
  support::StatementCounter counter_;
};

class RunCost : private Counted, public InstallationTest {
 protected:
  using Counted::counter_;

  RunCost() {
    add_at_google(kMe,
                  google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
    connect({kMe}, kMe);
    run();
    run();  // reads what the first one wrote
  }

  // Copies of the link and of the appointment of "Visit", in step on both sides.
  void grow_to(std::size_t count) {
    const std::string numbers =
        "WITH RECURSIVE n(i) AS (SELECT $1 + 0 UNION ALL SELECT i + 1 FROM n WHERE i < $2) ";
    const auto from = static_cast<std::int64_t>(grown_ + 1);
    const auto to = static_cast<std::int64_t>(count);
    const store::Database::Work links = [&](store::Connection& connection) {
      return connection.exec(
          numbers +
              "INSERT INTO links(id, pair, crm_id, crm_version, crm_agreed, crm_series, crm_uid, "
              "crm_generation, google_id, google_version, google_agreed, google_series, "
              "google_uid, google_generation, incarnation, held_reason) SELECT l.id || n.i, "
              "l.pair, l.crm_id || n.i, l.crm_version, 1, l.crm_series, '', l.crm_generation, "
              "l.google_id || n.i, l.google_version, 1, l.google_series, '', "
              "l.google_generation, 0, '' FROM n JOIN links l ON l.id = (SELECT min(id) FROM "
              "links)",
          {from, to});
    };
    must(database_->transact(store::Mode::write, 0, links));
    must(crm_->database().write([&](hosting::Connection& c) {
      return c.run(
          "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) INSERT "
          "INTO events(id, calendar, revision, event, first_start, last_end) SELECT e.id || "
          "n.i, e.calendar, e.revision, e.event, e.first_start, e.last_end FROM n JOIN "
          "events e ON e.row = (SELECT min(row) FROM events)",
          from, to);
    }));
    grown_ = count;
  }

  // Steps of a run that reads Google and finds nothing.
  std::size_t steps_of_a_look() {
    clock_.advance(std::chrono::hours{2});
    http_.forget();
    counter_.reset();
    const RunOutcome outcome = run();
    EXPECT_FALSE(outcome.error);
    EXPECT_EQ(outcome.changed, 0u);
    EXPECT_EQ(http_.count("GET", "/events?"), 1u);
    return counter_.steps();
  }

 private:
  std::size_t grown_ = 0;
};

TEST_F(RunCost, ALookThatFindsNothingCostsTheSameWith100AndWith10000Appointments) {
  grow_to(100);
  steps_of_a_look();  // what is done once a day
  const std::size_t few = steps_of_a_look();
  grow_to(10'000);
  steps_of_a_look();  // after a write of the test the database is set to another durability
  const std::size_t many = steps_of_a_look();
  EXPECT_EQ(few, many) << counter_.most_expensive(5);
}

// Each transaction is a way to the thread of the database and back, which costs more than what it
// asks for.
TEST_F(RunCost, ALookThatFindsNothingAsksForSeveralThingsAtOnce) {
  steps_of_a_look();  // what is done once a day
  steps_of_a_look();
  EXPECT_LE(counter_.statements(), 79u) << counter_.most_expensive(60);
}

}  // namespace
}  // namespace gcal::plugin::test
