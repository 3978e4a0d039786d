// crm_host as a process: what it prints, how it ends, and what a crash leaves.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <thread>

#include "src/common/base/file_hash.hpp"
#include "src/host/program/command_line.hpp"
#include "src/hosting/services/master_key.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A child process with its output in a file. The destructor ends it.
class Process {
 public:
  Process(const std::filesystem::path& output, std::vector<std::string> arguments,
          const std::map<std::string, std::string>& environment = {}, std::string_view input = {},
          const char* program = CRM_HOST_PROGRAM)
      : output_(output) {
    std::filesystem::remove(output);  // what an earlier process wrote is not this one's
    int pipe[2];
    if (::pipe(pipe) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::dup2(pipe[0], STDIN_FILENO);
      ::close(pipe[1]);
      const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
      std::vector<char*> argv{const_cast<char*>(program)};
      for (auto& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      ::execv(program, argv.data());
      ::_exit(127);
    }
    ::close(pipe[0]);
    if (::write(pipe[1], input.data(), input.size()) != static_cast<ssize_t>(input.size()))
      throw std::runtime_error("write");
    ::close(pipe[1]);
  }
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }
  bool ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }
  void signal(int number) const { ::kill(pid_, number); }
  std::string system_file(const char* name) const {
    return read_text("/proc/" + std::to_string(pid_) + "/" + name);
  }
  std::string output() const { return std::filesystem::exists(output_) ? read_text(output_) : ""; }
  bool wait_for(const std::string& part) const {
    for (int i = 0; i < 10'000; ++i) {
      if (output().find(part) != std::string::npos) return true;
      if (ended()) return output().find(part) != std::string::npos;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

 private:
  std::filesystem::path output_;
  pid_t pid_ = -1;
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    std::filesystem::create_directories(folder_.path() / "plugins");
    write_text(folder_.path() / "ui" / "index.html", "<!doctype html><title>x</title>");
    write_text(folder_.path() / "npm_files.txt", "");
    std::filesystem::create_directories(folder_.path() / "node_modules");
    write_text(folder_.path() / "seed.json",
               R"({"users":[{"email":"anna@crm.example","name":"Anna","password":"correct horse"}],
      "leads":[{"name":"A","emails":[]},{"name":"B","emails":[]}]})");
  }
  std::string path(const char* name) const { return (folder_.path() / name).string(); }
  std::filesystem::path output() const { return folder_.path() / "output"; }
  std::vector<std::string> serving(std::vector<std::string> more = {},
                                   const char* plugins = "plugins") const {
    std::vector<std::string> arguments{
        "--data",      path("data"), "--plugins", path(plugins),    "--listen",
        "127.0.0.1:0", "--ui",       path("ui"),  "--node-modules", path("node_modules")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  int run(const std::vector<std::string>& arguments, std::string_view input = {},
          const std::map<std::string, std::string>& environment = {}) {
    return Process(output(), arguments, environment, input).wait();
  }

  TemporaryFolder folder_;
};

TEST_F(ProgramTest, PortZeroPrintsTheAddressAndASignalEndsTheProgram) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process host(output(), serving());
    ASSERT_TRUE(host.wait_for("crm_host: listening on http://127.0.0.1:")) << host.output();
    EXPECT_THAT(host.output(), HasSubstr("nobody can log in yet"));
    host.signal(signal);
    EXPECT_EQ(host.wait(), 0) << host.output();
  }
}

TEST(CommandLineTest, PagesAreTheBundleBesideTheProgramUnlessTheModulesAreNamed) {
  const auto read = [](std::vector<const char*> options) {
    options.insert(options.begin(), {"crm_host", "--data", "d"});
    const auto line = read_command_line(static_cast<int>(options.size()), options.data());
    const auto* good = std::get_if<CommandLine>(&line);
    return good ? *good : CommandLine{};
  };
  const CommandLine bundled = read({});
  const std::filesystem::path prefix =
      std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
  EXPECT_EQ(bundled.ui, prefix / "share/crm_host/pages");
  EXPECT_EQ(bundled.node_modules, "");
  const CommandLine modules = read({"--dev-ui"});
  EXPECT_TRUE(std::filesystem::exists(modules.ui / "main.js")) << modules.ui;
  EXPECT_EQ(modules.node_modules, modules.ui.parent_path() / "node_modules");
  const CommandLine named = read({"--ui", "mine"});
  EXPECT_EQ(named.ui, "mine");
  EXPECT_EQ(named.node_modules, modules.node_modules);
  EXPECT_EQ(read({"--ui", "mine", "--node-modules", "theirs"}).node_modules, "theirs");
}

