#include "metrics/python_literal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

using testing::ElementsAre;
using Kind = LiteralValue::Kind;

std::vector<std::string> Answers(std::string_view cell) {
  std::vector<std::string> texts;
  for (const LiteralValue& value : ParseAnswerCell(cell).answers) texts.push_back(value.text);
  return texts;
}

TEST(ParseAnswerCell, ReadsListsOfTexts) {
  EXPECT_THAT(Answers("['a', \"b's\"]"), ElementsAre("a", "b's"));
  EXPECT_THAT(Answers("\t['a',\n 'b',] "), ElementsAre("a", "b"));
  EXPECT_THAT(Answers("['a' 'b' r'\\n', u'''c\n''']"), ElementsAre("ab\\n", "c\n"));
  EXPECT_THAT(Answers("['']"), ElementsAre(""));
  EXPECT_TRUE(ParseAnswerCell("[]").is_list);
  EXPECT_THAT(Answers("[]"), ElementsAre());
}

TEST(ParseAnswerCell, ReadsEscapes) {
  EXPECT_THAT(Answers(R"(['\'\"\\\n\t\x41\u4e2d\U0001F600\101\q'])"), ElementsAre("'\"\\\n\tA中\U0001F600A\\q"));
}

TEST(ParseAnswerCell, PrintsNumbersAsPythonDoes) {
  EXPECT_THAT(Answers("[0.4, 1e3, .5, -2, +1, 0x10, 0b11, 1_000, --1, 00, 1e16, -0, -0.]"),
              ElementsAre("0.4", "1000.0", "0.5", "-2", "1", "16", "3", "1000", "1", "0", "1e+16", "0", "-0.0"));
}

TEST(ParseAnswerCell, TellsTheKinds) {
  const AnswerCell cell = ParseAnswerCell("['a', 1, 1.5, True, None, ['b', 2, \"it's\"]]");
  std::vector<Kind> kinds;
  for (const LiteralValue& value : cell.answers) kinds.push_back(value.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kText, Kind::kInteger, Kind::kFloat, Kind::kBool, Kind::kNone, Kind::kList));
  EXPECT_EQ(cell.answers.back().text, "['b', 2, \"it's\"]");
}

TEST(ParseAnswerCell, LeavesEverythingElseOneText) {
  for (const char* cell : {"",
                           "12",
                           "'a'",
                           "(1, 2)",
                           "[Yes, No]",
                           "[07]",
                           "['a']['b']",
                           "[]]",
                           "[1, 2",
                           "['a",
                           "[1+1]",
                           "['x']*3",
                           "[x for x in 'ab']",
                           "[b'a']",
                           "[f'a']",
                           "['\\x4']",
                           "['\\ud800']",
                           "['\\N{DASH}']",
                           "['a\nb']",
                           "[,]",
                           "[1,,2]",
                           "[1 2]",
                           "['a', 'b'",
                           "[1j]",
                           "[1__0]",
                           "[0x]",
                           "[0x1_]",
                           "[None1]",
                           "[٣]",
                           " [1]\u00a0",
                           "__import__('os')",
                           "['\\"}) {
    const AnswerCell parsed = ParseAnswerCell(cell);
    EXPECT_FALSE(parsed.is_list) << cell;
    ASSERT_EQ(parsed.answers.size(), 1u) << cell;
    EXPECT_EQ(parsed.answers[0].text, cell);
  }
}

TEST(ParseAnswerCell, RefusesDeepNesting) {
  EXPECT_TRUE(ParseAnswerCell(std::string(100, '[') + std::string(100, ']')).is_list);
  EXPECT_FALSE(ParseAnswerCell(std::string(101, '[') + std::string(101, ']')).is_list);
  EXPECT_FALSE(ParseAnswerCell(std::string(1'000'000, '[')).is_list);
}

}  // namespace
}  // namespace tessera::metrics
