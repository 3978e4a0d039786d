#include "src/host/program/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

namespace host {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::size_t kMaxSize = 64 * 1024;
constexpr std::string_view kPrefix = "crm_host.plugin-option.";
constexpr const char* kDatabasePassword = "crm_host.database-password";

Error file_error(const std::filesystem::path& file, Code code, std::string_view what) {
  return {code, file.string() + ": " + std::string(what), {}};
}

// The service manager guards its folder of credentials, and gives the files rights of its own.
bool is_credential(const std::filesystem::path& file) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder && file.parent_path() == std::filesystem::path(folder);
}

}  // namespace

Result<std::string> read_secret_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_error(file, Code::unavailable, std::strerror(errno));
  struct stat info {};
  const bool readable = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
  const bool open_to_others = !is_credential(file) && (info.st_mode & 077) != 0;
  std::string text(kMaxSize + 1, '\0');
  const ssize_t size =
      readable && !open_to_others ? ::read(descriptor, text.data(), text.size()) : 0;
  ::close(descriptor);
  if (!readable || size < 0) return file_error(file, Code::unavailable, "it cannot be read");
  if (open_to_others) return file_error(file, Code::denied, "other users may read it: chmod 600");
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty() || text.size() > kMaxSize)
    return file_error(file, Code::invalid, "1 byte to 64 KiB are expected");
  return text;
}

Result<std::map<std::string, std::string>> options_of_credentials() {
  std::map<std::string, std::string> options;
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder) return options;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) continue;
    TRY(options[name.substr(kPrefix.size())], read_secret_file(entry.path()));
  }
  if (failure)
    return Error{
        Code::unavailable,
        "the credentials in " + std::string(folder) + " cannot be listed: " + failure.message(),
        {}};
  return options;
}

Result<std::string> database_password(const std::filesystem::path& file) {
  if (!file.empty()) return read_secret_file(file);
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder) return std::string();
  const std::filesystem::path credential = std::filesystem::path(folder) / kDatabasePassword;
  std::error_code failure;
  if (!std::filesystem::exists(credential, failure)) return std::string();
  return read_secret_file(credential);
}

bool is_secret_name(const std::string& name) {
  constexpr std::array<std::string_view, 4> kParts{"secret", "password", "token", "key"};
  return std::ranges::any_of(
      kParts, [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

}  // namespace host
