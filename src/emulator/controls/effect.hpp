// The effect of a fault rule on a request, on the document that answers it, and on the bytes of the
// response. Read from JSON (effect_reader.cpp), applied by pure functions (effect.cpp). Used by
// FaultRules and Emulator. Touches no socket: program/wire.hpp applies the faults of the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/http/message.hpp"

namespace emulator {

// How a list is made differently.
struct ListFaults {
  bool empty_page = false;
  bool stale = false;              // the newest change is left out
  std::int64_t stale_seconds = 0;  // so are the changes of the last seconds
};

// Whether the last item of a page comes with the next page too ("copy") or instead ("move").
enum class Reappear { no, copy, move };

struct Effect {
  // On the request.
  bool after = false;  // the request takes effect, only the response is replaced
  ListFaults list;
  std::int64_t kill_pid = 0;        // SIGKILL to this process, before or after the request's effect
  std::optional<Request> reply_to;  // the response is that of this request (method, path, query)
  // Of a batch: so many parts take effect and are answered, the others are not executed.
  std::optional<std::int64_t> parts_done;

  // Replaces Google's response.
  int status = 0;
  Problem problem;
  std::optional<std::string> body;  // instead of Google's error body
  bool drop = false, garbage = false;
  bool replaces() const { return drop || garbage || status > 0 || kill_pid > 0; }

  // Changes Google's response.
  gcal::base::Json headers;                   // {name: text, [texts] or null}
  std::vector<std::string> omit, omit_items;  // members removed from the document, from each item
  gcal::base::Json set, set_items;            // members written into the document, into each item
  std::string only;  // set_items and omit_items change only the item with this id
  bool repeat_items = false, reverse_items = false, strip_cancelled = false,
       same_page_token = false;
  Reappear reappear_on_next_page = Reappear::no;  // the next page that the rule hits
  bool truncate = false;
  std::string gzip;                                      // "cut", "not_gzip", "bomb"
  bool reverse_parts = false, wrong_content_id = false;  // of a batch

  // On its bytes.
  std::int64_t delay_ms = 0;
  WireFaults wire;
};

// Errors: invalid, with the name of the wrong member.
Outcome<Effect> read_effect(const gcal::base::Json& json, bool allow_kill);

// The response of an effect that replaces Google's.
Response replacement(const Effect& effect);

// Changes the response to `request`. `held` is the item that the rule keeps between two hits
// (Reappear).
void apply_response_fault(const Effect& effect, const Request& request,
                          std::optional<gcal::base::Json>& held, Response& response);

}  // namespace emulator
