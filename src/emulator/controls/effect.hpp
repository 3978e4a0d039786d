// What a fault rule does to a request, to the meaning of its answer, and to the answer's bytes.
// Read from JSON, applied by pure functions. Used by Faults and Emulator. It must never touch a
// socket: the bytes are the business of program/wire.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/api/message.hpp"

namespace emulator {

enum class Carry { no, copy, move };

struct Effect {
  // The request.
  bool after = false;               // it takes effect, only the answer goes wrong
  ListFaults list;                  // the list is made differently
  std::int64_t kill_pid = 0;        // SIGKILL to this process, before or after the effect
  std::optional<Request> reply_to;  // the answer is that of this request (method, path, query)
  std::optional<std::int64_t> parts_done;  // of a batch: so many parts take effect and are
                                           // answered, the others never come to be

  // The answer instead of Google's.
  int status = 0;
  Problem problem;
  std::optional<std::string> body;  // raw, instead of Google's error body
  bool drop = false, garbage = false;
  bool replaces() const { return drop || garbage || status > 0 || kill_pid > 0; }

  // Google's answer, spoilt.
  gcal::base::Json headers;                   // {name: text, [texts] or null}
  std::vector<std::string> omit, omit_items;  // members taken out of the document, out of each item
  gcal::base::Json set, set_items;            // members written into the document, into each item
  std::string only;  // set_items and omit_items touch the item with this id only
  bool repeat_items = false, reverse_items = false, strip_cancelled = false,
       same_page_token = false;
  Carry carry =
      Carry::no;  // the last item comes with the next page that the rule hits, also or instead
  bool truncate = false;
  std::string gzip;                                      // "cut", "not_gzip", "bomb"
  bool reverse_parts = false, wrong_content_id = false;  // of a batch

  // Its bytes.
  std::int64_t delay_ms = 0;
  WireFaults wire;
};

// Errors: invalid, with the name of what is wrong.
Outcome<Effect> read_effect(const gcal::base::Json& json, bool allow_kill);

// The answer of an effect that replaces Google's.
Response replacement(const Effect& effect);

// Spoils an answer. `held` is what the rule keeps between two hits (Carry).
void spoil(const Effect& effect, const Request& request, std::optional<gcal::base::Json>& held,
           Response& response);

}  // namespace emulator