TEST_F(ProgramTest, BundledPagesAreServedWithoutOptionsAndNamedOnesWithANotice) {
  Process host(output(), {"--data", path("data"), "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(host.wait_for("crm_host: listening on http://127.0.0.1:")) << host.output();
  EXPECT_THAT(host.output(), ::testing::Not(HasSubstr("--node-modules")));
  host.signal(SIGTERM);
  EXPECT_EQ(host.wait(), 0) << host.output();
  Process named(output(), serving());
  ASSERT_TRUE(named.wait_for("crm_host: listening on ")) << named.output();
  EXPECT_THAT(named.output(), HasSubstr("--ui and --node-modules go with the next version"));
  named.signal(SIGTERM);
  EXPECT_EQ(named.wait(), 0) << named.output();
}

TEST_F(ProgramTest, FirstAdministratorGetsThePasswordFromStandardInput) {
  EXPECT_EQ(run({"--data", path("data"), "--create-admin", "me@crm.example"}, "correct horse\n"),
            0);
  EXPECT_THAT(read_text(output()), HasSubstr("me@crm.example may log in as an administrator"));
  EXPECT_EQ(run({"--data", path("data"), "--create-admin", "you@crm.example"}, "short\n"), 1);
  EXPECT_THAT(read_text(output()), HasSubstr("password: at least 8 characters"));
  EXPECT_EQ(run({"--data", path("data"), "--create-admin", "you@crm.example"}), 1);
  EXPECT_THAT(read_text(output()), HasSubstr("standard input, which is empty"));
}

TEST_F(ProgramTest, MistakesOnTheCommandLineAreExplained) {
  EXPECT_EQ(run({}), 106);  // CLI11: a required option is missing
  EXPECT_THAT(read_text(output()), HasSubstr("--data is required"));
  EXPECT_EQ(run(serving({"--database", "mysql://db"})), 2);
  EXPECT_THAT(read_text(output()), HasSubstr("postgresql://USER@HOST/DATABASE is expected"));
  EXPECT_EQ(run(serving({"--database", "postgresql://me:secret@host/db"})), 2);
  EXPECT_THAT(read_text(output()), AllOf(HasSubstr("password"), Not(HasSubstr("secret"))));
  EXPECT_EQ(run(serving({}, "nowhere")), 1);
  EXPECT_THAT(read_text(output()), HasSubstr("nowhere cannot be read"));
  EXPECT_EQ(run(serving({"--seed", path("nowhere.json")})), 1);
  EXPECT_THAT(read_text(output()), HasSubstr("nowhere.json: No such file"));
  write_text(folder_.path() / "data" / "crm.sqlite", std::string(8192, 'x'));
  EXPECT_EQ(run(serving()), 1);
  EXPECT_THAT(read_text(output()), HasSubstr("damaged: restore it from a backup"));
}

TEST_F(ProgramTest, SecondHostOnTheSameDataIsRefused) {
  const Process first(output(), serving());
  ASSERT_TRUE(first.wait_for("listening on"));
  Process second(folder_.path() / "second", serving());
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.output(), HasSubstr("another crm_host works on"));
}

TEST_F(ProgramTest, SecretsComeFromFilesAndCredentials) {
  const auto parse = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"crm_host", "--data", "x"});
    std::vector<const char*> argv;
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    return read_command_line(static_cast<int>(argv.size()), argv.data());
  };
  const auto file = folder_.path() / "secret";
  write_text(file, "canary\n");
  const std::string option = "client_secret=" + file.string();
  std::filesystem::permissions(file, std::filesystem::perms(0640));
  EXPECT_EQ(std::get<int>(parse({"--plugin-option-file", option})), 2) << "others may read it";
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  const auto line = std::get<CommandLine>(parse({"--plugin-option-file", option}));
  EXPECT_EQ(line.plugin_options.at("client_secret"), "canary");

  std::filesystem::create_directories(folder_.path() / "credentials");
  std::filesystem::rename(file,
                          folder_.path() / "credentials/crm_host.plugin-option.client_secret");
  ::setenv("CREDENTIALS_DIRECTORY", path("credentials").c_str(), 1);
  const auto provided = parse({});
  write_text(folder_.path() / "credentials" / "crm_host.master-key", std::string(32, 'k'));
  const auto place = master_key::place(path("data"));
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(std::get<CommandLine>(provided).plugin_options.at("client_secret"), "canary");
  EXPECT_EQ(place, folder_.path() / "credentials" / "crm_host.master-key");

  const Process host(output(), serving({"--plugin-option", "client_secret=canary"}));
  ASSERT_TRUE(host.wait_for("listening on"));
  EXPECT_THAT(host.output(), HasSubstr("use --plugin-option-file"));
  EXPECT_THAT(host.output(), Not(HasSubstr("canary")));
}

