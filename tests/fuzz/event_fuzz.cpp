// The body of an event: inserts, patches and lists it.
#include "tests/unit/emulator/in_process.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static emulator::InProcess google;
  google.reset();
  const std::string body(reinterpret_cast<const char*>(data), size),
      events = "/calendar/v3/calendars/primary/events";
  (void)google.call("POST", events,
                    R"({"id":"abcde1","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})");
  (void)google.call("POST", events, body);
  (void)google.call("PATCH", events + "/abcde1", body);
  if (!gcal::base::Json::parse(google
                                   .call("GET", events + "?singleEvents=true&timeMin=2026-01-01T00:"
                                                         "00:00Z&timeMax=2027-01-01T00:00:00Z")
                                   .body))
    __builtin_trap();
  return 0;
}
