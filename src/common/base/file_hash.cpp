#include "src/common/base/file_hash.hpp"

#include <openssl/evp.h>

#include <fstream>
#include <stdexcept>
#include <vector>

#include "src/common/base/bytes.hpp"

namespace gcal::base {
namespace {

void must(int code) {
  if (code != 1) throw std::runtime_error("SHA-256 is not available");
}

}  // namespace

void RunningSha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

RunningSha256::RunningSha256() : context_(EVP_MD_CTX_new()) {
  must(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void RunningSha256::add(std::string_view piece) {
  must(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()));
}

std::string RunningSha256::finish() {
  Bytes digest(static_cast<std::size_t>(EVP_MD_size(EVP_sha256())));
  must(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
  return to_hex(digest);
}

Result<std::string> sha256_of_file(const std::filesystem::path& path, std::size_t late) {
  std::ifstream stream(path, std::ios::binary);
  RunningSha256 digest;
  std::vector<char> piece(1 << 20);
  std::string first(late, '\0');
  stream.read(first.data(), static_cast<std::streamsize>(late));
  first.resize(static_cast<std::size_t>(stream.gcount()));
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.add({piece.data(), static_cast<std::size_t>(stream.gcount())});
  }
  if (stream.bad() || !stream.eof())
    return Error{Code::unavailable, "cannot read " + path.string(), {}};
  digest.add(first);
  return digest.finish();
}

}  // namespace gcal::base
