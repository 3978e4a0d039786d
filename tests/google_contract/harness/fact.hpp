// A fact: one statement about Google's service, proved by requests. The files of ../facts define
// them; emulator_contract asks the emulator and `./dev live` asks the real Google. A fact never
// depends on another: each has its own user, and on the emulator its own account.
//
//   SECTION("series");
//
//   FACT(Client, "deleting an instance adds no EXDATE", observed) {
//     const std::string id = client.insert(daily()).text("id");
//     EXPECT_EQ(client.remove(event_path(id + "_20261202T080000Z")).status, 204);
//     EXPECT_EQ(client.event(id).count("recurrence"), 1u);
//   }
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/google_contract/harness/bodies.hpp"
#include "tests/google_contract/harness/client.hpp"

namespace contract {

// How well a fact is known: Google's documentation says it; it was seen at Google, by us or in a
// public report; or neither, and the emulator needed some behaviour.
enum class Evidence { documented, observed, guessed };
const char* to_string(Evidence evidence);

// What a fact needs, in the order of the types in client.hpp.
enum class Needs { client, new_calendar, two_accounts, private_account, emulator };
const char* to_string(Needs needs);  // for a reader: whether ./dev live can ask it
constexpr bool runs_live(Needs needs) {
  return needs <= Needs::two_accounts;
}

template <class World>
constexpr Needs needs_of() {
  if (std::is_base_of_v<EmulatorOnly, World>) return Needs::emulator;
  if (std::is_base_of_v<PrivateAccount, World>) return Needs::private_account;
  if (std::is_base_of_v<TwoAccounts, World>) return Needs::two_accounts;
  return std::is_base_of_v<NewCalendar, World> ? Needs::new_calendar : Needs::client;
}

struct Fact {
  std::string section, title;
  Evidence evidence = Evidence::guessed;
  Needs needs = Needs::client;
  // Sends the requests and checks the responses with GoogleTest. Throws NotRun.
  std::function<void(Backend&)> ask;
  const char* file = "";
  int line = 0;

  // Of a probe only: the switch of google_emulator (src/emulator/BEHAVIOUR.md), and what finds out
  // which of its values holds, with GoogleTest's failures when none does. `ask` puts the emulator
  // under each value in turn.
  std::string switch_name;
  std::function<std::string(Backend&)> probe;
};

// "occurrence_in_gap: <title>" of a probe, the title of any other fact.
std::string shown_title(const Fact& fact);

// A part of the suite with its own total, and a test of its own in CTest.
struct Section {
  const char* name;
  const char* title;
};
std::span<const Section> sections();  // in the order of the lists: ../facts/sections.cpp

// Every fact of the program: by section, then by file, then by line. The order in which the files
// were linked and initialised has no influence.
const std::vector<Fact>& all_facts();
// What is wrong with the definitions, for their author: a fact without a section, a section without
// a title or without a fact (its file was not linked), a title that two facts of a section share.
std::vector<std::string> definition_errors();
std::string section_title(const std::string& section);

// Used by the macros below only.
class Registration {
 public:
  // A section.
  Registration(const char* file, int line, const char* section);

  // A fact.
  template <class World>
  Registration(const char* file, int line, const char* title, Evidence evidence,
               void (*body)(World&)) {
    add_fact(file, line, title, evidence, needs_of<World>(), [body](Backend& backend) {
      World client(backend);
      body(client);
    });
  }

  // A probe.
  template <class World>
  Registration(const char* file, int line, const char* switch_name, const char* title,
               std::string (*body)(World&)) {
    add_probe(file, line, switch_name, title, needs_of<World>(), [body](Backend& backend) {
      World client(backend);
      return body(client);
    });
  }

  // A fact for each row.
  template <class World, class Row>
  Registration(const char* file, int line, const std::vector<Row>& rows, Evidence evidence,
               void (*body)(World&, const Row&)) {
    for (const Row& row : rows)
      add_fact(file, line, row.title(), evidence, needs_of<World>(), [body, row](Backend& backend) {
        World client(backend);
        body(client, row);
      });
  }

 private:
  static void add_fact(const char* file, int line, std::string title, Evidence evidence,
                       Needs needs, std::function<void(Backend&)> ask);
  static void add_probe(const char* file, int line, std::string switch_name, std::string title,
                        Needs needs, std::function<std::string(Backend&)> probe);
};

}  // namespace contract

#define CONTRACT_JOIN_(a, b) a##b
#define CONTRACT_JOIN(a, b) CONTRACT_JOIN_(a, b)
#define CONTRACT_ON_LINE(name) CONTRACT_JOIN(name, __LINE__)

// The facts below it in the same file, up to the next SECTION, belong to this section.
#define SECTION(name) \
  static const ::contract::Registration CONTRACT_ON_LINE(section_)(__FILE__, __LINE__, name)

// FACT(World, title, evidence) { ... }: `World` is a type of client.hpp or derived from one, and
// the body's `client` is of that type. `evidence` is documented, observed or guessed.
#define FACT(World, title, evidence)                                                        \
  static void CONTRACT_ON_LINE(fact_)(World & client);                                      \
  static const ::contract::Registration CONTRACT_ON_LINE(registration_)(                    \
      __FILE__, __LINE__, title, ::contract::Evidence::evidence, &CONTRACT_ON_LINE(fact_)); \
  static void CONTRACT_ON_LINE(fact_)([[maybe_unused]] World & client)

// One fact for each element of `rows`, a std::vector<Row>. Row::title() names the fact, and the
// body sees its element as `row`. For a matrix; a few facts of one kind are better written as FACTs
// that call a function of their file.
#define FACT_FOR_EACH(World, Row, rows, evidence)                                          \
  static void CONTRACT_ON_LINE(fact_)(World & client, const Row& row);                     \
  static const ::contract::Registration CONTRACT_ON_LINE(registration_)(                   \
      __FILE__, __LINE__, rows, ::contract::Evidence::evidence, &CONTRACT_ON_LINE(fact_)); \
  static void CONTRACT_ON_LINE(fact_)([[maybe_unused]] World & client, const Row& row)

// PROBE(World, switch, title) { ... return "value"; }: which value of a switch of google_emulator
// holds. Evidence: guessed. The emulator has to answer with each value under which it is put;
// ./dev live prints the value that Google has. A body that finds none fails and returns "".
#define PROBE(World, switch_name, title)                                  \
  static std::string CONTRACT_ON_LINE(probe_)(World & client);            \
  static const ::contract::Registration CONTRACT_ON_LINE(registration_)(  \
      __FILE__, __LINE__, switch_name, title, &CONTRACT_ON_LINE(probe_)); \
  static std::string CONTRACT_ON_LINE(probe_)([[maybe_unused]] World & client)
