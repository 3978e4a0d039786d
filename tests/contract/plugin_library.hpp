// A plugin's library as a host maps it. Used by the contract suite. It must outlive the plugins
// that it creates.
#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "host_api/crm_plugin.h"

namespace contract {

class PluginLibrary {
 public:
  explicit PluginLibrary(std::string file)
      : file_(std::move(file)), handle_(dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!handle_) throw std::runtime_error(dlerror());
    entry_ = static_cast<const crm_plugin_entry*>(dlsym(handle_, "crm_entry"));
    if (!entry_) throw std::runtime_error(file_ + " exports no crm_entry");
  }
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;
  ~PluginLibrary() { dlclose(handle_); }

  const crm_plugin_entry& entry() const { return *entry_; }
  static bool is_mapped(const std::string& file) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (handle) dlclose(handle);
    return handle != nullptr;
  }

 private:
  std::string file_;
  void* handle_;
  const crm_plugin_entry* entry_ = nullptr;
};

}  // namespace contract
