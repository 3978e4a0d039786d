#include "tests/google_contract/facts/wire.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "src/common/net/url.hpp"

namespace contract {
namespace {

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* into) {
  std::string line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  auto& headers = *static_cast<Fields*>(into);
  if (line.starts_with("HTTP/")) headers.clear();
  if (const std::size_t colon = line.find(": "); colon != std::string::npos)
    headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return size * count;
}

int look_up(void* asked, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return reinterpret_cast<bool (*)()>(asked)() ? 1 : 0;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::tolower(x) == std::tolower(y);
         });
}

std::string escape(const std::string& text) {
  return gcal::net::percent_encode(text);
}
std::string form(const Fields& fields) {
  return gcal::net::form_encode(fields);
}

const Json* at(const Json& document, std::string_view path) {
  const Json* here = &document;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view name = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (here->is_array()) {
      const std::size_t index = static_cast<std::size_t>(std::atoi(std::string(name).c_str()));
      if (index >= here->items().size()) return nullptr;
      here = &here->items()[index];
    } else if (!(here = here->find(name))) {
      return nullptr;
    }
  }
  return here;
}

std::string Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return "";
}

Wire::Wire(Connections connections, std::string authority)
    : curl_(curl_easy_init()), connections_(connections), authority_(std::move(authority)) {}
Wire::~Wire() {
  curl_easy_cleanup(curl_);
}

Answer Wire::send(const Request& request) {
  CURL* curl = curl_;
  curl_easy_reset(curl);
  Answer answer;
  curl_slist* list = nullptr;
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    typed = typed || same_name(name, "Content-Type");
    list = curl_slist_append(list, (name + ": " + value).c_str());
  }
  if (!typed && !request.body.empty())
    list = curl_slist_append(list, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:");
  const bool plain = request.url.starts_with("http://");
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  if (plain)
    curl_easy_setopt(curl, CURLOPT_NOPROXY,
                     "*");  // an emulator on this machine; Google may lie behind the person's proxy
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!authority_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, authority_.c_str());
  if (give_up_) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, reinterpret_cast<void*>(give_up_));
  }
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, plain ? 20L : 90L);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT,
                   connections_ == Connections::fresh || request.method != "GET" ? 1L : 0L);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
  const CURLcode code = curl_easy_perform(curl);
  problem_ = code == CURLE_OK ? "" : curl_easy_strerror(code);
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
  }
  curl_slist_free_all(list);
  if (auto parsed = Json::parse(answer.body)) answer.json = *std::move(parsed);
  return answer;
}

}  // namespace contract
