// crm.secrets/0.
#include <atomic>

#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kHeader = "services/secrets.h";
constexpr std::size_t kLargest = 16 * 1024;

}  // namespace

void check_secrets(Suite& s) {
  const crm::Secrets& secrets = s.services.secrets;
  const std::string key = s.name("secret");
  {
    Sentence is(s.report, kHeader, "NOT_FOUND if there is no such key");
    is.fails(secrets.get(key), Code::not_found, "get");
  }
  {
    Sentence is(s.report, kHeader, "Writes the value of a key.");
    for (const std::string& value : {std::string("token"), std::string("\0a\0\xFF\n", 5),
                                     std::string(kLargest, 'x'), std::string("short again")}) {
      is.succeeds(secrets.put(key, value), "put");
      const auto got = secrets.get(key);
      if (is.succeeds(got, "get"))
        is.expect(*got == value, "a value of " + std::to_string(value.size()) +
                                     " bytes came back as " + std::to_string(got->size()));
    }
    const std::string odd = key + std::string("\0 ä/%", 6);
    const auto kept = secrets.put(odd, "odd");
    if (!kept) is.fails(kept, Code::invalid, "put of a key with a NUL");
    is.expect(secrets.get(key) && *secrets.get(key) == "short again",
              "a key with a NUL is taken for its beginning");
    if (kept) is.succeeds(secrets.erase(odd), "erase");
  }
  {
    Sentence is(s.report, kHeader, "INVALID for a larger value.");
    is.fails(secrets.put(key, std::string(kLargest + 1, 'x')), Code::invalid, "put");
    is.fails(secrets.put_if(key, "short again", std::string(kLargest + 1, 'x')), Code::invalid,
             "put_if");
    is.expect(secrets.get(key) && *secrets.get(key) == "short again", "a refused value was stored");
  }
  {
    Sentence is(s.report, kHeader, "Success if there is no such key.");
    is.succeeds(secrets.erase(key), "erase");
    is.fails(secrets.get(key), Code::not_found, "get of an erased key");
    is.succeeds(secrets.erase(key), "erase again");
  }
  {
    Sentence is(s.report, kHeader, "CONFLICT if the key has another value");
    is.fails(secrets.put_if(key, "guess", "x"), Code::conflict, "put_if of a missing key");
    is.succeeds(secrets.put_if(key, "", "one"), "put_if of a missing key that was read as missing");
    is.fails(secrets.put_if(key, "", "two"), Code::conflict, "put_if of a key that is there now");
    is.succeeds(secrets.put_if(key, "one", "two"), "put_if of the value that was read");
    is.fails(secrets.put_if(key, "one", "three"), Code::conflict, "put_if of an older value");
    is.expect(secrets.get(key) && *secrets.get(key) == "two", "the value is not the one stored");
  }
  Sentence is(s.report, kHeader, "Stores a value if the key still has the value that was read.");
  is.succeeds(secrets.put(key, "0"), "put");
  std::atomic<int> failures = 0;
  at_once(4, [&](int) {
    for (int done = 0; done < 5;) {
      const auto read = secrets.get(key);
      const auto put = read ? secrets.put_if(key, *read, std::to_string(std::stoi(*read) + 1))
                            : Result<>(read.error());
      if (put) {
        ++done;
      } else if (put.error().code != Code::conflict && ++failures > 100) {
        return;
      }
    }
  });
  is.expect(failures == 0, "put_if failed otherwise than with CONFLICT");
  const auto end = secrets.get(key);
  is.expect(end && *end == "20",
            "20 increments by 4 threads end at " + (end ? *end : end.error().message));
  static_cast<void>(secrets.erase(key));
}

}  // namespace conformance
