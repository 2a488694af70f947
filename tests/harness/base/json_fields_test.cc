#include "harness/base/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

TEST(JsonFields, ReadsEachType) {
  const Json json = Json::parse(R"({"i": -3, "n": 1.5, "b": true, "s": "x", "a": [1], "o": {"k": 4}, "null": null})");
  const JsonFields fields(json, "file");
  EXPECT_EQ(fields.Int("i"), -3);
  EXPECT_EQ(fields.Number("n"), 1.5);
  EXPECT_TRUE(fields.Bool("b"));
  EXPECT_EQ(fields.String("s"), "x");
  EXPECT_EQ(fields.Array("a").size(), 1u);
  EXPECT_EQ(fields.Object("o").Int("k"), 4);
  EXPECT_FALSE(fields.Has("null"));
}

TEST(JsonFields, FallbackStandsInForAbsentAndNullOnly) {
  const Json json = Json::parse(R"({"null": null, "text": "x"})");
  const JsonFields fields(json, "file");
  EXPECT_EQ(fields.IntOr("null", 7), 7);
  EXPECT_EQ(fields.IntOr("none", 7), 7);
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { fields.IntOr("text", 7); }), HasSubstr("found the string \"x\""));
}

TEST(JsonFields, ErrorsNameFilePathAndBothSides) {
  const Json json = Json::parse(R"({"o": {"k": "x"}})");
  const JsonFields fields(json, "config.json");
  EXPECT_EQ(ErrorOf(ErrorKind::kInput, [&] { fields.Object("o").Int("k"); }),
            "config.json: o.k: expected an integer, found the string \"x\"");
  EXPECT_EQ(ErrorOf(ErrorKind::kInput, [&] { fields.String("s"); }),
            "config.json: s: expected a string, found nothing");
}

TEST(JsonFields, IntegerBeyond63BitsIsAnError) {
  const Json json = Json::parse(R"({"i": 18446744073709551615})");
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { JsonFields(json, "f").Int("i"); }), HasSubstr("too large"));
}

TEST(ParseJson, BrokenTextIsAnInputErrorWithItsPlace) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [] { ParseJson("{\"a\": \xff}", "x.json:3"); }),
              HasSubstr("x.json:3: not valid"));
}

TEST(Describe, CutsLongStringsAndBadBytes) {
  EXPECT_LT(Describe(Json(std::string(1000, 'x'))).size(), 100u);
  EXPECT_EQ(Describe(Json("\xff")), "the string \"\\ufffd\"");
}

}  // namespace
}  // namespace tessera
