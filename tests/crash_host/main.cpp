// crm_host with a crash switch, for the tests of what a crash leaves: built of the same libraries
// as the program that is shipped, which has no switch.
//
// The environment variable CRM_HOST_CRASH_AT_WRITE=n ends the process with _exit(137) right before
// the n-th commit of a write transaction (of any database of the process, counted from 1); n:after
// ends it right after that commit.
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "src/host/program/host_main.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace {

std::int64_t crash_at = 0;
bool crash_after = false;
std::atomic<std::int64_t> commits{0};

void at_commit(bool done) {
  const std::int64_t number = done ? commits.load() : ++commits;
  if (number == crash_at && done == crash_after) ::_exit(137);
}

}  // namespace

int main(int argc, char** argv) {
  if (const char* text = std::getenv("CRM_HOST_CRASH_AT_WRITE")) {
    const std::string_view value(text);
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), crash_at);
    crash_after = value.ends_with(":after");
    if (error == std::errc{}) hosting::observe_commits(&at_commit);
  }
  return host::host_main(argc, argv);
}
