#include "harness/runner/server_deviations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ServerDeviations, TilesAndTemplateAreAlwaysTheServers) {
  EXPECT_THAT(ServerDeviations({}, {{.picture = 0, .max_tiles = 6}}),
              ElementsAre("tiles and conversation template are the server's"));
}

TEST(ServerDeviations, WhatIsNotSentIsNamed) {
  const EffectiveRecipe recipe{.published = {.min_new_tokens = 1}};
  EXPECT_THAT(ServerDeviations(recipe, {{.picture = 0, .as_jpeg = true}, {.picture = 1, .enlarge = 2}}),
              ElementsAre(HasSubstr("server's"), "min_new_tokens 1 is not sent to the server",
                          HasSubstr("not written as JPEG"), HasSubstr("not enlarged")));
}

}  // namespace
}  // namespace tessera
