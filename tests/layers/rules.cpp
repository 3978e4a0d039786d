#include "tests/layers/rules.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace layers {
namespace {

// folder -> prefixes of what it may include besides itself and the standard library. The order is
// that of the layers.
const std::map<std::string, std::vector<std::string>, std::less<>>& table() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> rows{
      {"host_api", {}},
      {"src/common/base", {"host_api/cpp/result.hpp"}},
      {"src/common/net", {"src/common/base/"}},
      {"src/common/icalendar", {"src/common/base/"}},
      {"src/engine/calendar", {"src/common/"}},
      {"src/engine/invitations",
       {"src/common/base/", "src/common/icalendar/", "src/engine/calendar/"}},
      {"src/engine/sync", {"src/common/base/", "src/common/icalendar/", "src/engine/calendar/"}},
      {"src/engine/google", {"src/common/", "src/engine/calendar/", "src/engine/sync/"}},
      {"src/engine/oauth", {"src/common/base/", "src/common/net/"}},
      {"src/engine/store", {"src/common/base/", "src/engine/calendar/", "src/engine/sync/"}},
      {"src/engine/settings", {"src/common/base/"}},
      {"plugin", {"host_api/", "src/common/", "src/engine/"}},
      // What a vendor includes: nothing of ours but the contract's results.
      {"src/hosting/crm_hosting", {"host_api/cpp/result.hpp"}},
      {"src/hosting/storage", {"src/common/base/", "src/hosting/crm_hosting/"}},
      {"src/hosting/services",
       {"host_api/", "src/common/base/", "src/hosting/crm_hosting/", "src/hosting/storage/"}},
      {"src/hosting/plugins",
       {"host_api/", "src/common/base/", "src/hosting/crm_hosting/", "src/hosting/storage/",
        "src/hosting/services/"}},
      {"src/hosting/flows",
       {"src/common/", "src/hosting/storage/", "src/hosting/services/", "src/hosting/plugins/"}},
      {"src/hosting/web",
       {"src/common/", "src/hosting/crm_hosting/", "src/hosting/services/", "src/hosting/plugins/",
        "src/hosting/flows/"}},
      {"src/hosting/library", {"src/common/", "src/hosting/"}},
      {"src/hosting/example_host", {}},
      {"src/host/crm",
       {"src/common/base/", "src/common/icalendar/", "src/hosting/crm_hosting/",
        "src/hosting/storage/", "src/hosting/services/"}},
      {"src/host/mail",
       {"src/common/base/", "src/hosting/storage/", "src/hosting/services/", "src/host/crm/"}},
      {"src/host/web", {"src/common/", "src/hosting/", "src/host/crm/", "src/host/mail/"}},
      {"src/host/program",
       {"src/common/base/", "src/hosting/", "src/host/crm/", "src/host/mail/", "src/host/web/"}},
      {"src/emulator/model", {"src/common/base/", "src/common/icalendar/"}},
      {"src/emulator/http",
       {"src/common/base/", "src/common/net/", "src/common/icalendar/ascii.hpp",
        "src/emulator/model/problem.hpp"}},
      {"src/emulator/oauth", {"src/common/", "src/emulator/model/", "src/emulator/http/"}},
      {"src/emulator/push",
       {"src/common/base/", "src/common/net/", "src/emulator/model/", "src/emulator/http/"}},
      {"src/emulator/load",
       {"src/common/base/", "src/common/icalendar/", "src/emulator/model/", "src/emulator/oauth/"}},
      {"src/emulator/controls",
       {"src/common/", "src/emulator/model/", "src/emulator/http/", "src/emulator/oauth/",
        "src/emulator/push/", "src/emulator/load/"}},
      {"src/emulator/api",
       {"src/common/", "src/emulator/model/", "src/emulator/http/", "src/emulator/oauth/",
        "src/emulator/push/", "src/emulator/controls/"}},
      {"src/emulator/program",
       {"src/common/base/", "src/common/net/", "src/emulator/model/", "src/emulator/http/",
        "src/emulator/push/", "src/emulator/load/", "src/emulator/api/"}},
  };
  return rows;
}

// Libraries that only some folders, and those below them, may include: prefix -> folders.
struct Fenced {
  std::string_view prefix;
  std::vector<std::string_view> folders;
  bool in_headers;
};

const std::vector<Fenced>& fenced() {
  static const std::vector<Fenced> rows{
      {"rapidjson/", {"src/common/base"}, false},
      {"boost/beast", {"src/common/net"}, false},
      {"boost/asio/ssl", {"src/common/net"}, false},
      {"libical/", {"src/common/icalendar"}, false},
      {"sqlite3", {"src/hosting/storage", "src/hosting/example_host"}, false},
      {"libpq", {"src/hosting/storage"}, false},
      {"boost/dll", {"src/hosting/plugins"}, false},
      {"spdlog/", {"src/host/program"}, false},
      {"CLI/", {"src/host/program", "src/emulator/program"}, false},
      {"curl/", {"src/emulator/push", "src/host/mail"}, false},
      {"gmime/", {"src/host/mail"}, false},
      {"png.h", {"src/host/mail"}, false},
      {"turbojpeg.h", {"src/host/mail"}, false},
      {"webp/", {"src/host/mail"}, false},
      {"date/", {"src/common/icalendar"}, false},
      {"openssl/",
       {"src/common/base", "src/common/net", "src/hosting/services", "src/host/crm",
        "src/emulator/oauth", "src/emulator/program"},
       false},
      {"zlib.h", {"src/common/net"}, false},
      {"boost/asio",
       {"src/common/base", "src/common/net", "src/engine/sync", "src/engine/google",
        "src/engine/oauth", "src/engine/store", "src/engine/settings", "plugin"},
       true},
  };
  return rows;
}

