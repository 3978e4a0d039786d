// An HttpClient that answers from a script and records the requests, and a Pause that takes no
// time. Used by the unit tests of all HTTP clients. A request beyond the end of the script is
// answered with 500 and recorded in `unexpected`, which tests check to be empty.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "src/common/net/http.hpp"
#include "src/common/net/retry.hpp"

namespace gcal::support {

class ScriptedHttp final : public net::HttpClient {
 public:
  using Answer = Result<net::HttpResponse>;

  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits) override {
    requests.push_back(request);
    if (respond) co_return respond(requests.back());
    if (script.empty()) {
      unexpected.push_back(request.method + " " + request.url);
      const net::HttpResponse nothing{500, {}, {}};
      co_return nothing;
    }
    Answer answer = std::move(script.front());
    script.pop_front();
    co_return answer;
  }

  void answers(int status, std::string body = {}, net::Headers headers = {}) {
    script.emplace_back(net::HttpResponse{status, std::move(headers), std::move(body)});
  }
  void fails(Code code) { script.emplace_back(Error{code, "scripted", {}}); }

  std::deque<Answer> script;
  std::function<Answer(const net::HttpRequest&)> respond;  // if set, replaces the script
  std::vector<net::HttpRequest> requests;
  std::vector<std::string> unexpected;
};

class NoPause final : public net::Pause {
 public:
  Task<> wait(base::Milliseconds time) override {
    waits.push_back(time);
    co_return Result<>{};
  }
  std::vector<base::Milliseconds> waits;
};

}  // namespace gcal::support
