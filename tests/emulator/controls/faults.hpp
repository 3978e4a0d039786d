// Faults on demand: rules that say which request goes wrong, how often and how. Used by Emulator::handle and set by the controls.
// A rule must never hit the controls themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/emulator/api/message.hpp"

namespace emulator {

struct Fault {
  std::uint64_t id = 0;
  // match: an empty member matches everything
  std::string method, path, query_contains, body_contains;
  std::int64_t skip = 0;     // let so many matching requests pass first
  std::int64_t times = 1;    // 0: for ever
  double probability = 1;    // of a matching request to be hit
  std::uint64_t random = 0;  // state of the rule's own generator, from `seed`: a run can be repeated
  // effect
  bool after = false;  // the effect of the request takes place, only the answer is lost
  bool drop = false, garbage = false, empty_page = false, truncate = false;
  bool stale = false;  // a list answers as if the last changes had not happened
  std::int64_t delay_ms = 0;
  std::int64_t kill_pid = 0;      // SIGKILL to this process, before or after the effect
  std::vector<std::string> omit;  // members taken out of the answer: "nextSyncToken"
  bool repeat_items = false;      // the first item of a page comes twice
  int status = 0;
  Problem problem;
  Fields headers;
  std::string body;  // raw, instead of Google's error body
  bool has_body = false;
  std::uint64_t hits = 0;
};

// SplitMix64: the same seed hits the same requests. Moves `state` on.
std::uint64_t next_random(std::uint64_t& state);

class Faults {
 public:
  Outcome<std::uint64_t> add(const gcal::base::Json& rule);
  bool remove(std::uint64_t id);
  void clear() { rules_.clear(); }
  std::uint64_t hits() const { return hits_; }  // of all rules, also of those that are used up
  gcal::base::Json describe() const;

  bool allow_kill = false;  // kill_pid is refused without

  // The rule that applies to this request, counted; nullptr for none.
  const Fault* take(const Request& request, const std::string& path_template);
  static Response answer(const Fault& fault);
  // Applies what changes an answer without replacing it: omit, repeat_items, truncate.
  static void spoil(const Fault& fault, Response& response);

 private:
  std::vector<Fault> rules_;
  Fault taken_;
  std::uint64_t next_ = 0, hits_ = 0;
};

}  // namespace emulator
