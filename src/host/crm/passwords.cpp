#include "src/host/crm/passwords.hpp"

#include <openssl/evp.h>

#include <charconv>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/host/crm/common_passwords.hpp"

namespace host {
namespace {

using gcal::icalendar::lower;

constexpr std::size_t kSaltSize = 16, kHashSize = 32, kMinPassword = 8, kMaxPassword = 1024;
constexpr int kBlockSize = 8, kParallel = 3;

Result<gcal::base::Bytes> scrypt(std::string_view password, gcal::base::ByteView salt, int cost) {
  gcal::base::Bytes out(kHashSize);
  const std::uint64_t n = std::uint64_t{1} << cost;
  const std::uint64_t memory = 128 * n * kBlockSize + (std::uint64_t{1} << 20) * 2;
  if (EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), n, kBlockSize,
                     kParallel, memory, out.data(), out.size()) != 1) {
    return Error{Code::unavailable, "the password could not be hashed: not enough memory", {}};
  }
  return out;
}

// "scrypt$<cost>$<salt>$<hash>", so that the cost may rise later.
std::string stored_form(int cost, gcal::base::ByteView salt, gcal::base::ByteView hash) {
  return "scrypt$" + std::to_string(cost) + "$" + gcal::base::to_base64url(salt) + "$" +
         gcal::base::to_base64url(hash);
}

}  // namespace

Passwords::Passwords(gcal::base::Random& random, int scrypt_cost)
    : random_(random), scrypt_cost_(scrypt_cost) {
  // Random bytes in the place of a hash: as slow to verify as any, and no password fits.
  gcal::base::Bytes salt(kSaltSize), hash(kHashSize);
  random_.fill(salt);
  random_.fill(hash);
  decoy_ = stored_form(scrypt_cost_, salt, hash);
}

Result<std::string> Passwords::hash(std::string_view password) const {
  gcal::base::Bytes salt(kSaltSize);
  random_.fill(salt);
  TRY(const auto hash, scrypt(password, salt, scrypt_cost_));
  return stored_form(scrypt_cost_, salt, hash);
}

bool Passwords::matches(const std::string& stored, std::string_view password) const {
  const bool plausible = !stored.empty() && password.size() <= kMaxPassword;
  if (password.size() > kMaxPassword) password = {};
  const std::string_view form = stored.empty() ? decoy_ : stored;
  const auto first = form.find('$'), second = form.find('$', first + 1),
             third = form.find('$', second + 1);
  if (third == std::string_view::npos) return false;
  int cost = 0;
  std::from_chars(form.data() + first + 1, form.data() + second, cost);
  const auto salt = gcal::base::from_base64url(form.substr(second + 1, third - second - 1));
  const auto hash = gcal::base::from_base64url(form.substr(third + 1));
  if (cost < 1 || cost > 20 || !salt || !hash) return false;
  const auto computed = scrypt(password, *salt, cost);
  return computed && gcal::base::equal_in_constant_time(*computed, *hash) && plausible;
}

Result<> Passwords::check(std::string_view password, std::string_view email,
                          std::string_view name) {
  if (password.size() < kMinPassword || password.size() > kMaxPassword)
    return Error{Code::invalid, "password: at least 8 characters", {}};
  const std::string text = lower(password), address = lower(email);
  const bool one_letter = text.find_first_not_of(text.front()) == std::string::npos;
  if (one_letter || is_common_password(password) || text == address || text == lower(name) ||
      text == address.substr(0, address.find('@')))
    return Error{Code::invalid, "password: too easy to guess, choose another one", {}};
  return {};
}

}  // namespace host
