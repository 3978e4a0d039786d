#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/layers/rules.hpp"

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct File {
  std::string path;  // from the repository root
  std::string text;
};

std::vector<File> tree() {
  const fs::path root = GCAL_SOURCE_DIRECTORY;
  std::vector<File> files;
  for (const char* folder : {"src", "plugin", "host_api"}) {
    for (auto entry = fs::recursive_directory_iterator(root / folder);
         entry != fs::recursive_directory_iterator(); ++entry) {
      if (entry->path().filename() == "node_modules") {
        entry.disable_recursion_pending();
        continue;
      }
      const std::string extension = entry->path().extension();
      if (extension != ".hpp" && extension != ".cpp" && extension != ".h") continue;
      std::ifstream in(entry->path(), std::ios::binary);
      files.push_back({fs::relative(entry->path(), root).generic_string(),
                       std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  return files;
}

TEST(Layers, NoIncludeOfTheTreeCrossesALayer) {
  const std::vector<File> files = tree();
  ASSERT_GT(files.size(), 100u) << "the tree was not found at " << GCAL_SOURCE_DIRECTORY;
  std::vector<std::string> all;
  for (const File& file : files)
    for (std::string& violation : layers::violations(file.path, file.text))
      all.push_back(std::move(violation));
  EXPECT_THAT(all, IsEmpty());
}

TEST(Layers, AtMostThreeSourceFilesIncludeBeastOrTls) {
  std::vector<std::string> heavy;
  for (const File& file : tree())
    if (layers::is_heavy_network(file.text)) heavy.push_back(file.path);
  EXPECT_THAT(heavy, Not(IsEmpty()));
  EXPECT_LE(heavy.size(), 3u) << testing::PrintToString(heavy);
}

struct Sample {
  const char* path;
  const char* text;
  const char* why;  // "" = allowed
};

// The name under which a sample is listed; without it GoogleTest prints addresses.
void PrintTo(const Sample& sample, std::ostream* out) {
  *out << sample.path << (*sample.why ? " refused" : " allowed");
}

class LayersSample : public testing::TestWithParam<Sample> {};

// The checker is tested too: without this a rule that never fires would go unnoticed.
TEST_P(LayersSample, ExactlyTheOffenceIsNamed) {
  const Sample& sample = GetParam();
  const std::vector<std::string> found = layers::violations(sample.path, sample.text);
  if (*sample.why)
    EXPECT_THAT(found, ElementsAre(HasSubstr(sample.why))) << sample.path << "\n" << sample.text;
  else
    EXPECT_THAT(found, IsEmpty()) << sample.path << "\n" << sample.text;
}

INSTANTIATE_TEST_SUITE_P(
    All, LayersSample,
    testing::Values(
        Sample{"src/engine/sync/a.cpp",
               "#include \"src/engine/sync/plan.hpp\"\n#include "
               "\"src/engine/calendar/diff.hpp\"\n#include <map>\n",
               ""},
        Sample{"src/engine/sync/a.cpp", "#include \"src/engine/google/client.hpp\"\n",
               "beside or below"},
        Sample{"src/engine/sync/a.cpp", "#include \"src/common/net/http.hpp\"\n",
               "beside or below"},
        Sample{"src/engine/oauth/a.cpp", "#include \"src/engine/google/client.hpp\"\n",
               "beside or below"},
        Sample{"src/common/base/result.hpp", "#include \"host_api/cpp/result.hpp\"\n", ""},
        Sample{"src/common/base/a.hpp", "#include \"host_api/cpp/abi.hpp\"\n", "beside or below"},
        Sample{"src/engine/google/a.cpp", "#include \"host_api/crm_plugin.h\"\n",
               "beside or below"},
        Sample{"src/engine/settings/a.cpp",
               "#include \"src/common/base/json.hpp\"\n#include \"src/engine/settings/flow.hpp\"\n",
               ""},
        Sample{"src/engine/settings/a.cpp", "#include \"src/engine/calendar/event.hpp\"\n",
               "beside or below"},
        Sample{"src/engine/store/a.cpp", "#include \"plugin/runtime.hpp\"\n", "beside or below"},
        Sample{"src/emulator/model/a.cpp", "#include \"src/engine/sync/ports.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/model/a.cpp", "#include \"src/host/crm/crm.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/model/a.cpp", "#include \"src/emulator/http/message.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/http/a.hpp", "#include \"src/emulator/model/problem.hpp\"\n", ""},
        Sample{"src/emulator/http/a.hpp", "#include \"src/emulator/model/google_model.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/oauth/a.cpp", "#include \"src/emulator/api/emulator.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/push/a.cpp",
               "#include \"src/emulator/http/message.hpp\"\n#include <curl/curl.h>\n", ""},
        Sample{"src/emulator/push/a.cpp", "#include \"src/emulator/controls/context.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/load/a.cpp", "#include \"src/emulator/push/channels.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/controls/a.cpp",
               "#include \"src/emulator/load/world.hpp\"\n#include "
               "\"src/emulator/push/channels.hpp\"\n",
               ""},
        Sample{"src/emulator/controls/a.cpp", "#include \"src/emulator/api/emulator.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/api/a.cpp", "#include \"src/emulator/controls/context.hpp\"\n", ""},
        Sample{"src/emulator/api/a.cpp", "#include \"src/emulator/program/wire.hpp\"\n",
               "beside or below"},
        Sample{"src/emulator/api/a.cpp", "#include \"src/common/net/http_server.hpp\"\n",
               "the host, the emulator and the tests"},
        Sample{"src/emulator/api/a.cpp", "#include <curl/curl.h>\n", "behind its own folder"},
        Sample{"src/emulator/program/a.cpp",
               "#include \"src/emulator/api/emulator.hpp\"\n#include "
               "\"src/common/net/http_server.hpp\"\n",
               ""},
        Sample{"src/emulator/program/a.cpp", "#include \"src/host/web/api.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/plugins/a.cpp", "#include \"src/host/web/api.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/storage/a.cpp", "#include \"src/hosting/services/feed.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/storage/a.cpp",
               "#include \"src/common/base/result.hpp\"\n"
               "#include <sqlite3.h>\n#include <libpq-fe.h>\n",
               ""},
        Sample{"src/hosting/services/a.cpp",
               "#include \"host_api/services/sql.h\"\n"
               "#include \"src/hosting/storage/database.hpp\"\n",
               ""},
        Sample{"src/hosting/services/a.cpp", "#include <sqlite3.h>\n", "behind its own folder"},
        Sample{"src/hosting/services/a.cpp", "#include <libpq-fe.h>\n", "behind its own folder"},
        Sample{"src/hosting/services/a.cpp", "#include \"src/host/crm/appointment_store.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/services/a.cpp", "#include \"src/hosting/plugins/plugins.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/services/a.cpp", "#include <boost/dll/shared_library.hpp>\n",
               "behind its own folder"},
        Sample{"src/hosting/plugins/a.cpp",
               "#include \"src/hosting/services/plugin_host.hpp\"\n"
               "#include <boost/dll/shared_library.hpp>\n",
               ""},
        Sample{"src/hosting/plugins/a.cpp", "#include \"src/hosting/flows/flow_runner.hpp\"\n",
               "beside or below"},
        Sample{"src/hosting/plugins/a.cpp", "#include <sqlite3.h>\n", "behind its own folder"},
        Sample{"src/hosting/flows/a.cpp",
               "#include \"src/hosting/plugins/plugins.hpp\"\n"
               "#include \"src/common/net/url.hpp\"\n",
               ""},
        Sample{"src/hosting/flows/a.cpp", "#include \"src/common/net/http_server.hpp\"\n",
               "the host, the emulator and the tests"},
        Sample{"src/engine/google/a.cpp", "#include \"src/emulator/model/google_model.hpp\"\n",
               "beside or below"},
        Sample{"src/host/crm/a.cpp",
               "#include \"src/common/base/json.hpp\"\n"
               "#include \"src/hosting/crm_hosting/port.hpp\"\n#include <openssl/evp.h>\n",
               ""},
        Sample{"src/host/crm/a.cpp", "#include \"src/common/net/http_server.hpp\"\n",
               "beside or below"},
        Sample{"src/host/crm/a.cpp", "#include \"host_api/services/sql.h\"\n", "beside or below"},
        Sample{"src/host/crm/a.cpp", "#include \"src/hosting/plugins/plugins.hpp\"\n",
               "beside or below"},
        Sample{"src/host/crm/a.cpp", "#include \"src/hosting/flows/flows.hpp\"\n",
               "beside or below"},
        Sample{"src/host/crm/a.cpp", "#include \"src/host/web/api.hpp\"\n", "beside or below"},
        Sample{"src/host/web/a.cpp",
               "#include \"src/common/net/http_server.hpp\"\n"
               "#include \"src/hosting/flows/flow_runner.hpp\"\n"
               "#include \"src/host/crm/crm.hpp\"\n",
               ""},
        Sample{"src/host/web/a.cpp", "#include \"src/host/program/command_line.hpp\"\n",
               "beside or below"},
        Sample{"src/host/web/a.cpp", "#include <libical/ical.h>\n", "behind its own folder"},
        Sample{"src/host/program/a.cpp",
               "#include \"src/host/web/web_server.hpp\"\n#include <CLI/CLI.hpp>\n", ""},
        Sample{"src/host/program/a.cpp", "#include \"src/engine/store/journal.hpp\"\n",
               "beside or below"},
        Sample{"src/host/a.cpp", "", "no row"},
        Sample{"src/host/crm/a.cpp", "#include \"src/engine/sync/ports.hpp\"\n", "beside or below"},
        Sample{"src/host/crm/a.cpp", "#include \"src/engine/calendar/event.hpp\"\n",
               "beside or below"},
        Sample{"plugin/a.cpp",
               "#include \"src/engine/google/client.hpp\"\n#include \"host_api/cpp/plugin.hpp\"\n",
               ""},
        Sample{"plugin/a.cpp", "#include \"src/host/crm/crm.hpp\"\n", "beside or below"},
        Sample{"plugin/a.cpp", "#include \"src/common/net/http_server.hpp\"\n",
               "the host, the emulator and the tests"},
        Sample{"plugin/a.cpp", "#include \"tests/support/fake_side.hpp\"\n", "beside or below"},
        Sample{"host_api/services/a.h", "#include \"host_api/crm_plugin.h\"\n#include <stdint.h>\n",
               ""},
        Sample{"host_api/services/a.h", "#include <string.h>\n", "stddef.h and stdint.h only"},
        Sample{"host_api/examples/a/a.h", "#include <string.h>\n", ""},
        Sample{"host_api/cpp/a.hpp", "#include <boost/asio.hpp>\n", "no dependencies"},
        Sample{"host_api/cpp/a.hpp", "#include \"src/common/base/result.hpp\"\n",
               "beside or below"},
        Sample{"src/common/net/a.cpp", "#include <boost/beast/http.hpp>\n", ""},
        Sample{"src/common/net/a.hpp", "#include <boost/beast/http.hpp>\n", "too heavy"},
        Sample{"src/engine/google/a.cpp", "#  include <boost/beast/core.hpp>\n",
               "behind its own folder"},
        Sample{"src/common/base/json.hpp", "#include <rapidjson/document.h>\n", "too heavy"},
        Sample{"src/engine/store/a.cpp", "#include <rapidjson/document.h>\n",
               "behind its own folder"},
        Sample{"src/engine/sync/a.cpp", "#include <sqlite3.h>\n", "behind its own folder"},
        Sample{"src/engine/calendar/a.cpp", "#include <libical/ical.h>\n", "behind its own folder"},
        Sample{"src/common/net/a.cpp", "#include <boost/asio.hpp>\n", "all of Asio"},
        Sample{"src/engine/calendar/a.cpp", "#include \"../base/json.hpp\"\n", "repository root"},
        Sample{"src/novel/a.cpp", "", "no row"},
        Sample{"src/engine/sync/a.cpp", "thread_local int x;\n", "keeps the library mapped"},
        Sample{"src/engine/sync/a.cpp",
               "// never thread_local\n/* detached */ const char* s = \"detached\";\n", ""},
        Sample{"src/common/net/a.cpp", "co_spawn(loop, task(), boost::asio::detached);\n",
               "nothing waits"},
        Sample{"src/engine/sync/a.cpp", "auto t = std::chrono::steady_clock::now();\n",
               "base::Clock"},
        Sample{"src/host/web/a.cpp", "auto t = std::chrono::steady_clock::now();\n", ""}));

TEST(Layers, IncludesOfAnySpellingAreFound) {
  EXPECT_THAT(layers::includes("#include <a>\n  #  include \"b/c.hpp\" // x\n//#include "
                               "<d>\n#define e <f>\n#include\t<g.h>"),
              ElementsAre("a", "b/c.hpp", "g.h"));
}

}  // namespace
