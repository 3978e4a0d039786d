// What the conformance suite found: one entry for each sentence of host_api that was checked. Used
// by the checks through Sentence, and by the probe, which writes it as JSON. [any thread]
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/cpp/result.hpp"
#include "host_api/testing/json.hpp"

namespace conformance {

using crm::Code;
using crm::Error;
using crm::Result;
using crm::fakes::Json;

enum class Verdict { kept, broken, skipped };

struct Entry {
  std::string header;    // relative to host_api, for example "services/events.h"
  std::string sentence;  // words of that header
  Verdict verdict = Verdict::kept;
  std::string detail;  // what was expected and seen, or why it was skipped

  Json to_json() const {
    const char* said = verdict == Verdict::kept     ? "kept"
                       : verdict == Verdict::broken ? "broken"
                                                    : "skipped";
    return Json::object(
        {{"header", header}, {"sentence", sentence}, {"verdict", said}, {"detail", detail}});
  }
};

class Report {
 public:
  void add(Entry entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
  }
  std::vector<Entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  Json to_json() const {
    Json list = Json::array();
    for (const Entry& entry : entries()) list.push(entry.to_json());
    return list;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

// One sentence under test. It enters the report when it goes out of scope: kept if every
// expectation was met and there was at least one, broken otherwise, with the first that was not
// met.
class Sentence {
 public:
  Sentence(Report& report, std::string_view header, std::string_view sentence)
      : report_(report), entry_{std::string(header), std::string(sentence), Verdict::kept, ""} {}
  Sentence(const Sentence&) = delete;
  Sentence& operator=(const Sentence&) = delete;
  ~Sentence() {
    if (expectations_ == 0 && entry_.verdict == Verdict::kept) {
      entry_.verdict = Verdict::broken;
      entry_.detail = "nothing was checked: an earlier call failed";
    }
    report_.add(std::move(entry_));
  }

  bool expect(bool met, std::string_view what) {
    ++expectations_;
    if (!met && entry_.verdict == Verdict::kept) {
      entry_.verdict = Verdict::broken;
      entry_.detail = what;
    }
    return met;
  }
  // The call succeeds.
  template <class T>
  bool succeeds(const Result<T>& result, std::string_view what) {
    return expect(static_cast<bool>(result),
                  std::string(what) + " failed: " + (result ? "" : said(result.error())));
  }
  // The call is answered with this code, and with a sentence for people.
  template <class T>
  bool fails(const Result<T>& result, Code code, std::string_view what) {
    if (result)
      return expect(false, std::string(what) + " succeeded instead of status " + number(code));
    return expect(result.error().code == code, std::string(what) + " answered " +
                                                   said(result.error()) + " instead of status " +
                                                   number(code)) &&
           expect(result.error().message != "the other side gave no reason",
                  std::string(what) + " failed without a sentence for people");
  }
  void skip(std::string_view why) {
    entry_.verdict = Verdict::skipped;
    entry_.detail = why;
  }

 private:
  static std::string number(Code code) { return std::to_string(static_cast<int>(code)); }
  static std::string said(const Error& error) {
    return "status " + number(error.code) + " (" + error.message + ")";
  }

  Report& report_;
  Entry entry_;
  int expectations_ = 0;
};

}  // namespace conformance
