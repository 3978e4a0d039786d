#include "tests/google_contract/harness/fact.hpp"

namespace contract {

const char* to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::documented: return "documented";
    case Evidence::observed: return "observed";
    case Evidence::guessed: break;
  }
  return "guessed";
}

const char* to_string(Needs needs) {
  switch (needs) {
    case Needs::client: return "live";
    case Needs::new_calendar: return "live, in a calendar of its own";
    case Needs::two_accounts: return "live, with a second account";
    case Needs::private_account: return "not live: about primary calendars or a whole account";
    case Needs::emulator: break;
  }
  return "not live: needs the emulator's controls";
}

std::string shown_title(const Fact& fact) {
  return fact.probe ? fact.switch_name + ": " + fact.title : fact.title;
}

}  // namespace contract
