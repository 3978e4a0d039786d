#include "src/emulator/program/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>

#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
namespace net = gcal::net;

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 64 << 10> chunk;
  while (file.read(chunk.data(), chunk.size()), file.gcount() > 0)
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  return text;
}

void print_error(const std::string& path, const std::string& message) {
  std::fprintf(stderr, "google_emulator: %s: %s\n", path.c_str(), message.c_str());
}

LoadReport load_ics_file(GoogleModel& google, std::string email, const std::string& path,
                         const std::string& text) {
  if (!email.empty()) google.add_account(email, "");
  if (google.accounts().empty()) google.add_account("user@example.com", "");
  if (email.empty()) email = google.accounts().begin()->first;
  const std::string name =
      path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  return load_ics(google, email, name, text, path.ends_with(".readonly.ics"));
}

bool write_all(int file, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file, text.data() + written, text.size() - written);
    if (count <= 0) return false;
    written += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

bool load_file(Emulator& emulator, const std::string& argument) {
  std::string email, path = argument;
  if (const std::size_t equals = argument.find('=');
      equals != std::string::npos && argument.find('@') < equals) {
    email = argument.substr(0, equals);
    path = argument.substr(equals + 1);
  }
  const auto text = read_file(path);
  if (!text) {
    std::fprintf(stderr, "google_emulator: %s cannot be read\n", path.c_str());
    return false;
  }
  LoadReport report;
  if (path.ends_with(".ics")) {
    report = load_ics_file(emulator.google(), email, path, *text);
  } else {
    const auto world = Json::parse(*text);
    if (!world) {
      print_error(path, world.error().message);
      return false;
    }
    report = load_world(emulator.google(), *world);
  }
  for (const std::string& problem : report.problems) print_error(path, problem);
  print_error(path, std::to_string(report.events) + " events");
  return true;
}

StateFile read_state(Emulator& emulator, const std::string& path) {
  const auto text = read_file(path);
  if (!text) return StateFile::absent;
  const auto document = Json::parse(*text);
  const Outcome<> loaded = document
                               ? SavedState::load(*document, emulator.google(), emulator.tokens())
                               : bad_request("invalid", document.error().message);
  if (!loaded) {
    print_error(path, loaded.error().message);
    return StateFile::unreadable;
  }
  emulator.restore_channels((*document)["channels"]);
  return StateFile::resumed;
}

bool write_state(Emulator& emulator, const std::string& path) {
  const std::string fresh = path + ".new";
  const auto channels = Json::object({{"channels", emulator.save_channels()}});
  const std::string text = SavedState::save(emulator.google(), emulator.tokens(), channels);
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool synced = write_all(file, text) && ::fsync(file) == 0;
  const bool closed = ::close(file) == 0;
  return synced && closed && std::rename(fresh.c_str(), path.c_str()) == 0;
}

std::optional<net::ServerResponse> page_file(const std::string& path) {
  static const std::map<std::string, const char*, std::less<>> kTypes{
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"svg", "image/svg+xml"}};
  std::string name = path == "/" ? "index.html" : path.starts_with("/page/") ? path.substr(6) : "";
  if (path == "/favicon.ico") name = "icon.svg";
  // Letters, digits, '-', '_' and one dot: no file outside the folder can be reached.
  const std::size_t dot = name.find('.');
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos ||
      dot == std::string::npos || dot == 0)
    return std::nullopt;
  const auto type = kTypes.find(name.substr(dot + 1));
  if (type == kTypes.end()) return std::nullopt;
  net::ServerResponse response;
  const auto text = read_file(std::string(EMULATOR_PAGE_DIRECTORY) + "/" + name);
  response.status = text ? 200 : 404;
  response.headers.set("Content-Type", text ? type->second : "text/plain; charset=utf-8");
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy",
                       "default-src 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.body = text ? *text : "The page's files are not where the program was built.\n";
  return response;
}

}  // namespace emulator
