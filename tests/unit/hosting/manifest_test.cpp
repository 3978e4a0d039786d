// What a manifest must hold, and what the message says when it does not.
#include "src/hosting/plugins/manifest.hpp"

#include "src/common/base/bytes.hpp"
#include "src/hosting/plugins/package.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ValuesIn;

const std::string kDigest = "sha256:" + std::string(64, 'a');

Json manifest() {
  return json(R"({"manifest_version":1,"id":"com.example.good","version":"1.2.3",
    "abi":{"major":0,"minor":2},"name_key":"name","library":"lib/p.so","requires":["crm.log/0"],
    "provides":["crm.http/0"],"hooks":["record_changed"],"files":{"lib/p.so":")" +
              kDigest + R"("},"routes":[
    {"path":"hook/in","methods":["GET","POST"],"auth":"session","max_body":1048576}]})");
}

TEST(ManifestTest, EachMemberIsRead) {
  const Manifest read = must(parse_manifest(manifest().dump()));
  EXPECT_EQ(read.id, "com.example.good");
  EXPECT_EQ(read.abi_minor, 2);
  EXPECT_THAT(read.required, ElementsAre("crm.log/0"));
  EXPECT_TRUE(read.provides("crm.http/0"));
  EXPECT_FALSE(read.provides("crm.log/0"));
  EXPECT_TRUE(read.wants_hook("record_changed"));
  EXPECT_FALSE(read.wants_hook("event_changed"));
  ASSERT_EQ(read.routes.size(), 1u);
  EXPECT_EQ(read.routes[0].path, "hook/in");
  EXPECT_THAT(read.routes[0].methods, ElementsAre("GET", "POST"));
  EXPECT_TRUE(read.routes[0].needs_session);
  EXPECT_EQ(read.routes[0].max_body, 1048576u);
  EXPECT_EQ(read.files, (std::map<std::string, PackageFile>{
                            {"lib/p.so", PackageFile{std::string(64, 'a'), std::nullopt}}}));
}

TEST(ManifestTest, FileMayHaveASizeBesideItsChecksum) {
  const std::string hex(64, 'b');
  const auto entry = [&](Json size) {
    return with(
        manifest(), "files",
        Json::object({{"lib/p.so", Json::object({{"sha256", hex}, {"size", std::move(size)}})}}));
  };
  EXPECT_EQ(must(parse_manifest(entry(1234).dump())).files.at("lib/p.so"),
            (PackageFile{hex, 1234}));
  EXPECT_FALSE(parse_manifest(entry(-1).dump()));
  EXPECT_FALSE(parse_manifest(entry("1234").dump()));
}

TEST(ManifestTest, ListsAndRoutesMayBeLeftOut) {
  Json document = manifest();
  for (const char* name : {"hooks", "routes"}) document.erase(name);
  const Manifest read = must(parse_manifest(document.dump()));
  EXPECT_TRUE(read.hooks.empty() && read.optional.empty() && read.routes.empty());
}

constexpr const char* kNoChecksum =
    "files: 'p.so' has no checksum and size of the form {\"sha256\": \"<64 hex digits>\", "
    "\"size\": "
    "<bytes>}";

struct Damage {
  const char* member;
  std::string value;
  std::string message;
};

void PrintTo(const Damage& damage, std::ostream* out) {
  *out << damage.member << ' ' << damage.value.substr(0, 40);
}

class ManifestDamaged : public ::testing::TestWithParam<Damage> {};

TEST_P(ManifestDamaged, MessageNamesTheMemberAndWhatIsExpected) {
  const auto& [member, value, message] = GetParam();
  const auto read = parse_manifest(with(manifest(), member, json(value)).dump());
  ASSERT_FALSE(read) << member << " " << value;
  EXPECT_EQ(read.error().code, Code::invalid);
  EXPECT_EQ(read.error().message, message);
}

std::string route(const std::string& member, const std::string& value) {
  Json one = manifest()["routes"].items().at(0);
  one.set(member, json(value));
  return Json::array({one}).dump();
}

std::string many(int count, const std::string& item) {
  std::string list = "[";
  for (int i = 0; i < count; ++i) list += (i ? "," : "") + item;
  return list + "]";
}