// The folder with a rule that holds the file: the longest name of the table that the path begins
// with.
std::optional<std::string> folder_of(const std::string& path) {
  std::optional<std::string> best;
  for (const auto& [folder, allowed] : table())
    if (path.starts_with(folder + "/") && (!best || folder.size() > best->size())) best = folder;
  return best;
}

bool is_in(const std::string& folder, std::string_view other) {
  return folder == other || folder.starts_with(std::string(other) + "/");
}

bool is_header(const std::string& path) {
  return path.ends_with(".hpp") || path.ends_with(".h");
}

bool is_ours(std::string_view include) {
  return include.starts_with("src/") || include.starts_with("plugin/") ||
         include.starts_with("host_api/") || include.starts_with("tests/");
}

// The text without comments and literals, so that a word in a sentence is no offence. Line breaks
// stay.
std::string code_of(std::string_view text) {
  std::string code;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text.substr(i).starts_with("/*")) {
      const std::size_t end = text.find("*/", i + 2);
      i = end == std::string_view::npos ? text.size() : end + 2;
    } else if (text[i] == '"' ||
               (text[i] == '\'' &&
                (code.empty() || !std::isalnum(static_cast<unsigned char>(code.back()))))) {
      const char quote = text[i++];
      while (i < text.size() && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
      i = std::min(i + 1, text.size());
    } else {
      code += text[i++];
    }
  }
  return code;
}

bool holds_word(std::string_view code, std::string_view word) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (std::size_t at = code.find(word); at != std::string_view::npos;
       at = code.find(word, at + 1)) {
    const bool begins = at == 0 || !is_part(code[at - 1]);
    const bool ends = at + word.size() >= code.size() || !is_part(code[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

void check_include(const std::string& path, const std::string& folder, const std::string& include,
                   std::vector<std::string>& out) {
  const auto say = [&](const std::string& why) {
    out.push_back(path + " includes " + include + ": " + why);
  };
  if (is_ours(include)) {
    const auto& allowed = table().find(folder)->second;
    const bool own = include.starts_with(folder + "/") && folder_of(include) == folder;
    if (!own && std::ranges::none_of(allowed, [&](const std::string& prefix) {
          return include.starts_with(prefix);
        }))
      say(folder + " stands beside or below it");
    if (include == "src/common/net/http_server.hpp" && folder != "src/common/net" &&
        !is_in(folder, "src/host") && folder != "src/emulator/program")
      say("the server is for the host, the emulator and the tests");
    return;
  }
  if (folder == "host_api") {
    if (path.ends_with(".h") && !path.starts_with("host_api/examples/") && include != "stddef.h" &&
        include != "stdint.h")
      say("the C contract needs stddef.h and stdint.h only");
    if (include.find('/') != std::string::npos) say("the contract has no dependencies");
    return;
  }
  const auto fence = std::ranges::find_if(
      fenced(), [&](const Fenced& row) { return include.starts_with(row.prefix); });
  if (fence == fenced().end()) {
    if (include.starts_with("../") || include.starts_with("./"))
      say("includes are written from the repository root");
    return;
  }
  if (std::ranges::none_of(fence->folders,
                           [&](std::string_view other) { return is_in(folder, other); }))
    say("this library stays behind its own folder");
  if (is_header(path) && !fence->in_headers) say("too heavy for a header");
  if (include == "boost/asio.hpp") say("all of Asio at once");
}

}  // namespace

std::vector<std::string> includes(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto skip_spaces = [&] {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    };
    skip_spaces();
    if (!line.starts_with('#')) continue;
    line.remove_prefix(1);
    skip_spaces();
    if (!line.starts_with("include")) continue;
    line.remove_prefix(7);
    skip_spaces();
    if (line.empty() || (line.front() != '"' && line.front() != '<')) continue;
    const std::size_t close = line.find(line.front() == '"' ? '"' : '>', 1);
    if (close != std::string_view::npos) found.emplace_back(line.substr(1, close - 1));
  }
  return found;
}

std::vector<std::string> violations(const std::string& path, std::string_view text) {
  std::vector<std::string> out;
  const std::optional<std::string> folder = folder_of(path);
  if (!folder) {
    if (path.starts_with("src/"))
      out.push_back(path + ": its folder has no row in tests/layers/rules.cpp");
    return out;
  }
  for (const std::string& include : includes(text)) check_include(path, *folder, include, out);

  // What the plugin links may be unmapped while the process lives on. The server is part of the
  // host and the emulator only.
  if (!is_in(*folder, "src/host") && !is_in(*folder, "src/hosting") &&
      !is_in(*folder, "src/emulator") && *folder != "host_api" &&
      path != "src/common/net/http_server.cpp") {
    const std::string code = code_of(text);
    if (holds_word(code, "thread_local"))
      out.push_back(path + ": a thread_local keeps the library mapped");
    if (holds_word(code, "detached")) out.push_back(path + ": nothing waits for what is detached");
    if (holds_word(code, "detach")) out.push_back(path + ": nothing waits for a detached thread");
    if (path != "src/common/base/clock.cpp" &&
        (code.find("system_clock::now") != std::string::npos ||
         code.find("steady_clock::now") != std::string::npos))
      out.push_back(path + ": time comes from base::Clock");
    if (path != "src/common/base/random.cpp" && holds_word(code, "random_device"))
      out.push_back(path + ": chance comes from base::Random");
  }
  return out;
}

bool is_heavy_network(std::string_view text) {
  return std::ranges::any_of(includes(text), [](const std::string& include) {
    return include.starts_with("boost/beast") || include.starts_with("boost/asio/ssl");
  });
}

}  // namespace layers
