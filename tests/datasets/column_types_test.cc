#include "datasets/column_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using testing::ElementsAre;
const TsvCell kMissing;

/// What pandas 2.3.3 makes of a column of these texts.
std::vector<TsvCell> Infer(const std::vector<std::string>& texts) {
  std::vector<TsvCell> cells;
  for (const std::string& text : texts) cells.push_back(IsMissingText(text) ? TsvCell() : TsvCell(text));
  std::vector<TsvCell*> column;
  for (TsvCell& cell : cells) column.push_back(&cell);
  InferColumnType(column);
  return cells;
}

std::int64_t Integer(std::int64_t value) { return value; }
std::string Text(const char* text) { return text; }

TEST(IsMissingText, IsExact) {
  for (const char* text : {"", "#N/A", "NA", "None", "null", "nan", "-NaN", "<NA>"})
    EXPECT_TRUE(IsMissingText(text)) << text;
  for (const char* text : {"none", "NONE", "na", "Na", "N.A.", " None", "None ", "-"})
    EXPECT_FALSE(IsMissingText(text)) << text;
}

TEST(InferColumnType, MakesIntegersOfAWholeColumn) {
  EXPECT_THAT(Infer({"12", "-3", "+4", "007", " 7 "}),
              ElementsAre(Integer(12), Integer(-3), Integer(4), Integer(7), Integer(7)));
}

TEST(InferColumnType, MakesFloatsWhenACellIsMissing) { EXPECT_THAT(Infer({"12", "NA"}), ElementsAre(12.0, kMissing)); }

TEST(InferColumnType, MakesFloatsOfMixedNumbers) {
  EXPECT_THAT(Infer({"1.50", "2", "1e3", ".5", "-Infinity"}), ElementsAre(1.5, 2.0, 1000.0, 0.5, -HUGE_VAL));
}

TEST(InferColumnType, KeepsTextsWhenOneCellIsText) {
  EXPECT_THAT(Infer({"007", "1_000"}), ElementsAre(Text("007"), Text("1_000")));
  EXPECT_THAT(Infer({"1.50", "x", "None"}), ElementsAre(Text("1.50"), Text("x"), kMissing));
  for (const char* text : {"1e", "e5", "+-1", "--1", "0x1", "1,0", ".", "-", "99999999999999999999"}) {
    EXPECT_THAT(Infer({text}), ElementsAre(Text(text)));
  }
}

TEST(InferColumnType, MakesBools) {
  EXPECT_THAT(Infer({"True", "false", "NA"}), ElementsAre(true, false, kMissing));
  EXPECT_THAT(Infer({"True", "tRue"}), ElementsAre(Text("True"), Text("tRue")));
}

TEST(InferColumnType, LeavesAnEmptyColumnMissing) { EXPECT_THAT(Infer({"", "NA"}), ElementsAre(kMissing, kMissing)); }

}  // namespace
}  // namespace tessera
