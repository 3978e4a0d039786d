#include "src/emulator/load/large_document.hpp"

#include <gtest/gtest.h>

namespace emulator {
namespace {

using gcal::base::Json;

// Each item, or its error.
std::string items_of(const LargeDocument& document, const Json& events) {
  std::string out;
  for (std::size_t i = 0; i < document.count(events); ++i) {
    const auto item = document.item(events, i);
    out += (i == 0 ? "" : " ") + (item ? item->dump() : std::string("error"));
  }
  return out;
}

TEST(LargeDocument, ReadsTheItemsOfEveryArrayNamedEvents) {
  const std::string text =
      R"({"a": [{"events" : [ {"x":"]}\",\\"}, [1,[2]] , "events", 3 ], "b":"events"},)"
      R"({"events":[]}], "events":[{"events":[1,2]}], "c":{"events":{"d":[1]}}})";
  const auto document = LargeDocument::parse(text);
  ASSERT_TRUE(document);
  const Json& root = document->root();
  EXPECT_EQ(items_of(*document, root["a"].items()[0]["events"]),
            R"({"x":"]}\",\\"} [1,[2]] "events" 3)");
  EXPECT_EQ(items_of(*document, root["a"].items()[1]["events"]), "");
  EXPECT_EQ(items_of(*document, root["events"]), R"({"events":[1,2]})");
  EXPECT_EQ(items_of(*document, root["missing"]), "");
  EXPECT_EQ(root["a"].items()[0].string("b"), "events");
  EXPECT_EQ(root["c"]["events"]["d"].dump(), "[1]");
}

TEST(LargeDocument, ABrokenItemIsAnErrorOfThatItem) {
  const std::string text = R"({"events":[1,,{"a":},"\ud800",2,]})";
  const auto document = LargeDocument::parse(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(items_of(*document, document->root()["events"]), "1 error error error 2 error");
}

TEST(LargeDocument, ABrokenDocumentIsAnError) {
  for (const char* text : {"", "{", R"({"events":[1)", R"({"events":["a)", R"({"events":[1]]})",
                           R"({"events":[1] "b":1})", R"({"events)", R"({"a":1,"events":[{]})"}) {
    const auto document = LargeDocument::parse(text);
    const bool whole = document && document->count(document->root()["events"]) == 1 &&
                       document->item(document->root()["events"], 0).has_value();
    EXPECT_FALSE(whole) << text;
  }
}

TEST(LargeDocument, ANameWithAnEscapeAndANumberInPlaceOfAnArrayAreNoOtherArray) {
  const std::string text = R"({"\u0065vents":[{"a":1}],"b":{"events":7},"events":[2]})";
  const auto document = LargeDocument::parse(text);
  if (!document) return;  // the name comes twice: an error is right, too
  EXPECT_EQ(items_of(*document, document->root()["b"]["events"]), "");
}

TEST(LargeDocument, OfATreeAnswersTheSame) {
  const Json tree = *Json::parse(R"({"events":[1,[2]]})");
  const LargeDocument document = LargeDocument::of(tree);
  EXPECT_EQ(items_of(document, document.root()["events"]), "1 [2]");
}

}  // namespace
}  // namespace emulator
