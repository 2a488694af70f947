#include "model/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "tests/model/input_error.h"
#include "tests/model/weights/safetensors_bytes.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

constexpr const char* kTwoTensors =
    R"({"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[6,10]}})";

std::string_view BytesOf(const TensorView& tensor) {
  return {reinterpret_cast<const char*>(tensor.data), tensor.bytes};
}

std::string Refusal(std::string_view bytes) {
  const TempFolder folder;
  return InputErrorOf([&] { SafetensorsFile file(folder.Write("a.safetensors", bytes)); });
}

TEST(SafetensorsFile, MapsTensorsWhereTheyLieEvenWhenMisaligned) {
  const TempFolder folder;
  SafetensorsFile first(folder.Write("a.safetensors", SafetensorsBytes(kTwoTensors, "abcdefGHIJ")));
  const SafetensorsFile file = std::move(first);
  ASSERT_EQ(file.tensors().size(), 2u);
  const TensorView* b = file.Find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(BytesOf(*b), "GHIJ");
  EXPECT_EQ(b->type, DataType::kF32);
  EXPECT_EQ(b->shape, (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(BytesOf(*file.Find("a")), "abcdef");
  EXPECT_EQ(file.Find("c"), nullptr);
}

TEST(SafetensorsFile, ReleasedPagesComeBackFromTheFile) {
  constexpr std::size_t kBytes = 1 << 16;
  std::string data(kBytes, '\0');
  for (std::size_t i = 0; i < kBytes; ++i) data[i] = static_cast<char>(i * 31 >> 3);
  const TempFolder folder;
  const SafetensorsFile file(folder.Write(
      "a.safetensors", SafetensorsBytes(R"({"a":{"dtype":"F16","shape":[32768],"data_offsets":[0,65536]}})", data)));
  const TensorView& tensor = file.tensors()[0];
  EXPECT_EQ(BytesOf(tensor), data);
  file.Release(tensor);
  EXPECT_EQ(BytesOf(tensor), data);
}

TEST(SafetensorsFile, EveryTruncationIsRefused) {
  const std::string bytes = SafetensorsBytes(kTwoTensors, "abcdefGHIJ");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(Refusal(bytes.substr(0, length)), HasSubstr("a.safetensors: ")) << length;
  }
}

TEST(SafetensorsFile, ALyingHeaderLengthIsRefused) {
  std::string bytes = SafetensorsBytes(kTwoTensors, "abcdefGHIJ");
  std::memset(bytes.data(), 0xFF, 8);
  EXPECT_THAT(Refusal(bytes), HasSubstr("found a length of 18446744073709551615"));
}

TEST(SafetensorsFile, AHeaderBeyondTheFormatsLimitIsRefused) {
  const TempFolder folder;
  const auto path = folder.Write("a.safetensors", std::string("\x01\xE1\xF5\x05\0\0\0\0", 8));  // 100 000 001
  std::filesystem::resize_file(path, 200'000'000);                                              // sparse
  EXPECT_THAT(InputErrorOf([&] { SafetensorsFile file(path); }), HasSubstr("at most 100000000 bytes"));
}

TEST(SafetensorsFile, AFolderOrNothingIsRefused) {
  const TempFolder folder;
  EXPECT_THAT(InputErrorOf([&] { SafetensorsFile file(folder.path()); }), HasSubstr("expected a regular file"));
  EXPECT_THAT(InputErrorOf([&] { SafetensorsFile file(folder.path() / "none"); }), HasSubstr("cannot be opened"));
}

}  // namespace
}  // namespace tessera
