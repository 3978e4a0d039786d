#include "src/hosting/plugins/version_record.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <utility>

#include "src/common/base/json.hpp"
#include "src/common/base/whole_file.hpp"

namespace hosting {
namespace {

namespace fs = std::filesystem;
using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

std::array<long, 3> parts_of(std::string_view version) {
  std::array<long, 3> parts{};
  for (long& part : parts) {
    const auto dot = version.find('.');
    const std::string_view text = version.substr(0, dot);
    std::from_chars(text.data(), text.data() + text.size(), part);
    version.remove_prefix(dot == std::string_view::npos ? version.size() : dot + 1);
  }
  return parts;
}

Json to_json(const PackageVersion& version) {
  return Json::object({{"version", version.version}, {"hash", version.hash}});
}
PackageVersion version_of(const Json& json) {
  return {json.string("version"), json.string("hash")};
}

fs::path file_of(const fs::path& folder, const std::string& plugin) {
  return folder / (plugin + ".version.json");
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  const auto left = parts_of(a), right = parts_of(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

Result<> check_not_older(const VersionRecord& record, const PackageVersion& candidate) {
  if (record.newest.version.empty()) return {};
  if (compare_versions(candidate.version, record.newest.version) >= 0) return {};
  if (candidate == record.before) return {};
  std::string message = "version " + candidate.version + " is older than " + record.newest.version +
                        ", which ran on this host: install " + record.newest.version +
                        " or a newer one";
  if (!record.before.version.empty())
    message += ", or the package of " + record.before.version + " that ran here before";
  return Error{Code::denied, std::move(message), {}};
}

VersionRecord after_start(VersionRecord record, const PackageVersion& started) {
  const bool first = record.newest.version.empty();
  if (!first && compare_versions(started.version, record.newest.version) < 0) return record;
  if (!first && record.newest == started) return record;
  // Another build of the same version takes its place; it is no way back.
  if (!first && record.is_healthy && started.version != record.newest.version)
    record.before = record.newest;
  record.newest = started;
  record.is_healthy = false;
  return record;
}

Result<VersionRecord> read_version_record(const fs::path& folder, const std::string& plugin) {
  const fs::path file = file_of(folder, plugin);
  const auto text = gcal::base::read_whole_file(file);
  if (!text && text.error().code == Code::not_found) return VersionRecord();
  if (!text) return text.error();
  const auto document = Json::parse(*text);
  if (!document || !document->is_object())
    return Error{Code::invalid,
                 "the record of versions " + file.string() +
                     " is damaged: remove it if the package may be of any version",
                 {}};
  VersionRecord record;
  record.newest = version_of((*document)["newest"]);
  record.is_healthy = (*document)["healthy"].as_bool();
  record.before = version_of((*document)["before"]);
  return record;
}

Result<> write_version_record(const fs::path& folder, const std::string& plugin,
                              const VersionRecord& record) {
  const fs::path file = file_of(folder, plugin);
  std::error_code failure;
  fs::create_directories(folder, failure);
  // Renamed into place, so that a crash leaves the old record or the new one.
  const fs::path draft = file.string() + ".new";
  std::ofstream stream(draft, std::ios::binary);
  stream << Json::object({{"newest", to_json(record.newest)},
                          {"healthy", record.is_healthy},
                          {"before", to_json(record.before)}})
                .dump()
         << "\n";
  stream.close();
  if (stream) fs::rename(draft, file, failure);
  if (!stream || failure) return Error{Code::unavailable, "cannot write " + file.string(), {}};
  return {};
}

}  // namespace hosting
