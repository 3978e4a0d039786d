// The program around the emulator: what it reads and writes, what it listens on, how it ends, and
// what a wire fault makes of the bytes of a response.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "src/emulator/program/files.hpp"
#include "src/emulator/program/listen_address.hpp"
#include "src/emulator/program/wire.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Folder {
 public:
  std::string operator/(const std::string& name) const { return folder_.path() / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }

 private:
  gcal::support::TemporaryFolder folder_;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

constexpr const char* kIcs =
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a@x\r\nDTSTART;VALUE=DATE:20261225\r\n"
    "SUMMARY:Closed\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b@x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

// Fills the emulator from these values of --load.
Outcome<LoadReport> load(InProcess& google, const std::vector<std::string>& arguments) {
  return google.emulator.start_with([&](NewWorld& world) { return load_files(world, arguments); });
}

std::vector<std::string> accounts(InProcess& google) {
  std::vector<std::string> out;
  for (const auto& [email, account] : google.emulator.google().accounts()) out.push_back(email);
  return out;
}

TEST(LoadFiles, IcsFileGoesToTheNamedAccountAndProblemsNameTheFile) {
  const Folder folder;
  const std::string file = folder.write("team.ics", kIcs);
  InProcess google;
  const auto report = load(google, {"Ben@example.com=" + file});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->events, 1);
  EXPECT_THAT(report->problems,
              ElementsAre(file + ": line 7: event b@x: left out, it has no start (DTSTART)"));
  EXPECT_THAT(accounts(google), ElementsAre("ben@example.com"));
}

TEST(LoadFiles, IcsFileWithoutAnAccountGoesToTheFirstAccount) {
  const Folder folder;
  const std::string file = folder.write("holidays.readonly.ics", kIcs);
  InProcess google;
  ASSERT_TRUE(load(google, {file}));
  EXPECT_THAT(accounts(google), ElementsAre("user@example.com"));
  const std::string world =
      folder.write("world.json", R"({"accounts":[{"email":"anna@example.com"}]})");
  ASSERT_TRUE(load(google, {world, file}));
  EXPECT_THAT(accounts(google), ElementsAre("anna@example.com"));
  google.token = google.emulator.tokens().issue_access("anna@example.com", "test",
                                                       full_scopes({"calendar"}), "");
  const Json calendars = google.json("GET", "/calendar/v3/users/me/calendarList");
  ASSERT_EQ(calendars["items"].items().size(), 2u);
  EXPECT_EQ(calendars["items"].items()[1].string("accessRole"), "reader")
      << "by the name of the file";
}

TEST(LoadFiles, FileThatCannotBeReadIsNamedAndNothingChanges) {
  const Folder folder;
  InProcess google;
  const auto missing = load(google, {folder / "none.json"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, (folder / "none.json") + ": cannot be read");
  const std::string broken = folder.write("broken.json", "{\"accounts\":");
  const auto damaged = load(google, {broken});
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr(broken + ": "));
  EXPECT_THAT(accounts(google), ElementsAre("anna@example.com"));
}

TEST(StateFile, ComesBackWholeAndBelongsToItsOwner) {
  const Folder folder;
  const std::string file = folder / "state.json";
  InProcess google;
  (void)google.call("POST", "/calendar/v3/calendars/primary/events",
                    R"({"summary":"A","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})");
  (void)google.call("POST", "/calendar/v3/calendars/primary/events/watch",
                    R"({"id":"c1","type":"web_hook","address":"https://example.com/hook"})");
  ASSERT_TRUE(write_state(google.emulator, file));
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  EXPECT_FALSE(std::filesystem::exists(file + ".new"));

  InProcess resumed;
  ASSERT_TRUE(
      resumed.emulator.start_with([&](NewWorld& world) { return read_state(world, file); }));
  resumed.token = google.token;
  EXPECT_EQ(resumed.json("GET", "/calendar/v3/calendars/primary/events")["items"],
            google.json("GET", "/calendar/v3/calendars/primary/events")["items"]);
  EXPECT_EQ(resumed.json("GET", "/_emulator/channels")["channels"].items().size(), 1u);
}

