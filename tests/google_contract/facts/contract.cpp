// Runs the contract suite: starts the emulator (or uses --base URL), runs the checks of the named
// sections, prints the totals by section and by how well the facts are known. --list prints the
// facts; --ctest SELF EMULATOR FILE writes one test of ctest for each section, so that none can be
// forgotten.
#include "tests/google_contract/facts/contract.hpp"

#include <curl/curl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>

#include "tests/google_contract/facts/emulator_stage.hpp"

namespace contract {
namespace {

class ContractTest : public testing::Test {
 public:
  ContractTest(const Check& check, Stage& stage) : check_(check), stage_(stage) {}
  void TestBody() override {
    SCOPED_TRACE(std::string(word(check_.known)) + ": " + check_.fact);
    Emulated probe(stage_);
    check_.run(probe);
  }

 private:
  const Check& check_;
  Stage& stage_;
};

// Totals: section -> how well known -> passed, failed.
class Totals : public testing::EmptyTestEventListener {
 public:
  explicit Totals(const std::map<std::string, const Check*>& checks) : checks_(checks) {}
  void OnTestEnd(const testing::TestInfo& info) override {
    const Check& check = *checks_.at(std::string(info.test_suite_name()) + "." + info.name());
    auto& cell = cells_[check.section][static_cast<int>(check.known)];
    ++(info.result()->Passed() ? cell.first : cell.second);
    if (!info.result()->Passed())
      std::printf("  FAILED %s %s: %s\n", word(check.known), info.test_suite_name(),
                  check.fact.c_str());
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
    ::execl(program.c_str(), program.c_str(), "--listen", "127.0.0.1:0", "--allow-kill",
            static_cast<char*>(nullptr));
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

std::vector<std::string> sections_of(const Checks& checks) {
  std::vector<std::string> names;
  for (const Check& check : checks)
    if (std::find(names.begin(), names.end(), check.section) == names.end())
      names.push_back(check.section);
  return names;
}

void print_list(const Checks& checks) {
  std::array<std::size_t, 3> known{};
  std::map<Needs, std::size_t> needs;
  std::printf(
      "Each line: how well the fact is known, whether ./dev live can ask the real Google (*, 2: "
      "with a second account), the fact.\n");
  for (const std::string& section : sections_of(checks)) {
    std::size_t count = 0, live = 0;
    for (const Check& check : checks)
      if (check.section == section) ++count, live += runs_live(check.run.needs()) ? 1 : 0;
    std::printf("\n%s - %s: %zu checks, %zu of them also live\n", section.c_str(),
                title(section).c_str(), count, live);
    for (const Check& check : checks) {
      if (check.section != section) continue;
      ++known[static_cast<std::size_t>(check.known)];
      ++needs[check.run.needs()];
      const char mark = check.run.needs() == Needs::second_account ? '2'
                        : runs_live(check.run.needs())             ? '*'
                                                                   : ' ';
      std::printf("  %-10s %c %s\n", word(check.known), mark, check.fact.c_str());
    }
  }
  std::printf("\n%zu checks: %zu documented, %zu observed, %zu guessed\n", checks.size(), known[0],
              known[1], known[2]);
  for (const auto& [need, count] : needs) std::printf("%5zu %s\n", count, word(need));
}

bool write_ctest(const Checks& checks, const std::string& self, const std::string& emulator,
                 const std::string& file) {
  std::ofstream out(file);
  out << "add_test(contract.titles " << self << " --titles)\n";
  for (const std::string& section : sections_of(checks))
    out << "add_test(contract." << section << " " << self << " --emulator " << emulator << " "
        << section << ")\n"
        << "set_tests_properties(contract." << section
        << " PROPERTIES TIMEOUT 120 LABELS contract)\n";
  return static_cast<bool>(out.flush());
}

// A section without a title would be a riddle in the list.
int check_titles(const Checks& checks) {
  int missing = 0;
  for (const std::string& section : sections_of(checks))
    if (title(section).empty()) {
      std::fprintf(stderr, "emulator_contract: the section %s has no title in sections.cpp\n",
                   section.c_str());
      missing = 1;
    }
  return missing;
}

}  // namespace
}  // namespace contract

int main(int argc, char** argv) {
  using namespace contract;
  std::string program, base, ctest_self, ctest_emulator, ctest_file;
  std::vector<std::string> sections;
  bool list = false, titles = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--emulator" && i + 1 < argc)
      program = argv[++i];
    else if (argument == "--base" && i + 1 < argc)
      base = argv[++i];
    else if (argument == "--list")
      list = true;
    else if (argument == "--titles")
      titles = true;
    else if (argument == "--ctest" && i + 3 < argc)
      ctest_self = argv[++i], ctest_emulator = argv[++i], ctest_file = argv[++i];
    else if (!argument.starts_with("--gtest"))
      sections.emplace_back(argument);
  }
  const Checks checks = all_checks();
  if (list) {
    print_list(checks);
    return 0;
  }
  if (titles) return check_titles(checks);
  if (!ctest_file.empty())
    return write_ctest(checks, ctest_self, ctest_emulator, ctest_file) ? 0 : 2;
  for (const std::string& section : sections)
    if (std::none_of(checks.begin(), checks.end(),
                     [&](const Check& check) { return check.section == section; })) {
      std::fprintf(stderr, "emulator_contract: no section %s\n", section.c_str());
      return 2;
    }
  testing::InitGoogleTest(&argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  pid_t child = -1;
  if (!program.empty()) child = start(program, base);
  if (base.empty()) {
    std::fprintf(stderr, "emulator_contract: --emulator PROGRAM or --base URL\n");
    return 2;
  }
  EmulatorStage stage(base);
  std::map<std::string, int> numbers;
  std::map<std::string, const Check*> by_name;
  for (const Check& check : checks) {
    char name[16];
    std::snprintf(name, sizeof name, "%03d", ++numbers[check.section]);
    if (!sections.empty() &&
        std::find(sections.begin(), sections.end(), check.section) == sections.end())
      continue;
    by_name[check.section + "." + name] = &check;
    testing::RegisterTest(
        check.section.c_str(), name, nullptr, check.fact.c_str(), __FILE__, __LINE__,
        [&check, &stage]() -> testing::Test* { return new ContractTest(check, stage); });
  }
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
