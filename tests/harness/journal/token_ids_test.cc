#include "harness/journal/token_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(TokenIds, ManyEqualOnesAreWrittenOnceWithTheirNumber) {
  std::vector<int> ids = {1, 7, 7, 7};
  ids.insert(ids.end(), 256, 92546);
  ids.push_back(2);
  EXPECT_EQ(TokenIdsJson(ids).dump(), "[1,7,7,7,[92546,256],2]");
}

TEST(TokenIds, ComeBackAsTheyWere) {
  for (const std::vector<int>& ids : {std::vector<int>{}, {0}, {5, 5, 5, 5}, {1, 2, 2, 2, 2, 2, 3, 3, 1}}) {
    EXPECT_EQ(ParseTokenIds(ParseJson(TokenIdsJson(ids).dump(), "test"), "test"), ids);
  }
}

TEST(TokenIds, OtherFormsAreInputErrorsThatSayWhere) {
  for (const char* text : {"1", "[-1]", "[1.5]", "[[1]]", "[[1, 0]]", "[[1, 2, 3]]", "[\"a\"]", "[[1, 99999999]]"}) {
    EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ParseTokenIds(ParseJson(text, "test"), "here"); }),
                HasSubstr("here: expected"))
        << text;
  }
}

}  // namespace
}  // namespace tessera
