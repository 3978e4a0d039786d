#include "tests/google_contract/live/interrupt.hpp"

#include <signal.h>

#include <thread>

namespace live {
namespace {

volatile sig_atomic_t g_signals = 0;  // a signal handler can reach nothing else

void note(int) {
  g_signals = 1;
}

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() {
  return g_signals != 0;
}
void clear_interrupt() {
  g_signals = 0;
}

void wait_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!interrupted()) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= std::chrono::milliseconds{0}) return;
    std::this_thread::sleep_for(
        std::min<std::chrono::nanoseconds>(left, std::chrono::milliseconds{50}));
  }
  throw RunStopped{"interrupted"};
}

}  // namespace live
