// Base64 text to bytes and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The bytes that `text` encodes (RFC 4648, the alphabet with + and /, padded with =). ASCII white space is skipped.
/// Throws kInput, with the byte position, on any other character, on missing or misplaced padding, and on a cut group.
std::vector<std::uint8_t> DecodeBase64(std::string_view text);

/// `bytes` in the same alphabet, padded, on one line.
std::string EncodeBase64(std::span<const std::uint8_t> bytes);

}  // namespace tessera
