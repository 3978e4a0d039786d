#include "tests/unit/hosting/packages_fixture.hpp"

#include <openssl/evp.h>

#include <future>
#include <thread>

#include "src/common/base/bytes.hpp"

namespace host::test {

using namespace std::chrono_literals;

struct SigningKey::Key {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey{nullptr, &EVP_PKEY_free};
};

SigningKey::SigningKey() : key_(std::make_unique<Key>()) {
  key_->pkey.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key_->pkey) throw std::runtime_error("no key could be made");
}
SigningKey::~SigningKey() = default;

std::string SigningKey::public_hex() const {
  gcal::base::Bytes bytes(32);
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key_->pkey.get(), bytes.data(), &size) != 1)
    throw std::runtime_error("the key has no public half");
  return gcal::base::to_hex(bytes);
}

std::string SigningKey::signature_of(std::string_view manifest) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const auto bytes = gcal::base::as_bytes(manifest);
  gcal::base::Bytes signature(64);
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->pkey.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) != 1)
    throw std::runtime_error("nothing was signed");
  return "ed25519:" + public_hex() + " " + gcal::base::to_hex(signature) + "\n";
}

std::string SigningKey::line(const std::string& state, const std::string& name) const {
  return state + " ed25519:" + public_hex() + " " + name + "\n";
}

Json PackagesTest::manifest(const std::string& id, const std::string& version) {
  return json(R"({"manifest_version": 1, "id": ")" + id + R"(", "version": ")" + version +
              R"(", "abi": {"major": 0, "minor": 4},
      "name_key": "test.name", "add_key": "test.add", "icon": "calendar", "vendor": "Example",
      "library": "libtest.so", "requires": ["crm.log/0", "crm.sql/0"], "optional": [],
      "provides": ["crm.settings/0", "crm.calendar/0", "crm.hooks/0", "crm.http/0", "crm.run/0"],
      "routes": [{"path": "webhook", "methods": ["POST"], "auth": "none", "max_body": 100}],
      "hooks": ["event_changed", "account_changed", "record_changed"], "files": {}})");
}

Json PackagesTest::entry(const std::filesystem::path& file) {
  const std::string bytes = read_text(file);
  return Json::object(
      {{"sha256", gcal::base::to_hex(gcal::base::sha256(gcal::base::as_bytes(bytes)))},
       {"size", static_cast<std::int64_t>(bytes.size())}});
}

void PackagesTest::lay(const std::string& library, Json document, const std::string& name) {
  const auto folder = package(name);
  std::filesystem::create_directories(folder / "strings");
  std::filesystem::copy_file(std::filesystem::path(TEST_PLUGINS) / ("libplugin_" + library + ".so"),
                             folder / "libtest.so",
                             std::filesystem::copy_options::overwrite_existing);
  write_text(folder / "strings" / "en.json", R"({"test.name": "Test"})");
  document.set("files", Json::object({{"libtest.so", entry(folder / "libtest.so")},
                                      {"strings/en.json", entry(folder / "strings/en.json")}}));
  write_text(folder_.path() / "draft", document.dump());
  std::filesystem::rename(folder_.path() / "draft", folder / (name + ".json"));
}

void PackagesTest::sign(const SigningKey& key, const std::string& name) {
  write_text(folder_.path() / "draft",
             key.signature_of(read_text(package(name) / (name + ".json"))));
  std::filesystem::rename(folder_.path() / "draft", package(name) / (name + ".sig"));
}

PluginsOptions PackagesTest::options(bool dev_unsigned) const {
  return {.folder = packages(),
          .dev_unsigned = dev_unsigned,
          .package_keys = folder_.path() / "package_keys",
          .lifecycle_deadline = 2000ms,
          .quiesce_deadline = 200ms,
          .watch_every = 0ms};
}

void PackagesTest::start(PluginsOptions options) {
  plugins_ = std::make_unique<Plugins>(crm_->context(), crm_->port(), std::move(options));
  must(plugins_->start());
  plugins_->wait_until_started();
}

std::string PackagesTest::refusal() {
  start();
  const auto infos = plugins_->list();
  EXPECT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos.at(0).state, infos.at(0).reason.empty() ? "running" : "refused");
  return infos.at(0).reason;
}

std::string PackagesTest::refusal_of(Json document) {
  lay("good", std::move(document));
  std::string reason = refusal();
  stop();
  return reason;
}

PluginInfo PackagesTest::reload(const std::string& plugin) {
  const auto done = std::make_shared<std::promise<Result<PluginInfo>>>();
  auto future = done->get_future();
  plugins_->reload(plugin, [done](Result<PluginInfo> info) { done->set_value(std::move(info)); });
  if (future.wait_for(30s) != std::future_status::ready)
    throw std::runtime_error("the reload did not end");
  return must(future.get());
}

Result<std::string> PackagesTest::ask(Call call, const Json& request) {
  const auto answered = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answered->get_future();
  (plugins_.get()->*call)("com.example.good", request, [answered](Result<std::string> result) {
    answered->set_value(std::move(result));
  });
  if (future.wait_for(10s) != std::future_status::ready)
    return Error{Code::timeout, "no answer", {}};
  return future.get();
}

std::string PackagesTest::answering_version() {
  std::promise<Result<std::string>> answered;
  plugins_->http("com.example.good", Json::object(), "version",
                 [&](Result<std::string> result) { answered.set_value(std::move(result)); });
  const auto version = answered.get_future().get();
  return version ? *version : version.error().message;
}

bool PackagesTest::wait_for_log(const std::string& part) const {
  for (int i = 0; i < 5000; ++i) {
    if (log_.text().find(part) != std::string::npos) return true;
    std::this_thread::sleep_for(2ms);
  }
  return false;
}

}  // namespace host::test
