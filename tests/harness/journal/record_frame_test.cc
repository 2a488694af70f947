#include "harness/journal/record_frame.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(RecordFrame, HasLengthAndChecksumInFront) {
  EXPECT_EQ(FrameRecord("123456789"), "00000009 e3069283 123456789");
  EXPECT_EQ(UnframeRecord("00000009 e3069283 123456789"), "123456789");
  EXPECT_EQ(UnframeRecord(FrameRecord("")), "");
}

TEST(RecordFrame, EveryChangedBitIsSeen) {
  const std::string line = FrameRecord(R"({"benchmark":"fake","answers":["yes"]})");
  for (std::size_t i = 0; i < line.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = line;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      const auto json = UnframeRecord(changed);
      // A hexadecimal digit may change its case and mean the same.
      EXPECT_TRUE(!json || *json == UnframeRecord(line)) << i << " " << bit;
    }
  }
}

TEST(RecordFrame, APartOfALineIsNotARecord) {
  const std::string line = FrameRecord("{\"a\":1}");
  for (std::size_t length = 0; length < line.size(); ++length) EXPECT_FALSE(UnframeRecord(line.substr(0, length)));
}

}  // namespace
}  // namespace tessera
