// CRC-32C (Castagnoli), the checksum of the journal's records.
#pragma once

#include <cstdint>
#include <string_view>

namespace tessera {

/// CRC-32C of `bytes`: polynomial 0x1EDC6F41 reflected, initial value and final xor 0xFFFFFFFF. Source: RFC 3720,
/// section 12.1 and appendix B.4.
std::uint32_t Crc32c(std::string_view bytes);

}  // namespace tessera
