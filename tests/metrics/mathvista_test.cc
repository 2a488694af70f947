#include "metrics/mathvista.h"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tessera::metrics {
namespace {

using Text = std::optional<std::string>;

const MathVistaProblem kChoice{
    .question_type = "multi_choice", .answer_type = "text", .choices = {"3/11", "8/11", "no"}};
const MathVistaProblem kInteger{.question_type = "free_form", .answer_type = "integer"};
const MathVistaProblem kFloat{.question_type = "free_form", .answer_type = "float", .precision = 1};
const MathVistaProblem kList{.question_type = "free_form", .answer_type = "list"};

TEST(ExtractByRule, FollowsTheHandCheckedTable) {
  struct Case {
    MathVistaProblem problem;
    const char* response;
    Text extraction;
  };
  for (const Case& c : {
           Case{kChoice, "8/11", "8/11"},
           Case{kChoice, " 8/11", std::nullopt},
           Case{kChoice, "B", std::nullopt},
           Case{kChoice, "NO", std::nullopt},
           Case{kChoice, "", ""},
           Case{kInteger, "14", "14"},
           Case{kInteger, " +014\n", "14"},
           Case{kInteger, "1_000", "1000"},
           Case{kInteger, "１４", "14"},
           Case{kInteger, "14.0", std::nullopt},
           Case{kInteger, "14.", std::nullopt},
           Case{kInteger, "1,000", std::nullopt},
           Case{kInteger, "99999999999999999999", "99999999999999999999"},
           Case{kInteger, "", ""},
           Case{kFloat, "0.60", "0.6"},
           Case{kFloat, "1", "1.0"},
           Case{kFloat, "1e-5", "1e-05"},
           Case{kFloat, "nan", "nan"},
           Case{kFloat, "1e400", "inf"},
           Case{kFloat, "0.6 m", std::nullopt},
           Case{kList, "[1, 2]", std::nullopt},
           Case{kList, "", ""},
       }) {
    EXPECT_EQ(ExtractByRule(c.response, c.problem), c.extraction) << c.response;
  }
}

TEST(ExtractByRule, QuickExtractionTakesTheQuotedAnswer) {
  const auto quick = [](const char* response) { return ExtractByRule(response, kList, QuickExtract::kOn); };
  EXPECT_EQ(quick("So: The answer is \"[1]\". Done"), "[1]");
  EXPECT_EQ(quick("The answer is \"a\" or \"b\"."), "a\" or \"b");
  EXPECT_EQ(quick("The answer is \"\"."), "");
  EXPECT_EQ(quick("The answer is \"a\nb\"."), std::nullopt);
  EXPECT_EQ(quick("The answer is \"a\nThe answer is \"b\"."), "b");
  EXPECT_EQ(quick("the answer is \"a\"."), std::nullopt);
}

TEST(NormalizeExtraction, FollowsTheHandCheckedTable) {
  struct Case {
    MathVistaProblem problem;
    const char* extraction;
    Text prediction;
  };
  const MathVistaProblem hundredths{.question_type = "free_form", .answer_type = "float", .precision = 2};
  const MathVistaProblem without_precision{.question_type = "free_form", .answer_type = "float"};
  for (const Case& c : {
           Case{kChoice, "A", "3/11"},
           Case{kChoice, " B ", "8/11"},
           Case{kChoice, "(b) 3/11", "8/11"},
           Case{kChoice, "either (A) or (B)", "3/11"},
           Case{kChoice, "D", "no"},  // no such letter: all are as far as the shortest is long
           Case{kChoice, "b", "no"},
           Case{kChoice, "9/11", "3/11"},
           Case{kChoice, "B: 8/11", "8/11"},
           Case{kChoice, "", "no"},
           Case{kChoice, "(Z)", "no"},
           Case{kInteger, "14.9", "14"},
           Case{kInteger, "-0.5", "0"},
           Case{kInteger, "-1.9", "-1"},
           Case{kInteger, "1e22", "10000000000000000000000"},
           Case{kInteger, "inf", std::nullopt},
           Case{kInteger, "fourteen", std::nullopt},
           Case{kFloat, "0.65", "0.7"},
           Case{kFloat, "0.35", "0.3"},
           Case{kFloat, "-0.04", "-0.0"},
           Case{kFloat, "12345678901234567", "1.2345678901234568e+16"},
           Case{kFloat, "1,000.5", std::nullopt},
           Case{kFloat, "inf", "inf"},
           Case{hundredths, "1.005", "1.0"},
           Case{without_precision, "2.5", "2"},
           Case{kList, "[2007,2008]", "[2007,2008]"},
       }) {
    EXPECT_EQ(NormalizeExtraction(c.extraction, c.problem, FloatPrecision::kWholes), c.prediction) << c.extraction;
  }
}

TEST(NormalizeExtraction, ThePapersScriptReadsNoFloat) {
  EXPECT_EQ(NormalizeExtraction("0.6", kFloat, FloatPrecision::kFails), std::nullopt);
  EXPECT_EQ(NormalizeExtraction("6", kInteger, FloatPrecision::kFails), "6");
}

TEST(NormalizeExtraction, DistancesCountCodePoints) {
  const MathVistaProblem problem{.question_type = "multi_choice", .choices = {"中国人民", "ab"}};
  EXPECT_EQ(NormalizeExtraction("中国", problem, FloatPrecision::kWholes), "中国人民");  // 2 apart, as is "ab"
  EXPECT_THROW(NormalizeExtraction("x", {.question_type = "multi_choice"}, FloatPrecision::kWholes),
               std::invalid_argument);
}

TEST(Prefetch, FollowsTheHandCheckedTable) {
  struct Case {
    MathVistaRow row;
    const char* prediction;
    Text value;
    bool used, hit;
  };
  const MathVistaRow choice{.problem = kChoice, .answer = "8/11", .answer_option = "B"};
  const MathVistaRow fourteen{.problem = kInteger, .answer = "14"};
  const MathVistaRow zero{.problem = kInteger, .answer = "0"};
  const MathVistaRow share{.problem = kFloat, .answer = "0.6"};
  const MathVistaRow float_zero{.problem = kFloat, .answer = "0.0"};
  const MathVistaRow list{.problem = kList, .answer = "[1, 2]"};
  const MathVistaRow none{.problem = kList, .answer = "None"};
  for (const Case& c : {
           Case{choice, "B", "B", true, true},
           Case{choice, "(A)", "A", true, false},
           Case{choice, "it is 8/11", "B", true, true},
           Case{choice, "3/11 or 8/11", std::nullopt, false, false},
           Case{choice, "Cannot determine the answer", "Z", true, false},
           Case{choice, "", std::nullopt, false, false},
           Case{fourteen, "14", "14", true, true},
           Case{fourteen, " +014 ", "14", true, true},
           Case{fourteen, "15", std::nullopt, false, false},
           Case{fourteen, "14.0", std::nullopt, false, false},
           Case{fourteen, "14 apples", std::nullopt, false, false},
           Case{zero, "0", "0", false, true},
           Case{zero, "-0", "0", false, true},
           Case{zero, "1", std::nullopt, false, false},
           Case{share, "0.6", "0.6", true, true},
           Case{share, "6e-1", "0.6", true, true},
           Case{share, "0.600001", std::nullopt, false, false},
           Case{share, "3/5", std::nullopt, false, false},
           Case{float_zero, "-0.0", "0.0", false, true},
           Case{{.problem = kFloat, .answer = "nan"}, "nan", std::nullopt, false, false},
           Case{{.problem = kInteger, .answer = "14.5"}, "14", std::nullopt, false, false},
           Case{list, "[1, 2]", std::nullopt, false, false},
           Case{none, "anything", "None", true, true},
       }) {
    const Text value = Prefetch(c.prediction, c.row, MatcherVersion::kApril2024);
    EXPECT_EQ(value, c.value) << c.prediction;
    EXPECT_EQ(IsPrefetchUsed(value, c.row.problem), c.used) << c.prediction;
    EXPECT_EQ(IsMathVistaHit(c.prediction, c.row, MatcherVersion::kApril2024), c.hit) << c.prediction;
  }
}

}  // namespace
}  // namespace tessera::metrics