TEST_F(ProgramTest, MakesNoCoreDump) {
  const Process host(output(), serving());
  ASSERT_TRUE(host.wait_for("listening on"));
  EXPECT_THAT(host.system_file("limits"),
              ::testing::ContainsRegex("Max core file size +0 +0 +bytes"));
}

TEST_F(ProgramTest, UsersAreChangedByCommandBesideARunningHost) {
  const Process host(output(), serving({"--seed", path("seed.json")}));
  ASSERT_TRUE(host.wait_for("listening on"));
  const auto user = [&](std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), {"--data", path("data"), "user"});
    Process command(folder_.path() / "command", arguments, {}, input);
    const int code = command.wait();
    return std::to_string(code) + " " + command.output();
  };
  EXPECT_THAT(user({"add", "bert@crm.example", "admin"}, "a horse of bert\n"),
              AllOf(StartsWith("0 "), HasSubstr("crm_host: bert@crm.example may log in")));
  EXPECT_THAT(user({"add", "carl@crm.example"}, "password\n"), HasSubstr("too easy to guess"));
  EXPECT_THAT(user({"lock", "anna@crm.example"}), HasSubstr("lock done"));
  EXPECT_THAT(user({"list"}), HasSubstr("anna@crm.example  sales  Anna  locked\nbert@crm.example"));
  EXPECT_THAT(user({"lock", "bert@crm.example"}), HasSubstr("one administrator has to remain"));
  EXPECT_THAT(user({"password", "anna@crm.example"}, "another horse\n"),
              HasSubstr("password done"));
  EXPECT_THAT(user({"remove", "anna@crm.example"}), HasSubstr("remove done"));
  EXPECT_THAT(user({"remove", "anna@crm.example"}), HasSubstr("there is no such user"));
  EXPECT_THAT(user({"lock"}), HasSubstr("2 crm_host: user lock: an address is expected"));
}

class BackupTest : public ProgramTest {
 protected:
  struct World {
    StandingClock clock;
    gcal::base::SystemRandom random;
    RememberingLog log;
    std::unique_ptr<Crm> crm;
  };
  // The CRM of the data folder, while no host runs on it.
  std::unique_ptr<World> open() {
    auto world = std::make_unique<World>();
    world->crm = must(Crm::open({.data = path("data"), .database = {}, .scrypt_cost = 4},
                                world->clock, world->random, world->log));
    return world;
  }
  void add_lead(const std::string& name) {
    must(open()->crm->records().create(
        RecordKind::lead, Json::object({{"name", name}, {"emails", Json::array({})}})));
  }
  std::int64_t leads() {
    return must(open()->crm->records().search(RecordKind::lead, "", 10, 0)).total;
  }
  std::string cursor() {
    return must(open()->crm->appointment_feed().record_changes("", 100)).cursor;
  }
  Code code_of_changes(const std::string& cursor) {
    return code_of(open()->crm->appointment_feed().record_changes(cursor, 100));
  }
  void start_and_stop() {
    Process host(output(), serving());
    ASSERT_TRUE(host.wait_for("listening on")) << host.output();
    host.signal(SIGTERM);
    ASSERT_EQ(host.wait(), 0) << host.output();
  }
  int command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--data", path("data")});
    return run(arguments);
  }
};

