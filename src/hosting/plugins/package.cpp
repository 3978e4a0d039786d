#include "src/hosting/plugins/package.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include "src/common/base/bytes.hpp"

namespace hosting {
namespace {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

constexpr off_t kMaxManifest = 1 << 20, kMaxSignature = 4096, kMaxFile = off_t{512} << 20;

Error refused(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

Error disk_error(std::string what, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return {
      denied ? Code::denied : Code::unavailable, std::move(what) + ": " + std::strerror(error), {}};
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A regular file, never a link. not_found when it does not exist.
Result<std::string> read_file(const fs::path& path, off_t limit) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno == ENOENT) return Error{Code::not_found, path.string() + " does not exist", {}};
    return disk_error("cannot read " + path.string(), errno);
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return disk_error("cannot read " + path.string(), errno);
  if (!S_ISREG(info.st_mode)) return refused(path.string() + " is not a plain file");
  if (info.st_size > limit) return refused(path.string() + " is too large");
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("cannot read " + path.string(), errno);
    if (count == 0)
      return refused(
          path.string() +
          " changed while it was read: wait until the installation is complete, then start again");
    have += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<> write_file(const fs::path& path, std::string_view bytes) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) return disk_error("cannot create " + path.parent_path().string(), failure.value());
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return disk_error("cannot write " + path.string(), errno);
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("cannot write " + path.string(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// Every entry of the folder is either listed or one of the two files that cannot list themselves.
Result<> check_nothing_unlisted(const fs::path& folder, const std::string& name,
                                const Manifest& manifest) {
  std::error_code failure;
  fs::recursive_directory_iterator entry(folder, failure), end;
  for (; !failure && entry != end; entry.increment(failure)) {
    const std::string path = entry->path().lexically_relative(folder).generic_string();
    const fs::file_status status = entry->symlink_status(failure);
    if (failure) break;
    if (fs::is_symlink(status))
      return refused("the package holds a link, " + path + ": install it again without links");
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status))
      return refused("the package holds " + path + ", which is not a plain file");
    if (path == name + ".json" || path == name + ".sig" || manifest.files.contains(path)) continue;
    return refused("the file " + path +
                   " is not listed in the manifest: remove it or install the package again");
  }
  if (failure) return disk_error("cannot read " + folder.string(), failure.value());
  return {};
}

constexpr std::string_view kBegin = "strings/", kEnd = ".json";

bool is_texts(std::string_view path) {
  return path.starts_with(kBegin) && path.ends_with(kEnd);
}

// strings/<language>.json: one flat object of texts.
Result<> take_strings(const std::string& path, std::string_view bytes,
                      std::map<std::string, Json>& strings) {
  auto texts = Json::parse(bytes);
  if (!texts) return refused("the texts " + path + " are damaged: " + texts.error().message);
  if (!texts->is_object())
    return refused("the texts " + path + " are damaged: a JSON object is expected");
  for (const auto& [key, text] : texts->members()) {
    if (!text.is_string())
      return refused("the texts " + path + " are damaged: " + key + " is no text");
  }
  strings.emplace(path.substr(kBegin.size(), path.size() - kBegin.size() - kEnd.size()),
                  *std::move(texts));
  return {};
}

// A fresh private folder for the copy. What earlier starts left of this plugin goes; what a running
// version was loaded from stays, and its name is not used again.
Result<fs::path> fresh_folder(const fs::path& run, const Manifest& manifest,
                              const std::string& hash, const fs::path& in_use) {
  const fs::path of_plugin = run / manifest.id;
  std::error_code failure;
  fs::create_directories(of_plugin, failure);
  if (failure) return disk_error("cannot create " + of_plugin.string(), failure.value());
  for (const auto& entry : fs::directory_iterator(of_plugin, failure)) {
    if (entry.path() == in_use) continue;
    fs::remove_all(entry.path(), failure);
    if (failure) return disk_error("cannot remove " + entry.path().string(), failure.value());
  }
  if (failure) return disk_error("cannot read " + of_plugin.string(), failure.value());
  const std::string name = manifest.version + "-" + hash.substr(0, 8);
  const fs::path copy = of_plugin / (of_plugin / name == in_use ? name + "-again" : name);
  fs::create_directory(copy, failure);
  if (failure) return disk_error("cannot create " + copy.string(), failure.value());
  for (const auto& folder : {run, of_plugin, copy}) {
    fs::permissions(folder, fs::perms::owner_all, failure);
    if (failure)
      return disk_error("cannot close " + folder.string() + " to others", failure.value());
  }
  return copy;
}

// The bytes of a listed file, compared with the manifest.
Result<std::string> checked_bytes(const fs::path& folder, const std::string& path,
                                  const PackageFile& listed, bool is_library) {
  auto bytes = read_file(folder / path, kMaxFile);
  if (!bytes && bytes.error().code == Code::not_found)
    return refused((is_library ? "the library " : "the file ") + path +
                   " is missing: install the package again");
  if (!bytes) return std::move(bytes).error();
  const auto differs = [&path](const char* what) {
    return refused("the file " + path + " does not match its " + what +
                   " in the manifest: it is damaged or was changed; install the package again");
  };
  if (listed.size && *listed.size != static_cast<std::int64_t>(bytes->size()))
    return differs("size");
  if (gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(*bytes))) != listed.sha256)
    return differs("checksum");
  return bytes;
}

}  // namespace

Result<PackageText> read_package_text(const fs::path& folder) {
  const std::string name = folder.filename().string();
  PackageText text;
  auto manifest = read_file(folder / (name + ".json"), kMaxManifest);
  if (!manifest && manifest.error().code == Code::not_found)
    return refused("the manifest " + name + ".json is missing: install the package again");
  if (!manifest) return std::move(manifest).error();
  text.manifest = *std::move(manifest);
  auto signature = read_file(folder / (name + ".sig"), kMaxSignature);
  if (signature)
    text.signature = *std::move(signature);
  else if (signature.error().code != Code::not_found)
    return std::move(signature).error();
  return text;
}

Result<Manifest> manifest_of(const fs::path& folder, const PackageText& text) {
  auto manifest = parse_manifest(text.manifest);
  if (!manifest)
    return refused("the manifest " + folder.filename().string() +
                   ".json is damaged: " + manifest.error().message);
  return manifest;
}

std::string package_hash(const PackageText& text) {
  return gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(text.manifest)));
}

Result<Package> stage_package(const fs::path& folder, const PackageText& text, Manifest manifest,
                              const fs::path& run, const fs::path& in_use) {
  TRY_VOID(check_nothing_unlisted(folder, folder.filename().string(), manifest));
  Package package;
  package.hash = package_hash(text);
  TRY(package.copy, fresh_folder(run, manifest, package.hash, in_use));
  package.manifest = std::move(manifest);
  for (const auto& [path, listed] : package.manifest.files) {
    TRY(const std::string bytes,
        checked_bytes(folder, path, listed, path == package.manifest.library));
    TRY_VOID(write_file(package.copy / path, bytes));
  }
  package.library = package.copy / package.manifest.library;
  return package;
}

Result<> read_texts(Package& package) {
  for (const auto& [path, listed] : package.manifest.files) {
    if (!is_texts(path)) continue;
    TRY(const std::string bytes, read_file(package.copy / path, kMaxFile));
    TRY_VOID(take_strings(path, bytes, package.strings));
  }
  return {};
}

}  // namespace hosting
