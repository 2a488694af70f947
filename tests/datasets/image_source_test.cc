#include "datasets/image_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/base/error.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file that lives as long as its test.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content)
      : path_(testing::TempDir() + "image_source_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string ErrorOf(const ImageSource& source) {
  try {
    ReadImageBytes(source);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "read " << ImageSourceName(source);
  return "";
}

TEST(ReadImageBytes, ReadsAWholeFileAsItIs) {
  const TemporaryFile file(std::string_view("a\0\xFF", 3));
  EXPECT_THAT(ReadImageBytes({.file = file.path()}), ElementsAre('a', 0, 0xFF));
}

TEST(ReadImageBytes, DecodesABase64CellInsideAFile) {
  const TemporaryFile file("0\tZm9v\tquestion\n");
  EXPECT_THAT(ReadImageBytes({.file = file.path(), .offset = 2, .length = 4}), ElementsAre('f', 'o', 'o'));
}

TEST(ReadImageBytes, NamesFileAndOffsetOfABrokenCell) {
  const TemporaryFile file("0\tZm?v\n");
  EXPECT_THAT(ErrorOf({.file = file.path(), .offset = 2, .length = 4}),
              HasSubstr(file.path().generic_string() + "@2: base64: byte 0x3f at byte 2"));
}

TEST(ReadImageBytes, RefusesACellPastTheEndOfTheFile) {
  const TemporaryFile file("Zm9v");
  EXPECT_THAT(ErrorOf({.file = file.path(), .offset = 2, .length = 4}), HasSubstr("4 bytes"));
  EXPECT_THAT(ErrorOf({.file = file.path(), .offset = ~std::uint64_t{0}, .length = 4}), HasSubstr("4 bytes"));
}

TEST(ReadImageBytes, RefusesAnOversizedCellBeforeReadingIt) {
  const TemporaryFile file("Zm9v");
  EXPECT_THAT(ErrorOf({.file = file.path(), .length = std::uint64_t{1} << 40}), HasSubstr("expected at most"));
}

TEST(ReadImageBytes, RefusesAMissingFile) {
  EXPECT_THAT(ErrorOf({.file = testing::TempDir() + "no_such_picture.png"}), HasSubstr("no_such_picture.png"));
}

TEST(ImageSourceName, IsTheFileAndForACellItsOffset) {
  EXPECT_EQ(ImageSourceName({.file = "charts/a.png"}), "charts/a.png");
  EXPECT_EQ(ImageSourceName({.file = "MMBench.tsv", .offset = 12034, .length = 8}), "MMBench.tsv@12034");
}

}  // namespace
}  // namespace tessera
