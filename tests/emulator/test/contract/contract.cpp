// Runs the contract suite: starts the emulator (or uses --base URL), runs the checks of the named sections, prints the totals by section and by how well
// the facts are known. --list prints the facts.
#include "tests/emulator/test/contract/contract.hpp"

#include <curl/curl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <cstring>

#include "src/net/url.hpp"

namespace contract {
namespace {

std::string g_base;  // where the emulator listens; set once before the first check

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* into) {
  std::string line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  auto& headers = *static_cast<Fields*>(into);
  if (line.starts_with("HTTP/")) headers.clear();
  if (const std::size_t colon = line.find(": "); colon != std::string::npos) headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return size * count;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const char* word(Known known) { return known == Known::documented ? "documented" : known == Known::observed ? "observed" : "guessed"; }

class ContractTest : public testing::Test {
 public:
  explicit ContractTest(const Check& check) : check_(check) {}
  void TestBody() override {
    SCOPED_TRACE(std::string(word(check_.known)) + ": " + check_.fact);
    Probe probe(g_base);
    check_.run(probe);
  }

 private:
  const Check& check_;
};

// Totals: section -> how well known -> passed, failed.
class Totals : public testing::EmptyTestEventListener {
 public:
  explicit Totals(const std::map<std::string, const Check*>& checks) : checks_(checks) {}
  void OnTestEnd(const testing::TestInfo& info) override {
    const Check& check = *checks_.at(std::string(info.test_suite_name()) + "." + info.name());
    auto& cell = cells_[check.section][static_cast<int>(check.known)];
    ++(info.result()->Passed() ? cell.first : cell.second);
    if (!info.result()->Passed()) std::printf("  FAILED %s %s: %s\n", word(check.known), info.test_suite_name(), check.fact.c_str());
  }
  void OnTestProgramEnd(const testing::UnitTest&) override {
    std::printf("\n%-18s %18s %18s %18s\n", "section", "documented", "observed", "guessed");
    std::array<std::pair<int, int>, 3> sums{};
    const auto line = [](const std::string& name, const std::array<std::pair<int, int>, 3>& cells) {
      std::printf("%-18s", name.c_str());
      for (const auto& [passed, failed] : cells) std::printf(" %10d/%-7d", passed, passed + failed);
      std::printf("\n");
    };
    for (const auto& [section, cells] : cells_) {
      line(section, cells);
      for (std::size_t i = 0; i < 3; ++i) {
        sums[i].first += cells[i].first;
        sums[i].second += cells[i].second;
      }
    }
    line("all", sums);
  }

 private:
  const std::map<std::string, const Check*>& checks_;
  std::map<std::string, std::array<std::pair<int, int>, 3>> cells_;
};

// The emulator as a child; its first line names the port.
pid_t start(const std::string& program, std::string& base) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::execl(program.c_str(), program.c_str(), "--listen", "127.0.0.1:0", "--allow-kill", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string line;
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  const std::size_t at = line.find("http://");
  if (at != std::string::npos) base = line.substr(at);
  return child;
}

}  // namespace

Json js(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  auto parsed = Json::parse(text);
  if (!parsed) {
    ADD_FAILURE() << "the check's own JSON is broken: " << text;
    return Json();
  }
  return *std::move(parsed);
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

std::string escape(const std::string& text) { return gcal::net::percent_encode(text); }
std::string form(const Fields& fields) { return gcal::net::form_encode(fields); }
std::string unique(const std::string& prefix) {
  static std::atomic<int> count{0};
  return prefix + std::to_string(::getpid()) + "n" + std::to_string(++count);
}

Json timed(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary}, {"start", Json::object({{"dateTime", start}})}, {"end", Json::object({{"dateTime", end}})}});
}
Json daily(const std::string& summary, const std::string& rule) {
  Json event = js(
      "{'start':{'dateTime':'2026-12-01T09:00:00','timeZone':'Europe/Berlin'},'end':{'dateTime':'2026-12-01T09:30:00','timeZone':'Europe/Berlin'}}");
  event.set("summary", summary);
  event.set("recurrence", Json::array({rule}));
  return event;
}
Json all_day(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary}, {"start", Json::object({{"date", start}})}, {"end", Json::object({{"date", end}})}});
}

