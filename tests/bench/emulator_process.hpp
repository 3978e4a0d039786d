// The program google_emulator as a child process that is measured: processor time, memory, time
// until it listens. Used by bench_emulator. Measures the program as it is shipped, with no work in
// the parent.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

class EmulatorProcess {
 public:
  // Starts the program on one core and waits until it listens; valid() is false when it does not.
  EmulatorProcess(const std::string& program, std::vector<std::string> arguments);
  ~EmulatorProcess();
  EmulatorProcess(const EmulatorProcess&) = delete;
  EmulatorProcess& operator=(const EmulatorProcess&) = delete;

  bool valid() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  double cpu_seconds() const;  // of all its threads, since its start
  double resident_kib() const { return memory_of("VmRSS:"); }  // now
  double peak_kib() const { return memory_of("VmHWM:"); }      // at most so far
  bool stop();  // SIGTERM, waits; false when it did not end with 0
  double total_cpu_seconds() const { return total_cpu_; }  // after stop()

 private:
  double memory_of(const char* line) const;

  pid_t child_ = -1;
  std::uint16_t port_ = 0;
  double total_cpu_ = 0;
};

}  // namespace bench