TEST(StateFile, FailureNamesTheFileAndLeavesTheOldOne) {
  const Folder folder;
  const auto message = [](const std::string& file) {
    InProcess google;
    const auto read =
        google.emulator.start_with([&](NewWorld& world) { return read_state(world, file); });
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(message(folder / "none.json"), (folder / "none.json") + ": cannot be read");
  EXPECT_THAT(message(folder.write("cut.json", "{")), HasSubstr((folder / "cut.json") + ": "));
  EXPECT_THAT(message(folder.write("other.json", "{}")), HasSubstr((folder / "other.json") + ": "));

  InProcess google;
  const std::string old = folder.write("state.json", "old");
  std::filesystem::create_directories(old + ".new");  // where the new one is to be
  EXPECT_FALSE(write_state(google.emulator, old));
  EXPECT_EQ(text_of(old), "old");
}

TEST(PageFile, OnlyFilesOfThePageAreServed) {
  const auto page = page_file("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(page->headers.get("Content-Security-Policy")),
              HasSubstr("default-src 'self'"));
  EXPECT_EQ(page_file("/page/api.js")->headers.get("Content-Type"),
            "text/javascript; charset=utf-8");
  EXPECT_EQ(page_file("/favicon.ico")->headers.get("Content-Type"), "image/svg+xml");
  EXPECT_EQ(page_file("/page/none.js")->status, 404);
  for (const char* path : {"/page/", "/page/../program/main.cpp", "/page/.js", "/page/a/b.js",
                           "/page/world.json", "/page/API.js", "/index.html", "/other"})
    EXPECT_FALSE(page_file(path)) << path;
}

TEST(ListenAddress, IsAnIpAddressAndAPort) {
  const auto v4 = parse_listen_address("127.0.0.1:8081");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->port, 8081);
  EXPECT_EQ(v4->host(), "127.0.0.1");
  const auto v6 = parse_listen_address("[::1]:0");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->address, "::1");
  EXPECT_EQ(v6->host(), "[::1]");
  const std::string wants = "; it wants ADDR:PORT, for example 127.0.0.1:8081 or [::1]:8081";
  const std::pair<const char*, const char*> refused[] = {
      {"8081", "the port is missing"},
      {"127.0.0.1:", "the port is no number up to 65535"},
      {"127.0.0.1:65536", "the port is no number up to 65535"},
      {"127.0.0.1:80x", "the port is no number up to 65535"},
      {"localhost:80", "no IP address"},
      {":80", "no IP address"},
      {"::1:80", "an IPv6 address stands in brackets"},
      {"[127.0.0.1]:80", "no IPv6 address stands in the brackets"}};
  for (const auto& [text, why] : refused) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, gcal::Code::invalid);
    EXPECT_EQ(address.error().message, "--listen " + std::string(text) + ": " + why + wants);
  }
}

Response small_response() {
  Response response;
  response.status = 200;
  response.headers = {{"A", "b"}};
  response.body = "12345678";
  return response;
}

const std::string kHead = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 8\r\n\r\n";

TEST(WirePlan, EachFaultChangesItsPartOfTheBytes) {
  Response response = small_response();
  EXPECT_EQ(plan_wire(response, false).bytes, kHead + "12345678");
  EXPECT_EQ(plan_wire(response, true).bytes,
            "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n");
  const auto with = [&](auto edit) {
    Response changed = small_response();
    edit(changed.wire);
    return plan_wire(changed, false).bytes;
  };
  using Kind = WirePlace::Kind;
  EXPECT_EQ(with([](WireFaults& wire) { wire.before = "x", wire.after = "y"; }),
            "x" + kHead + "12345678y");
  EXPECT_EQ(with([](WireFaults& wire) { wire.cut = WirePlace{Kind::body, 0}; }), kHead);
  EXPECT_EQ(with([](WireFaults& wire) {
              wire.cut = WirePlace{Kind::head, 0};
            }),
            kHead.substr(0, kHead.size() / 2));
  EXPECT_EQ(with([](WireFaults& wire) { wire.cut = WirePlace{Kind::middle, 0}; }), kHead + "1234");
  EXPECT_EQ(with([](WireFaults& wire) { wire.cut = WirePlace{Kind::end, 0}; }), kHead + "12345678");
  EXPECT_EQ(with([](WireFaults& wire) { wire.cut = WirePlace{Kind::bytes, 9}; }), "HTTP/1.1 ");
  EXPECT_EQ(with([](WireFaults& wire) {
              wire.cut = WirePlace{Kind::bytes, 9999};
            }),
            kHead + "12345678");
  EXPECT_EQ(with([](WireFaults& wire) { wire.raw = "nonsense"; }), "nonsense");
  EXPECT_THAT(with([](WireFaults& wire) { wire.content_length_add = -3; }),
              HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(with([](WireFaults& wire) { wire.content_length = "many"; }),
              HasSubstr("Content-Length: many\r\n"));
  const std::string chunks = "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(with([](WireFaults& wire) { wire.chunked = "right"; }),
              HasSubstr(chunks + "4\r\n1234\r\n4\r\n5678\r\n0\r\n\r\n"));
  EXPECT_THAT(with([](WireFaults& wire) { wire.chunked = "bad_size"; }),
              HasSubstr(chunks + "b\r\n1234\r\n"));
  EXPECT_THAT(with([](WireFaults& wire) { wire.chunked = "not_hex"; }),
              HasSubstr(chunks + "zz\r\n1234\r\n"));
  EXPECT_TRUE(with([](WireFaults& wire) { wire.chunked = "no_end"; }).ends_with("5678\r\n"));
  response.status = 204;
  EXPECT_EQ(plan_wire(response, false).bytes,
            "HTTP/1.1 204 No Content\r\nA: b\r\nContent-Length: 0\r\n\r\n");
  response.drop = true;
  EXPECT_EQ(plan_wire(response, false).bytes, "");
}

