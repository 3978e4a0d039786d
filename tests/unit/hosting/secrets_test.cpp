// Secrets at rest: what opens, what is refused and what the caller learns, and the keys while they
// change.
#include <algorithm>
#include <thread>

#include "src/hosting/services/master_key.hpp"
#include "src/hosting/services/schema.hpp"
#include "src/hosting/services/secrets.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct StoredRow {
  std::string plugin, key;
  std::int64_t version = 0;
  std::string sealed, data_key;
};

class SecretsTest : public ::testing::Test {
 protected:
  SecretsTest() {
    if (gcal::support::tests_use_postgres()) {
      auto& server = gcal::support::PostgresServer::get();
      place_.url = server.url(server.new_database());
    }
    reopen();
  }

  // As after a restart.
  void reopen(bool begin_anew = false) {
    secrets_.reset();
    database_.reset();
    CrmOptions options{.data = data(), .database = {}};
    options.postgres = place_;
    database_ = must(Crm::open_database(options, random_));
    secrets_ = must(open(*database_, begin_anew));
  }
  Result<std::unique_ptr<Secrets>> open(Database& database, bool begin_anew = false) {
    return Secrets::open(database, {.master_key = data() / "master.key", .begin_anew = begin_anew},
                         clock_, random_, log_);
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }

  std::vector<StoredRow> rows(const std::string& plugin = kPlugin) {
    std::vector<StoredRow> found;
    must(database_->read([&](Connection& c) {
      return c.each(
          "SELECT plugin, key, version, sealed, data_key FROM secrets WHERE plugin=?1 ORDER BY key",
          [&](const Row& r) {
            found.push_back({r.text(0), r.text(1), r.integer(2), r.text(3), r.text(4)});
          },
          plugin);
    }));
    return found;
  }
  void put_back(const StoredRow& row) {
    must(database_->write([&](Connection& c) {
      return c.run(
          "INSERT INTO secrets(plugin, key, version, sealed, data_key) VALUES (?1, ?2, ?3, ?4, ?5) "
          "ON CONFLICT(plugin, key) DO UPDATE SET version=excluded.version, "
          "sealed=excluded.sealed, data_key=excluded.data_key",
          row.plugin, row.key, row.version, Blob{row.sealed}, row.data_key);
    }));
  }
  void script(const char* sql) {
    must(database_->write([&](Connection& c) { return c.script(sql); }));
  }
  Code code(const std::string& key = "token") { return code_of(secrets_->get(kPlugin, key)); }
  std::string value(const std::string& key = "token") { return must(secrets_->get(kPlugin, key)); }
  void put(const std::string& key, const std::string& value) {
    must(secrets_->put(kPlugin, key, value));
  }
  // Rows as a version without data keys left them.
  void make_old_rows(int count) {
    script("DELETE FROM secrets; DELETE FROM data_keys; DELETE FROM meta WHERE key='secrets_form'");
    const auto master = must(master_key::read(data() / "master.key"));
    must(database_->write([&](Connection& c) -> Result<> {
      for (int i = 1; i <= count; ++i) {
        const std::string key = "grant/" + std::to_string(i), plugin = kPlugin;
        const std::string bound = "crm_host secret 1|" + std::to_string(plugin.size()) + "|" +
                                  plugin + "|" + std::to_string(key.size()) + "|" + key + "|" +
                                  std::to_string(i);
        TRY(const std::string sealed, seal(*master, "old " + std::to_string(i), bound, random_));
        TRY_VOID(c.run("INSERT INTO secrets(plugin, key, version, sealed) VALUES (?1, ?2, ?3, ?4)",
                       plugin, key, i, Blob{sealed}));
      }
      return c.run(
          "INSERT INTO meta VALUES ('secret_version', ?1) ON CONFLICT(key) DO UPDATE SET "
          "value=excluded.value",
          count);
    }));
  }

  TemporaryFolder folder_;
  StandingClock clock_;
  gcal::base::SystemRandom random_;
  RememberingLog log_;
  PostgresPlace place_;  // without a url: SQLite
  std::unique_ptr<Database> database_;
  std::unique_ptr<Secrets> secrets_;
};

