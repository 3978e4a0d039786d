// Asks every fact of the emulator: starts it (--emulator PROGRAM) or uses a running one (--base
// URL), runs the facts of the named sections or of all, and prints the totals by section and by
// evidence. --list prints the facts. --ctest SELF EMULATOR FILE writes one test of CTest for each
// section; --titles checks that every fact has a section with a title.
#include <curl/curl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <string_view>

#include "tests/google_contract/harness/emulator_backend.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

struct Options {
  std::string emulator, base;
  std::string ctest_self, ctest_emulator, ctest_file;
  std::vector<std::string> sections;
  bool list = false, titles = false;
  bool strict = false;  // a guessed fact that does not hold is a failure as well
};

class FactTest : public testing::Test {
 public:
  FactTest(const Fact& fact, Backend& backend) : fact_(fact), backend_(backend) {}
  void TestBody() override {
    const testing::ScopedTrace trace(fact_.file, fact_.line,
                                     std::string(to_string(fact_.evidence)) + ": " + fact_.title);
    fact_.ask(backend_);
  }

 private:
  const Fact& fact_;
  Backend& backend_;
};

// Totals: section -> evidence -> passed, failed.
class Totals : public testing::EmptyTestEventListener {
 public:
  explicit Totals(std::map<std::string, const Fact*> facts) : facts_(std::move(facts)) {}

  void OnTestEnd(const testing::TestInfo& info) override {
    const Fact& fact = *facts_.at(std::string(info.test_suite_name()) + "." + info.name());
    auto& cell = cells_[fact.section][static_cast<std::size_t>(fact.evidence)];
    ++(info.result()->Passed() ? cell.first : cell.second);
    if (!info.result()->Passed())
      std::printf("  FAILED %s %s: %s\n", to_string(fact.evidence), info.test_suite_name(),
                  fact.title.c_str());
  }

  void OnTestProgramEnd(const testing::UnitTest&) override {
    std::printf("\n%-18s %18s %18s %18s\n", "section", "documented", "observed", "guessed");
    Row sums{};
    for (const auto& [section, cells] : cells_) {
      print(section, cells);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i].first += cells[i].first;
        sums[i].second += cells[i].second;
      }
    }
    print("all", sums);
    known_failed_ = sums[0].second + sums[1].second;
    if (sums[2].second > 0)
      std::printf("%d guessed facts do not hold; that is a failure with --strict only\n",
                  sums[2].second);
  }

  // How many documented and observed facts do not hold.
  int known_failed() const { return known_failed_; }

 private:
  using Row = std::array<std::pair<int, int>, 3>;

  static void print(const std::string& name, const Row& cells) {
    std::printf("%-18s", name.c_str());
    for (const auto& [passed, failed] : cells) std::printf(" %10d/%-7d", passed, passed + failed);
    std::printf("\n");
  }

  std::map<std::string, const Fact*> facts_;
  std::map<std::string, Row> cells_;
  int known_failed_ = 0;
};

// The emulator as a child process.
class EmulatorProcess {
 public:
  // Answers its address, from the first line it prints; "" if it did not start.
  std::string start(const std::string& program) {
    int ends[2];
    if (::pipe(ends) != 0) return "";
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], 1);
      ::close(ends[0]);
      ::execl(program.c_str(), program.c_str(), "--listen", "127.0.0.1:0", "--allow-kill",
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    std::string line;
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
    const std::size_t at = line.find("http://");
    return at == std::string::npos ? "" : line.substr(at);
  }

  // False if it did not exit with 0.
  bool stop() {
    if (child_ <= 0) return true;
    ::kill(child_, SIGTERM);
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t child_ = -1;
};

char live_mark(const Fact& fact) {
  const Needs needs = fact.needs;
  if (fact.probe) return '?';
  if (needs == Needs::two_accounts) return '2';
  return runs_live(needs) ? '*' : ' ';
}

void print_section(const std::vector<const Fact*>& facts) {
  const std::string& section = facts.front()->section;
  const auto live = std::count_if(facts.begin(), facts.end(),
                                  [](const Fact* fact) { return runs_live(fact->needs); });
  std::printf("\n%s - %s: %zu facts, %zu of them also live\n", section.c_str(),
              section_title(section).c_str(), facts.size(), static_cast<std::size_t>(live));
  for (const Fact* fact : facts)
    std::printf("  %-10s %c %s\n", to_string(fact->evidence), live_mark(*fact),
                shown_title(*fact).c_str());
}

