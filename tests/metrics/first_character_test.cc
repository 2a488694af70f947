#include "metrics/first_character.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

TEST(FirstCharacter, TakesOneCodePointAsItStands) {
  EXPECT_EQ(FirstCharacter("B"), "B");
  EXPECT_EQ(FirstCharacter("B. dog"), "B");
  EXPECT_EQ(FirstCharacter("Cat"), "C");
  EXPECT_EQ(FirstCharacter("(B)"), "(");
  EXPECT_EQ(FirstCharacter(" B"), " ");
  EXPECT_EQ(FirstCharacter("b"), "b");
  EXPECT_EQ(FirstCharacter("Ｂ!"), "Ｂ");
}

TEST(FirstCharacter, OfAnEmptyAnswerIsNone) { EXPECT_EQ(FirstCharacter(""), std::nullopt); }

}  // namespace
}  // namespace tessera::metrics
