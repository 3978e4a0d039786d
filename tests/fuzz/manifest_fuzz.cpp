// The manifest of a package.
#include <cstdint>

#include "src/hosting/plugins/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest =
      hosting::parse_manifest(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!manifest) return 0;
  if (manifest->id.empty() || manifest->id.find('/') != std::string::npos) __builtin_trap();
  for (const auto& [path, file] : manifest->files)
    if (path.empty() || path.front() == '/' || path.find("..") != std::string::npos ||
        file.sha256.size() != 64)
      __builtin_trap();  // a file outside of the package
  (void)hosting::check_contract(*manifest);
  return 0;
}
