// The digest of a file of any size, read or written piece by piece.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

struct evp_md_ctx_st;

namespace gcal::base {

// SHA-256 of pieces that arrive one after the other. Throws std::runtime_error where OpenSSL has no
// SHA-256. [one thread at a time]
class RunningSha256 {
 public:
  RunningSha256();
  void add(std::string_view piece);
  std::string finish();  // in lower-case hex; once, at the end

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// SHA-256 in lower-case hex, of the whole file, whose first `late` bytes are taken after all
// others: of what is written with its beginning at the end, the digest is then known with the last
// write. unavailable: the file cannot be read to its end. [any thread, blocks]
Result<std::string> sha256_of_file(const std::filesystem::path& path, std::size_t late = 0);

}  // namespace gcal::base
