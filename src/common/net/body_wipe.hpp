// Overwrites the body of a request when it has been sent: a form may hold a token, and memory is
// used again. Used by what sends requests.
#pragma once

#include <string.h>

#include <string>

namespace gcal::net {

class BodyWipe {
 public:
  explicit BodyWipe(std::string& body) : body_(body) {}  // it outlives the object
  BodyWipe(const BodyWipe&) = delete;
  BodyWipe& operator=(const BodyWipe&) = delete;
  ~BodyWipe() { ::explicit_bzero(body_.data(), body_.size()); }

 private:
  std::string& body_;
};

}  // namespace gcal::net
