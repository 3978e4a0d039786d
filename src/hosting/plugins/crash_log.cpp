#include "src/hosting/plugins/crash_log.hpp"

#include <fcntl.h>
#include <link.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <semaphore>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;

namespace {

constexpr std::size_t kSignalStack = 64 * 1024;
constexpr std::size_t kScannedStack = 128 * 1024, kScannedPart = 4096;

thread_local const PluginCall* current_call = nullptr;
thread_local bool is_marked = false;  // also by a mark of the host

struct CodeRange {
  std::atomic<std::uintptr_t> begin{0}, end{0};
  std::atomic<const char*> plugin{nullptr}, version{nullptr};
};
std::array<CodeRange, 64> code_ranges;

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
std::array<struct sigaction, kSignals.size()> previous_actions;
std::atomic<int> log_descriptor{-1};
std::atomic<bool> is_recorded{false};

const char* name_of(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGILL: return "SIGILL";
    case SIGFPE: return "SIGFPE";
    default: return "SIGABRT";
  }
}

const CodeRange* range_of(std::uintptr_t address) {
  for (const CodeRange& range : code_ranges) {
    const std::uintptr_t begin = range.begin.load(std::memory_order_acquire);
    if (begin != 0 && address >= begin && address < range.end.load(std::memory_order_relaxed))
      return &range;
  }
  return nullptr;
}

// The first plugin that a return address on the stack belongs to. Memory that is not mapped ends
// the search: it is read through the kernel.
const CodeRange* range_on_stack(std::uintptr_t stack) {
  std::uintptr_t words[kScannedPart / sizeof(std::uintptr_t)];
  stack &= ~(sizeof(std::uintptr_t) - 1);
  for (std::size_t seen = 0; seen < kScannedStack; seen += kScannedPart) {
    iovec local{words, sizeof words};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address comes from a register
    iovec remote{reinterpret_cast<void*>(stack + seen), sizeof words};
    const ssize_t read = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
    if (read <= 0) return nullptr;
    for (std::size_t i = 0; i < static_cast<std::size_t>(read) / sizeof words[0]; ++i)
      if (const CodeRange* found = range_of(words[i])) return found;
  }
  return nullptr;
}

// [in a handler of a signal: only what POSIX allows there]
class Line {
 public:
  void add(const char* text) {
    while (*text && size_ < sizeof text_) text_[size_++] = *text++;
  }
  void write_to(int descriptor) const {
    // A failure cannot be reported: the process ends.
    if (::write(descriptor, text_, size_) > 0) static_cast<void>(::fsync(descriptor));
  }

 private:
  char text_[512];
  std::size_t size_ = 0;
};

void record(const char* how, std::uintptr_t address, std::uintptr_t stack) {
  const int descriptor = log_descriptor.load();
  if (descriptor < 0 || is_recorded.exchange(true)) return;
  PluginCall call{nullptr, nullptr, "a thread of its own"};
  if (is_marked) {
    if (!current_call) return;  // the host's own code, called back by a plugin
    call = *current_call;
  } else {
    const CodeRange* range = range_of(address);
    if (!range) range = range_on_stack(stack);
    if (!range) return;
    call.plugin = range->plugin.load();
    call.version = range->version.load();
  }
  Line line;
  for (const char* text :
       {"crashed\t", call.plugin, "\t", call.version, "\t", call.call, "\t", how, "\n"})
    line.add(text);
  line.write_to(descriptor);
}

extern "C" void crm_on_crash(int signal, siginfo_t*, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  const auto address = static_cast<std::uintptr_t>(registers.gregs[REG_RIP]);
  const auto stack = static_cast<std::uintptr_t>(registers.gregs[REG_RSP]);
#elif defined(__aarch64__)
  const auto address = static_cast<std::uintptr_t>(registers.pc);
  const auto stack = static_cast<std::uintptr_t>(registers.sp);
#else
#error "the registers of this processor are not known"
#endif
  record(name_of(signal), address, stack);
  // The handler before this one comes next: by default the process ends with the signal.
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    if (kSignals[i] == signal) ::sigaction(signal, &previous_actions[i], nullptr);
  ::raise(signal);  // delivered when this handler returns
}

void on_exit_of_process() {
  record("exit", 0, reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)));
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  return fields;
}

Error cannot(const char* what, const std::filesystem::path& file) {
  return {Code::unavailable,
          std::string("cannot ") + what + " " + file.string() + ": " +
              std::system_category().message(errno),
          {}};
}

// One at a time. Released by the thread that ends the start, which may be another one.
std::binary_semaphore& marked_starts() {
  static std::binary_semaphore value(1);
  return value;
}

struct Segments {
  std::uintptr_t symbol;
  std::uintptr_t begin = 0, end = 0;
};

