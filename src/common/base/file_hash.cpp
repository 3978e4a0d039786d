#include "src/common/base/file_hash.hpp"

#include <openssl/evp.h>

#include <fstream>
#include <memory>
#include <vector>

#include "src/common/base/bytes.hpp"

namespace gcal::base {

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  const Error failed{Code::unavailable, "cannot read " + path.string(), {}};
  std::ifstream stream(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum(EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free);
  if (!stream || !sum || EVP_DigestInit_ex(sum.get(), EVP_sha256(), nullptr) != 1) return failed;
  std::vector<char> piece(1 << 20);
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (EVP_DigestUpdate(sum.get(), piece.data(), static_cast<std::size_t>(stream.gcount())) != 1)
      return failed;
  }
  Bytes hash(static_cast<std::size_t>(EVP_MD_size(EVP_sha256())));
  if (stream.bad() || EVP_DigestFinal_ex(sum.get(), hash.data(), nullptr) != 1) return failed;
  return to_hex(hash);
}

}  // namespace gcal::base
