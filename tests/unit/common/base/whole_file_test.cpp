#include "src/common/base/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace gcal::base {
namespace {

using ::testing::HasSubstr;

class WholeFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
    return folder_.path() / name;
  }
  support::TemporaryFolder folder_;
};

TEST_F(WholeFile, BytesOfAnySizeAreReadAsTheyAre) {
  for (const std::size_t size : {0, 1, 65'535, 65'536, 65'537, 200'000}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * 7);
    const auto read = read_whole_file(write("file", text));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, text) << size;
  }
}

TEST_F(WholeFile, AbsentFileIsNotFoundAndNamed) {
  const auto read = read_whole_file(folder_.path() / "absent");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::not_found);
  EXPECT_THAT(read.error().message, HasSubstr("absent: No such file"));
}

TEST_F(WholeFile, FolderIsNoFile) {
  const auto read = read_whole_file(folder_.path());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::unavailable);
  EXPECT_THAT(read.error().message, HasSubstr("directory"));
}

}  // namespace
}  // namespace gcal::base
