// HTTP as the contract suite speaks it: one request, one answer, over libcurl. Used by the stages
// and the live programme's sign-in. Certificates are always verified; it never repeats a request by
// itself.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"

namespace contract {

using gcal::base::Json;
using Fields = std::vector<std::pair<std::string, std::string>>;

// "items.0.start.date" in a document; nullptr when absent.
const Json* at(const Json& document, std::string_view path);

struct Request {
  std::string method;
  std::string url;  // absolute
  std::string body;
  Fields headers;
};

struct Answer {
  int status = 0;  // 0: the connection closed without an answer
  Fields headers;
  std::string body;
  Json json;
  std::string header(std::string_view name) const;
  std::string reason() const {
    const Json* found = at(json, "error.errors.0.reason");
    return found ? found->as_string() : "";
  }
  std::string text(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->as_string() : "";
  }
  std::string dump(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->dump() : "absent";
  }
  std::vector<Json> list(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->items() : std::vector<Json>{};
  }
  std::size_t count(std::string_view path = "items") const {
    const Json* found = at(json, path);
    return found ? found->items().size() : 0;
  }
};

enum class Connections {
  fresh,  // a new one for each request: on a kept one curl asks again by itself after a dropped
          // answer
  kept_for_reads,  // where a TLS handshake for each request is dear; a write must not happen twice
};

// [one thread]
class Wire {
 public:
  // `authority`: a PEM file whose certificates are trusted instead of the system's; "" for the
  // system's.
  explicit Wire(Connections connections, std::string authority = "");
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Answer send(const Request& request);
  const std::string& problem() const { return problem_; }  // why the last answer had status 0
  // Asked while an answer is waited for: true breaks it off.
  void give_up_when(bool (*asked)()) { give_up_ = asked; }

 private:
  void* curl_;
  Connections connections_;
  std::string authority_, problem_;
  bool (*give_up_)() = nullptr;
};

std::string escape(const std::string& text);  // percent-encoded
std::string form(const Fields& fields);
bool same_name(std::string_view a, std::string_view b);  // of header fields: without regard to case

}  // namespace contract
