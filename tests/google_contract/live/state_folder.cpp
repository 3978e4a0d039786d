#include "tests/google_contract/live/state_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace live {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::base::Json;

Error failed(const std::string& what) {
  return {Code::unavailable, what + ": " + std::strerror(errno), {}};
}

}  // namespace

std::string StateFolder::default_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::string(state) + "/google-calendar-contract";
  const char* home = std::getenv("HOME");
  return std::string(home ? home : ".") + "/.local/state/google-calendar-contract";
}

gcal::Result<StateFolder> StateFolder::open(const std::string& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  if (problem) return Error{Code::unavailable, path + ": " + problem.message(), {}};
  if (::chmod(path.c_str(), 0700) != 0) return failed(path);
  const int lock = ::open((path + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0) return failed(path + "/lock");
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    return Error{Code::conflict, "another run uses " + path, {}};
  }
  return StateFolder(path);  // the lock is released when the process ends
}

std::optional<Json> StateFolder::read(const std::string& name) const {
  std::ifstream in(file(name));
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = Json::parse(text.str());
  if (!in || !parsed) return std::nullopt;
  return *std::move(parsed);
}

gcal::Result<void> StateFolder::write(const std::string& name, const std::string& text) const {
  const std::string next = file(name) + ".next";
  ::unlink(next.c_str());
  const int out = ::open(next.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (out < 0) return failed(next);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(out, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const Error error = failed(next);
      ::close(out);
      return error;
    }
    done += static_cast<std::size_t>(count);
  }
  const bool good = ::fsync(out) == 0;
  ::close(out);
  if (!good || ::rename(next.c_str(), file(name).c_str()) != 0) return failed(file(name));
  return {};
}

void StateFolder::remove(const std::string& name) const {
  ::unlink(file(name).c_str());
}

std::vector<std::string> StateFolder::calendars() const {
  std::vector<std::string> ids;
  if (const auto stored = read("calendars.json"))
    for (const Json& id : stored->items()) ids.push_back(id.as_string());
  return ids;
}

gcal::Result<void> StateFolder::store_calendars(const std::vector<std::string>& ids) const {
  Json list = Json::array();
  for (const std::string& id : ids) list.push(id);
  return write("calendars.json", list.dump());
}

std::map<std::string, std::string> StateFolder::invitations() const {
  std::map<std::string, std::string> events;
  if (const auto stored = read("invitations.json"))
    for (const auto& [id, ical_uid] : stored->members()) events[id] = ical_uid.as_string();
  return events;
}

gcal::Result<void> StateFolder::store_invitations(
    const std::map<std::string, std::string>& events) const {
  Json out = Json::object();
  for (const auto& [id, ical_uid] : events) out.set(id, ical_uid);
  return write("invitations.json", out.dump());
}

}  // namespace live
