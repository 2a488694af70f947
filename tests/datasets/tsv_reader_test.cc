#include "datasets/tsv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kPicture(80, 'A');  // longer than a reference

class TsvReader : public testing::Test {
 protected:
  TsvTable Read(std::string_view content) const { return ReadTsv(folder_.Write("x.tsv", content)); }

  std::string Failure(std::string_view content) const {
    try {
      Read(content);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      return error.what();
    }
    return "no error";
  }

  static std::string Cell(const TsvTable& table, std::size_t row, std::string_view column) {
    return std::get<std::string>(table.rows.at(row).cells.at(table.Column(column).value()));
  }

  static std::string Picture(const ImageSource& source) {
    return ReadFileRange(source.file, source.offset, source.length);
  }

  TempFolder folder_;
};

TEST_F(TsvReader, ReadsQuotesTabsAndLineEnds) {
  const TsvTable table = Read("\xEF\xBB\xBFindex\tq\r\n1\t\"a \"\"b\"\"\tc\r\nd\"\r\n\r\n2\tit's \"x\"\r3\tend");
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_THAT(table.columns, ElementsAre("index", "q"));
  EXPECT_EQ(Cell(table, 0, "q"), "a \"b\"\tc\r\nd");
  EXPECT_EQ(Cell(table, 1, "q"), "it's \"x\"");
  EXPECT_EQ(Cell(table, 2, "q"), "end");
  EXPECT_EQ(table.rows[1].line, 5u);
}

TEST_F(TsvReader, LeavesPicturesInTheFile) {
  const TsvTable table = Read("index\timage\tq\n1\t" + kPicture + "\tx\n2\t\"" + kPicture + "B\"\ty\n");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(table.rows[0].cells[1]));
  EXPECT_EQ(Picture(table.rows[0].images.at(0)), kPicture);
  EXPECT_EQ(Picture(table.rows[1].images.at(0)), kPicture + "B");
}

TEST_F(TsvReader, ResolvesReferencesInFileOrder) {
  const TsvTable table = Read("index\timage\n9\t1\n1\t" + kPicture + "\n2\t1\n3\t2\n");
  for (const TsvRow& row : table.rows) EXPECT_EQ(Picture(row.images.at(0)), kPicture) << row.index;
}

TEST_F(TsvReader, RefusesReferencesThatLeadNowhere) {
  EXPECT_THAT(Failure("index\timage\n1\t1\n"), AllOf(HasSubstr("x.tsv:2: field \"image\""), HasSubstr("found \"1\"")));
  EXPECT_THAT(Failure("index\timage\n3\t2\n2\t1\n1\t" + kPicture + "\n"), HasSubstr("x.tsv:2: field \"image\""));
  EXPECT_THAT(Failure("index\timage\n1\t" + kPicture + "\n2\t7\n"), HasSubstr("x.tsv:3"));
  EXPECT_THAT(Failure("index\timage\n1\t\n2\t1\n"), HasSubstr("x.tsv:3"));  // row 1 is dropped
}

TEST_F(TsvReader, TakesMoreThan64CharactersForAPicture) {
  EXPECT_EQ(Read("index\timage\n1\t" + std::string(65, 'A') + "\n").rows.size(), 1u);
  EXPECT_THAT(Failure("index\timage\n1\t" + std::string(64, 'A') + "\n"), HasSubstr("more than 64 characters"));
}

TEST_F(TsvReader, ReadsListsOfPictures) {
  const TsvTable table = Read("index\timage\n1\t['" + kPicture + "', '" + kPicture + "B']\n2\t1\n");
  ASSERT_EQ(table.rows[1].images.size(), 2u);
  EXPECT_EQ(Picture(table.rows[0].images[0]), kPicture);
  EXPECT_EQ(Picture(table.rows[1].images[1]), kPicture + "B");
  EXPECT_THAT(Failure("index\timage\n1\t['" + kPicture + "]\n"), HasSubstr("a broken one"));
  EXPECT_THAT(Failure("index\timage\n1\t[" + kPicture + "]\n"), HasSubstr("a broken one"));
  EXPECT_THAT(Failure("index\timage\n1\t[" + std::string(80, ' ') + "]\n"), HasSubstr("a broken one"));
}

TEST_F(TsvReader, DropsRowsWithoutAPicture) {
  const TsvTable table = Read("index\timage\n1\t" + kPicture + "\n2\t\n3\tNA\n");
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(Read("index\tq\n1\tx\n").rows.size(), 1u);  // no image column: a text-only file
}

TEST_F(TsvReader, InfersTypesBeforeItDropsRows) {
  const TsvTable table = Read("index\timage\tA\n1\t" + kPicture + "\t12\n2\t\tx\n");
  EXPECT_EQ(Cell(table, 0, "A"), "12");  // a text, because of the dropped row
}

