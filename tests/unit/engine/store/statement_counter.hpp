// Counts what SQLite does, for tests of cost: statements, steps of its virtual machine and query
// plans. Steps depend on the number of rows that a statement visits and on nothing else, so two
// runs that visit the same rows give the same number on any machine. Used by the tests of the
// journal and of the plugin. One object at a time; it sees the connections that are opened while it
// exists.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace gcal::support {

class StatementCounter {
 public:
  StatementCounter();
  ~StatementCounter();
  StatementCounter(const StatementCounter&) = delete;
  StatementCounter& operator=(const StatementCounter&) = delete;

  void reset();  // what follows counts from 0
  std::size_t statements() const;
  std::size_t steps() const;
  // Statement and steps, the most expensive first: why a number is not the expected one.
  std::string most_expensive(std::size_t count) const;

  struct Plan {
    std::string sql;
    std::string steps;  // the lines of EXPLAIN QUERY PLAN, each with its end of line
  };
  // Of the queries and changes since reset(). The files must still exist.
  std::vector<Plan> plans() const;
};

}  // namespace gcal::support
