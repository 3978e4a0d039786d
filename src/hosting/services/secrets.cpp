#include "src/hosting/services/secrets.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"

namespace hosting {
namespace {

constexpr std::size_t kKeySize = 32, kNonceSize = 12, kTagSize = 16, kMaxValue = 16 * 1024,
                      kMaxKey = 512;

struct CipherDelete {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDelete>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// What a sealed value is bound to. Lengths first, so that no two (plugin, key) pairs give the same
// bytes.
std::string associated_data(std::string_view plugin, std::string_view key, std::int64_t version) {
  return "crm_host secret 1|" + std::to_string(plugin.size()) + "|" + std::string(plugin) + "|" +
         std::to_string(key.size()) + "|" + std::string(key) + "|" + std::to_string(version);
}

Error connect_again() {
  return {Code::not_found,
          "the secret cannot be opened with this host's key: connect the account again",
          {}};
}

// nonce | ciphertext | tag
Result<std::string> seal(const std::array<unsigned char, kKeySize>& key, std::string_view value,
                         std::string_view bound_to, gcal::base::Random& random) {
  std::string out(kNonceSize + value.size() + kTagSize, '\0');
  random.fill({raw(out), kNonceSize});
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok =
      cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(out)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(bound_to),
                        static_cast<int>(bound_to.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), raw(out) + kNonceSize, &size, raw(value),
                        static_cast<int>(value.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), raw(out) + kNonceSize + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize,
                          raw(out) + kNonceSize + value.size()) == 1;
  if (!ok) return Error{Code::internal, "the secret could not be sealed", {}};
  return out;
}

Result<std::string> unseal(const std::array<unsigned char, kKeySize>& key, std::string sealed,
                           std::string_view bound_to) {
  if (sealed.size() < kNonceSize + kTagSize) return connect_again();
  std::string out(sealed.size() - kNonceSize - kTagSize, '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ok =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(sealed)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(bound_to),
                        static_cast<int>(bound_to.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), raw(out), &size, raw(sealed) + kNonceSize,
                        static_cast<int>(out.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize,
                          raw(sealed) + kNonceSize + out.size()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), raw(out) + size, &size) == 1;
  if (ok) return out;
  OPENSSL_cleanse(out.data(), out.size());
  return connect_again();
}

Error key_file_error(const std::filesystem::path& file, std::string_view what) {
  return {Code::unavailable, "master key " + file.string() + ": " + std::string(what), {}};
}

Result<bool> read_key(const std::filesystem::path& file, std::array<unsigned char, kKeySize>& key) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) {
    if (errno == ENOENT) return false;
    return key_file_error(file, std::strerror(errno));
  }
  struct stat info {};
  const bool private_file =
      ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) == 0;
  const bool whole = info.st_size == static_cast<off_t>(kKeySize) &&
                     ::read(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size());
  ::close(descriptor);
  if (!private_file) return key_file_error(file, "other users may read it: chmod 600");
  if (!whole)
    return key_file_error(file,
                          "it must hold exactly 32 bytes: restore it from a backup, or move it "
                          "away to begin with a new one");
  return true;
}

// Written beside and linked into place, so that a crash leaves a whole key or none, and a key that
// another process has linked meanwhile stays.
Result<> create_key(const std::filesystem::path& file, std::array<unsigned char, kKeySize>& key,
                    gcal::base::Random& random) {
  random.fill(key);
  const std::filesystem::path draft = file.string() + "." + gcal::base::new_id(random);
  const int descriptor =
      ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return key_file_error(draft, std::strerror(errno));
  const bool written =
      ::fchmod(descriptor, 0600) == 0 &&
      ::write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
      ::fsync(descriptor) == 0;
  const int error = errno;
  ::close(descriptor);
  const bool linked = written && ::link(draft.c_str(), file.c_str()) == 0;
  const int link_error = errno;
  ::unlink(draft.c_str());
  if (!written) return key_file_error(draft, std::strerror(error));
  if (!linked && link_error != EEXIST) return key_file_error(file, std::strerror(link_error));
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

Result<> check(std::string_view key, std::string_view value) {
  if (key.empty() || key.size() > kMaxKey)
    return Error{Code::invalid, "the key of a secret has 1 to 512 bytes", {}};
  if (value.size() > kMaxValue) return Error{Code::invalid, "a secret has at most 16 KiB", {}};
  return {};
}

}  // namespace

