// Overwrites texts that held a secret. Used after tokens and forms were sent.
// Never a promise: copies made by the standard library's growth are beyond it.
#pragma once

#include <string.h>

#include <string>

namespace gcal::oauth {

inline void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace gcal::oauth