TEST_F(TsvReader, NamesFileAndLineOfABadRow) {
  EXPECT_THAT(Failure("index\tq\n1\ta\n2\n"), HasSubstr("x.tsv:3: expected 2 cells as in the header, found 1"));
  EXPECT_THAT(Failure("index\tq\n1\ta\tb\n"), HasSubstr("x.tsv:2: expected 2 cells as in the header, found 3"));
  EXPECT_THAT(Failure("index\tq\n1\t\"a\n\n"), HasSubstr("x.tsv:2: a quote is opened in this row and never closed"));
  EXPECT_THAT(Failure("index\tq\n1\t\"a\"b\n"), HasSubstr("x.tsv:2: expected a tab"));
  EXPECT_THAT(Failure("index\tq\n1\t\xFF\n"), HasSubstr("x.tsv:2: cell 2 is not UTF-8"));
  EXPECT_THAT(Failure("index\tq\n1\ta\n1\tb\n"), HasSubstr("x.tsv:3: field \"index\": 1 stands in line 2 already"));
  EXPECT_THAT(Failure("index\tq\n1\ta\n\tb\n"),
              HasSubstr("x.tsv:3: field \"index\": expected an integer or a text, found nothing"));
  EXPECT_THAT(Failure("index\tq\n1.5\ta\n"), HasSubstr("x.tsv:2: field \"index\""));
  EXPECT_THAT(Failure(""), HasSubstr("expected a header row"));
  EXPECT_THAT(Failure("q\tA\n"), HasSubstr("expected a column \"index\""));
  EXPECT_THAT(Failure("index\tq\tq\n"), HasSubstr("column \"q\" stands twice"));
  EXPECT_THAT(Failure(std::string(2000, '\t')), HasSubstr("more than 1024 cells"));
  EXPECT_THAT(Failure("index\tq\n1\t" + std::string(kMaxTsvCellBytes + 1, 'x')), HasSubstr("a cell of more than"));
}

TEST_F(TsvReader, RefusesWhatIsNoFile) {
  EXPECT_THROW(ReadTsv(folder_.path()), Error);
  EXPECT_THROW(ReadTsv(folder_.path() / "missing.tsv"), Error);
}

TEST_F(TsvReader, SurvivesDamagedFiles) {
  const std::string good =
      "index\timage\tq\tA\n1\t" + kPicture + "\t\"a \"\"b\"\"\n\"\t1.5\n2\t['" + kPicture + "']\tx\tNA\n3\t1\ty\t中\n";
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good.substr(0, random() % 4 == 0 ? random() % good.size() : good.size());
    for (int change = 0; change < 3 && !bad.empty(); ++change) {
      bad[random() % bad.size()] = "\t\n\r\"'[],\xFF 0"[random() % 11];
    }
    try {
      for (const TsvRow& row : Read(bad).rows) {
        for (const ImageSource& image : row.images) EXPECT_LE(image.offset + image.length, bad.size());
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
    }
  }
}

TsvCell CellOf(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  return value.get<std::string>();
}

TEST(TsvGolden, ReadsWhatTheReferenceLoaderReads) {
  const std::filesystem::path folder =
      std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/datasets/vlmevalkit_tsv";
  const Json golden = ReadJsonFile(folder / "expected.json");
  for (const auto& [name, expected] : golden.items()) {
    const TsvTable table = ReadTsv(folder / (name + ".tsv"));
    EXPECT_EQ(Json(table.columns), expected["columns"]);
    const Json& rows = expected["rows"];
    ASSERT_EQ(table.rows.size(), rows.size()) << name;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t column = 0; column < table.columns.size(); ++column) {
        if (table.columns[column] == "image") continue;
        EXPECT_EQ(table.rows[i].cells[column], CellOf(rows[i][table.columns[column]]))
            << name << " " << table.columns[column];
      }
      const Json& images = rows[i]["_images"];
      ASSERT_EQ(table.rows[i].images.size(), images.size());
      for (std::size_t image = 0; image < images.size(); ++image) {
        EXPECT_EQ(table.rows[i].images[image].length, images[image]["base64_length"].get<std::uint64_t>());
      }
    }
  }
}

TEST_F(TsvReader, KeepsCellsAsWrittenWhenAsked) {
  const auto file = folder_.Write("x.tsv", "index\tA\tB\n1\tNone\t1.50\n2\t\t2\n");
  const TsvTable table = ReadTsv(file, TsvCells::kAsWritten);
  EXPECT_EQ(Cell(table, 0, "A"), "None");
  EXPECT_EQ(Cell(table, 0, "B"), "1.50");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(table.rows[1].cells[1]));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(ReadTsv(file).rows[0].cells[1]));  // pandas reads it as missing
}

TEST_F(TsvReader, NamesTheLinesOfRowsWithoutAPicture) {
  const TsvTable table = Read("index\timage\n1\t" + kPicture + "\n2\t\n3\tnan\n");
  EXPECT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(table.dropped_lines, ElementsAre(3u, 4u));
}

}  // namespace
}  // namespace tessera
