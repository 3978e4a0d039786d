// What the HTTP server decides of a message without reading or writing one: what the head of a
// request means, and the text of an answer's head. Used by http_server.cpp alone. Pure, on plain
// types; nothing here may know a socket. [any thread]
#pragma once

#include <string>
#include <string_view>

#include "src/common/net/http_server.hpp"

namespace gcal::net {

// The head of a request as it came.
struct ReceivedHead {
  std::string method;
  std::string target;
  Headers headers;
  bool is_http_1_1 = true;  // or newer; else 1.0
};

// Sets method, target, path, query and headers of `request`. false: a proxy in front of us could
// read this head in another way, so the request must be refused.
bool read_head(ReceivedHead head, ServerRequest& request);

// Does the client take gzip?
bool accepts_gzip(const Headers& headers);

// Has an answer of this status no body, whatever the request was?
bool has_no_body(int status);

// The lines of an answer's head without the empty one that ends it. A header that would break out
// of its line is a defect of the handler: it is left out, never sent.
std::string head_of(int status, std::string_view reason, const Headers& headers, bool keep_alive);

// An answer of the server itself: its reason as text.
ServerResponse plain_response(int status, std::string_view reason);

// Applies gzip where the handler allows it and it is worth its time. The client must take it.
void compress(ServerResponse& response);

// A piece of a body in the coding "chunked" (RFC 9112 section 7.1). Not empty: that would end it.
std::string chunk_of(std::string piece);

}  // namespace gcal::net
