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
  if (!text) throw NotRun{"an address that cannot be decoded"};
  return *std::move(text);
}

bool writes(const std::string& method) {
  return method != "GET";
}

// One call of the API, alone or as a part of a batch.
class Call {
 public:
  Call(std::string method, std::string path, std::string query, std::string body,
       const Sandbox& sandbox, bool second)
      : method_(std::move(method)),
        query_(std::move(query)),
        body_(std::move(body)),
        sandbox_(sandbox),
        second_(second) {
    for (const std::string_view segment : net::path_segments(path))
      segments_.push_back(decoded(segment));
    if (segments_.size() < 3) throw NotRun{"not a call of the Calendar API"};
    segments_.erase(segments_.begin(), segments_.begin() + 2);  // calendar, v3
  }

  void guard() {
    const std::string& kind = segments_[0];
    if (kind == "calendars" && segments_.size() == 1)
      insert_calendar();
    else if (kind == "calendars")
      in_calendar();
    else if (kind == "users")
      user_resources();
    else if (kind == "freeBusy")
      free_busy();
    else if (kind != "colors" && kind != "channels" && writes(method_))
      throw NotRun{"a call that the guard does not recognise"};
    if (segments_.back() == "watch") watch();
  }

  std::string target() const {
    std::string out = "/calendar/v3";
    for (const std::string& segment : segments_) out += "/" + net::percent_encode(segment);
    return out + (query_.empty() ? "" : "?" + query_);
  }
  const std::string& body() const { return body_; }

 private:
  // `id` is a calendar in a path. The user's own primary calendar becomes the test calendar.
  void redirect(std::string& id) {
    const bool own = id == "primary" || id == sandbox_.own_email,
               of_second = !sandbox_.second_email.empty() && id == sandbox_.second_email;
    if (of_second || (second_ && id == "primary"))
      throw NotRun{"about the second account's primary calendar"};
    if (own) id = sandbox_.calendar;
    if (writes(method_) && !sandbox_.calendars.contains(id) && !is_reserved(id))
      throw NotRun{"writes to a calendar that is not ours"};
  }

  void insert_calendar() {
    if (method_ == "POST") add_mark(true);
  }

  void in_calendar() {
    if (second_ && (segments_[1] == "primary" || segments_[1] == sandbox_.second_email))
      return in_second_primary();
    redirect(segments_[1]);
    if (segments_.size() == 2) return add_mark(false);
    if (segments_[2] == "events" && writes(method_)) events();
    if (segments_[2] == "acl" && writes(method_)) acl_rule();
  }

  // Only copies of our invitations: one event or one of its instances, its list of instances, and
  // the list of what has its iCalUID.
  void in_second_primary() {
    const bool events = segments_.size() > 2 && segments_[2] == "events";
    const bool one =
        events && segments_.size() == 4 && is_invitation(segments_[3]) && method_ != "POST";
    const bool instances = events && segments_.size() == 5 && is_invitation(segments_[3]) &&
                           segments_[4] == "instances" && !writes(method_);
    const bool list = events && segments_.size() == 3 && !writes(method_) && lists_invitation();
    if (!one && !instances && !list) throw NotRun{"about the second account's primary calendar"};
    if (writes(method_)) this->events();
  }

  // `X`, or `X_20261202T080000Z` and the like. Google's own ids have no underscore.
  bool is_invitation(const std::string& id) const {
    return sandbox_.invitations.contains(id.substr(0, id.find('_')));
  }

  // The query is restricted to one of our iCalUIDs.
  bool lists_invitation() const {
    static const std::set<std::string_view> kHarmless{"singleEvents", "orderBy", "showDeleted",
                                                      "maxResults",   "timeMin", "timeMax"};
    const auto query = net::form_decode(query_);
    if (!query) return false;
    std::size_t found = 0;
    for (const auto& [name, value] : *query) {
      if (name == "iCalUID") {
        ++found;
        if (std::none_of(sandbox_.invitations.begin(), sandbox_.invitations.end(),
                         [&, &uid = value](const auto& one) { return one.second == uid; }))
          return false;
      } else if (!kHarmless.contains(name)) {
        return false;
      }
    }
    return found == 1;
  }

  void add_mark(bool made) {
    auto body = Json::parse(body_);
    if (!body || !body->is_object()) {
      if (made) throw NotRun{"a calendar without our mark"};
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
      if (!to.empty() && !sandbox_.calendars.contains(to))
        throw NotRun{"moves an event to a calendar that is not ours"};
    }
    if (last != "import" && last != "watch") suppress_mail("sendUpdates", "none");
    auto body = Json::parse(body_);
    if (!body) return;  // without JSON there are no attendees
    for (const Json& one : (*body)["attendees"].items()) {
      const std::string& email = one.string("email");
      if (email.empty() || sandbox_.calendars.contains(email)) continue;
      if (email == sandbox_.own_email)
        throw NotRun{"an invitation would put a copy into the own primary calendar"};
      if (email == sandbox_.second_email) {
        // The copy must be known by an id that nothing else in that calendar can have.
        const bool chooses_id = !second_ && (body->contains("id") || body->contains("iCalUID")) &&
                                segments_.size() == 3;
        if (chooses_id || last == "import") throw NotRun{"an invitation with an id of its own"};
        continue;
      }
      if (email.find('@') != std::string::npos && !is_reserved(email))
        throw NotRun{"invites an address at which mail may be received"};
    }
  }

