#include "src/engine/google/broken_items.hpp"

#include <gtest/gtest.h>

#include "src/common/base/json.hpp"

namespace gcal::google {
namespace {

using base::Json;

TEST(BrokenItems, AnEventThatIsNoJsonCostsOnlyItself) {  // P-06
  for (const char* broken :
       {R"("half \ud83d emoji")", R"("half \udc00")", "\"byte \xff\"", R"("\q")", "01x"}) {
    const std::string page =
        R"({ "kind" : "calendar#events", "summary": "a ] } \" b", "items" : [ {"id":"a1"}, )"
        R"({"start":{"date":"x"},"id":"b2","recurringEventId":"b_1","summary":)" +
        std::string(broken) + R"(}, {"id":"c3"} ], "nextSyncToken":"T"})";
    ASSERT_FALSE(Json::parse(page)) << broken;
    const Result<Json> read = Json::parse(without_broken_items(page));
    ASSERT_TRUE(read) << broken;
    EXPECT_EQ((*read)["items"].dump(),
              R"([{"id":"a1"},{"id":"b2","recurringEventId":"b_1"},{"id":"c3"}])");
    EXPECT_EQ(read->string("nextSyncToken"), "T");
  }
}

TEST(BrokenItems, WhatIsNoWholePageIsLeftAsItIs) {
  for (const char* text :
       {"", "<html>", "{", R"({"items":[{"id":"a"},{"id":"b","x":"\ud83d")",
        R"({"items":[{"summary":"\ud83d"}]})", R"({"items":7})", R"([{"id":"a"}])",
        R"({"items":[{"id":"a b","summary":"\ud83d"}]})", R"({"items":[,]})", R"({"items)"})
    EXPECT_EQ(without_broken_items(text), text);
}

}  // namespace
}  // namespace gcal::google
