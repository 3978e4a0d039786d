// The fake host of the contract suite: crm::fakes::Host with a real database behind crm.sql/0,
// since no script can anticipate the statements of any plugin: SQLite, or with
// TEST_DATABASE=postgresql a PostgreSQL of the suite's own. Faults that a test sets apply to begin
// only. It must outlive the plugin.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host_api/testing/fakes.hpp"

namespace contract {

// The plugin under test, as the command line describes it.
struct Subject {
  std::string library;
  std::string manifest;  // "": none was given
  std::vector<std::pair<std::string, std::string>> options;
  std::string account_config = "{}";
  std::chrono::seconds timeout{20};  // for an answer; only a failing test waits that long

  static Subject& get();
};

class ContractHost : public crm::fakes::Host {
 public:
  // A user "anna" with one connected account "account" and a lead.
  ContractHost();
};

}  // namespace contract
