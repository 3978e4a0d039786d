#include "tests/unit/host/web/world.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "src/hosting/library/parts.hpp"

namespace host {
namespace {

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    ADD_FAILURE() << "cannot connect to port " << port;
  return socket;
}

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server refused and closed: its answer is still read
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Reply parsed(const std::string& message) {
  Reply reply;
  const std::size_t end = message.find("\r\n\r\n");
  if (end == std::string_view::npos || message.size() < 12) {
    ADD_FAILURE() << "no HTTP answer: " << message.substr(0, 200);
    return reply;
  }
  reply.status = std::atoi(message.c_str() + 9);
  for (std::size_t begin = message.find("\r\n") + 2; begin < end;) {
    const std::size_t line_end = message.find("\r\n", begin);
    const std::string line = message.substr(begin, line_end - begin);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos)
      reply.headers.add(line.substr(0, colon), line.substr(colon + 2));
    begin = line_end + 2;
  }
  reply.body = message.substr(end + 4);
  return reply;
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

Json Reply::json() const {
  auto value = Json::parse(body);
  if (!value) ADD_FAILURE() << "no JSON in an answer " << status << ": " << body.substr(0, 200);
  return value ? *std::move(value) : Json();
}

Reply Browser::send(std::string method, std::string target, std::string body, Headers headers) {
  const auto has = [&](std::string_view name) {
    for (const auto& [known, value] : headers)
      if (known == name) return true;
    return false;
  };
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: " +
                     (host.empty() ? "127.0.0.1:" + std::to_string(port_) : host) +
                     "\r\nConnection: close\r\n";
  if (!cookie.empty() && !has("Cookie")) text += "Cookie: " + cookie + "\r\n";
  if (method != "GET" && !csrf.empty() && !has("X-CSRF-Token"))
    text += "X-CSRF-Token: " + csrf + "\r\n";
  if (!body.empty() && !has("Content-Type")) text += "Content-Type: application/json\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers)
    text.append(name).append(": ").append(value).append("\r\n");
  const int socket = connect_to(port_);
  send_all(socket, text + "\r\n" + body);
  std::string answer;
  char buffer[16 * 1024];
  for (ssize_t size; (size = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(size));
  ::close(socket);
  return parsed(answer);
}

Reply Browser::log_in(std::string_view email, std::string_view password) {
  cookie = device;
  csrf.clear();
  Reply reply = post("/api/session", Json::object({{"email", email}, {"password", password}}));
  if (reply.status != 200) return reply;
  const std::string set(reply.headers.get("Set-Cookie"));
  cookie = set.substr(0, set.find(';'));
  csrf = reply.json().string("csrf");
  return reply;
}

EventSource::EventSource(const Browser& browser) : socket_(connect_to(browser.port_)) {
  send_all(socket_, "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(browser.port_) +
                        "\r\nCookie: " + browser.cookie + "\r\n\r\n");
}

EventSource::~EventSource() {
  ::close(socket_);
}

bool EventSource::read_some() {
  char buffer[4096];
  const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
  if (size > 0) received_.append(buffer, static_cast<std::size_t>(size));
  return size > 0;
}

bool EventSource::reads(std::string_view text) {
  while (received_.find(text) == std::string_view::npos)
    if (!read_some()) return false;
  return true;
}

bool EventSource::ends() {
  char buffer[4096];
  ssize_t size;
  while ((size = ::recv(socket_, buffer, sizeof buffer, 0)) > 0)
    received_.append(buffer, static_cast<std::size_t>(size));
  return size == 0;
}

WebTest::WebTest(std::string public_url, std::vector<std::string> trusted_proxies) {
  std::string name = (std::filesystem::temp_directory_path() / "unit_web_XXXXXX").string();
  if (!::mkdtemp(name.data())) ADD_FAILURE() << "no temporary folder";
  folder = name;
  write_file(folder / "web/ui/index.html", "<!doctype html><title>CRM</title>");
  write_file(folder / "web/ui/app.js", "export const page = '" + std::string(5'000, 'x') + "';\n");
  write_file(folder / "web/ui/notes.txt", "of no known kind");
  write_file(folder / "web/secret.js", "outside");
  write_file(folder / "web/node_modules/listed/dist/listed.js", "listed");
  write_file(folder / "web/node_modules/listed/package.json", "{}");
  write_file(folder / "web/npm_files.txt", "listed/dist/listed.js\nlisted/dist/absent.js\n");

  CrmOptions options;
  options.data = folder / "data";
  options.scrypt_cost = 4;
  auto opened = Crm::open(options, clock, random, log);
  if (!opened) {
    ADD_FAILURE() << opened.error().message;
    return;
  }
  crm = *std::move(opened);
  for (const auto& [email, user_name, role] : {std::tuple("anna@example.com", "Anna", "admin"),
                                               std::tuple("bert@example.com", "Bert", "sales")}) {
    const auto created =
        crm->users().create({email, user_name, "a good password", role, "", "Europe/Berlin"});
    if (!created) ADD_FAILURE() << created.error().message;
  }
  auto kept = std::make_unique<KeepingTransport>();
  transport = kept.get();
  mail::MailOptions mail_options;
  mail_options.transport = std::move(kept);
  auto opened_mailer = mail::Mail::open(*crm, std::move(mail_options));
  if (!opened_mailer) {
    ADD_FAILURE() << opened_mailer.error().message;
    return;
  }
  mailer = *std::move(opened_mailer);
  set_script(script);
  web.public_url = std::move(public_url);
  web.trusted_proxies = std::move(trusted_proxies);
  web.ui = folder / "web/ui";
  web.node_modules = folder / "web/node_modules";
  start();
}

void WebTest::start() {
  server.reset();
  hosting.reset();
  PartsOptions options;
  options.purges = false;
  options.web.calendars = [this](const std::string& user) -> Result<Json> {
    TRY(const auto calendars, crm->calendars().list(user));
    Json out = Json::array();
    for (const Calendar& calendar : calendars) out.push(calendar.to_json());
    return out;
  };
  options.web.public_url = [this] {
    return web.public_url.empty() ? "http://127.0.0.1:" + std::to_string(served_port)
                                  : web.public_url;
  };
  hosting = std::make_unique<crm_hosting::Hosting>(
      std::make_unique<crm_hosting::Hosting::Parts>(crm->context(), crm->port(), options));
  auto started = WebServer::start(*crm, *hosting, *mailer, web);
  if (!started)
    ADD_FAILURE() << started.error().message;
  else
    server = *std::move(started);
  if (server) served_port = server->port();
}

WebTest::~WebTest() {
  server.reset();
  hosting.reset();
  mailer.reset();
  crm.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

Browser WebTest::of(std::string_view email) const {
  Browser logged_in(server->port());
  EXPECT_EQ(logged_in.log_in(email).status, 200);
  return logged_in;
}

}  // namespace host
