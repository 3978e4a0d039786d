// The files of the program: worlds to load, the saved state, and the files of the emulator's page.
// Used by main.cpp and by the frontend.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/emulator/load/world.hpp"

namespace emulator {

// Reads values of --load: FILE.json, FILE.ics or EMAIL=FILE.ics. Single events that cannot be read
// are left out; the problems begin with the file's name. Errors: a file that cannot be read at all,
// by its name.
Outcome<LoadReport> load_files(NewWorld& world, const std::vector<std::string>& arguments);

// What write_state() wrote. Errors: a file that cannot be read, by its name.
Outcome<LoadReport> read_state(NewWorld& world, const std::string& path);
// Writes a new file and renames it, so that a failure leaves the old one whole. The file is for its
// owner only, because it holds tokens.
bool write_state(Emulator& emulator, const std::string& path);

// A file of the emulator's page, read at each request so that it can be edited while the program
// runs; nullopt when the path is not one of the page.
std::optional<gcal::net::ServerResponse> page_file(const std::string& path);

}  // namespace emulator