const std::string kText = ": a text of 1 to 256 bytes is expected";
const std::string kNoPath = " is no path inside the package";
const Damage kDamages[] = {
    {"manifest_version", "2", "manifest_version: 1 is expected"},
    {"id", "5", "id" + kText},
    {"id", R"("Com.Example")", "id: a reversed domain name of a-z, 0-9, '_' and '.' is expected"},
    {"id", R"("com..example")", "id: a reversed domain name of a-z, 0-9, '_' and '.' is expected"},
    {"version", R"("1.2.3.4")", "version: MAJOR.MINOR.PATCH is expected"},
    {"version", R"("1..3")", "version: MAJOR.MINOR.PATCH is expected"},
    {"abi", "{}", "abi: {major, minor} is expected"},
    {"abi", R"({"major":0,"minor":-1})", "abi: {major, minor} is expected"},
    {"name_key", R"("")", "name_key" + kText},
    {"library", "\"" + std::string(257, 'x') + "\"", "library" + kText},
    {"library", R"("other.so")", "library: 'other.so' is not among the files"},
    {"requires", "{}", "requires: a list of at most 64 texts is expected"},
    {"provides", many(65, R"("a")"), "provides: a list of at most 64 texts is expected"},
    {"hooks", "[1]", "hooks: every item must be a text of 1 to 256 bytes"},
    {"optional", R"([""])", "optional: every item must be a text of 1 to 256 bytes"},
    {"routes", "{}", "routes: a list of at most 64 routes is expected"},
    {"routes", many(65, "{}"), "routes: a list of at most 64 routes is expected"},
    {"routes", "[{}]", "path" + kText},
    {"routes", route("path", R"("a//b")"),
     "routes.path: a path without a leading slash is expected"},
    {"routes", route("path", R"("../b")"),
     "routes.path: a path without a leading slash is expected"},
    {"routes", route("path", R"("callback")"), "routes.path: 'callback' belongs to the host"},
    {"routes", route("methods", "5"), "methods: a list of at most 64 texts is expected"},
    {"routes", route("methods", "[]"), "routes.methods: GET and POST are possible"},
    {"routes", route("methods", R"(["PUT"])"), "routes.methods: GET and POST are possible"},
    {"routes", route("auth", R"("maybe")"), "routes.auth: none or session"},
    {"routes", route("max_body", "-1"), "routes.max_body: 0 to 1048576"},
    {"routes", route("max_body", "1048577"), "routes.max_body: 0 to 1048576"},
    {"files", "{}", "files: an object of 1 to 1000 files is expected"},
    {"files", "[]", "files: an object of 1 to 1000 files is expected"},
    {"files", R"({"/etc/passwd":"x"})", "files: '/etc/passwd'" + kNoPath},
    {"files", R"({"a\\b":"x"})", "files: 'a\\b'" + kNoPath},
    {"files", R"({"p.so":"md5:00"})", kNoChecksum},
    {"files", R"({"p.so":")" + kDigest.substr(0, 70) + R"("})", kNoChecksum},
};
INSTANTIATE_TEST_SUITE_P(Members, ManifestDamaged, ValuesIn(kDamages));

TEST(ManifestTest, DocumentIsAnObject) {
  EXPECT_EQ(parse_manifest("[]").error().message, "the document: a JSON object is expected");
  EXPECT_EQ(code_of(parse_manifest("{")), Code::invalid);
}

// A package of one file and one language, in a folder that goes away.
class PackageTest : public ::testing::Test {
 protected:
  PackageTest() {
    std::filesystem::create_directories(package_ / "strings");
    write_text(package_ / "p.so", "code");
  }
  Result<Package> stage(const std::string& texts) {
    write_text(package_ / "strings" / "en.json", texts);
    const auto digest = [](std::string_view bytes) {
      return gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(bytes)));
    };
    Manifest manifest = must(parse_manifest(
        with(test::manifest(), "files", Json::object({{"lib/p.so", kDigest}})).dump()));
    manifest.library = "p.so";
    manifest.files = {{"p.so", {digest("code"), 4}}, {"strings/en.json", {digest(texts), {}}}};
    TRY(Package package,
        stage_package(package_, {manifest.id, {}}, manifest, folder_.path() / "run"));
    TRY_VOID(read_texts(package));
    return package;
  }

  TemporaryFolder folder_;
  std::filesystem::path package_ = folder_.path() / "test";
};

TEST_F(PackageTest, TextsAreReadAndTheLibraryIsAPrivateCopy) {
  const Package staged = must(stage(R"({"name":"Test"})"));
  EXPECT_EQ(staged.strings.at("en"), json(R"({"name":"Test"})"));
  EXPECT_EQ(read_text(staged.library), "code");
  EXPECT_EQ(std::filesystem::status(staged.library).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(PackageTest, DamagedTextsAreNamed) {
  const std::string named = "the texts strings/en.json are damaged: ";
  EXPECT_THAT(stage("{").error().message, HasSubstr(named));
  EXPECT_EQ(stage("[]").error().message, named + "a JSON object is expected");
  EXPECT_EQ(stage(R"({"name":5})").error().message, named + "name is no text");
}

TEST_F(PackageTest, FileThatCannotBeReadOrCopiedIsAFaultOfTheDisk) {
  std::filesystem::create_symlink("nowhere", package_ / "test.json");
  const auto link = read_package_text(package_);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().code, Code::unavailable);
  EXPECT_THAT(link.error().message, HasSubstr("cannot read " + (package_ / "test.json").string()));
  std::filesystem::remove(package_ / "test.json");
  write_text(folder_.path() / "run", "a file where the copies are to be");
  const auto staged = stage("{}");
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().code, Code::unavailable);
  EXPECT_THAT(staged.error().message, HasSubstr((folder_.path() / "run").string()));
}

TEST_F(PackageTest, HugeManifestIsRefused) {
  write_text(package_ / "test.json", std::string((1 << 20) + 1, ' '));
  const auto read = read_package_text(package_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::invalid);
  EXPECT_THAT(read.error().message, HasSubstr("test.json is too large"));
}

}  // namespace
}  // namespace host::test
