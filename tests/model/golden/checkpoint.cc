// One checkpoint of the set: tokenizer, vision tower, language model and chat cases, in each arithmetic that has
// values.
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <set>

#include "tests/model/golden/checkpoint_cases.h"

namespace tessera::golden {
namespace {

void ReportUnknownFiles(const std::filesystem::path& folder, GoldenReport& report) {
  static const std::set<std::string> kKnown = {"meta.json", "ntk.json", "ntk.safetensors", "tokenizer.jsonl"};
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    bool known = kKnown.contains(file);
    for (const std::string suffix : {"f32", "bf16"}) {
      for (const std::string part : {"vit_", "llm_", "cases_"}) {
        known = known || file == part + suffix + ".safetensors" || file == part + suffix + ".json";
      }
    }
    if (!known) report.Fail(folder.filename().string(), fmt::format("unknown file \"{}\", not checked", file));
  }
}

void CheckArithmetic(CheckpointGolden golden, GoldenReport& report) {
  const auto has = [&](const std::string& part, const std::string& ending) {
    return std::filesystem::exists(golden.expected / (part + golden.suffix + ending));
  };
  if (!has("vit_", ".safetensors") && !has("llm_", ".safetensors") && !has("cases_", ".json")) return;
  NativeModel model = LoadNativeModel(golden.root / golden.name, golden.reduced() ? "bfloat16" : "float32", "cpu");
  golden.model = &model;
  if (!golden.reduced()) CheckTokenizer(golden, report);
  if (has("vit_", ".safetensors")) CheckVision(golden, report);
  if (has("llm_", ".safetensors")) CheckLanguage(golden, report);
  if (has("cases_", ".json")) CheckChatCases(golden, report);
  if (!golden.reduced() && std::filesystem::exists(golden.expected / "ntk.json")) CheckNtk(golden, report);
}

}  // namespace

void CheckCheckpoint(const std::filesystem::path& root, const std::string& name, GoldenReport& report) {
  CheckpointGolden golden{.root = root, .expected = root / "expected" / name, .name = name};
  golden.meta = ReadJsonFile(golden.expected / "meta.json");
  ReportUnknownFiles(golden.expected, report);
  for (const std::string suffix : {"f32", "bf16"}) {
    golden.suffix = suffix;
    CheckArithmetic(golden, report);
  }
}

}  // namespace tessera::golden
