#include "src/host/web/static_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "src/common/base/bytes.hpp"
#include "src/common/net/gzip.hpp"

namespace host {
namespace {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;

struct Mime {
  std::string_view extension, type;
  bool compressible;
};
constexpr Mime kMimes[] = {{".html", "text/html; charset=utf-8", true},
                           {".js", "text/javascript; charset=utf-8", true},
                           {".mjs", "text/javascript; charset=utf-8", true},
                           {".css", "text/css; charset=utf-8", true},
                           {".json", "application/json; charset=utf-8", true},
                           {".svg", "image/svg+xml", true},
                           {".png", "image/png", false},
                           {".ico", "image/x-icon", false},
                           {".woff2", "font/woff2", false},
                           {".webmanifest", "application/manifest+json", true}};

const Mime* mime_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  const auto* found = std::ranges::find(kMimes, std::string_view(extension), &Mime::extension);
  return found == std::end(kMimes) ? nullptr : found;
}

// Does the name stay in its folder? No "..", no hidden file, no separator from a percent escape.
bool is_plain(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' &&
         segment.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path real_file = fs::canonical(file, error);
  if (error) return false;
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return false;
  const auto [end, rest] =
      std::mismatch(real_folder.begin(), real_folder.end(), real_file.begin(), real_file.end());
  return end == real_folder.end();
}

// Does the client take this content coding? A weight of 0 refuses it, no other one matters.
bool accepts(const gcal::net::Headers& headers, std::string_view coding) {
  const std::string_view accepted = headers.get("Accept-Encoding");
  for (std::size_t begin = 0, end; begin < accepted.size(); begin = end + 1) {
    end = std::min(accepted.find(',', begin), accepted.size());
    std::string_view item = accepted.substr(begin, end - begin);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    if (!item.starts_with(coding)) continue;
    item.remove_prefix(coding.size());
    if (item.empty() || item.front() != ';') return item.empty();
    return !item.starts_with(";q=0") || item.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

std::string content_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

gcal::net::ServerResponse not_found() {
  gcal::net::ServerResponse response;
  response.status = 404;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = "not found\n";
  return response;
}

}  // namespace

struct StaticFiles::File {
  std::string content, gzipped, brotli, etag;
  const Mime* mime = nullptr;
  fs::file_time_type written;
  std::uintmax_t size = 0;
};

Result<std::unique_ptr<StaticFiles>> StaticFiles::open(fs::path ui, fs::path node_modules) {
  std::error_code error;
  if (!fs::is_regular_file(ui / "index.html", error))
    return Error{Code::unavailable, "the page is missing: no index.html in " + ui.string(), {}};
  if (node_modules.empty())
    return std::unique_ptr<StaticFiles>(new StaticFiles(std::move(ui), std::move(node_modules)));
  const fs::path list = node_modules.parent_path() / "npm_files.txt";
  std::ifstream lines(list);
  if (!lines)
    return Error{
        Code::unavailable, "the list of the page's packages is missing: " + list.string(), {}};
  std::unique_ptr<StaticFiles> files(new StaticFiles(std::move(ui), std::move(node_modules)));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    for (std::size_t begin = 0, end; begin <= line.size(); begin = end + 1) {
      end = std::min(line.find('/', begin), line.size());
      if (!is_plain(std::string_view(line).substr(begin, end - begin)))
        return Error{Code::invalid, list.string() + ": \"" + line + "\" is no package/file", {}};
    }
    files->npm_files_.insert(line);
  }
  return files;
}

fs::path StaticFiles::locate(const std::vector<std::string>& segments) const {
  if (segments.empty()) return ui_ / "index.html";
  if (segments.size() < 2 || !std::ranges::all_of(segments, is_plain)) return {};
  fs::path relative;
  for (std::size_t i = 1; i < segments.size(); ++i) relative /= segments[i];
  const bool of_page = segments.front() == "ui";
  if (!of_page && (segments.front() != "npm" || !npm_files_.contains(relative.generic_string())))
    return {};
  const fs::path& folder = of_page ? ui_ : node_modules_;
  return is_inside(folder / relative, folder) ? folder / relative : fs::path{};
}

std::shared_ptr<const StaticFiles::File> StaticFiles::load(const fs::path& path) const {
  std::error_code error;
  const Mime* mime = mime_of(path);
  if (!mime || !fs::is_regular_file(path, error)) return nullptr;
  const fs::file_time_type written = fs::last_write_time(path, error);
  if (error) return nullptr;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto known = cache_.find(path);
    if (known != cache_.end() && known->second->written == written && known->second->size == size)
      return known->second;
  }
  std::ifstream stream(path, std::ios::binary);
  auto file = std::make_shared<File>();
  file->content.assign(std::istreambuf_iterator<char>(stream), {});
  if (stream.bad() || !stream.is_open()) return nullptr;
  file->mime = mime;
  file->written = written;
  file->size = size;
  // A weak ETag: the gzipped and the plain form share it.
  file->etag = "W/\"" +
               gcal::base::to_base64url(gcal::base::sha256(gcal::base::as_bytes(file->content)))
                   .substr(0, 22) +
               "\"";
  if (mime->compressible && file->content.size() >= 1'024)
    file->gzipped = gcal::net::gzip(file->content);
  // Only the bundle has them, and there a file with this name never has other content.
  if (node_modules_.empty()) file->brotli = content_of(path.string() + ".br");
  const std::lock_guard lock(mutex_);
  cache_[path] = file;
  return file;
}

gcal::net::ServerResponse StaticFiles::get(const std::vector<std::string>& segments,
                                           const gcal::net::Headers& headers) const {
  const fs::path path = locate(segments);
  const auto file = path.empty() ? nullptr : load(path);
  if (!file) return not_found();
  gcal::net::ServerResponse response;
  response.compress = false;
  // no-cache: the browser asks each time and mostly gets 304, so a new version of the host shows a
  // new page at once. A file with the hash of its content in its name never changes.
  const bool is_hashed = node_modules_.empty() && !segments.empty();
  response.headers = {
      {"Content-Type", std::string(file->mime->type)},
      {"Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", file->etag},
      {"Vary", "Accept-Encoding"}};
  if (headers.get("If-None-Match").find(file->etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (!file->brotli.empty() && accepts(headers, "br")) {
    response.headers.set("Content-Encoding", "br");
    response.shared_body = {file, &file->brotli};
  } else if (!file->gzipped.empty() && accepts(headers, "gzip")) {
    response.headers.set("Content-Encoding", "gzip");
    response.shared_body = {file, &file->gzipped};
  } else {
    response.shared_body = {file, &file->content};
  }
  return response;
}

}  // namespace host
