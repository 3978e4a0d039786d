// The simple services of the fake host: a clock that the test controls, a log that it can read,
// secrets, options, and the faults that it sets. Used through crm::fakes::Host, on any thread. It
// must never read the real clock, a file or the environment of the process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/cpp/result.hpp"
#include "host_api/testing/json.hpp"

namespace crm::fakes {

// One lock for the whole host, because its parts read each other. Recursive, so that no order of
// locking has to be kept.
using Mutex = std::recursive_mutex;
using Lock = std::lock_guard<Mutex>;

// crm.clock/0. Both clocks keep their time until the test moves them.
class Clock {
 public:
  explicit Clock(Mutex& mutex) : mutex_(mutex) {}

  std::int64_t wall() const {
    const Lock lock(mutex_);
    return wall_;
  }
  std::int64_t monotonic_ms() const {
    const Lock lock(mutex_);
    return monotonic_;
  }
  void set_wall(std::int64_t ms) {  // changes the wall clock only
    const Lock lock(mutex_);
    wall_ = ms;
  }
  void advance(std::chrono::milliseconds by) {
    const Lock lock(mutex_);
    wall_ += by.count();
    monotonic_ += by.count();
  }

 private:
  Mutex& mutex_;
  std::int64_t wall_ = 1'800'000'000'000;  // 2027-01-15T08:00:00Z
  std::int64_t monotonic_ = 1'000;
};

// crm.log/0.
class Log {
 public:
  struct Line {
    std::int32_t level = 0;
    std::string event, fields;
    friend bool operator==(const Line&, const Line&) = default;
  };

  explicit Log(Mutex& mutex) : mutex_(mutex) {}
  void write(std::int32_t level, std::string_view event, std::string_view fields) {
    const Lock lock(mutex_);
    if (level < lowest_) return;
    lines_.push_back({level, std::string(event), std::string(fields)});
  }
  bool enabled(std::int32_t level) const {
    const Lock lock(mutex_);
    return level >= lowest_;
  }
  void keep_from(std::int32_t level) {  // drops entries below it; everything is kept at first
    const Lock lock(mutex_);
    lowest_ = level;
  }
  std::vector<Line> lines() const {
    const Lock lock(mutex_);
    return lines_;
  }
  std::size_t count(std::string_view event) const {
    const Lock lock(mutex_);
    std::size_t n = 0;
    for (const Line& line : lines_) n += line.event == event;
    return n;
  }
  // Does any line contain this text? Tests call it with every token and address: none may be
  // logged.
  bool holds(std::string_view text) const {
    const Lock lock(mutex_);
    for (const Line& line : lines_)
      if (line.event.find(text) != std::string::npos || line.fields.find(text) != std::string::npos)
        return true;
    return false;
  }
  void clear() {
    const Lock lock(mutex_);
    lines_.clear();
  }

 private:
  Mutex& mutex_;
  std::vector<Line> lines_;
  std::int32_t lowest_ = 0;
};

// crm.secrets/0. Kept unencrypted, so that a test can read them.
class Secrets {
 public:
  explicit Secrets(Mutex& mutex) : mutex_(mutex) {}
  Result<std::string> get(std::string_view key) const {
    const Lock lock(mutex_);
    const auto found = values_.find(key);
    if (found == values_.end())
      return Error{Code::not_found, "there is no such secret: connect again", {}};
    if (lost_.contains(key))
      return Error{Code::gone, "the host lost the key of this secret: connect again", {}};
    return found->second;
  }
  Result<> put(std::string_view key, std::string_view value) {
    CRM_TRY_VOID(check(key, value));
    const Lock lock(mutex_);
    store(key, value);
    return {};
  }
  Result<> put_if(std::string_view key, std::string_view expected, std::string_view value) {
    CRM_TRY_VOID(check(key, value));
    const Lock lock(mutex_);
    const auto found = values_.find(key);
    const bool readable = found != values_.end() && !lost_.contains(key);
    if ((readable ? std::string_view(found->second) : std::string_view()) != expected)
      return Error{Code::conflict, "the secret changed meanwhile: read it again", {}};
    store(key, value);
    return {};
  }
  Result<> erase(std::string_view key) {
    const Lock lock(mutex_);
    if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
    return {};
  }
  std::string list(std::string_view prefix) const {
    const Lock lock(mutex_);
    Json keys = Json::array();
    for (const auto& [key, value] : values_)
      if (key.starts_with(prefix)) keys.push(key);
    return keys.dump();
  }
  std::size_t size() const {
    const Lock lock(mutex_);
    return values_.size();
  }
  void lose_master_key() {  // as after restoring a host without its key
    const Lock lock(mutex_);
    for (const auto& [key, value] : values_) lost_.insert(key);
  }

 private:
  static Result<> check(std::string_view key, std::string_view value) {
    if (key.empty() || key.size() > 512)
      return Error{Code::invalid, "the key of a secret has 1 to 512 bytes", {}};
    if (value.size() > 16 * 1024) return Error{Code::invalid, "a secret has at most 16 KiB", {}};
    return {};
  }
  void store(std::string_view key, std::string_view value) {
    values_[std::string(key)] = value;
    if (const auto found = lost_.find(key); found != lost_.end()) lost_.erase(found);
  }

