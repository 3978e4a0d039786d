#include "src/host/crm/seed_loader.hpp"

#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const char* const kSeed = R"({
  "users": [{"email": "Anna@crm.example", "name": "Anna", "password": "correct horse",
             "role": "admin", "locale": "de", "time_zone": "Europe/Berlin"},
            {"email": "bert@crm.example", "name": "Bert", "password": "correct horse"}],
  "leads": [{"name": "Lead", "company": "L GmbH", "emails": ["lead@customers.example"],
             "phone": "+49 30 1", "title": "CEO"}],
  "contacts": [{"name": "Contact", "emails": []}],
  "appointments": [{"user": "anna@crm.example", "summary": "Visit",
                    "start": {"date": "2026-03-02"}, "end": {"date": "2026-03-03"},
                    "attendees": [{"email": "lead@customers.example"}]}]})";

class SeedLoaderTest : public CrmTest {
 protected:
  std::string refusal(const Json& seed) { return load_seed(*crm_, seed).error().message; }
};

TEST_F(SeedLoaderTest, SeedFillsAnEmptyDatabase) {
  must(load_seed(*crm_, json(kSeed)));
  const Login anna = must(crm_->users().log_in("anna@crm.example", "correct horse"));
  EXPECT_EQ(anna.session.user.role, "admin");
  EXPECT_EQ(anna.session.user.locale, "de");
  const RecordPage leads = must(crm_->records().search(RecordKind::lead, "", 10, 0));
  ASSERT_EQ(leads.total, 1);
  EXPECT_EQ(leads.items[0].company, "L GmbH");
  EXPECT_THAT(lines_of(must(crm_->appointment_queries().card(anna.session.user.id, RecordKind::lead,
                                                             leads.items[0].id))
                           .upcoming),
              ElementsAre("2026-03-02 Visit"));
  EXPECT_EQ(code_of(load_seed(*crm_, json(kSeed))), Code::conflict);
}

TEST_F(SeedLoaderTest, MistakeInTheSeedNamesTheEntry) {
  EXPECT_THAT(refusal(json(R"({"customers": []})")), HasSubstr("'customers'"));
  EXPECT_THAT(refusal(json(R"({"users": {}})")), HasSubstr("users: a list"));
  EXPECT_THAT(
      refusal(json(R"({"users": [{"email":"a@x.example","name":"A","password":"short"}]})")),
      StartsWith("users[0]: password"));
  EXPECT_THAT(refusal(json(R"({"leads": [{"name":"L"}, {"name":"L","age":7}]})")),
              StartsWith("leads[1]: "));
  EXPECT_THAT(refusal(json(R"({"appointments": [{"user":"nobody@x.example"}]})")),
              StartsWith("appointments[0]: user"));
}

TEST_F(SeedLoaderTest, SeededDatabaseAppearsCompleteAndIsNotSeededTwice) {
  const CrmOptions options{.data = folder_.path() / "fresh", .database = {}, .scrypt_cost = 4};
  EXPECT_TRUE(must(seed_database(options, json(kSeed), clock_, random_, log_)));
  EXPECT_FALSE(must(seed_database(options, json(kSeed), clock_, random_, log_)));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "fresh" / "crm.sqlite.seeding"));
  const auto crm = must(Crm::open(options, clock_, random_, log_));
  EXPECT_EQ(must(crm->users().list()).size(), 2u);
}

TEST_F(SeedLoaderTest, FailedSeedLeavesNoDatabaseAndCanBeRepeated) {
  const CrmOptions options{.data = folder_.path() / "fresh", .database = {}, .scrypt_cost = 4};
  Json wrong = json(kSeed);
  wrong.find("appointments")->mutable_items()[0].set("start", "tomorrow");
  EXPECT_THAT(seed_database(options, wrong, clock_, random_, log_).error().message,
              StartsWith("appointments[0]: start"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "fresh" / "crm.sqlite"));
  EXPECT_TRUE(must(seed_database(options, json(kSeed), clock_, random_, log_)));
}

TEST_F(SeedLoaderTest, EmptyDatabaseThatExistsIsSeededInItsPlace) {
  const CrmOptions options{.data = folder_.path() / "fresh", .database = {}, .scrypt_cost = 4};
  must(Crm::open(options, clock_, random_, log_));
  EXPECT_TRUE(must(seed_database(options, json(kSeed), clock_, random_, log_)));
  EXPECT_FALSE(must(seed_database(options, json(kSeed), clock_, random_, log_)));
}

TEST_F(SeedLoaderTest, PlaceThatCannotBeUsedIsNamed) {
  write_text(folder_.path() / "file", "x");
  const CrmOptions options{.data = folder_.path() / "file", .database = {}, .scrypt_cost = 4};
  const auto opened = Crm::open(options, clock_, random_, log_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::denied);
  EXPECT_THAT(opened.error().message,
              StartsWith("cannot create the folder " + (folder_.path() / "file").string()));
  const CrmOptions below{
      .data = folder_.path(), .database = folder_.path() / "file" / "crm.sqlite", .scrypt_cost = 4};
  EXPECT_FALSE(seed_database(below, json(kSeed), clock_, random_, log_));
}

TEST_F(SeedLoaderTest, UnreadableSeedFileIsNamed) {
  EXPECT_THAT(read_seed(folder_.path() / "nowhere.json").error().message,
              HasSubstr("nowhere.json: No such file"));
  write_text(folder_.path() / "bad.json", "{");
  EXPECT_THAT(read_seed(folder_.path() / "bad.json").error().message,
              HasSubstr("bad.json is no JSON"));
}

}  // namespace
}  // namespace host::test
