#include "tests/google_contract/live/guard.hpp"

#include <algorithm>
#include <vector>

#include "src/common/net/url.hpp"

namespace live {
namespace {

namespace net = gcal::net;

constexpr std::string_view kApi = "/calendar/v3/";

std::string decoded(std::string_view segment) {
  auto text = net::percent_decode(segment);
  if (!text) throw NotHere{"an address that cannot be read"};
  return *std::move(text);
}

bool writes(const std::string& method) {
  return method != "GET";
}

// One call, outside a batch or within.
class Call {
 public:
  Call(std::string method, std::string path, std::string query, std::string body,
       const Ground& ground, bool second)
      : method_(std::move(method)),
        query_(std::move(query)),
        body_(std::move(body)),
        ground_(ground),
        second_(second) {
    for (const std::string_view segment : net::path_segments(path))
      segments_.push_back(decoded(segment));
    if (segments_.size() < 3) throw NotHere{"not a call of the Calendar API"};
    segments_.erase(segments_.begin(), segments_.begin() + 2);  // calendar, v3
  }

  void guard() {
    const std::string& kind = segments_[0];
    if (kind == "calendars" && segments_.size() == 1)
      make_calendar();
    else if (kind == "calendars")
      below_calendar();
    else if (kind == "users")
      own_lists();
    else if (kind == "freeBusy")
      busy();
    else if (kind != "colors" && kind != "channels" && writes(method_))
      throw NotHere{"a call that the guard does not know"};
    if (segments_.back() == "watch") watch();
  }

  std::string target() const {
    std::string out = "/calendar/v3";
    for (const std::string& segment : segments_) out += "/" + net::percent_encode(segment);
    return out + (query_.empty() ? "" : "?" + query_);
  }
  const std::string& body() const { return body_; }

 private:
  // The calendar that a path names; what is the person's own becomes the room.
  void place(std::string& id) {
    const bool own = id == "primary" || id == ground_.own_email,
               of_second = !ground_.second_email.empty() && id == ground_.second_email;
    if (of_second || (second_ && id == "primary"))
      throw NotHere{"about the second account's primary calendar"};
    if (own) id = ground_.room;
    if (writes(method_) && !ground_.calendars.contains(id) && !is_reserved(id))
      throw NotHere{"writes to a calendar that is not ours"};
  }

  void make_calendar() {
    if (method_ == "POST") put_mark(true);
  }

  void below_calendar() {
    place(segments_[1]);
    if (segments_.size() == 2) return put_mark(false);
    if (segments_[2] == "events" && writes(method_)) events();
    if (segments_[2] == "acl" && writes(method_)) sharing();
  }

  void put_mark(bool made) {
    auto body = Json::parse(body_);
    if (!body || !body->is_object()) {
      if (made) throw NotHere{"a calendar without our mark"};
      return;
    }
    if (!body->contains("summary")) return;  // a new calendar without a name is refused
    body->set("summary", std::string(kMark) + body->string("summary"));
    body_ = body->dump();
  }

  void events() {
    const std::string last = segments_.size() > 3 ? segments_.back() : "";
    if (last == "move") {
      auto query = net::form_decode(query_);
      const std::string to = query ? std::string(net::parameter(*query, "destination")) : "";
      if (!to.empty() && !ground_.calendars.contains(to))
        throw NotHere{"moves an event to a calendar that is not ours"};
    }
    if (last != "import" && last != "watch") nobody_is_mailed("sendUpdates", "none");
    auto body = Json::parse(body_);
    if (!body) return;  // no attendees in what is not JSON
    for (const Json& one : (*body)["attendees"].items()) {
      const std::string& email = one.string("email");
      const bool person =
          !email.empty() && (email == ground_.own_email || email == ground_.second_email);
      if (person) throw NotHere{"an invitation would put a copy into a primary calendar"};
      if (email.find('@') != std::string::npos && !is_reserved(email))
        throw NotHere{"invites an address that may be somebody's"};
    }
  }

  void nobody_is_mailed(const std::string& name, const std::string& value) {
    auto query = net::form_decode(query_);
    if (!query) throw NotHere{"a query that cannot be read, on a write"};
    for (const auto& [key, said] : *query) {
      const bool mails = (key == "sendUpdates" && said != "none") ||
                         (key == "sendNotifications" && said != "false");
      if (mails) throw NotHere{"Google would send mails"};
    }
    if (net::parameter(*query, name) != value)
      query_ += (query_.empty() ? "" : "&") + name + "=" + value;
  }

  void sharing() {
    if (segments_.size() > 3 && segments_[3] == "user:" + ground_.own_email)
      throw NotHere{"would take the person's own right away"};
    if (segments_.size() > 3 && segments_[3] == "watch") return;
    if (method_ != "DELETE") nobody_is_mailed("sendNotifications", "false");
    auto body = Json::parse(body_);
    const Json scope = body ? (*body)["scope"] : Json();
    if (scope.string("type") == "default") throw NotHere{"would make a calendar public"};
    const std::string& who = scope.string("value");
    if (who.find_first_of("@.") != std::string::npos && !is_reserved(who) &&
        who != ground_.second_email)
      throw NotHere{"shares a calendar with an address that may be somebody's"};
    if (who == ground_.own_email) throw NotHere{"would change the person's own right"};
  }

