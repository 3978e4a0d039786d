// Which packages a host believes: signatures, keys, versions, and every changed bit.
#include "src/hosting/plugins/signature.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

#include "src/hosting/plugins/package_check.hpp"
#include "tests/unit/hosting/packages_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class SignatureTest : public PackagesTest {
 protected:
  // What is decided before anything of the package runs. Nothing is opened.
  Result<Package> check(PluginInfo& info) {
    return check_package(package(), data(), options(false), info,
                         [](const std::string&) -> gcal::Result<> { return {}; });
  }
  // Flips one bit of a file, and expects that the package is refused.
  void expect_refused_with_flip(const std::filesystem::path& file, std::size_t bit) {
    const std::string bytes = read_text(file);
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    write_text(file, flipped);
    PluginInfo info;
    const auto checked = check(info);
    write_text(file, bytes);
    ASSERT_FALSE(checked) << "bit " << bit << " of " << file;
    ASSERT_TRUE(info.origin == "altered" || info.origin == "refused") << info.origin;
  }

  SigningKey key_;
};

TEST_F(SignatureTest, SignedPackageRunsWithoutTheDevelopmentOption) {
  lay("good");
  sign(key_);
  trust(key_.line());
  start(false);
  EXPECT_EQ(info().state, "running") << info().reason;
  EXPECT_EQ(info().origin, "valid");
  EXPECT_EQ(info().signed_by, "Example");
}

TEST_F(SignatureTest, UnsignedPackageIsNamedSo) {
  lay("good");
  start(true);
  EXPECT_EQ(info().state, "running");
  EXPECT_EQ(info().origin, "unsigned");
}

TEST_F(SignatureTest, ForeignKeyIsRefusedEvenForDevelopment) {
  lay("good");
  sign(key_);
  for (const bool dev_unsigned : {false, true}) {
    start(dev_unsigned);
    EXPECT_EQ(info().state, "refused");
    EXPECT_EQ(info().origin, "refused");
    EXPECT_THAT(info().reason, HasSubstr("which this host does not trust"));
    EXPECT_THAT(info().reason, HasSubstr("package_keys is missing or holds no key"));
    stop();
  }
  EXPECT_THAT(log_.text(), Not(HasSubstr("test.started")));
}

TEST_F(SignatureTest, RevokedKeyIsRefusedAndNamed) {
  lay("good");
  sign(key_);
  trust(key_.line() + "# lost in May\n\n" + key_.line("revoked", "Example"));
  start(false);
  EXPECT_EQ(info().origin, "refused");
  EXPECT_THAT(info().reason, HasSubstr("a key of Example that was revoked"));
}

TEST_F(SignatureTest, TwoKeysAreTrustedWhileOneReplacesTheOther) {
  const SigningKey next;
  trust(key_.line() + next.line("trusted", "Example 2027"));
  lay("good");
  sign(next);
  start(false);
  EXPECT_EQ(info().signed_by, "Example 2027");
}

TEST_F(SignatureTest, SignatureOfAnotherManifestIsAnAlteration) {
  lay("good");
  sign(key_);
  trust(key_.line());
  lay("good", with(manifest(), "vendor", "Somebody else"));
  start(false);
  EXPECT_EQ(info().state, "refused");
  EXPECT_EQ(info().origin, "altered");
  EXPECT_THAT(info().reason, HasSubstr("was changed after Example signed it"));
}

TEST_F(SignatureTest, ChangedFileOfASignedPackageIsAnAlteration) {
  lay("good");
  sign(key_);
  trust(key_.line());
  write_text(package() / "strings" / "en.json", R"({"test.name": "Tesk"})");
  start(false);
  EXPECT_EQ(info().origin, "altered");
  EXPECT_THAT(info().reason, HasSubstr("strings/en.json does not match its checksum"));
  stop();
  lay("good");
  write_text(package() / "extra.txt", "x");
  start(false);
  EXPECT_EQ(info().origin, "altered");
  EXPECT_THAT(info().reason, HasSubstr("extra.txt is not listed"));
}

TEST_F(SignatureTest, SignedPackageThatDoesNotFitIsRefusedAndKeepsItsOrigin) {
  trust(key_.line());
  const auto refuse = [&](const std::string& reason) {
    sign(key_);
    PluginInfo checked;
    const auto refused = check(checked);
    ASSERT_FALSE(refused) << reason;
    EXPECT_THAT(refused.error().message, HasSubstr(reason));
    EXPECT_EQ(checked.origin, "valid") << reason;
    EXPECT_EQ(checked.signed_by, "Example");
  };
  lay("good", with(manifest(), "abi", Json::object({{"major", 99}, {"minor", 0}})));
  refuse("it was built for contract 99.0");
  lay("good", with(manifest(), "requires", Json::array({"crm.future/7"})));
  refuse("it needs crm.future/7");
  // The same while a version runs, as the page and the API say it.
  lay("good");
  sign(key_);
  start(false);
  lay("good", with(manifest(), "abi", Json::object({{"major", 99}, {"minor", 0}})));
  sign(key_);
  const PluginInfo kept = reload();
  EXPECT_EQ(kept.last_reload.result, "kept");
  EXPECT_EQ(kept.last_reload.origin, "valid") << kept.last_reload.reason;
}