int find_segments(dl_phdr_info* info, std::size_t, void* data) {
  auto& wanted = *static_cast<Segments*>(data);
  std::uintptr_t begin = UINTPTR_MAX, end = 0;
  bool contains = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const std::uintptr_t from = info->dlpi_addr + header.p_vaddr, to = from + header.p_memsz;
    contains |= wanted.symbol >= from && wanted.symbol < to;
    if ((header.p_flags & PF_X) == 0) continue;
    begin = std::min(begin, from);
    end = std::max(end, to);
  }
  if (!contains) return 0;
  wanted.begin = begin;
  wanted.end = end;
  return 1;
}

}  // namespace

CallMark::CallMark(const PluginCall* call)
    : before_(std::exchange(current_call, call)), marked_before_(std::exchange(is_marked, true)) {}
CallMark::~CallMark() {
  current_call = before_;
  is_marked = marked_before_;
}

SignalStack::SignalStack() : memory_(std::make_unique<char[]>(kSignalStack)) {
  stack_t stack{};
  stack.ss_sp = memory_.get();
  stack.ss_size = kSignalStack;
  ::sigaltstack(&stack, nullptr);
}
SignalStack::~SignalStack() {
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
}

PluginCode::PluginCode(const void* symbol, const char* plugin, const char* version) {
  Segments segments{reinterpret_cast<std::uintptr_t>(symbol)};
  ::dl_iterate_phdr(&find_segments, &segments);
  if (segments.end == 0) return;
  for (std::size_t i = 0; i < code_ranges.size(); ++i) {
    const char* free = nullptr;
    if (!code_ranges[i].plugin.compare_exchange_strong(free, plugin)) continue;
    code_ranges[i].version = version;
    code_ranges[i].end = segments.end;
    code_ranges[i].begin.store(segments.begin, std::memory_order_release);
    slot_ = static_cast<int>(i);
    return;
  }
}
PluginCode::~PluginCode() {
  if (slot_ < 0) return;
  CodeRange& range = code_ranges[static_cast<std::size_t>(slot_)];
  range.begin = 0;
  range.plugin = nullptr;
}

Result<> CrashLog::watch() {
  const int descriptor = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return cannot("open", file_);
  log_descriptor = descriptor;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action {};
    action.sa_sigaction = &crm_on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(kSignals[i], &action, &previous_actions[i]);
  }
  std::atexit(&on_exit_of_process);
  return {};
}

void CrashLog::end_watch() {
  log_descriptor = -1;
}

Result<std::optional<Crash>> CrashLog::of(std::string_view plugin, std::string_view version) const {
  std::optional<Crash> found;
  std::error_code failure;
  if (!std::filesystem::exists(file_, failure)) return found;
  std::ifstream in(file_);
  if (!in) return cannot("read", file_);
  for (std::string line; std::getline(in, line);) {
    const auto fields = fields_of(line);
    if (fields.size() < 2 || fields[1] != plugin) continue;
    if (fields[0] == "allowed") found.reset();
    if (fields[0] == "crashed" && fields.size() == 5 && fields[2] == version)
      found = Crash{fields[2], fields[3], fields[4]};
  }
  return found;
}

Result<> CrashLog::append(const std::string& line) {
  const std::lock_guard lock(mutex_);
  const int descriptor = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return cannot("open", file_);
  const bool written =
      ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::fsync(descriptor) == 0;
  Error failed = cannot("write", file_);
  ::close(descriptor);
  if (!written) return failed;
  return {};
}

Result<> CrashLog::allow(std::string_view plugin) {
  return append("allowed\t" + std::string(plugin) + "\n");
}

Result<> CrashLog::add(std::string_view plugin, const Crash& crash) {
  return append("crashed\t" + std::string(plugin) + "\t" + crash.version + "\t" + crash.call +
                "\t" + crash.how + "\n");
}

StartMark::StartMark(const std::filesystem::path& folder, std::string plugin, std::string version)
    : file_(folder / (std::move(plugin) + ".starting")), version_(std::move(version)) {
  std::ifstream in(file_);
  std::string left_version, left_step, ends;
  if (in && std::getline(in, left_version) && std::getline(in, left_step) &&
      std::getline(in, ends) && left_version == version_) {
    left_step_ = left_step;
    ends_ = std::atoi(ends.c_str()) + 1;
    if (ends_ >= 2) fatal_step_ = left_step_;
  }
  in.close();
  std::error_code failure;
  std::filesystem::remove(file_, failure);  // while it waits it is not to blame
  if (ends_ > 0) marked_starts().acquire();
}

StartMark::~StartMark() {
  std::error_code failure;  // a mark that stays is counted once, and once has no effect
  std::filesystem::remove(file_, failure);
  if (ends_ > 0) marked_starts().release();
}

void StartMark::forget_all(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure), end;
  for (; !failure && entry != end; entry.increment(failure)) {
    std::error_code ignored;
    if (entry->path().extension() == ".starting") std::filesystem::remove(entry->path(), ignored);
  }
}

void StartMark::step(std::string_view name) {
  const int ends = name == left_step_ ? ends_ : 0;
  std::ofstream(file_, std::ios::trunc) << version_ << '\n' << name << '\n' << ends << '\n';
}

}  // namespace hosting
