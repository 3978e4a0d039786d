// The files of the page. Delivered: index.html and what bundle.mjs made, each with the hash of its
// content in its name (decision 0048). For who works on the pages: everything in ui/, and those
// files of node_modules/ that npm_files.txt lists. Used by WebServer. It must never serve a file
// outside of these folders, nor one whose MIME type it cannot name.
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
  // node_modules "": ui is bundled, and browsers keep all files but index.html for ever. Otherwise
  // reads the list beside node_modules. unavailable: no index.html or no list; invalid: a line of
  // the list is no "package/file".
  static gcal::Result<std::unique_ptr<StaticFiles>> open(std::filesystem::path ui,
                                                         std::filesystem::path node_modules);

  // The response for a decoded path: {} is index.html, otherwise {"ui", ...} or {"npm", ...}. It is
  // 404, 304 (by ETag) or the file, compressed as the client accepts it: by the bundle with Brotli
  // (NAME.br), else with gzip. A file that changed on disk is read again, so the page can be
  // developed while the host runs. [any thread, blocks]
  gcal::net::ServerResponse get(const std::vector<std::string>& segments,
                                const gcal::net::Headers& headers) const;

 private:
  struct File;
  StaticFiles(std::filesystem::path ui, std::filesystem::path node_modules)
      : ui_(std::move(ui)), node_modules_(std::move(node_modules)) {}
  // "": there is no such file.
  std::filesystem::path locate(const std::vector<std::string>& segments) const;
  // null: it cannot be read.
  std::shared_ptr<const File> load(const std::filesystem::path& path) const;

  std::filesystem::path ui_, node_modules_;
  std::set<std::string> npm_files_;
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, std::shared_ptr<const File>> cache_;
};

}  // namespace host
