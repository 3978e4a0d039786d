// What a vendor's web server and the hosting library hand each other: a request, who sends it, and
// the answer. Plain values of the standard library, on any thread; the holder of one owns it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace crm_hosting {

// A field of an HTTP message. Names compare without regard to case.
struct Header {
  std::string name, value;
};

// An HTTP request as it arrived, below the place where the vendor mounts the library: with the
// mount "/calendar", "/calendar/api/flows" is the path "/api/flows".
struct Request {
  std::string method;  // upper case, such as "GET"
  std::string path;    // begins with '/'; not decoded, without the query
  std::string query;   // not decoded, without '?'
  // All of them, but the one that carries a session of the CRM if that is neither Cookie nor
  // Authorization nor X-CSRF-Token: plugins see the others. Authorization reaches only routes that
  // need no session, such as web hooks.
  std::vector<Header> headers;
  std::string body;    // empty when only the head was read, see Hosting::admit
  std::string client;  // the sender's address as text; whose requests are counted, and logged
};

// Who sends a request, as the vendor's session says it. It must never be taken from the request
// itself, except through the session's cookie.
struct Identity {
  std::string user;  // the id that CrmPort::user knows; "": there is no session
  bool is_administrator = false;
  // A text that only this log-in of the user has, such as a hash of the session's cookie: what is
  // opened at another service in one browser is not ended in another. It is stored.
  std::string session = {};
  std::string language = "en";  // "de" or "en"
  // Was the user's password given in the last minutes? Otherwise input with a secret is refused,
  // and the end of another user's account, with the key "error.confirm": ask for it and repeat.
  bool is_confirmed = false;
  // Does the request come from the vendor's own page: checked by a CSRF token, or because it was
  // not sent by a browser? Otherwise what changes something is refused.
  bool is_csrf_checked = false;
};

// The answer. Its headers forbid caching and name the content's type; the vendor's server adds
// Content-Length, and those that it gives to every page.
struct Response {
  int status = 200;  // 200 to 599
  std::vector<Header> headers;
  std::string body;
};

// Whether a path needs to know who sends the request. A server that looks its sessions up in a
// database leaves that out for `no_one`, so that a stranger's message costs it nothing.
enum class Asks {
  no_one,  // a message of another service, such as a web hook; public texts
  anyone,  // the return from a page of another service: answered with and without a session
  user,    // without a session it is refused with 401
};

// What is decided of a request when only its head was read.
struct Admission {
  std::optional<Response> refusal = std::nullopt;  // send this, and do not read the body
  std::size_t max_body = 0;                        // bytes; larger: 413
  Asks asks = Asks::user;
  // Has a plugin accepted a request of the sender that the head names? Servers that are short of
  // places give them to these first.
  bool is_known_sender = false;
};

}  // namespace crm_hosting
