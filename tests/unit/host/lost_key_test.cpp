// The hosting library of a vendor whose master key is lost.
#include "src/hosting/crm_hosting/hosting.hpp"
#include "src/hosting/library/parts.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;

class LostKey : public CrmTest {
 protected:
  auto open(bool new_master_key = false) {
    crm_hosting::Options options;
    options.data = folder_.path();
    options.new_master_key = new_master_key;
    return crm_hosting::Hosting::open(std::move(options), crm_->port());
  }

  TemporaryFolder folder_;
};

TEST_F(LostKey, IsReplacedOnceItIsSaidAndNeverWhileThereIsOne) {
  {
    const auto library = must(open());
    must(library->parts().context.secrets().put("com.example.diary", "token", "secret"));
  }
  const auto refused = open(true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);

  std::filesystem::remove(folder_.path() / "master.key");
  const auto missing = open();
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("Options::new_master_key"));

  {
    const auto library = must(open(true));
    const auto lost = library->parts().context.secrets().get("com.example.diary", "token");
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::gone);
    must(library->parts().context.secrets().put("com.example.diary", "token", "another"));
  }
  const auto library = must(open());
  EXPECT_EQ(must(library->parts().context.secrets().get("com.example.diary", "token")), "another");
}

}  // namespace
}  // namespace host::test
