#include "model/weights/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/input_error.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

std::string Refusal(std::string_view header, std::uint64_t data_bytes) {
  return InputErrorOf([&] { ParseSafetensorsHeader(header, data_bytes, "a.safetensors"); });
}

TEST(SafetensorsHeader, GivesTensorsInFileOrder) {
  const auto entries = ParseSafetensorsHeader(
      R"({"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[8,12]},"a":{"shape":[],"data_offsets":[0,8],"dtype":"I64"}})",
      12, "");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_EQ(entries[0].type, DataType::kI64);
  EXPECT_TRUE(entries[0].shape.empty());
  EXPECT_EQ(entries[1].name, "b");
  EXPECT_EQ(entries[1].type, DataType::kBf16);
  EXPECT_EQ(entries[1].shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(entries[1].begin, 8u);
  EXPECT_EQ(entries[1].end, 12u);
}

TEST(SafetensorsHeader, MetadataPaddingAndTensorsWithoutElementsAreLegal) {
  const auto entries = ParseSafetensorsHeader(
      R"({"__metadata__":{"format":"pt","dtype":"x"},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},)"
      R"("z":{"dtype":"F32","shape":[0,7],"data_offsets":[2,2]}}     )",
      2, "");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].name, "z");
  EXPECT_TRUE(ParseSafetensorsHeader("{}", 0, "").empty());
}

struct Hostile {
  const char* header;
  std::uint64_t data_bytes;
  const char* message;
};

class HostileSafetensorsHeader : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileSafetensorsHeader, IsRefused) {
  const std::string message = Refusal(GetParam().header, GetParam().data_bytes);
  EXPECT_THAT(message, HasSubstr(GetParam().message));
  EXPECT_THAT(message, ::testing::StartsWith("a.safetensors: "));
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileSafetensorsHeader,
    ::testing::Values(
        Hostile{"", 0, "not valid JSON"}, Hostile{"{", 0, "not valid JSON"}, Hostile{"{} {}", 0, "not valid JSON"},
        Hostile{"7", 0, "top level: unexpected a number"}, Hostile{"null", 0, "top level: unexpected null"},
        Hostile{"[[[[", 0, "top level: unexpected an array"}, Hostile{"{\"a\xFF\":{}}", 0, "not valid JSON"},
        Hostile{R"({"a":5})", 0, "tensor a: unexpected a number"},
        Hostile{R"({"a":"x"})", 0, "tensor a: unexpected a string"},
        Hostile{R"({"a":{}})", 0, "tensor a: expected dtype, shape and data_offsets, found "},
        Hostile{R"({"a":{"dtype":"F32","shape":[1]}})", 4,
                "expected dtype, shape and data_offsets, found dtype, shape"},
        Hostile{R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4, "tensor a: unknown field x"},
        Hostile{R"({"a":{"dtype":{"y":1}}})", 0, "tensor a: unexpected an object"},
        Hostile{R"({"a":{"shape":[[1]]}})", 0, "tensor a: unexpected an array"},
        Hostile{R"({"a":{"dtype":["F32"]}})", 0, "tensor a: unexpected an array"},
        Hostile{R"({"a":{"shape":"1"}})", 0, "tensor a: unexpected a string"},
        Hostile{R"({"a":{"shape":1}})", 0, "tensor a: unexpected a number"},
        Hostile{R"({"a":{"shape":[-1]}})", 0, "tensor a: unexpected -1"},
        Hostile{R"({"a":{"shape":[1.5]}})", 0, "tensor a: unexpected 1.5"},
        Hostile{R"({"a":{"shape":[true]}})", 0, "tensor a: unexpected true or false"},
        Hostile{R"({"a":{"shape":[1e400]}})", 0, "not valid JSON"},
        Hostile{R"({"a":{"shape":[9223372036854775808]}})", 0, "9223372036854775808 is too large"},
        Hostile{R"({"a":{"shape":[1,1,1,1,1,1,1,1,1]}})", 0, "more than 8 dimensions"},
        Hostile{R"({"a":{"data_offsets":[0]}})", 0, "tensor a: expected 2 data_offsets"},
        Hostile{R"({"a":{"data_offsets":[0,1,2]}})", 0, "tensor a: expected 2 data_offsets, found more"},
        Hostile{R"({"a":{"dtype":"F64"}})", 0, "tensor a: dtype F64 is not supported"},
        Hostile{R"({"__metadata__":[]})", 0, "__metadata__: unexpected an array"},
        Hostile{R"({"__metadata__":{"a":1}})", 0, "__metadata__: unexpected a number"},
        Hostile{
            R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}})",
            4, "tensor a is there twice"},
        Hostile{R"({"a":{"dtype":"F16","dtype":"F16","shape":[1],"data_offsets":[0,2]}})", 2,
                "tensor a: field dtype is there twice"},
        Hostile{R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4,
                "F32 [2] needs 8 bytes, data_offsets hold 4"},
        Hostile{R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4,
                "needs more than 2^64 bytes"},
        Hostile{R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 3, "are outside the 3 bytes of data"},
        Hostile{R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "data_offsets [4, 0] are outside"},
        Hostile{R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,18446744073709551615]}})", 4,
                "are outside"},
        Hostile{
            R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}})",
            4, "tensor b: begins at byte 2, inside the tensor before it"},
        Hostile{
            R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}})",
            6, "tensor b: begins at byte 4, after a gap that starts at byte 2"},
        Hostile{R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}})", 4, "after a gap that starts at byte 0"},
        Hostile{R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})", 9,
                "the tensors hold 2 bytes, the file has 9"},
        Hostile{"{}", 1, "the tensors hold 0 bytes, the file has 1"}));

TEST(SafetensorsHeader, DeepNestingIsRefusedAtOnce) {
  EXPECT_THAT(Refusal(R"({"__metadata__":{"a":)" + std::string(1 << 20, '{'), 0), HasSubstr("unexpected an object"));
}

}  // namespace
}  // namespace tessera