TEST_F(SecretsTest, AbsentAlteredAndLostAreDistinguishedAndLoggedWithoutValues) {
  put("token/of a person", "very-secret");
  EXPECT_EQ(code("other"), Code::not_found);
  EXPECT_THAT(log_.lines(), IsEmpty());
  StoredRow row = rows()[0];
  row.sealed[20] ^= 1;
  put_back(row);
  EXPECT_EQ(code("token/of a person"), Code::denied);
  EXPECT_THAT(log_.text(), HasSubstr("secret.altered"));
  secrets_.reset();
  std::filesystem::remove(data() / "master.key");
  must(master_key::create(data() / "master.key", random_));
  reopen(true);
  EXPECT_EQ(code("token/of a person"), Code::gone);
  EXPECT_THAT(log_.text(), HasSubstr("secret.lost"));
  for (const char* hidden : {"very-secret", "of a person"})
    EXPECT_THAT(log_.text(), Not(HasSubstr(hidden)));
}

TEST_F(SecretsTest, EveryChangedBitOfASealedValueIsRefused) {
  put("token", "a token of some length");
  const StoredRow row = rows()[0];
  for (std::size_t bit = 0; bit < row.sealed.size() * 8; ++bit) {
    StoredRow changed = row;
    changed.sealed[bit / 8] = static_cast<char>(changed.sealed[bit / 8] ^ (1 << (bit % 8)));
    put_back(changed);
    ASSERT_EQ(code(), Code::denied) << bit;
  }
  for (std::size_t size = 0; size < row.sealed.size(); ++size) {
    StoredRow changed = row;
    changed.sealed.resize(size);
    put_back(changed);
    ASSERT_EQ(code(), Code::denied) << size;
  }
  put_back(row);
  EXPECT_EQ(value(), "a token of some length");
}

// Each row in the place of each other one, and with each other's version and data key.
TEST_F(SecretsTest, ExchangedRowsAndNumbersAreRefused) {
  for (const char* key : {"a", "b", "c"}) put(key, std::string("value of ") + key);
  must(secrets_->put("com.example.other", "a", "value of the other"));
  std::vector<StoredRow> all = rows();
  for (const StoredRow& row : rows("com.example.other")) all.push_back(row);
  for (const StoredRow& place : all) {
    for (const StoredRow& other : all) {
      if (&place == &other) continue;
      StoredRow moved = other;
      moved.plugin = place.plugin, moved.key = place.key;
      put_back(moved);
      EXPECT_EQ(code_of(secrets_->get(place.plugin, place.key)), Code::denied);
      StoredRow renumbered = place;
      renumbered.version = other.version;
      put_back(renumbered);
      EXPECT_EQ(code_of(secrets_->get(place.plugin, place.key)), Code::denied);
      put_back(place);
    }
  }
  EXPECT_EQ(value("a"), "value of a");
}

TEST_F(SecretsTest, RowOfAnotherInstallationIsRefused) {
  put("token", "secret");
  script("UPDATE meta SET value='another' WHERE key='installation'");
  EXPECT_FALSE(open(*database_)) << "the data keys are bound to it too";
}

// With all of its columns, which open: it is not what was stored last.
TEST_F(SecretsTest, OlderRowThatIsPutBackIsRefused) {
  put("token", "older");
  put("other", "untouched");
  const StoredRow older = rows()[1];
  ASSERT_EQ(older.key, "token");
  const std::vector<StoredRow> older_lists = rows("");
  put("token", "newer");
  put_back(older);
  EXPECT_EQ(code(), Code::denied);
  EXPECT_THAT(log_.text(), HasSubstr("secret.altered"));
  reopen();
  EXPECT_EQ(code(), Code::denied) << "after a restart too";
  EXPECT_EQ(value("other"), "untouched");

  // With the part of the list that knew it.
  for (const StoredRow& list : older_lists)
    if (list.key != "root") put_back(list);
  EXPECT_EQ(code(), Code::denied);
  put("token", "newest");
  EXPECT_EQ(value(), "newest");
}

TEST_F(SecretsTest, ErasedRowThatIsPutBackIsRefused) {
  put("token", "secret");
  const StoredRow row = rows()[0];
  must(secrets_->erase(kPlugin, "token"));
  EXPECT_EQ(code(), Code::not_found);
  put_back(row);
  EXPECT_EQ(code(), Code::denied);
  must(secrets_->erase(kPlugin, "token"));
  EXPECT_EQ(code(), Code::not_found);
}

