// The files of the program: worlds to load, the saved state, and the files of the emulator's page.
// Used by main.cpp and by the frontend. Errors are printed to stderr.
#pragma once

#include <optional>
#include <string>

#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"

namespace emulator {

// One value of --load: FILE.json, FILE.ics or EMAIL=FILE.ics. Single events that cannot be read are
// named and left out. False when the file cannot be read at all.
bool load_file(Emulator& emulator, const std::string& argument);

enum class StateFile { absent, resumed, unreadable };
StateFile read_state(Emulator& emulator, const std::string& path);
// Writes a new file and renames it, so that a failure leaves the old one whole. The file is for its
// owner only, because it holds tokens.
bool write_state(Emulator& emulator, const std::string& path);

// A file of the emulator's page, read at each request so that it can be edited while the program
// runs; nullopt when the path is not one of the page.
std::optional<gcal::net::ServerResponse> page_file(const std::string& path);

}  // namespace emulator
