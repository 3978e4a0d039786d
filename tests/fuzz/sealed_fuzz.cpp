// A sealed value as it may lie in the database: no bytes but the right ones open.
#include <cstdint>

#include "src/hosting/services/sealing.hpp"

namespace {

class Counted final : public gcal::base::Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = ++last_;
  }

 private:
  std::uint8_t last_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Counted random;
  const hosting::SealingKey key = hosting::SealingKey::random(random);
  const std::string bound = hosting::binding({"plugin", "key", "1"});
  if (hosting::unseal(key, bytes, bound)) __builtin_trap();  // a forgery
  const auto sealed = hosting::seal(key, bytes, bound, random);
  if (!sealed || hosting::unseal(key, *sealed, bound) != bytes) __builtin_trap();
  if (size < 2) return 0;
  // One bit of it is changed, or it is bound to something else.
  std::string changed = *sealed;
  changed[data[0] % changed.size()] ^= static_cast<char>(1 << (data[1] % 8));
  if (hosting::unseal(key, changed, bound)) __builtin_trap();
  const std::string_view one = bytes.substr(0, size / 2), two = bytes.substr(size / 2);
  if (hosting::unseal(key, *sealed, hosting::binding({one, two}))) __builtin_trap();
  if (hosting::binding({one, two}) == hosting::binding({bytes})) __builtin_trap();
  return 0;
}
