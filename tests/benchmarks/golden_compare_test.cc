#include "golden_compare.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

std::string FirstField(const char* expected, const char* found) {
  const auto differences = Compare(OrderedJson::parse(expected), OrderedJson::parse(found));
  return differences.empty() ? "equal" : differences.front().field;
}

TEST(Compare, AllowsFloatsATolerance) {
  EXPECT_EQ(FirstField(R"({"a": 0.1})", R"({"a": 0.1000000005})"), "equal");
  EXPECT_EQ(FirstField(R"({"a": 0.1})", R"({"a": 0.100000002})"), "a");
  EXPECT_EQ(FirstField(R"({"a": 1.0})", R"({"a": 1})"), "equal");
}

TEST(Compare, IsExactElsewhere) {
  EXPECT_EQ(FirstField(R"({"a": 1})", R"({"a": 2})"), "a");
  EXPECT_EQ(FirstField(R"({"a": null})", R"({"a": 0})"), "a");
  EXPECT_EQ(FirstField(R"({"a": "x"})", R"({"a": "x "})"), "a");
  EXPECT_EQ(FirstField(R"({"a": [1, 2]})", R"({"a": [1]})"), "a");
  EXPECT_EQ(FirstField(R"({"a": [1, {"b": 2}]})", R"({"a": [1, {"b": 3}]})"), "a.1.b");
}

TEST(Compare, WantsTheSameKeysInAnyOrder) {
  EXPECT_EQ(FirstField(R"({"a": 1, "b": 2})", R"({"b": 2, "a": 1})"), "equal");
  EXPECT_EQ(FirstField(R"({"a": 1, "b": 2})", R"({"a": 1})"), "b");
  EXPECT_EQ(FirstField(R"({"a": 1})", R"({"a": 1, "b": 2})"), "b");
}

TEST(Compare, TakesAnyErrorForAnError) {
  EXPECT_EQ(FirstField(R"({"error": "IndexError"})", R"({"error": "no answer"})"), "equal");
  EXPECT_EQ(FirstField(R"({"error": "IndexError"})", R"({"answer": "A"})"), "error");
  EXPECT_EQ(FirstField(R"({"answer": "A"})", R"({"error": "x"})"), "answer");
}

}  // namespace
}  // namespace tessera
