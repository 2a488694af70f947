// How a record lies in the journal: with its length and checksum, so that damage is seen and never read as an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// `json`, which holds no newline, as a line without the newline: length in bytes and CRC-32C as eight hexadecimal
/// digits each, then the JSON, with blanks between: "0000000f e3069283 {...}".
std::string FrameRecord(std::string_view json);

/// The JSON of such a line; nullopt when it is of another form, or its length or checksum is wrong.
std::optional<std::string_view> UnframeRecord(std::string_view line);

}  // namespace tessera