TEST_F(BackupTest, BackupBesideARunningHostIsRestoredWithForeignCursors) {
  {
    Process host(output(), serving({"--seed", path("seed.json")}));
    ASSERT_TRUE(host.wait_for("listening on")) << host.output();
    Process backup(folder_.path() / "command", {"--data", path("data"), "backup", path("kept")});
    EXPECT_EQ(backup.wait(), 0) << backup.output();
    EXPECT_NE(command({"restore", path("kept")}), 0) << "a host is running";
    host.signal(SIGTERM);
    EXPECT_EQ(host.wait(), 0);
  }
  EXPECT_EQ(command({"check"}), 0) << read_text(output());
  add_lead("after the backup");
  const std::string ahead = cursor();
  EXPECT_EQ(leads(), 3);
  EXPECT_EQ(command({"restore", path("kept")}), 0) << read_text(output());
  EXPECT_EQ(leads(), 2);
  for (int i = 0; i < 5; ++i) add_lead("after the restore");
  EXPECT_EQ(code_of_changes(ahead), Code::gone) << "everything is read again";
  EXPECT_EQ(command({"check"}), 0) << read_text(output());
}

TEST_F(BackupTest, DamagedBackupChangesNothing) {
  EXPECT_EQ(run({"--data", path("data"), "--create-admin", "me@crm.example"}, "correct horse\n"),
            0);
  EXPECT_EQ(command({"backup", path("kept")}), 0) << read_text(output());
  EXPECT_NE(command({"backup", path("kept")}), 0) << "it exists";
  add_lead("kept");
  std::string bytes = read_text(folder_.path() / "kept" / "crm.sqlite");
  bytes[bytes.size() / 2] ^= 1;
  write_text(folder_.path() / "kept" / "crm.sqlite", bytes);
  EXPECT_NE(command({"restore", path("kept")}), 0);
  EXPECT_THAT(read_text(output()), HasSubstr("crm.sqlite is not as it was written"));
  EXPECT_EQ(leads(), 1);
}

TEST_F(BackupTest, BackupWithAListOfTheFirstVersionIsRestored) {
  add_lead("kept");
  EXPECT_EQ(command({"backup", path("kept")}), 0) << read_text(output());
  const auto file = folder_.path() / "kept" / "crm.sqlite";
  const auto list = [&](const std::string& hash) {
    const Json item = Json::object({{"name", "crm.sqlite"}, {"sha256", hash}});
    write_text(folder_.path() / "kept" / "backup.json",
               Json::object({{"version", 1}, {"files", Json::array({item})}}).dump());
  };
  list(std::string(64, '0'));
  EXPECT_NE(command({"restore", path("kept")}), 0);
  EXPECT_THAT(read_text(output()), HasSubstr("crm.sqlite is not as it was written"));
  list(must(gcal::base::sha256_of_file(file)));
  add_lead("after the backup");
  EXPECT_EQ(command({"restore", path("kept")}), 0) << read_text(output());
  EXPECT_EQ(leads(), 1);
}

