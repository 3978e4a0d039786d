// The fake host of the contract suite: like crm::fakes::Host, but with a real SQLite database
// behind crm.sql/0, since no script can know the statements of any plugin. Faults of the test apply
// to begin. It must never be outlived by a plugin.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host_api/testing/fakes.hpp"

namespace contract {

// What the command line said of the plugin under test.
struct Subject {
  std::string library;
  std::string manifest;  // "": nothing is known of it
  std::vector<std::pair<std::string, std::string>> options;
  std::string account_config = "{}";
  std::chrono::seconds patience{20};

  static Subject& get();
};

class ContractHost : public crm::fakes::Host {
 public:
  // A user "anna" with one connected account "account" and a lead.
  ContractHost();
};

}  // namespace contract