Result<std::unique_ptr<Secrets>> Secrets::open(Database& database,
                                               const std::filesystem::path& key_file,
                                               gcal::base::Random& random) {
  std::unique_ptr<Secrets> secrets(new Secrets(database, random));
  TRY(bool found, read_key(key_file, secrets->master_));
  if (found) return secrets;
  TRY(const auto sealed,
      database.read([](Connection& c) { return c.integer("SELECT 1 FROM secrets LIMIT 1"); }));
  if (sealed)
    return key_file_error(key_file,
                          "it is missing, but secrets were sealed with it: restore it, or begin "
                          "with a new one by --new-master-key, after which users connect their "
                          "accounts again");
  TRY_VOID(create_key(key_file, secrets->master_, random));
  TRY(found, read_key(key_file, secrets->master_));
  if (!found) return key_file_error(key_file, "it vanished while it was created");
  return secrets;
}

Secrets::~Secrets() {
  OPENSSL_cleanse(master_.data(), master_.size());
}

Result<std::string> Secrets::get(std::string_view plugin, std::string_view key) const {
  return database_.read([&](Connection& c) { return open(c, plugin, key); });
}

Result<std::string> Secrets::open(Connection& c, std::string_view plugin,
                                  std::string_view key) const {
  std::optional<std::pair<std::int64_t, std::string>> row;
  TRY_VOID(c.each(
      "SELECT version, sealed FROM secrets WHERE plugin=?1 AND key=?2",
      [&](const Row& r) { row.emplace(r.integer(0), r.text(1)); }, plugin, key));
  if (!row) return Error{Code::not_found, "there is no such secret", {}};
  return unseal(master_, std::move(row->second), associated_data(plugin, key, row->first));
}

Result<> Secrets::put(std::string_view plugin, std::string_view key, std::string_view value) {
  TRY_VOID(check(key, value));
  return database_.write([&](Connection& c) { return store(c, plugin, key, value); });
}

Result<> Secrets::put_if(std::string_view plugin, std::string_view key, std::string_view expected,
                         std::string_view value) {
  TRY_VOID(check(key, value));
  return database_.write([&](Connection& c) -> Result<> {
    Result<std::string> present = open(c, plugin, key);
    if (!present && present.error().code != Code::not_found) return std::move(present).error();
    const bool equal = (present ? std::string_view(*present) : std::string_view()) == expected;
    if (present) OPENSSL_cleanse(present->data(), present->size());
    if (!equal) return Error{Code::conflict, "the secret changed meanwhile: read it again", {}};
    return store(c, plugin, key, value);
  });
}

Result<> Secrets::store(Connection& c, std::string_view plugin, std::string_view key,
                        std::string_view value) {
  // The version never repeats, not even after erase: an older row copied back does not open under
  // a newer number.
  TRY(const auto version, c.integer("INSERT INTO meta VALUES ('secret_version', 1) ON "
                                    "CONFLICT(key) DO UPDATE SET value=value+1 RETURNING value"));
  TRY(const std::string sealed,
      seal(master_, value, associated_data(plugin, key, version.value_or(0)), random_));
  return c.run(
      "INSERT INTO secrets VALUES (?1, ?2, ?3, ?4) ON CONFLICT(plugin, key) DO UPDATE SET "
      "version=excluded.version, sealed=excluded.sealed",
      plugin, key, version.value_or(0), Blob{sealed});
}

Result<> Secrets::erase(std::string_view plugin, std::string_view key) {
  return database_.write([&](Connection& c) {
    return c.run("DELETE FROM secrets WHERE plugin=?1 AND key=?2", plugin, key);
  });
}

}  // namespace hosting
