#include "tests/bench/emulator_process.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>

namespace bench {

EmulatorProcess::EmulatorProcess(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program, "--listen", "127.0.0.1:0"});
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (::pipe(ends) != 0) return;
  child_ = ::fork();
  if (child_ == 0) {
    cpu_set_t all, one;
    CPU_ZERO(&one);
    if (::sched_getaffinity(0, sizeof all, &all) == 0)
      for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu)
        if (CPU_ISSET(cpu, &all)) {
          CPU_SET(cpu, &one);
          ::sched_setaffinity(0, sizeof one, &one);
          break;
        }
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execv(program.c_str(), pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string line;
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(ends[0]);
  if (const std::size_t colon = line.rfind(':'); colon != std::string::npos)
    port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + colon + 1));
}

EmulatorProcess::~EmulatorProcess() {
  stop();
}

double EmulatorProcess::cpu_seconds() const {
  clockid_t clock{};
  timespec spent{};
  if (::clock_getcpuclockid(child_, &clock) != 0 || ::clock_gettime(clock, &spent) != 0) return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double EmulatorProcess::memory_of(const char* line) const {
  std::ifstream status("/proc/" + std::to_string(child_) + "/status");
  for (std::string word; status >> word;)
    if (word == line) {
      double kib = 0;
      status >> kib;
      return kib;
    }
  return 0;
}

bool EmulatorProcess::stop() {
  if (child_ <= 0) return true;
  ::kill(child_, SIGTERM);
  int state = 0;
  rusage usage{};
  ::wait4(child_, &state, 0, &usage);
  total_cpu_ = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  child_ = -1;
  return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

}  // namespace bench