  // Refuses parameters that make Google send mail, and adds the one that prevents it.
  void suppress_mail(const std::string& name, const std::string& value) {
    auto query = net::form_decode(query_);
    if (!query) throw NotRun{"a query of a write that cannot be decoded"};
    for (const auto& [key, given] : *query) {
      const bool mails = (key == "sendUpdates" && given != "none") ||
                         (key == "sendNotifications" && given != "false");
      if (mails) throw NotRun{"Google would send mails"};
    }
    if (net::parameter(*query, name) != value)
      query_ += (query_.empty() ? "" : "&") + name + "=" + value;
  }

  void acl_rule() {
    if (segments_.size() > 3 && segments_[3] == "user:" + sandbox_.own_email)
      throw NotRun{"would remove the user's own right"};
    if (segments_.size() > 3 && segments_[3] == "watch") return;
    if (method_ != "DELETE") suppress_mail("sendNotifications", "false");
    auto body = Json::parse(body_);
    const Json scope = body ? (*body)["scope"] : Json();
    if (scope.string("type") == "default") throw NotRun{"would make a calendar public"};
    const std::string& who = scope.string("value");
    if (who.find_first_of("@.") != std::string::npos && !is_reserved(who) &&
        who != sandbox_.second_email)
      throw NotRun{"shares a calendar with an address at which mail may be received"};
    if (who == sandbox_.own_email) throw NotRun{"would change the user's own right"};
  }

  void user_resources() {
    if (segments_.size() < 3 || segments_[1] != "me")
      throw NotRun{"a call that the guard does not recognise"};
    if (segments_[2] != "calendarList") {
      if (writes(method_) && segments_.back() != "watch")
        throw NotRun{"would change the user's settings"};
      return;
    }
    if (segments_.size() > 3 && segments_[3] != "watch") redirect(segments_[3]);
    if (segments_.size() == 3 && method_ == "POST") {
      auto body = Json::parse(body_);
      const std::string id = body ? body->string("id") : "";
      if (!sandbox_.calendars.contains(id) &&
          (!is_reserved(id) || id == sandbox_.own_email || id == sandbox_.second_email))
        throw NotRun{"would subscribe to a calendar that is not ours"};
    }
  }

  void free_busy() {
    auto body = Json::parse(body_);
    if (!body) return;
    for (const Json& one : (*body)["items"].items()) {
      const std::string& id = one.string("id");
      const bool own = id == "primary" || id == sandbox_.own_email || id == sandbox_.second_email;
      if (own || (!sandbox_.calendars.contains(id) && !is_reserved(id)))
        throw NotRun{"asks for the busy times of a calendar that is not ours"};
    }
  }

  void watch() {
    auto body = Json::parse(body_);
    auto url = net::parse_url(body ? body->string("address") : "");
    if (url && !is_reserved(url->host)) throw NotRun{"a web hook at an address that may exist"};
  }

  std::string method_;
  std::vector<std::string> segments_;
  std::string query_, body_;
  const Sandbox& sandbox_;
  bool second_;
};

std::pair<std::string, std::string> split(const std::string& target) {
  const std::size_t mark = target.find('?');
  return {target.substr(0, mark), mark == std::string::npos ? "" : target.substr(mark + 1)};
}

// A line "METHOD /path HTTP/1.1" begins a call of the batch. Its body is what follows the first
// empty line, up to the next boundary. Everything else is copied.
std::string guarded_batch(const std::string& text, const Sandbox& sandbox, bool second) {
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
        Call inner(method, path, query, body, sandbox, second);
        inner.guard();
        if (!sandbox.second_email.empty() && path.find("/events") != std::string::npos &&
            body.find(sandbox.second_email) != std::string::npos)
          throw NotRun{"an invitation within a batch, whose id would not be known"};
        if (method == "POST" && path == "/calendar/v3/calendars")
          throw NotRun{"makes a calendar within a batch"};
        line = method + " " + inner.target() + line.substr(version);
      } else if (writes(method) && !path.starts_with("/batch")) {
        throw NotRun{"not a call of the Calendar API"};
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

Request guarded(Request request, const Sandbox& sandbox, bool second) {
  if (!request.url.starts_with(sandbox.base + "/")) throw NotRun{"not a call of the Calendar API"};
  const auto [path, query] = split(request.url.substr(sandbox.base.size()));
  if (path == "/batch/calendar/v3") {
    request.body = guarded_batch(request.body, sandbox, second);
    return request;
  }
  // The document of the API names no user.
  if (request.method == "GET" && path.starts_with("/discovery/v1/apis/calendar/")) return request;
  if (!path.starts_with(kApi)) throw NotRun{"not a call of the Calendar API"};
  Call call(request.method, path, query, request.body, sandbox, second);
  call.guard();
  request.url = sandbox.base + call.target();
  request.body = call.body();
  return request;
}

void remove_mark(Response& response) {
  bool found = false;
  for (std::size_t at = 0; (at = response.body.find(kMark, at)) != std::string::npos; found = true)
    response.body.erase(at, kMark.size());
  if (!found) return;
  if (auto parsed = Json::parse(response.body)) response.json = *std::move(parsed);
}

}  // namespace live
