// The files of the page: ui/ as it is, and of node_modules/ what npm_files.txt names. Used by the
// web face. It must never answer with a file outside of the two folders, nor with one whose kind it
// does not know.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "src/common/base/result.hpp"
#include "src/common/net/http_server.hpp"

namespace host {

class StaticFiles {
 public:
  // Reads the list beside node_modules. Errors: unavailable (no index.html, no list), invalid (a
  // line that is no "package/file").
  static gcal::Result<std::unique_ptr<StaticFiles>> open(std::filesystem::path ui,
                                                         std::filesystem::path node_modules);

  // segments: the decoded path: {} is index.html, {"ui", ...} or {"npm", ...}. Answers 404, 304
  // (ETag) or the file, packed where the client takes it. A changed file is read again, so that a
  // page can be worked on while the host runs. [any thread, blocks]
  gcal::net::ServerResponse get(const std::vector<std::string>& segments,
                                const gcal::net::Headers& headers) const;

 private:
  struct File;
  StaticFiles(std::filesystem::path ui, std::filesystem::path node_modules)
      : ui_(std::move(ui)), node_modules_(std::move(node_modules)) {}
  std::filesystem::path locate(
      const std::vector<std::string>& segments) const;  // "": there is no such file
  std::shared_ptr<const File> load(
      const std::filesystem::path& path) const;  // null: it cannot be read

  std::filesystem::path ui_, node_modules_;
  std::set<std::string> npm_files_;
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, std::shared_ptr<const File>> cache_;
};

}  // namespace host
