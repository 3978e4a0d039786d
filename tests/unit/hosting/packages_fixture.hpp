// Packages around the test plugins, signed or not, and a host that loads them. Used by the tests of
// the loader, of signatures and of reloads.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "src/hosting/plugins/plugins.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {

// A private key that exists as long as the test.
class SigningKey {
 public:
  SigningKey();
  ~SigningKey();
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  std::string public_hex() const;
  // The content of a signature file for a manifest.
  std::string signature_of(std::string_view manifest) const;
  // The line in a host's list of keys; state: trusted or revoked.
  std::string line(const std::string& state = "trusted", const std::string& name = "Example") const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
};

class PackagesTest : public CrmTest {
 protected:
  ~PackagesTest() override { stop(); }

  std::filesystem::path packages() const { return folder_.path() / "packages"; }
  std::filesystem::path package(const std::string& name = "test") const {
    return packages() / name;
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }

  static Json manifest(const std::string& id = "com.example.good",
                       const std::string& version = "1.2.3");
  static Json entry(const std::filesystem::path& file);  // of the manifest's files
  // A package around one of the libraries. The manifest's files are those that lie there; it is
  // renamed into place last.
  void lay(const std::string& library, Json document = manifest(),
           const std::string& name = "test");
  void sign(const SigningKey& key, const std::string& name = "test");
  void trust(const std::string& lines) { write_text(folder_.path() / "package_keys", lines); }

  PluginsOptions options(bool dev_unsigned = true) const;
  // Returns when every package runs or is refused.
  void start(bool dev_unsigned = true) { start(options(dev_unsigned)); }
  void start(PluginsOptions options);
  void stop() { plugins_.reset(); }
  // The reason why the only package was refused; "" when it runs.
  std::string refusal();
  std::string refusal_of(Json document);
  PluginInfo info() const { return plugins_->list().at(0); }
  // Exchanges the plugin for what its folder holds, and waits for the outcome.
  PluginInfo reload(const std::string& plugin = "com.example.good");

  using Call = void (Plugins::*)(const std::string&, const Json&, PluginAnswer);
  Result<std::string> ask(Call call, const Json& request = Json::object());
  // What the version that answers calls itself.
  std::string answering_version();
  bool wait_for_log(const std::string& part) const;

  std::unique_ptr<Plugins> plugins_;
};

}  // namespace host::test
