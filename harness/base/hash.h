// Content hashes for provenance and golden tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
std::string Sha256(std::span<const std::uint8_t> bytes);
std::string Sha256(std::string_view bytes);

/// SHA-256 and MD5 of a file, read in pieces. Throw kInput when it cannot be read.
std::string Sha256OfFile(const std::filesystem::path& path);
std::string Md5OfFile(const std::filesystem::path& path);

}  // namespace tessera
