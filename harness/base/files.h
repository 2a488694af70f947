// Whole-file reading and writing, with limits and clear errors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tessera {

/// The bytes of `path`. Throws kInput when it is missing, is not a regular file, cannot be read, or is larger than
/// `max_bytes` (checked before anything is allocated).
std::string ReadFile(const std::filesystem::path& path, std::uint64_t max_bytes = 256u << 20);

/// `length` bytes of `path` from `offset`. Throws kInput when the file is shorter or cannot be read.
std::string ReadFileRange(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t length);

/// Replaces `path` by `content` so that a reader sees the old file or the new one, never a half: temporary file, fsync,
/// rename. Throws kEnvironment (full disk, no permission); the old file is then untouched.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view content);

/// Puts the names of a folder's files on the disk, after one was made or renamed. Throws kEnvironment when that fails;
/// a file system that has no such call is passed over.
void SyncFolder(const std::filesystem::path& folder);

}  // namespace tessera
