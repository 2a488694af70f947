#include "datasets/parquet_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/image_codec.h"
#include "datasets/image_source.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

const std::filesystem::path kFixtures = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/fixtures";
const std::filesystem::path kTypes = kFixtures / "parquet/types.parquet";

std::string ErrorOf(const std::filesystem::path& file, const ParquetColumns& columns) {
  try {
    ReadParquet(file, columns);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "read " << file;
  return "";
}

TEST(ReadParquet, ReadsEveryTypeOfCellFromAllRowGroups) {
  const auto rows = ReadParquet(kTypes, {.values = {"id", "count", "precision", "flag", "choices", "metadata"}});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].values, Json::parse(R"({"id": "a", "count": 1, "precision": 1.0, "flag": true,
      "choices": ["x", "y"], "metadata": {"language": "english", "skills": ["logic", "geometry"]}})"));
  EXPECT_TRUE(rows[0].values["precision"].is_number_float());
  EXPECT_EQ(rows[1].values, Json::parse(R"({"id": "b", "count": null, "precision": null, "flag": false,
      "choices": null, "metadata": null})"));
  EXPECT_EQ(rows[2].values, Json::parse(R"({"id": "中", "count": -3, "precision": null, "flag": null, "choices": [],
      "metadata": {"language": null, "skills": []}})"));
  EXPECT_EQ(rows[3].values["choices"], Json::parse("[null]"));
  EXPECT_EQ(rows[4].values["id"], "e");
  EXPECT_EQ(rows[4].where, kTypes.string() + ": row 5");
}

TEST(ReadParquet, TellsWhichRowsHaveAPicture) {
  const auto rows = ReadParquet(kTypes, {.values = {"id"}, .pictures = {"image", "second"}});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].pictures.size(), 1u);
  EXPECT_EQ(rows[0].pictures.at("image").path, "a.gif");
  EXPECT_EQ(rows[1].pictures.size(), 1u);  // `second` is a struct of nulls
  EXPECT_EQ(rows[1].pictures.at("image").path, "");
  EXPECT_FALSE(rows[2].pictures.contains("image"));
  EXPECT_EQ(rows[2].pictures.at("second").source.row, 2u);
}

TEST(ReadParquetPicture, GivesTheBytesOfTheRow) {
  const auto rows = ReadParquet(kTypes, {.values = {}, .pictures = {"image", "second"}});
  const auto file_bytes = [](const char* name) { return ReadImageBytes({.file = kFixtures / "images" / name}); };
  EXPECT_EQ(ReadImageBytes(rows[0].pictures.at("image").source), file_bytes("plain.gif"));
  EXPECT_EQ(ReadImageBytes(rows[1].pictures.at("image").source), file_bytes("rgb24.bmp"));
  EXPECT_EQ(ReadImageBytes(rows[2].pictures.at("second").source), file_bytes("plain.gif"));
  EXPECT_EQ(ReadImageBytes(rows[3].pictures.at("image").source), file_bytes("rgb24.bmp"));
}

TEST(ReadParquetPicture, NamesColumnAndRowOfWhatItCannotRead) {
  const auto error_of = [](const std::string& column, std::uint64_t row, std::uint64_t max_bytes) -> std::string {
    try {
      ReadParquetPicture({.file = kTypes, .column = column, .row = row}, max_bytes);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("image", 4, 1000), HasSubstr("row 5: column \"image\": expected a picture, found nothing"));
  EXPECT_THAT(error_of("second", 0, 1000), HasSubstr("found nothing"));
  EXPECT_THAT(error_of("image", 5, 1000), HasSubstr("found no such row and column"));
  EXPECT_THAT(error_of("third", 0, 1000), HasSubstr("found no such row and column"));
  EXPECT_THAT(error_of("image", 0, 10), HasSubstr("expected at most 10 bytes"));
  EXPECT_EQ(ImageSourceName({.file = "a.parquet", .column = "image", .row = 4}), "a.parquet@image:5");
}

TEST(ReadParquet, RefusesWrongColumns) {
  EXPECT_THAT(ErrorOf(kTypes, {.values = {"question"}}), HasSubstr("column \"question\": expected such a column"));
  EXPECT_THAT(ErrorOf(kTypes, {.pictures = {"id"}}), HasSubstr("expected a struct of `bytes` and `path`"));
  EXPECT_THAT(ErrorOf(kTypes, {.values = {"unread"}}),
              HasSubstr("column \"unread\": type date32[day] is not supported"));
  EXPECT_THAT(ErrorOf(kTypes, {.values = {"image"}}), HasSubstr("column \"image\": type binary is not supported"));
  EXPECT_THAT(ErrorOf(kFixtures / "parquet/twice.parquet", {.values = {"id"}}), HasSubstr("found several"));
  EXPECT_THAT(ErrorOf(kFixtures / "parquet/not_utf8.parquet", {.values = {"id"}}), HasSubstr("UTF8"));
}

TEST(ReadParquet, RefusesWhatIsNoParquetFile) {
  const TempFolder folder;
  EXPECT_THAT(ErrorOf(folder.path() / "missing.parquet", {}), HasSubstr("not a file that can be read"));
  EXPECT_THAT(ErrorOf(folder.path(), {}), HasSubstr("not a file that can be read"));
  EXPECT_THAT(ErrorOf(folder.Write("empty.parquet", ""), {}), HasSubstr("not a readable parquet file"));
  EXPECT_THAT(ErrorOf(folder.Write("text.parquet", "PAR1 and so on, PAR1"), {}), HasSubstr("not a readable parquet"));
}

/// Cut, or with a byte changed, the file gives rows or an error and never a crash.
TEST(ReadParquet, SurvivesDamagedFiles) {
  const TempFolder folder;
  const std::string good = ReadFile(kTypes);
  const ParquetColumns columns{.values = {"id", "choices", "metadata"}, .pictures = {"image"}};
  const auto read_all = [&](const std::string& content) {
    const auto file = folder.Write("damaged.parquet", content);
    try {
      for (const ParquetRow& row : ReadParquet(file, columns)) {
        for (const auto& [column, picture] : row.pictures) ReadParquetPicture(picture.source, 1 << 20);
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
    }
  };
  for (std::size_t size = 0; size < good.size(); size += 97) read_all(good.substr(0, size));
  for (std::size_t at = 0; at < good.size(); at += 29) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    read_all(bad);
  }
}

}  // namespace
}  // namespace tessera
