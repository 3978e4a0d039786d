#include "src/emulator/program/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>

#include "src/common/base/whole_file.hpp"
#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
namespace net = gcal::net;

Problem unreadable(const std::string& path, const std::string& why) {
  return bad_request("invalid", path + ": " + why);
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

Outcome<LoadReport> load_file(NewWorld& into, const std::string& email, const std::string& path) {
  const auto text = gcal::base::read_whole_file(path);
  if (!text) return unreadable(path, "cannot be read");
  if (path.ends_with(".ics")) return load_ics_file(into.google, email, path, *text);
  const auto world = LargeDocument::parse(*text);
  if (!world) return unreadable(path, world.error().message);
  return load_world(into.google, into.tokens, *world);
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

Outcome<LoadReport> load_files(NewWorld& world, const std::vector<std::string>& arguments) {
  LoadReport all;
  for (const std::string& argument : arguments) {
    std::string email, path = argument;
    if (const std::size_t equals = argument.find('=');
        equals != std::string::npos && argument.find('@') < equals) {
      email = argument.substr(0, equals);
      path = argument.substr(equals + 1);
    }
    TRY(const LoadReport report, load_file(world, email, path));
    all.events += report.events;
    for (const std::string& problem : report.problems)
      all.problems.push_back(path + ": " + problem);
  }
  return all;
}

Outcome<LoadReport> read_state(NewWorld& world, const std::string& path) {
  const auto text = gcal::base::read_whole_file(path);
  if (!text) return unreadable(path, "cannot be read");
  const auto document = LargeDocument::parse(*text);
  if (!document) return unreadable(path, document.error().message);
  if (const auto loaded = SavedState::load(*document, world.google, world.tokens); !loaded)
    return unreadable(path, loaded.error().message);
  world.channels = document->root()["channels"];
  return LoadReport{};
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

namespace {

// In an unpacked archive the page lies beside the program, otherwise where the program was built.
const std::string& page_directory() {
  static const std::string directory = [] {
    std::error_code error;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const auto packaged = folder.parent_path() / "share/google-emulator/page";
    return !error && std::filesystem::is_directory(packaged, error)
               ? packaged.string()
               : (folder / EMULATOR_PAGE_DIRECTORY).lexically_normal().string();
  }();
  return directory;
}

}  // namespace

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
  const auto text = gcal::base::read_whole_file(page_directory() + "/" + name);
  response.status = text ? 200 : 404;
  response.headers.set("Content-Type", text ? type->second : "text/plain; charset=utf-8");
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy",
                       "default-src 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.body =
      text ? *text : "The page's files are neither beside the program nor where it was built.\n";
  return response;
}

}  // namespace emulator