// What forgets an account, or all of a plugin, uses this: else the list would still name the row,
// and a plugin that is installed again would get CRM_DENIED as after an attack.
TEST_F(SecretsTest, SecretsOfAnAccountOrAPluginAreErasedWithTheirPlaceInTheList) {
  for (const char* key : {"grant/anna", "state/anna/1", "grant/bert", "client"}) put(key, "s");
  must(secrets_->put("com.example.other", "grant/anna", "s"));
  const StoredRow row = rows()[1];
  ASSERT_EQ(row.key, "grant/anna");
  must(secrets_->erase_of_account(kPlugin, "anna"));
  EXPECT_EQ(must(secrets_->list(kPlugin, "")), (std::vector<std::string>{"client", "grant/bert"}));
  EXPECT_EQ(code("grant/anna"), Code::not_found);
  EXPECT_EQ(code("state/anna/1"), Code::not_found);
  EXPECT_EQ(value("grant/bert"), "s");
  put_back(row);
  EXPECT_EQ(code("grant/anna"), Code::denied);
  must(secrets_->erase_of_account(kPlugin, ""));
  for (const char* key : {"grant/anna", "grant/bert", "client"})
    EXPECT_EQ(code(key), Code::not_found) << key;
  EXPECT_EQ(must(secrets_->get("com.example.other", "grant/anna")), "s");
  const Secrets::Report report = must(secrets_->check());
  EXPECT_EQ(report.whole, 1);
  EXPECT_EQ(report.altered, 0);
}

TEST_F(SecretsTest, RowThatVanishesIsNoAbsentOne) {
  put("token", "secret");
  script("DELETE FROM secrets WHERE plugin<>''");
  EXPECT_EQ(code(), Code::denied);
}

TEST_F(SecretsTest, OneOfTwoWritersOfASecretWins) {
  put("token", "begin");
  std::atomic<int> stored{0};
  for (int round = 0; round < 20; ++round) {
    const std::string present = value();
    std::vector<std::thread> writers;
    for (int i = 0; i < 2; ++i)
      writers.emplace_back([&, i] {
        const auto done = secrets_->put_if(kPlugin, "token", present,
                                           std::to_string(round) + " by " + std::to_string(i));
        if (done)
          ++stored;
        else
          EXPECT_EQ(done.error().code, Code::conflict);
      });
    for (auto& writer : writers) writer.join();
  }
  EXPECT_EQ(stored, 20);
}

