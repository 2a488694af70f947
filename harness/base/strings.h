// UTF-8 and small text helpers that know no locale.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// `parts` with `separator` between them.
std::string Join(std::span<const std::string> parts, std::string_view separator);

/// `text` cut at every `separator`; an empty text gives one empty part.
std::vector<std::string> Split(std::string_view text, char separator);

/// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(std::string_view text);

/// `text` with every ill-formed byte replaced by U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

/// `text` without Unicode white space at both ends, as Python's str.strip() does it.
std::string_view StripWhiteSpace(std::string_view text);

/// `text` cut to at most `max_bytes` bytes at a character border, with "..." when something was cut.
std::string Shorten(std::string_view text, std::size_t max_bytes);

/// The one of `candidates` that is nearest to `word` by edit distance, when it is near enough to be a typing error.
std::optional<std::string> NearestName(std::string_view word, std::span<const std::string> candidates);

}  // namespace tessera
