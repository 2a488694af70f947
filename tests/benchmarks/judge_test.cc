#include "benchmarks/judge.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(JudgeText, IsTheUsersOrOurs) {
  const JudgeTexts texts = {{"a/header", "theirs"}};
  EXPECT_EQ(JudgeText(texts, "a/header", "ours"), "theirs");
  EXPECT_EQ(JudgeText(texts, "b/header", "ours"), "ours");
}

TEST(FillSlots, ReplacesKnownNamesOnce) {
  EXPECT_EQ(FillSlots("{a}, {b} and {a}", {{"a", "1"}, {"b", "{a}"}}), "1, {a} and 1");
}

TEST(FillSlots, LeavesOtherBracesAlone) {
  EXPECT_EQ(FillSlots("{x} {{a}} { {a", {{"a", "1"}}), "{x} {1} { {a");
  EXPECT_EQ(FillSlots("", {{"a", "1"}}), "");
}

}  // namespace
}  // namespace tessera
