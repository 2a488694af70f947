#include "datasets/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <map>

#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Parts = std::map<std::string, std::string>;

std::filesystem::path WriteZip(const TempFolder& folder, const Parts& parts) {
  const std::filesystem::path file = folder.path() / "sheet.xlsx";
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : parts) {
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
  }
  zip_close(archive);
  return file;
}

/// A workbook whose first sheet is not the first file.
Parts Workbook(const std::string& rows) {
  return {{"xl/workbook.xml", R"(<workbook xmlns:r="r"><sheets><sheet name="Data" sheetId="3" r:id="rId7"/>)"
                              R"(<sheet name="Other" sheetId="1" r:id="rId1"/></sheets></workbook>)"},
          {"xl/_rels/workbook.xml.rels", R"(<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>)"
                                         R"(<Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>)"},
          {"xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"},
          {"xl/worksheets/sheet2.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"},
          {"xl/sharedStrings.xml",
           "<sst><si><t>ID</t></si><si><r><t>one </t></r><r><t>two</t></r><rPh><t>x</t></rPh></si><si/></sst>"}};
}

std::string ErrorOf(const std::filesystem::path& file) {
  try {
    ReadSheet(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Sheet, ReadsATsvFileWithQuotes) {
  const TempFolder folder;
  const Sheet sheet = ReadSheet(folder.Write("a.tsv", "\"ID\"\t\"text\"\n\"1\"\t\"two\nlines\"\n\n2\n"));
  EXPECT_THAT(sheet.columns, ElementsAre("ID", "text"));
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("1", "two\nlines"));
  EXPECT_THAT(sheet.rows[1].cells, ElementsAre("2", ""));
  EXPECT_EQ(sheet.rows[1].number, 5u);
  EXPECT_EQ(sheet.Column("text"), 1u);
  EXPECT_EQ(sheet.Column("none"), std::nullopt);
}

TEST(Sheet, RefusesALongRowAndTwoColumnsOfOneName) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(folder.Write("a.tsv", "ID\n1\t2\n")), HasSubstr("a.tsv:2: expected 1 cells, found 2"));
  EXPECT_THROW(ReadSheet(folder.Write("b.tsv", "ID\tID\n1\t2\n")).Column("ID"), Error);
  EXPECT_THAT(ErrorOf(folder.Write("c.tsv", "")), HasSubstr("column names"));
}

TEST(Sheet, ReadsTheFirstSheetOfAWorkbook) {
  const TempFolder folder;
  const Sheet sheet = ReadSheet(WriteZip(
      folder,
      Workbook(R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>x &amp; y</t></is></c></row>)"
               R"(<row r="4"><c r="A4"><v>12</v></c><c r="C4" t="s"><v>1</v></c></row>)"
               R"(<row r="5"/><row r="6"><c r="B6"/></row>)")));
  EXPECT_THAT(sheet.columns, ElementsAre("ID", "", "x & y"));
  ASSERT_EQ(sheet.rows.size(), 1u);
  EXPECT_EQ(sheet.rows[0].number, 4u);
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("12", "", "one two"));
}

TEST(Sheet, RefusesABrokenWorkbook) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(folder.Write("a.xlsx", "not a zip")), HasSubstr("not an Excel workbook"));
  EXPECT_THAT(ErrorOf(folder.path() / "none.xlsx"), HasSubstr("not an Excel workbook"));
  EXPECT_THAT(ErrorOf(WriteZip(folder, {{"readme", "x"}})), HasSubstr("workbook.xml: is not in the workbook"));
  const auto error = [&](const std::string& rows) { return ErrorOf(WriteZip(folder, Workbook(rows))); };
  EXPECT_THAT(error("<row>"), HasSubstr("broken XML"));
  EXPECT_THAT(error(R"(<row r="1"><c r="A1" t="s"><v>3</v></c></row>)"), HasSubstr("up to 2, found \"3\""));
  EXPECT_THAT(error(R"(<row r="x"/>)"), HasSubstr("expected a number"));
  EXPECT_THAT(error(R"(<row r="1"><c r="ZZZZ1"><v>1</v></c></row>)"), HasSubstr("over 1024 columns"));
  EXPECT_THAT(error(R"(<row r="1"><c r="1"><v>1</v></c></row>)"), HasSubstr("expected a cell name"));
}

}  // namespace
}  // namespace tessera
