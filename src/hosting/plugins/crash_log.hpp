// Which plugin ended the host, and in which call, so that the next start can leave that version
// out. A plugin's code runs in the host's process: its crash cannot be survived, but it can be
// named. Used by Plugins (refusals), LoadedPlugin (marks) and main (signals).
//
// The file holds one line per crash and per permission of an administrator; later lines count. It
// must never blame a plugin for the end of a host in whose stack no plugin was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace hosting {

// A call that is under way. The texts outlive it.
struct PluginCall {
  const char* plugin;
  const char* version;
  const char* call;
};

// Marks the call of this thread. nullptr: the plugin has called back, and the host's code runs.
class CallMark {
 public:
  explicit CallMark(const PluginCall* call);
  ~CallMark();
  CallMark(const CallMark&) = delete;
  CallMark& operator=(const CallMark&) = delete;

 private:
  const PluginCall* before_;
  bool marked_before_;
};

// A stack for the handlers of signals, for the thread that makes it: a plugin may use up the
// thread's own one.
class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
};

// The code of a plugin's library: a crash of one of its own threads is recognised by it.
class PluginCode {
 public:
  // symbol: of the library. plugin and version outlive the object.
  PluginCode(const void* symbol, const char* plugin, const char* version);
  ~PluginCode();
  PluginCode(const PluginCode&) = delete;
  PluginCode& operator=(const PluginCode&) = delete;

 private:
  int slot_ = -1;
};

struct Crash {
  std::string version, call, how;  // how: "SIGSEGV", "exit", "was killed"
};

class CrashLog {
 public:
  // data: the folder of the host's files, which exists.
  explicit CrashLog(const std::filesystem::path& data) : file_(data / "plugin_crashes") {}

  // From now on a crash, an abort and an exit inside a plugin are written to the file. Once per
  // process.
  gcal::Result<> watch();
  // The process ends regularly.
  static void end_watch();

  // The crash because of which this version may not run; nothing without one, or when an
  // administrator has allowed it since. Errors: those of the file.
  gcal::Result<std::optional<Crash>> of(std::string_view plugin, std::string_view version) const;
  // Lets every version of the plugin run again.
  gcal::Result<> allow(std::string_view plugin);
  // Writes that a version ended the host.
  gcal::Result<> add(std::string_view plugin, const Crash& crash);

 private:
  gcal::Result<> append(const std::string& line);

  const std::filesystem::path file_;
  std::mutex mutex_;
};

// Lies in a file while a version starts. A process that is killed, or that ends in a way that no
// handler sees, leaves it behind: twice in succession in the same step, and the version is not
// started again. Once is not enough, because a host may be killed for other reasons. Plugins start
// side by side, so one end leaves the marks of several: the next start lets those begin one after
// the other, and finds the one.
class StartMark {
 public:
  // folder: exists. Waits while another version starts that left a mark, too.
  StartMark(const std::filesystem::path& folder, std::string plugin, std::string version);
  ~StartMark();  // the start has ended
  StartMark(const StartMark&) = delete;
  StartMark& operator=(const StartMark&) = delete;

  // The step that the last two starts did not leave; "": none.
  const std::string& fatal_step() const { return fatal_step_; }
  void step(std::string_view name);
  // The host ends on request: what is starting is not to blame.
  static void forget_all(const std::filesystem::path& folder);

 private:
  std::filesystem::path file_;
  std::string version_, left_step_, fatal_step_;
  int ends_ = 0;  // that left a mark, in succession
};

}  // namespace hosting
