// The body of a batch.
#include "tests/unit/emulator/in_process.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static emulator::InProcess google;
  static int inputs = 0;
  if (++inputs % 100 == 0) google.reset();  // inputs build on those before, up to 100
  emulator::Request request;
  request.method = "POST";
  request.path = "/batch/calendar/v3";
  request.headers = {{"Authorization", "Bearer " + google.token},
                     {"Content-Type", "multipart/mixed; boundary=b"}};
  request.body.assign(reinterpret_cast<const char*>(data), size);
  (void)google.emulator.handle(request);
  return 0;
}
