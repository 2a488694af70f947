#include "datasets/xlsx_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/sheet.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Rows = std::vector<std::vector<XlsxCell>>;

TEST(XlsxBytes, ReadsBackAsItWasWritten) {
  const TempFolder folder;
  const Rows rows = {{"index", "", "text"}, {7, {}, "a < b & \"c\"\n北京"}, {std::int64_t{1} << 40, "=1+1", " 007 "}};
  const Sheet sheet = ReadSheet(folder.Write("a.xlsx", XlsxBytes(rows)));
  EXPECT_THAT(sheet.columns, ElementsAre("index", "", "text"));
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("7", "", "a < b & \"c\"\n北京"));
  EXPECT_THAT(sheet.rows[1].cells, ElementsAre("1099511627776", "=1+1", " 007 "));
}

TEST(XlsxBytes, ReplacesIllFormedText) {
  const TempFolder folder;
  EXPECT_THAT(ReadSheet(folder.Write("a.xlsx", XlsxBytes(Rows{{"a\xff"}}))).columns, ElementsAre("a\ufffd"));
}

TEST(XlsxBytes, AreTheSameForTheSameRows) {
  const Rows rows = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(XlsxBytes(rows), XlsxBytes(rows));
}

TEST(XlsxBytes, NamesACellThatIsTooLongForExcel) {
  EXPECT_NO_THROW(XlsxBytes(Rows{{std::string(32767, 'x')}}));
  try {
    XlsxBytes(Rows{{"a"}, {"b", std::string(32768, 'x')}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("row 2, column 2"));
  }
}

}  // namespace
}  // namespace tessera