  Mutex& mutex_;
  std::map<std::string, std::string, std::less<>> values_;
  std::set<std::string, std::less<>> lost_;
};

// crm.options/0. "public_url" is always set, as the contract demands.
class Options {
 public:
  explicit Options(Mutex& mutex) : mutex_(mutex) {}
  Result<std::string> get(std::string_view key) const {
    const Lock lock(mutex_);
    const auto found = values_.find(key);
    if (found == values_.end())
      return Error{Code::not_found, "this option is not set: " + std::string(key), {}};
    return found->second;
  }
  void set(std::string key, std::string value) {
    const Lock lock(mutex_);
    values_[std::move(key)] = std::move(value);
  }
  void unset(std::string_view key) {
    const Lock lock(mutex_);
    if (const auto found = values_.find(key); found != values_.end()) values_.erase(found);
  }

 private:
  Mutex& mutex_;
  std::map<std::string, std::string, std::less<>> values_{
      {"public_url", "https://crm.example.com"}};
};

// crm.host_info/0. The address of a route is "public_url" of the options, where the contract's
// reference host mounts it.
class HostInfo {
 public:
  HostInfo(Mutex& mutex, const Options& options) : mutex_(mutex), options_(options) {}

  // --- the test ---
  // The id of the plugin, and the routes of its manifest, which is not read here; until then every
  // route exists.
  void set_routes(std::string plugin, std::set<std::string, std::less<>> routes) {
    const Lock lock(mutex_);
    plugin_ = std::move(plugin);
    routes_ = std::move(routes);
  }
  void add_record_kind(std::string kind) {
    const Lock lock(mutex_);
    kinds_.push(std::move(kind));
  }

  // --- crm.host_info/0 ---
  std::string info() const {
    const Lock lock(mutex_);
    return Json::object({{"name", "fake_host"},
                         {"version", "0.0.0"},
                         {"tenant", ""},
                         {"record_kinds", kinds_},
                         {"languages", languages_},
                         {"limits", Json::object({{"feed_page", 2500},
                                                  {"events_per_call", 500},
                                                  {"addresses_per_call", 1000},
                                                  {"feed_days", 90},
                                                  {"answer_days", 90},
                                                  {"secret_bytes", 16 * 1024},
                                                  {"payload_bytes", 4096},
                                                  {"memo_bytes", 4 * 1024 * 1024},
                                                  {"flow_days", 7},
                                                  {"run_ms", 3'600'000}})}})
        .dump();
  }
  Result<std::string> url_of(std::string_view route) const {
    const Lock lock(mutex_);
    if (route != "callback" && routes_ && !routes_->contains(route))
      return Error{Code::not_found, "the manifest has no such route"};
    const auto base = options_.get("public_url");
    if (!base) return Error{Code::unavailable, "the host was not told its public address"};
    return *base + "/plugins/" + plugin_ + "/" + std::string(route);
  }

 private:
  static Json texts(std::initializer_list<const char*> list) {
    Json json = Json::array();
    for (const char* text : list) json.push(text);
    return json;
  }
  Mutex& mutex_;
  const Options& options_;
  std::string plugin_ = "test";
  std::optional<std::set<std::string, std::less<>>> routes_;
  Json kinds_ = texts({"lead", "contact"});
  Json languages_ = texts({"en", "de"});
};

// Faults of the next calls. A function is named by the id of its service and its name, such as
// (CRM_EVENTS, "apply"); the name "" means each function of the service. Functions that cannot fail
// by contract (log, clock, dialect, rollback) never do.
class Faults {
 public:
  static constexpr std::size_t kAlways = std::numeric_limits<std::size_t>::max();

  explicit Faults(Mutex& mutex) : mutex_(mutex) {}
  // The call returns `error` and has no effect.
  void fail(std::string service, std::string function, Error error, std::size_t times = kAlways) {
    const Lock lock(mutex_);
    faults_[{std::move(service), std::move(function)}] = {std::move(error), times, false};
  }
  // The call takes effect, then its answer is lost, as with TIMEOUT. A plugin has to determine the
  // outcome without repeating the effect.
  void lose_answer(std::string service, std::string function, Error error,
                   std::size_t times = kAlways) {
    const Lock lock(mutex_);
    faults_[{std::move(service), std::move(function)}] = {std::move(error), times, true};
  }
  void clear() {
    const Lock lock(mutex_);
    faults_.clear();
  }

  // Used by the host's tables: the fault of this call, if any.
  struct Verdict {
    std::optional<Error> error;
    bool after_effect = false;
  };
  Verdict next(std::string_view service, std::string_view function) {
    const Lock lock(mutex_);
    for (const std::string_view name : {function, std::string_view()}) {
      const auto found = faults_.find({std::string(service), std::string(name)});
      if (found == faults_.end()) continue;
      Verdict verdict{found->second.error, found->second.after_effect};
      if (found->second.times != kAlways && --found->second.times == 0) faults_.erase(found);
      return verdict;
    }
    return {};
  }

 private:
  struct Fault {
    Error error;
    std::size_t times = kAlways;
    bool after_effect = false;
  };
  Mutex& mutex_;
  std::map<std::pair<std::string, std::string>, Fault> faults_;
};

}  // namespace crm::fakes
