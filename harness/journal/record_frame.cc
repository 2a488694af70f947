#include "harness/journal/record_frame.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "harness/base/crc32c.h"

namespace tessera {
namespace {

constexpr std::size_t kDigits = 8;
constexpr std::size_t kFrameBytes = 2 * (kDigits + 1);

std::optional<std::uint32_t> ParseHex(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string FrameRecord(std::string_view json) {
  return fmt::format("{:08x} {:08x} {}", json.size(), Crc32c(json), json);
}

std::optional<std::string_view> UnframeRecord(std::string_view line) {
  if (line.size() < kFrameBytes || line[kDigits] != ' ' || line[kFrameBytes - 1] != ' ') return std::nullopt;
  const std::string_view json = line.substr(kFrameBytes);
  if (ParseHex(line.substr(0, kDigits)) != json.size()) return std::nullopt;
  if (ParseHex(line.substr(kDigits + 1, kDigits)) != Crc32c(json)) return std::nullopt;
  return json;
}

}  // namespace tessera
