// A plugin's shared library, mapped: its entry is compared with the manifest before a function of
// it is called. Used by LoadedPlugin. It must never be closed while a thread may stand in the
// library's code.
#pragma once

#include <filesystem>
#include <memory>

#include "host_api/crm_plugin.h"
#include "src/hosting/plugins/manifest.hpp"

namespace hosting {

class Library {
 public:
  // Runs the library's own initialisers. The message says what the linker said, or what differs
  // from the manifest.
  static gcal::Result<std::unique_ptr<Library>> open(const std::filesystem::path& file,
                                                     const Manifest& manifest);
  ~Library();

  const crm_plugin_entry& entry() const { return *entry_; }
  // Closes it. Is it really gone? A library may pin itself; then its code stays mapped until the
  // process ends.
  bool close();

 private:
  struct Handle;
  Library();

  std::unique_ptr<Handle> handle_;
  std::filesystem::path file_;
  const crm_plugin_entry* entry_ = nullptr;
};

}  // namespace hosting