TEST(WirePlan, PiecesWaitWhereTheFaultSays) {
  Response response = small_response();
  response.delay_ms = 5;
  response.wire.stall = WirePlace{WirePlace::Kind::body, 0};
  response.wire.stall_ms = 70;
  response.wire.ending = WireFaults::Ending::reset;
  const WirePlan plan = plan_wire(response, false);
  const WirePiece first = next_piece(plan, 0);
  EXPECT_EQ(first.wait_ms, 5);
  EXPECT_EQ(first.until, kHead.size());
  const WirePiece second = next_piece(plan, first.until);
  EXPECT_EQ(second.wait_ms, 70);
  EXPECT_EQ(second.until, kHead.size() + 8);
  EXPECT_EQ(next_piece(plan, second.until).wait_ms, 50) << "a reset discards unsent bytes";

  response = small_response();
  response.wire.bytes_per_second = 100;
  const WirePiece slow = next_piece(plan_wire(response, false), 0);
  EXPECT_EQ(slow.until, 5u);
  EXPECT_EQ(slow.wait_ms, 50);
}

// The program with its two outputs in one pipe.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    arguments.insert(arguments.begin(), EMULATOR_PROGRAM);
    std::vector<char*> argv;
    for (std::string& one : arguments) argv.push_back(one.data());
    argv.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], 1);
      ::dup2(ends[1], 2);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_)) {
      printed_ += static_cast<char>(c);
      if (c == '\n' && printed_.find("google_emulator listens on ") != std::string::npos) return;
    }
  }
  ~Program() {
    if (process_ > 0) (void)end();
    std::fclose(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Ends it as a user does, and answers its exit code.
  int end() {
    ::kill(process_, SIGTERM);
    for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_))
      printed_ += static_cast<char>(c);
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& printed() const { return printed_; }
  std::string address() const {  // 127.0.0.1:PORT
    const std::size_t at = printed_.find("://") + 3;
    return printed_.substr(at, printed_.find('\n', at) - at);
  }

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
  std::string printed_;
};

TEST(Program, StateIsWrittenAtTheEndAndGoesOnAtTheNextStart) {
  const Folder folder;
  const std::string state = folder / "state.json";
  const std::string world =
      folder.write("world.json", R"({"accounts":[{"email":"anna@example.com","nam":1}]})");
  Program first({"--listen", "127.0.0.1:0", "--state", state, "--load", world});
  EXPECT_THAT(first.printed(), HasSubstr(world + ": accounts[0]: unknown member nam\n"));
  EXPECT_THAT(first.printed(), HasSubstr("google_emulator: 0 events\n"));
  EXPECT_EQ(first.end(), 0);
  EXPECT_THAT(text_of(state), HasSubstr("anna@example.com"));
  Program second({"--listen", "127.0.0.1:0", "--state", state, "--load", world});
  EXPECT_THAT(second.printed(), HasSubstr(state + " goes on from before; --load is left out\n"));
  EXPECT_EQ(second.end(), 0);
}

TEST(Program, AddressThatIsTakenOrOpenToOthersIsSaid) {
  Program first({"--listen", "127.0.0.1:0"});
  Program second({"--listen", first.address()});
  EXPECT_THAT(second.printed(), HasSubstr("cannot listen on " + first.address()));
  EXPECT_EQ(second.end(), 1);
  Program wrong({"--listen", "localhost:80"});
  EXPECT_THAT(wrong.printed(), HasSubstr("google_emulator: --listen localhost:80: no IP address"));
  EXPECT_EQ(wrong.end(), 2);
  Program open({"--listen", "0.0.0.0:0"});
  EXPECT_THAT(open.printed(), HasSubstr("0.0.0.0:0 is open to other machines"));
  EXPECT_EQ(open.end(), 0);
}

TEST(Program, CertificateOrFileThatCannotBeUsedEndsIt) {
  const Folder folder;
  Program tls({"--listen", "127.0.0.1:0", "--tls", folder / "no.pem", folder / "no.key"});
  EXPECT_THAT(tls.printed(), HasSubstr("the TLS certificate " + (folder / "no.pem")));
  EXPECT_EQ(tls.end(), 2);
  Program world({"--listen", "127.0.0.1:0", "--load", folder / "no.json"});
  EXPECT_THAT(world.printed(), HasSubstr((folder / "no.json") + ": cannot be read"));
  EXPECT_EQ(world.end(), 2);
  Program state({"--listen", "127.0.0.1:0", "--state", folder / "none/state.json"});
  EXPECT_EQ(state.end(), 1);
  EXPECT_THAT(state.printed(), HasSubstr((folder / "none/state.json") + " cannot be written"));
}

}  // namespace
}  // namespace emulator