TEST_F(SecretsTest, ValuesOfAnEarlierVersionAreSealedAgainAtTheFirstStart) {
  make_old_rows(1'200);
  reopen();
  EXPECT_EQ(value("grant/1"), "old 1");
  EXPECT_EQ(value("grant/1200"), "old 1200");
  for (const StoredRow& row : rows()) EXPECT_THAT(row.data_key, Not(IsEmpty()));
  EXPECT_EQ(must(secrets_->check()).whole, 1'200);
}

TEST_F(SecretsTest, OldRowThatAppearsAfterTheFirstStartIsNotTakenOver) {
  make_old_rows(1);
  const StoredRow old = rows()[0];
  reopen();
  put("grant/1", "newer");
  put_back(old);
  reopen();
  EXPECT_EQ(code("grant/1"), Code::gone);
}

TEST_F(SecretsTest, OldValuesOfAnotherMasterKeyKeepTheHostFromStarting) {
  make_old_rows(2);
  secrets_.reset();
  std::filesystem::remove(data() / "master.key");
  must(master_key::create(data() / "master.key", random_));
  const auto refused = open(*database_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("it opens none of the secrets"));
  EXPECT_FALSE(open(*database_)) << "at the next start too";
  EXPECT_TRUE(open(*database_, true));
}

// Another process rotates while this one reads and writes.
TEST_F(SecretsTest, RotationIsNotNoticedByThoseWhoUseTheSecrets) {
  for (int i = 0; i < 1'500; ++i) put("grant/" + std::to_string(i), "value " + std::to_string(i));
  const std::string before = must(secrets_->keys())[0].id;
  std::atomic<bool> done{false};
  std::atomic<int> calls{0};
  std::thread user([&] {
    for (int i = 0; !done || calls < 100; i = (i + 1) % 1'500) {
      const std::string key = "grant/" + std::to_string(i), kept = "value " + std::to_string(i);
      EXPECT_EQ(must(secrets_->get(kPlugin, key)), kept);
      if (i % 50 == 0) must(secrets_->put_if(kPlugin, key, kept, kept));
      ++calls;
    }
  });
  const auto other_database = must(Crm::open_database({.data = data(), .database = {}}, random_));
  const auto other = must(open(*other_database));
  EXPECT_LE(must(other->rotate_data_key()), 1'500);
  EXPECT_EQ(must(other->check()).whole, 1'500);
  done = true;
  user.join();
  const auto keys = must(secrets_->keys());
  ASSERT_EQ(keys.size(), 1u) << "the former one is deleted";
  EXPECT_NE(keys[0].id, before);
  EXPECT_EQ(keys[0].secrets, 1'500);
}

TEST_F(SecretsTest, InterruptedRotationEndsAtTheNextStart) {
  for (int i = 0; i < 10; ++i) put("grant/" + std::to_string(i), "value");
  const std::string before = must(secrets_->keys())[0].id;
  // What a crash after the first step leaves: a new key, and nothing sealed with it.
  must(database_->write([&](Connection& c) -> Result<> {
    Keyring keyring(data() / "master.key", clock_, random_);
    TRY_VOID(keyring.begin(c, false));
    TRY(const DataKey added, keyring.add(c));
    return c.run("INSERT INTO meta VALUES ('rotation', ?1)", added.id);
  }));
  put("grant/0", "written meanwhile");
  reopen();
  const auto keys = must(secrets_->keys());
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_NE(keys[0].id, before);
  EXPECT_EQ(keys[0].secrets, 10);
  EXPECT_EQ(value("grant/0"), "written meanwhile");
  EXPECT_EQ(value("grant/9"), "value");
}

TEST_F(SecretsTest, MasterKeyIsReplacedWhileAnotherProcessRuns) {
  put("token", "secret");
  const std::string old_key = read_text(data() / "master.key");
  const std::string master = must(secrets_->keys())[0].master;
  {
    const auto database = must(Crm::open_database({.data = data(), .database = {}}, random_));
    must(must(open(*database))->rotate_master_key());
    must(must(open(*database))->rotate_data_key());
  }
  EXPECT_NE(read_text(data() / "master.key"), old_key);
  EXPECT_EQ(read_text(data() / "master.key.old"), old_key);
  EXPECT_EQ(value(), "secret") << "with a data key that it has not seen";
  put("other", "more");
  reopen();
  EXPECT_EQ(value(), "secret");
  EXPECT_NE(must(secrets_->keys())[0].master, master);
}

// The data keys are sealed with the next key, which is not in its place yet.
TEST_F(SecretsTest, InterruptedReplacementOfTheMasterKeyEndsAtTheNextStart) {
  put("token", "secret");
  const auto file = data() / "master.key";
  must(secrets_->rotate_master_key());
  std::filesystem::rename(file, master_key::next_of(file));
  std::filesystem::rename(file.string() + ".old", file);
  const std::string next = read_text(master_key::next_of(file));
  reopen();
  EXPECT_EQ(value(), "secret");
  EXPECT_EQ(read_text(file), next);
  EXPECT_FALSE(std::filesystem::exists(master_key::next_of(file)));

  // One that sealed nothing is left over.
  must(master_key::create(master_key::next_of(file), random_));
  reopen();
  EXPECT_EQ(read_text(file), next);
  must(secrets_->rotate_master_key());
  EXPECT_EQ(value(), "secret");
}

TEST_F(SecretsTest, HundredThousandSecretsAreSealedAgainWithinTenSeconds) {
  constexpr int kCount = 100'000;
  make_old_rows(kCount);
  reopen();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(must(secrets_->rotate_data_key()), kCount);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  for (int i = 1; i <= kCount; i += 997)
    EXPECT_EQ(value("grant/" + std::to_string(i)), "old " + std::to_string(i));
  EXPECT_EQ(must(secrets_->keys()).size(), 1u);
}

TEST_F(SecretsTest, MasterKeyMustNotBeReadableByOthers) {
  put("token", "secret");
  std::filesystem::permissions(data() / "master.key", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto refused = open(*database_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("chmod 600"));
}

TEST_F(SecretsTest, StepThatWasKeptFreeIsMadeAfterLaterOnes) {
  const auto database = must(Database::open(folder_.path() / "steps.sqlite"));
  const std::string meta = "CREATE TABLE meta(key TEXT PRIMARY KEY, value)";
  const std::string later[] = {meta, "", "CREATE TABLE later(id)"};
  const std::string both[] = {meta, "CREATE TABLE earlier(id)", later[2]};
  must(hosting::migrate(*database, later, "epoch"));
  must(hosting::migrate(*database, both, "epoch"));
  must(hosting::migrate(*database, both, "epoch"));
  must(database->write([](Connection& c) {
    return c.script("INSERT INTO earlier VALUES (1); INSERT INTO later VALUES (1)");
  }));
}

}  // namespace
}  // namespace host::test