void print_list() {
  std::printf(
      "Each line: the evidence for the fact, whether ./dev live can ask the real Google (*, 2: "
      "with a second account, ?: to learn a value of google_emulator --assume), the fact.\n");
  std::map<Evidence, std::size_t> evidence;
  std::map<Needs, std::size_t> needs;
  std::vector<const Fact*> section;
  for (const Fact& fact : all_facts()) {
    if (!section.empty() && section.back()->section != fact.section) {
      print_section(section);
      section.clear();
    }
    section.push_back(&fact);
    ++evidence[fact.evidence];
    ++needs[fact.needs];
  }
  if (!section.empty()) print_section(section);
  std::printf("\n%zu facts: %zu documented, %zu observed, %zu guessed\n", all_facts().size(),
              evidence[Evidence::documented], evidence[Evidence::observed],
              evidence[Evidence::guessed]);
  for (const auto& [need, count] : needs) std::printf("%5zu %s\n", count, to_string(need));
}

bool write_ctest(const Options& options) {
  std::ofstream out(options.ctest_file);
  out << "add_test(contract.titles " << options.ctest_self << " --titles)\n";
  for (const Section& section : sections())
    out << "add_test(contract." << section.name << " " << options.ctest_self << " --emulator "
        << options.ctest_emulator << " --strict " << section.name << ")\n"
        << "set_tests_properties(contract." << section.name
        << " PROPERTIES TIMEOUT 120 LABELS contract)\n";
  return static_cast<bool>(out.flush());
}

int check_definitions() {
  const std::vector<std::string> errors = definition_errors();
  for (const std::string& error : errors) std::fprintf(stderr, "%s\n", error.c_str());
  return errors.empty() ? 0 : 1;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--emulator" && i + 1 < argc) {
      options.emulator = argv[++i];
    } else if (argument == "--base" && i + 1 < argc) {
      options.base = argv[++i];
    } else if (argument == "--list") {
      options.list = true;
    } else if (argument == "--strict") {
      options.strict = true;
    } else if (argument == "--titles") {
      options.titles = true;
    } else if (argument == "--ctest" && i + 3 < argc) {
      options.ctest_self = argv[++i];
      options.ctest_emulator = argv[++i];
      options.ctest_file = argv[++i];
    } else if (!argument.starts_with("--gtest")) {
      options.sections.emplace_back(argument);
    }
  }
  return options;
}

bool chosen(const Options& options, const Fact& fact) {
  return options.sections.empty() || std::find(options.sections.begin(), options.sections.end(),
                                               fact.section) != options.sections.end();
}

int fail(const std::string& why) {
  std::fprintf(stderr, "emulator_contract: %s\n", why.c_str());
  return 2;
}

// Each fact is a test of GoogleTest, named by its section and its number there. GoogleTest owns the
// totals that are answered.
const Totals& register_tests(const Options& options, Backend& backend) {
  std::map<std::string, int> numbers;
  std::map<std::string, const Fact*> by_name;
  for (const Fact& fact : all_facts()) {
    char name[16];
    std::snprintf(name, sizeof name, "%03d", ++numbers[fact.section]);
    if (!chosen(options, fact)) continue;
    by_name[fact.section + "." + name] = &fact;
    testing::RegisterTest(
        fact.section.c_str(), name, nullptr, fact.title.c_str(), fact.file, fact.line,
        [&fact, &backend]() -> testing::Test* { return new FactTest(fact, backend); });
  }
  Totals* const totals = new Totals(std::move(by_name));
  testing::UnitTest::GetInstance()->listeners().Append(totals);
  return *totals;
}

int run(const Options& options) {
  EmulatorProcess emulator;
  const std::string base =
      options.emulator.empty() ? options.base : emulator.start(options.emulator);
  if (base.empty()) return fail("--emulator PROGRAM or --base URL");
  EmulatorBackend backend(base);
  const Totals& totals = register_tests(options, backend);
  const bool all_hold = RUN_ALL_TESTS() == 0;
  const int result = all_hold || (!options.strict && totals.known_failed() == 0) ? 0 : 1;
  if (!emulator.stop()) {
    (void)fail("the emulator did not exit with 0");
    return 1;
  }
  return result;
}

}  // namespace
}  // namespace contract

int main(int argc, char** argv) {
  using namespace contract;
  const Options options = read_options(argc, argv);
  if (options.list) {
    print_list();
    return 0;
  }
  if (options.titles) return check_definitions();
  if (!options.ctest_file.empty()) return write_ctest(options) ? 0 : 2;
  for (const std::string& section : options.sections)
    if (section_title(section).empty()) return fail("no section " + section);
  testing::InitGoogleTest(&argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return run(options);
}
