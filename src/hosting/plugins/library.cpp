#include "src/hosting/plugins/library.hpp"

#include <dlfcn.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

struct Library::Handle {
  boost::dll::shared_library library;
};

Library::Library() = default;
Library::~Library() = default;

namespace {

Error refused(std::string message) {
  return {Code::invalid, std::move(message), {}};
}

bool equal(const char* text, const std::string& expected) {
  return text && expected == text;
}
std::string shown(const char* text) {
  return text ? text : "nothing";
}

Result<> compare(const crm_plugin_entry& entry, const Manifest& manifest) {
  if (entry.size < sizeof(crm_plugin_entry))
    return refused("the library's entry is too small: it was built with another contract");
  if (entry.abi_major != manifest.abi_major || entry.abi_minor != manifest.abi_minor) {
    return refused("the library was built for contract " + std::to_string(entry.abi_major) + "." +
                   std::to_string(entry.abi_minor) + ", its manifest says " +
                   std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor) +
                   ": install the package again");
  }
  if (!equal(entry.id, manifest.id))
    return refused("the library calls itself " + shown(entry.id) + ", its manifest says " +
                   manifest.id + ": install the package again");
  if (!equal(entry.version, manifest.version)) {
    return refused("the library has version " + shown(entry.version) + ", its manifest says " +
                   manifest.version + ": install the package again");
  }
  if (!entry.create) return refused("the library's entry has no create function");
  return {};
}

}  // namespace

Result<std::unique_ptr<Library>> Library::open(const std::filesystem::path& file,
                                               const Manifest& manifest) {
  std::unique_ptr<Library> library(new Library);
  library->file_ = file;
  try {
    // The throwing overload: the other one loses what the linker said.
    library->handle_ = std::make_unique<Handle>(Handle{boost::dll::shared_library(
        file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local)});
  } catch (const std::exception& e) {
    return refused(std::string("the library cannot be opened: ") + e.what());
  }
  if (!library->handle_->library.has("crm_entry"))
    return refused("the library does not export crm_entry: it is no plugin");
  library->entry_ = &library->handle_->library.get<const crm_plugin_entry>("crm_entry");
  TRY_VOID(compare(*library->entry_, manifest));
  return library;
}

bool Library::close() {
  entry_ = nullptr;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // The sanitizers report at the end of the process and need the code for their traces: one more
  // reference keeps it mapped.
  static_cast<void>(::dlopen(file_.c_str(), RTLD_LAZY | RTLD_NOLOAD));
  handle_.reset();
  return true;
#else
  handle_.reset();
  void* still_there = ::dlopen(file_.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (!still_there) return true;
  ::dlclose(still_there);
  return false;
#endif
}

}  // namespace hosting