  void own_lists() {
    if (segments_.size() < 3 || segments_[1] != "me")
      throw NotHere{"a call that the guard does not know"};
    if (segments_[2] != "calendarList") {
      if (writes(method_) && segments_.back() != "watch")
        throw NotHere{"would change the person's settings"};
      return;
    }
    if (segments_.size() > 3 && segments_[3] != "watch") place(segments_[3]);
    if (segments_.size() == 3 && method_ == "POST") {
      auto body = Json::parse(body_);
      const std::string id = body ? body->string("id") : "";
      if (!ground_.calendars.contains(id) &&
          (!is_reserved(id) || id == ground_.own_email || id == ground_.second_email))
        throw NotHere{"would subscribe to a calendar that is not ours"};
    }
  }

  void busy() {
    auto body = Json::parse(body_);
    if (!body) return;
    for (const Json& one : (*body)["items"].items()) {
      const std::string& id = one.string("id");
      const bool person = id == "primary" || id == ground_.own_email || id == ground_.second_email;
      if (person || (!ground_.calendars.contains(id) && !is_reserved(id)))
        throw NotHere{"asks for the busy times of a calendar that is not ours"};
    }
  }

  void watch() {
    auto body = Json::parse(body_);
    auto url = net::parse_url(body ? body->string("address") : "");
    if (url && !is_reserved(url->host))
      throw NotHere{"a web hook at an address that may be somebody's"};
  }

  std::string method_;
  std::vector<std::string> segments_;
  std::string query_, body_;
  const Ground& ground_;
  bool second_;
};

std::pair<std::string, std::string> split(const std::string& target) {
  const std::size_t mark = target.find('?');
  return {target.substr(0, mark), mark == std::string::npos ? "" : target.substr(mark + 1)};
}

// "METHOD /path HTTP/1.1" anywhere at the beginning of a line is a call of the batch; everything
// else stays as it is. The body of a call is what follows its first empty line, up to the next
// boundary.
std::string guarded_batch(const std::string& text, const Ground& ground, bool second) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    const std::string tail = line.ends_with('\r') ? "\r" : "";
    if (!tail.empty()) line.pop_back();
    const std::size_t first = line.find(' '), version = line.rfind(" HTTP/1.");
    const bool call = first != std::string::npos && version != std::string::npos &&
                      version > first && line[first + 1] == '/';
    if (call) {
      const std::string method = line.substr(0, first),
                        target = line.substr(first + 1, version - first - 1);
      const auto [path, query] = split(target);
      if (path.starts_with(kApi)) {
        std::size_t body_at = text.find("\n\r\n", end), body_end = text.find("\n--", end);
        if (body_at == std::string::npos || body_at > body_end) body_at = text.find("\n\n", end);
        const std::string body =
            body_at < body_end ? text.substr(body_at + 1, body_end - body_at) : "";
        Call inner(method, path, query, body, ground, second);
        inner.guard();
        if (method == "POST" && path == "/calendar/v3/calendars")
          throw NotHere{"makes a calendar within a batch"};
        line = method + " " + inner.target() + line.substr(version);
      } else if (writes(method) && !path.starts_with("/batch")) {
        throw NotHere{"not a call of the Calendar API"};
      }
    }
    out += line + tail;
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace

bool is_reserved(std::string_view email_or_host) {
  const std::size_t sign = email_or_host.rfind('@');
  std::string host(sign == std::string_view::npos ? email_or_host : email_or_host.substr(sign + 1));
  std::transform(host.begin(), host.end(), host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view name :
       {"example.com", "example.org", "example.net", "example", "invalid", "test"}) {
    if (host == name) return true;
    if (host.size() > name.size() && host.ends_with(name) &&
        host[host.size() - name.size() - 1] == '.')
      return true;
  }
  return false;
}

Request guarded(Request request, const Ground& ground, bool second) {
  if (!request.url.starts_with(ground.base + "/")) throw NotHere{"not a call of the Calendar API"};
  const auto [path, query] = split(request.url.substr(ground.base.size()));
  if (path == "/batch/calendar/v3") {
    request.body = guarded_batch(request.body, ground, second);
    return request;
  }
  if (!path.starts_with(kApi)) throw NotHere{"not a call of the Calendar API"};
  Call call(request.method, path, query, request.body, ground, second);
  call.guard();
  request.url = ground.base + call.target();
  request.body = call.body();
  return request;
}

void take_mark_off(Answer& answer) {
  bool found = false;
  for (std::size_t at = 0; (at = answer.body.find(kMark, at)) != std::string::npos; found = true)
    answer.body.erase(at, kMark.size());
  if (!found) return;
  if (auto parsed = Json::parse(answer.body)) answer.json = *std::move(parsed);
}

}  // namespace live
