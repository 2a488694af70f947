// Safetensors files, mapped into memory and never copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tessera {

enum class DataType { kF32, kF16, kBf16, kI64 };

std::string_view DataTypeName(DataType type);  ///< "F32", as in the file
int BytesPerElement(DataType type);

/// A tensor inside a mapped file; valid as long as the file is.
struct TensorView {
  std::string name;
  DataType type = DataType::kF32;
  std::vector<std::int64_t> shape;
  const std::byte* data = nullptr;
  std::uint64_t bytes = 0;
};

/// One .safetensors file. The header is checked in full before any tensor is handed out: offsets inside the file, sizes
/// equal to shape x type, no overlap, no gap, no duplicate name. Throws kInput naming file, tensor, expected and found.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile();
  SafetensorsFile(SafetensorsFile&&) noexcept;
  SafetensorsFile& operator=(SafetensorsFile&&) noexcept;

  const std::vector<TensorView>& tensors() const;  ///< in file order
  const TensorView* Find(std::string_view name) const;

  /// Lets the kernel drop the mapped pages of `tensor`, after its values were converted elsewhere.
  void Release(const TensorView& tensor) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tessera
