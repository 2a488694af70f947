#include "datasets/base64.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::uint8_t kInvalid = 64;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> MakeDigits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr std::array<std::uint8_t, 256> kDigits = MakeDigits();

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::vector<std::uint8_t> DecodeBase64(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  int digits = 0, padding = 0;  // of the current group of four characters
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (IsSpace(c)) continue;
    const std::uint8_t digit = kDigits[static_cast<std::uint8_t>(c)];
    if (c == '=') {
      ++padding;
      if (digits < 2 || digits + padding > 4) throw InputError(fmt::format("base64: misplaced '=' at byte {}", i));
    } else if (digit == kInvalid) {
      throw InputError(
          fmt::format("base64: byte {:#04x} at byte {} is not of the alphabet", static_cast<std::uint8_t>(c), i));
    } else if (padding > 0) {
      throw InputError(fmt::format("base64: '{}' at byte {} follows the padding", c, i));
    } else {
      group = group << 6 | digit;
      if (++digits < 4) continue;
      for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(group >> shift));
      digits = 0;
      group = 0;
    }
  }
  if (digits == 0) return bytes;
  if (digits + padding != 4) {
    throw InputError(fmt::format("base64: ends at byte {} inside a group of four characters", text.size()));
  }
  group <<= 6 * padding;
  bytes.push_back(static_cast<std::uint8_t>(group >> 16));
  if (digits == 3) bytes.push_back(static_cast<std::uint8_t>(group >> 8));
  return bytes;
}

std::string EncodeBase64(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return at < bytes.size() ? std::uint32_t{bytes[at]} : 0u; };
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (const int shift : {18, 12, 6, 0}) text += kAlphabet[group >> shift & 63];
  }
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  text.replace(text.size() - padding, padding, padding, '=');
  return text;
}

}  // namespace tessera
