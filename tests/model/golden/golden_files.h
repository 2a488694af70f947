// Reading the files of a golden set. Whatever a test does not ask for is reported as unknown.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "datasets/image.h"
#include "harness/base/json_fields.h"
#include "model/api/query.h"
#include "model/weights/safetensors.h"
#include "tests/model/golden/golden_report.h"

namespace tessera::golden {

/// The tensors of one file. Names that were never asked for fail in ReportUnknown.
class GoldenTensors {
 public:
  explicit GoldenTensors(const std::filesystem::path& path);
  std::optional<at::Tensor> Find(const std::string& name);
  at::Tensor Get(const std::string& name);  ///< throws std::out_of_range
  std::vector<std::string> names() const;
  void ReportUnknown(GoldenReport& report) const;

 private:
  SafetensorsFile file_;
  std::string name_;
  std::set<std::string> used_;
};

/// Fails for every key of `object` that is not in `known`.
void RequireKnownKeys(const Json& object, const std::set<std::string>& known, const std::string& where,
                      GoldenReport& report);

/// A JSON Lines file; blank lines are skipped.
std::vector<Json> ReadJsonLines(const std::filesystem::path& path);

/// [[id, repeat], ...] to ids.
std::vector<int> ExpandRuns(const Json& runs);

/// "{IMG_CONTEXT*256}" to 256 times "<IMG_CONTEXT>".
std::string ExpandContext(const std::string& prompt);

Image ReadImage(const std::filesystem::path& path);
std::string Sha256OfFloats(const std::vector<float>& values);

/// Folder of a golden set, and the report on it.
void CheckTiling(const std::filesystem::path& folder, GoldenReport& report);
void CheckResize(const std::filesystem::path& folder, GoldenReport& report);
void CheckPreprocess(const std::filesystem::path& root, GoldenReport& report);
void CheckUnits(const std::filesystem::path& root, GoldenReport& report);
/// One expected/<checkpoint> folder.
void CheckCheckpoint(const std::filesystem::path& root, const std::string& name, GoldenReport& report);

}  // namespace tessera::golden