Probe::Probe(std::string where) : base(std::move(where)) { me = another(); }

Person Probe::another(const std::string& scopes) {
  Person person;
  person.email = unique("p") + "@example.com";
  EXPECT_EQ(control("POST", "/accounts", Json::object({{"email", person.email}, {"name", "Person"}})).status, 200);
  person.token = token(person.email, scopes);
  return person;
}

std::string Probe::token(const std::string& email, const std::string& scopes, const std::string& client) {
  return control("POST", "/tokens", Json::object({{"email", email}, {"scopes", scopes}, {"client_id", client}})).text("access_token");
}

Answer Probe::raw(const std::string& method, const std::string& target, const std::string& body, Fields headers) {
  static CURL* curl = curl_easy_init();
  curl_easy_reset(curl);
  Answer answer;
  curl_slist* list = nullptr;
  bool typed = false;
  for (const auto& [name, value] : headers) {
    typed = typed || same_name(name, "Content-Type");
    list = curl_slist_append(list, (name + ": " + value).c_str());
  }
  if (!typed && !body.empty()) list = curl_slist_append(list, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, (target.starts_with("http") ? target : base + target).c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);  // a dropped answer on a kept connection would be asked for again
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
  if (curl_easy_perform(curl) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
  }
  curl_slist_free_all(list);
  if (auto parsed = Json::parse(answer.body)) answer.json = *std::move(parsed);
  return answer;
}

Answer Probe::as(const Person& person, const std::string& method, const std::string& path, const std::string& body, Fields headers) {
  headers.emplace_back("Authorization", "Bearer " + person.token);
  return raw(method, "/calendar/v3" + path, body, std::move(headers));
}

Answer Probe::control(const std::string& method, const std::string& path, const Json& body) {
  return raw(method, "/_emulator" + path, body.is_null() ? "" : body.dump());
}

Answer Probe::since(const std::string& token, const std::string& more) { return events("?syncToken=" + escape(token) + more); }

}  // namespace contract

int main(int argc, char** argv) {
  using namespace contract;
  std::string program, base;
  std::vector<std::string> sections;
  bool list = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--emulator" && i + 1 < argc) program = argv[++i];
    else if (argument == "--base" && i + 1 < argc) base = argv[++i];
    else if (argument == "--list") list = true;
    else if (!argument.starts_with("--gtest")) sections.emplace_back(argument);
  }
  Checks checks;
  for (const auto add : {oauth_checks, scope_checks, calendar_checks, sharing_checks, event_checks, series_checks, list_checks, sync_checks,
                         guest_checks, request_checks, push_checks, batch_checks, golden_checks})
    add(checks);
  if (list) {
    std::string last;
    for (const Check& check : checks) {
      if (check.section != last) std::printf("\n%s\n", check.section.c_str());
      last = check.section;
      std::printf("  %-10s  %s\n", word(check.known), check.fact.c_str());
    }
    std::printf("\n%zu checks\n", checks.size());
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  std::map<std::string, int> numbers;
  std::map<std::string, const Check*> by_name;
  for (const Check& check : checks) {
    char name[16];
    std::snprintf(name, sizeof name, "%03d", ++numbers[check.section]);
    if (!sections.empty() && std::find(sections.begin(), sections.end(), check.section) == sections.end()) continue;
    by_name[check.section + "." + name] = &check;
    testing::RegisterTest(check.section.c_str(), name, nullptr, check.fact.c_str(), __FILE__, __LINE__,
                          [&check]() -> testing::Test* { return new ContractTest(check); });
  }
  if (by_name.empty()) {
    std::fprintf(stderr, "emulator_contract: no such section\n");
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  pid_t child = -1;
  if (!program.empty()) child = start(program, base);
  if (base.empty()) {
    std::fprintf(stderr, "emulator_contract: --emulator PROGRAM or --base URL\n");
    return 2;
  }
  g_base = base;
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  listeners.Append(new Totals(by_name));
  const int result = RUN_ALL_TESTS();
  if (child > 0) {
    ::kill(child, SIGTERM);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      std::fprintf(stderr, "emulator_contract: the emulator did not end well\n");
      return 1;
    }
  }
  return result;
}