TEST_F(BackupTest, OlderFileThatWasCopiedBackIsNoticedAtTheStart) {
  start_and_stop();
  add_lead("first");
  std::filesystem::copy_file(path("data/crm.sqlite"), path("copy"));
  for (const char* name : {"second", "third", "fourth"}) add_lead(name);
  start_and_stop();
  const std::string ahead = cursor();
  std::filesystem::copy_file(path("copy"), path("data/crm.sqlite"),
                             std::filesystem::copy_options::overwrite_existing);
  start_and_stop();
  EXPECT_THAT(read_text(output()), HasSubstr("restore.noticed"));
  for (int i = 0; i < 5; ++i) add_lead("after the restore");
  EXPECT_EQ(code_of_changes(ahead), Code::gone);
}

TEST_F(BackupTest, CheckNamesAMissingKeyAndADamagedFile) {
  {
    const auto world = open();
    must(world->crm->secrets().put(kPlugin, "token", "secret"));
  }
  EXPECT_EQ(command({"check"}), 0) << read_text(output());
  std::filesystem::remove(path("data/master.key"));
  EXPECT_NE(command({"check"}), 0);
  EXPECT_THAT(read_text(output()), HasSubstr("it is missing, but secrets were sealed"));
}

TEST_F(BackupTest, RotationThatIsKilledAtAnyWriteLosesNothing) {
  constexpr int kCount = 1'100;
  {
    const auto world = open();
    for (int i = 0; i < kCount; ++i)
      must(world->crm->secrets().put(kPlugin, "grant/" + std::to_string(i), std::to_string(i)));
  }
  for (const char* action : {"rotate", "rotate-master"}) {
    int crashes = 0;
    for (int write = 1; write <= 40; ++write) {
      const std::string setting = std::to_string(write / 2 + 1) + (write % 2 == 0 ? ":after" : "");
      Process rotating(output(), {"--data", path("data"), "keys", action},
                       {{"CRM_HOST_CRASH_AT_WRITE", setting}}, {}, CRASH_HOST_PROGRAM);
      const int code = rotating.wait();
      ASSERT_TRUE(code == 0 || code == 137) << setting << rotating.output();
      const auto world = open();
      EXPECT_EQ(must(world->crm->secrets().get(kPlugin, "grant/7")), "7") << action << setting;
      const auto report = must(world->crm->secrets().check());
      ASSERT_EQ(report.whole, kCount) << action << setting;
      if (code == 0) break;
      ++crashes;
    }
    EXPECT_GE(crashes, 4) << action;
  }
  EXPECT_EQ(command({"keys", "list"}), 0);
  EXPECT_THAT(read_text(output()), HasSubstr("current  1100 secrets  sealed by master key"));
}

// The crash switch ends the process at every write of a seeded start, before or after its commit;
// the next start finds a whole world.
TEST_F(ProgramTest, CrashAtAnyWriteLosesAndDuplicatesNothing) {
  const auto seeded = serving({"--seed", path("seed.json")});
  int crashes = 0;
  for (int write = 1; write <= 40; ++write) {
    const std::string setting = std::to_string(write) + (write % 2 == 0 ? ":after" : "");
    std::filesystem::remove_all(folder_.path() / "data");
    Process crashing(output(), seeded, {{"CRM_HOST_CRASH_AT_WRITE", setting}}, {},
                     CRASH_HOST_PROGRAM);
    if (crashing.wait_for("listening on")) crashing.signal(SIGTERM);
    const int code = crashing.wait();
    if (code == 137)
      ++crashes;
    else
      EXPECT_EQ(code, 0) << setting << crashing.output();
    Process again(output(), seeded);
    ASSERT_TRUE(again.wait_for("listening on")) << setting << again.output();
    again.signal(SIGTERM);
    EXPECT_EQ(again.wait(), 0) << setting;
    StandingClock clock;
    gcal::base::SystemRandom random;
    RememberingLog log;
    const auto crm = must(
        Crm::open({.data = path("data"), .database = {}, .scrypt_cost = 4}, clock, random, log));
    EXPECT_EQ(must(crm->users().list()).size(), 1u) << setting;
    EXPECT_EQ(must(crm->records().search(RecordKind::lead, "", 10, 0)).total, 2) << setting;
    if (code == 0) break;  // there are no more writes
  }
  EXPECT_GE(crashes, 4);
}

}  // namespace
}  // namespace host::test
