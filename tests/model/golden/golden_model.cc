// golden_model DIR: runs a set of golden model values (schema: tests/golden/model/README.md) against the native model.
// Prints one line per failure and ends with `N passed, M failed`; exit code 0 only when nothing failed.
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <set>

#include "tests/model/golden/golden_files.h"

namespace {

using tessera::golden::GoldenReport;

/// A part that throws is one failure, not the end.
void Guard(const std::string& part, GoldenReport& report, const std::function<void()>& check) {
  try {
    check();
  } catch (const std::exception& error) {
    report.Fail(part, error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    fmt::print(stderr, "usage: golden_model DIR\n  DIR  a folder like tests/golden/model\n");
    return 2;
  }
  const c10::InferenceMode inference;
  const std::filesystem::path root = argv[1];
  GoldenReport report;
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.is_directory()) folders.insert(entry.path().filename().string());
  }
  const auto part = [&](const std::string& name, const std::function<void()>& check) {
    if (folders.erase(name) > 0) Guard(name, report, check);
  };
  part("tiling", [&] { tessera::golden::CheckTiling(root / "tiling", report); });
  part("resize", [&] { tessera::golden::CheckResize(root / "resize", report); });
  part("preprocess", [&] { tessera::golden::CheckPreprocess(root, report); });
  part("units", [&] { tessera::golden::CheckUnits(root, report); });
  if (folders.erase("expected") > 0) {
    std::set<std::string> checkpoints;
    for (const auto& entry : std::filesystem::directory_iterator(root / "expected")) {
      checkpoints.insert(entry.path().filename().string());
    }
    for (const std::string& name : checkpoints) {
      folders.erase(name);
      Guard(name, report, [&] { tessera::golden::CheckCheckpoint(root, name, report); });
    }
  }
  folders.erase("images");  // read by the other parts
  for (const std::string& name : folders) report.Fail(name, "unknown folder, not checked");
  return report.Finish();
}
