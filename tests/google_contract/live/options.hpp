// The command line of `./dev live`, the OAuth client that the user has set up, and the text that
// explains both. Used by live.cpp. It sends nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/result.hpp"
#include "tests/google_contract/live/account.hpp"
#include "tests/google_contract/live/live_backend.hpp"

namespace live {

extern const char* const kHelp;

struct Options {
  std::string google, ca_file, state = StateFolder::default_path(), client, report;
  std::vector<std::string> sections;  // none: all
  // How long reads wait after a write, in the first attempt, the second and so on.
  std::vector<std::chrono::milliseconds> settle{std::chrono::seconds{0}, std::chrono::seconds{3},
                                                std::chrono::seconds{10}};
  Limits limits;
  bool second = false, whole_calendar = false, clean = false, forget = false, list = false,
       strict = false, help = false;
};

// Errors: invalid.
gcal::Result<Options> read_options(int argc, char** argv);

// From the file that Google's console offers, or from the environment. Nothing if no client is set
// up. Errors: invalid.
gcal::Result<std::optional<OAuthClient>> read_client(const Options& options);

// Google's own, or those of the origin given with --google. Errors: invalid.
gcal::Result<Endpoints> read_endpoints(const Options& options);

}  // namespace live
