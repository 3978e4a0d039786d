#include "tests/google_contract/harness/fact.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

namespace contract {
namespace {

constexpr std::size_t kMaxTitleLength = 80;

struct SectionMark {
  std::string_view file;
  int line;
  const char* section;
};

struct Registry {
  std::vector<SectionMark> marks;
  std::vector<Fact> facts;
};

// Made by the first registration: the initialisers of the fact files run in no defined order.
Registry& registry() {
  static Registry instance;
  return instance;
}

// The nearest SECTION above the fact; "" if there is none.
std::string section_of(const Fact& fact) {
  const SectionMark* nearest = nullptr;
  for (const SectionMark& mark : registry().marks)
    if (mark.file == fact.file && mark.line < fact.line && (!nearest || mark.line > nearest->line))
      nearest = &mark;
  return nearest ? nearest->section : "";
}

// Puts the emulator under each value of the switch, and then back under the one it had.
void ask_under_each_value(Backend& backend, const std::string& switch_name,
                          const std::function<std::string(Backend&)>& probe) {
  const auto put = [&](const std::string& value) {
    const Response set =
        backend.control("POST", "/behaviour", Json::object({{switch_name, value}}));
    ASSERT_EQ(set.status, 200) << set.body;
  };
  const Response before = backend.control("GET", "/behaviour", Json());
  std::vector<Json> values;
  for (const Json& one : before.json["switches"].items())
    if (one.string("name") == switch_name) values = one["values"].items();
  EXPECT_GE(values.size(), 2u) << "the emulator has no switch " << switch_name;
  for (const Json& value : values) {
    SCOPED_TRACE(switch_name + "=" + value.as_string());
    put(value.as_string());
    EXPECT_EQ(probe(backend), value.as_string());
  }
  if (!values.empty()) put(before.json["behaviour"].string(switch_name));
}

std::size_t position(const std::string& section) {
  const auto known = sections();
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Section& one) { return one.name == section; });
  return static_cast<std::size_t>(found - known.begin());
}

std::vector<Fact> sorted_facts() {
  std::vector<Fact> facts = registry().facts;
  for (Fact& fact : facts) fact.section = section_of(fact);
  const auto key = [](const Fact& fact) {
    return std::tuple(position(fact.section), std::string_view(fact.file), fact.line);
  };
  // Stable, since the facts of one FACT_FOR_EACH have the same line.
  std::stable_sort(facts.begin(), facts.end(),
                   [&](const Fact& a, const Fact& b) { return key(a) < key(b); });
  return facts;
}

}  // namespace

Registration::Registration(const char* file, int line, const char* section) {
  registry().marks.push_back({file, line, section});
}

void Registration::add_fact(const char* file, int line, std::string title, Evidence evidence,
                            Needs needs, std::function<void(Backend&)> ask) {
  registry().facts.push_back(
      {"", std::move(title), evidence, needs, std::move(ask), file, line, {}, {}});
}

void Registration::add_probe(const char* file, int line, std::string switch_name, std::string title,
                             Needs needs, std::function<std::string(Backend&)> probe) {
  const auto ask = [switch_name, probe](Backend& backend) {
    ask_under_each_value(backend, switch_name, probe);
  };
  registry().facts.push_back({"", std::move(title), Evidence::guessed, needs, ask, file, line,
                              std::move(switch_name), std::move(probe)});
}

const std::vector<Fact>& all_facts() {
  static const std::vector<Fact> facts = sorted_facts();
  return facts;
}

std::string section_title(const std::string& section) {
  const std::size_t index = position(section);
  return index < sections().size() ? sections()[index].title : "";
}

std::vector<std::string> definition_errors() {
  std::vector<std::string> errors;
  std::set<std::string> used, titles;
  for (const Fact& fact : all_facts()) {
    const std::string place = std::string(fact.file) + ":" + std::to_string(fact.line) + ": ";
    if (fact.section.empty())
      errors.push_back(place + "no SECTION above this fact");
    else if (used.insert(fact.section).second && section_title(fact.section).empty())
      errors.push_back(place + "section " + fact.section + " has no title in sections.cpp");
    if (fact.title.size() > kMaxTitleLength)
      errors.push_back(place + "a title of more than 80 letters: " + fact.title);
    if (!titles.insert(fact.section + "\n" + fact.title).second)
      errors.push_back(place + "a second fact with the title: " + fact.title);
  }
  for (const Section& section : sections())
    if (!used.contains(section.name))
      errors.push_back("sections.cpp: section " + std::string(section.name) + " has no fact");
  return errors;
}

}  // namespace contract
