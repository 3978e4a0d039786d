// A library with everything that keeps it mapped or exports what it should hide: inspect_library
// must name each offence.
#include <string>

extern "C" const int crm_entry = 0;
extern "C" int also_exported() {
  return 1;
}

template <class T>
struct Shared {
  static inline int count = 0;  // GCC makes this STB_GNU_UNIQUE
};

std::string& per_thread() {
  thread_local std::string text = "its destructor needs the library until the thread ends";
  Shared<int>::count += 1;
  return text;
}
