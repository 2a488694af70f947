// The parts of one expected/<checkpoint> folder.
#pragma once

#include <filesystem>
#include <string>

#include "model/generate/native_model.h"
#include "tests/model/golden/golden_files.h"

namespace tessera::golden {

/// What the parts share. `suffix` is "f32" or "bf16", which is also the arithmetic of `model`.
struct CheckpointGolden {
  std::filesystem::path root;      // of the golden set
  std::filesystem::path expected;  // expected/<checkpoint>
  std::string name;
  std::string suffix;
  Json meta;
  NativeModel* model = nullptr;

  bool reduced() const { return suffix == "bf16"; }
  Tolerance hidden_tolerance() const { return reduced() ? kBfloat16 : kFloat32; }
  std::string where(const std::string& part) const { return name + " " + suffix + ": " + part; }
};

void CheckTokenizer(const CheckpointGolden& golden, GoldenReport& report);
void CheckVision(const CheckpointGolden& golden, GoldenReport& report);
void CheckLanguage(const CheckpointGolden& golden, GoldenReport& report);
void CheckNtk(const CheckpointGolden& golden, GoldenReport& report);
void CheckChatCases(const CheckpointGolden& golden, GoldenReport& report);

}  // namespace tessera::golden
