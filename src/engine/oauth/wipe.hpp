// Overwrites strings that held a secret, after tokens and forms were sent. Best effort: copies that
// the standard library made when a string grew are not overwritten.
#pragma once

#include <string.h>

#include <string>

namespace gcal::oauth {

// Overwrites the characters with zeros and makes the string empty. [any thread]
inline void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace gcal::oauth
