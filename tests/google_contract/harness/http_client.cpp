#include "tests/google_contract/harness/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "src/common/net/url.hpp"

namespace contract {
namespace {

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::size_t append_header(char* data, std::size_t size, std::size_t count, void* into) {
  std::string line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  auto& headers = *static_cast<Fields*>(into);
  if (line.starts_with("HTTP/")) headers.clear();
  if (const std::size_t colon = line.find(": "); colon != std::string::npos)
    headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return size * count;
}

int ask_abort(void* asked, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return reinterpret_cast<bool (*)()>(asked)() ? 1 : 0;
}

// Frees with the scope; libcurl answers the new head with each line.
class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

void fill(HeaderList& list, const Request& request) {
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    typed = typed || same_header(name, "Content-Type");
    list.add(name + ": " + value);
  }
  if (!typed && !request.body.empty()) list.add("Content-Type: application/json");
  list.add("Expect:");
}

bool has_body(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

}  // namespace

bool same_header(std::string_view a, std::string_view b) {
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

const Json* value_at(const Json& document, std::string_view path) {
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

std::string Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_header(key, name)) return value;
  return "";
}
std::string Response::reason() const {
  return text("error.errors.0.reason");
}
std::string Response::text(std::string_view path) const {
  const Json* found = value_at(json, path);
  return found ? found->as_string() : "";
}
std::string Response::dump(std::string_view path) const {
  const Json* found = value_at(json, path);
  return found ? found->dump() : "absent";
}
std::vector<Json> Response::list(std::string_view path) const {
  const Json* found = value_at(json, path);
  return found ? found->items() : std::vector<Json>{};
}
std::size_t Response::count(std::string_view path) const {
  const Json* found = value_at(json, path);
  return found ? found->items().size() : 0;
}

HttpClient::HttpClient(ConnectionReuse reuse, std::string ca_file)
    : curl_(curl_easy_init()), reuse_(reuse), ca_file_(std::move(ca_file)) {}
HttpClient::~HttpClient() {
  curl_easy_cleanup(curl_);
}

Response HttpClient::send(const Request& request) {
  CURL* curl = curl_;
  curl_easy_reset(curl);
  HeaderList headers;
  fill(headers, request);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);  // none comes
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  const bool plain = request.url.starts_with("http://");
  // Plain HTTP is an emulator on this machine. Google may only be reachable through a proxy.
  if (plain) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  if (abort_when_) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_abort);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, reinterpret_cast<void*>(abort_when_));
  }
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, plain ? 20L : 90L);
  const bool fresh = reuse_ == ConnectionReuse::never || request.method != "GET";
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
  if (has_body(request)) {
    const auto size = static_cast<curl_off_t>(request.body.size());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  Response response;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &response.headers);
  const CURLcode code = curl_easy_perform(curl);
  error_ = code == CURLE_OK ? "" : curl_easy_strerror(code);
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
  }
  if (auto parsed = Json::parse(response.body)) response.json = *std::move(parsed);
  return response;
}

}  // namespace contract
