#include "benchmarks/tsv_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(CellText, PrintsAsPython) {
  EXPECT_EQ(CellText({}), "");
  EXPECT_EQ(CellText(true), "True");
  EXPECT_EQ(CellText(std::int64_t{-3}), "-3");
  EXPECT_EQ(CellText(12.0), "12.0");
  EXPECT_EQ(CellText(std::string(" x")), " x");
}

TEST(ReadTsvSamples, MakesTagsOfTheOtherColumns) {
  const TempFolder folder;
  const auto file = folder.Write("x.tsv", "index\tB\tA\tquestion\tcategory\thint\tanswer\n1\ty\tx\tq\tocr\t\t7\n");
  const std::vector<Sample> samples = ReadTsvSamples(file, "dev");
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].split, "dev");
  EXPECT_EQ(samples[0].choices.at(0).letter, "A");  // in letter order, whatever the order of the columns
  EXPECT_EQ(samples[0].choices.at(1).text, "y");
  EXPECT_THAT(samples[0].references, testing::ElementsAre("7"));
  EXPECT_THAT(samples[0].tags, UnorderedElementsAre(Pair("category", "ocr")));
}

TEST(ReadTsvSamples, NamesTheLineOfAMissingQuestion) {
  const TempFolder folder;
  const auto file = folder.Write("x.tsv", "index\tquestion\n1\tq\n2\tnan\n");
  try {
    ReadTsvSamples(file, "dev");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("x.tsv:3: field \"question\": expected a text, found nothing"));
  }
}

TEST(ReadTsvSamples, RowsWithoutAPictureAreAnErrorUnlessTheFileIsKnownToHaveThem) {
  const TempFolder folder;
  const auto file =
      folder.Write("x.tsv", "index\timage\tquestion\n1\t" + std::string(80, 'A') + "\tq\n2\t\tq\n3\t\tq\n");
  try {
    ReadTsvSamples(file, "dev");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("x.tsv:3: field \"image\": expected a picture, found nothing (2 such rows in all)"));
  }
  EXPECT_EQ(ReadTsvSamples(file, "dev", RowsWithoutPicture::kDropped).size(), 1u);
}

}  // namespace
}  // namespace tessera
