// Two objects of the hosting library on one schema of PostgreSQL, each with a data folder of its
// own, and a CRM in another database.
#include "src/hosting/crm_hosting/hosting.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;

class SecondLibrary : public CrmTest {};

TEST_F(SecondLibrary, OnTheSameSchemaIsRefused) {
  if (!gcal::support::tests_use_postgres()) GTEST_SKIP() << "only on PostgreSQL";
  auto& server = gcal::support::PostgresServer::get();
  const std::string url = server.url(server.new_database());
  const TemporaryFolder folder;
  const auto open = [&](const char* data, const char* schema) {
    crm_hosting::Options options;
    options.data = folder.path() / data;
    options.postgres_url = url;
    options.postgres_schema = schema;
    return crm_hosting::Hosting::open(std::move(options), crm_->port());
  };
  const auto first = open("first", "library");
  ASSERT_TRUE(first) << first.error().message;
  const auto second = open("second", "library");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("another host works on the schema \"library\""));
  EXPECT_TRUE(open("third", "another"));
}

}  // namespace
}  // namespace host::test