TEST_F(SignatureTest, EverySingleBitOfManifestAndSignatureCounts) {
  lay("good");
  sign(key_);
  trust(key_.line());
  PluginInfo info;
  must(check(info));
  for (const char* name : {"test.json", "test.sig"}) {
    const auto file = package() / name;
    const std::size_t bits = std::filesystem::file_size(file) * 8;
    ASSERT_GT(bits, 1000u);
    for (std::size_t bit = 0; bit < bits; ++bit) {
      expect_refused_with_flip(file, bit);
      if (HasFatalFailure()) return;
    }
  }
  must(check(info));
}

// How many: PACKAGE_FLIPS, 100,000 in ./dev verify.
TEST_F(SignatureTest, RandomBitsOfTheOtherFilesCount) {
  const char* count = std::getenv("PACKAGE_FLIPS");
  const char* chosen = std::getenv("PACKAGE_SEED");
  const std::uint64_t seed = chosen ? std::strtoull(chosen, nullptr, 10) : std::random_device()();
  std::printf("seed %llu (PACKAGE_SEED repeats it)\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  lay("good");
  // Of no library's size, because nothing is opened.
  write_text(package() / "libtest.so", std::string(4096, 'x'));
  Json document = manifest();
  document.set("files", Json::object({{"libtest.so", entry(package() / "libtest.so")},
                                      {"strings/en.json", entry(package() / "strings/en.json")}}));
  write_text(package() / "test.json", document.dump());
  sign(key_);
  trust(key_.line());
  PluginInfo info;
  must(check(info));
  for (long i = 0; i < (count ? std::atol(count) : 500); ++i) {
    const auto file = package() / (random() % 4 == 0 ? "strings/en.json" : "libtest.so");
    expect_refused_with_flip(file, random() % (std::filesystem::file_size(file) * 8));
    if (HasFatalFailure()) return;
  }
}

TEST(PackageKeysTest, DamagedLineIsNamed) {
  const std::string hex(64, 'a');
  EXPECT_EQ(must(parse_package_keys("\n# note\r\ntrusted ed25519:" + hex + " A B\r\n")).size(), 1u);
  for (const std::string& line :
       {"ed25519:" + hex + " A", "trusted " + hex + " A", "trusted ed25519:" + hex,
        "trusted ed25519:" + hex.substr(1) + " A", "trusted ed25519:" + std::string(64, 'A') + " A",
        "trusted ed25519:" + hex + "a A"}) {
    const auto read = parse_package_keys("# one\n" + line + "\n");
    ASSERT_FALSE(read) << line;
    EXPECT_THAT(read.error().message, HasSubstr("line 2"));
  }
}

// --- versions ---

TEST(VersionRecordTest, OlderVersionIsRefusedExceptTheLastHealthyOne) {
  const PackageVersion one{"1.9.0", "a"}, two{"1.10.0", "b"}, three{"2.0.0", "c"};
  VersionRecord record = after_start({}, one);
  record.is_healthy = true;
  record = after_start(record, two);
  EXPECT_EQ(record.before, one);
  EXPECT_TRUE(check_not_older(record, one));  // the way back
  EXPECT_FALSE(check_not_older(record, {"1.9.0", "forged"}));
  const auto older = check_not_older(record, {"1.8.0", "a"});
  ASSERT_FALSE(older);
  EXPECT_THAT(older.error().message, HasSubstr("1.8.0 is older than 1.10.0"));
  // Never healthy: not a way back, the one before stays it.
  record = after_start(record, three);
  EXPECT_EQ(record.before, one);
  EXPECT_FALSE(check_not_older(record, two));
  EXPECT_TRUE(check_not_older(record, three));
  EXPECT_TRUE(check_not_older(record, {"2.0.0", "another build"}));
}

TEST_F(SignatureTest, OlderPackageIsRefusedAfterARestart) {
  lay("next", manifest("com.example.good", "1.3.0"));
  start();
  EXPECT_EQ(info().state, "running") << info().reason;
  stop();
  lay("good");
  start();
  EXPECT_EQ(info().state, "refused");
  EXPECT_THAT(info().reason,
              HasSubstr("version 1.2.3 is older than 1.3.0, which ran on this host"));
}

TEST_F(SignatureTest, TheWayBackIsTheVersionThatWasHealthy) {
  lay("good");
  auto soon_healthy = options();
  soon_healthy.healthy_after = 0ms;
  start(soon_healthy);
  const auto record = [&] { return must(read_version_record(data() / "plugins", info().id)); };
  for (int i = 0; i < 5000 && !record().is_healthy; ++i) std::this_thread::sleep_for(2ms);
  ASSERT_TRUE(record().is_healthy);
  lay("next", manifest("com.example.good", "1.3.0"));
  EXPECT_EQ(reload().version, "1.3.0");
  lay("good");
  const PluginInfo back = reload();
  EXPECT_EQ(back.version, "1.2.3") << back.last_reload.reason;
  EXPECT_EQ(answering_version(), "1.2.3");
}

}  // namespace
}  // namespace host::test
