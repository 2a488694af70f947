#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "benchmarks/benchmark.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {

const Benchmark& DocVqa();
const Benchmark& ChartQa();
const Benchmark& InfoVqa();
const Benchmark& TextVqa();
const Benchmark& OcrBench();
const Benchmark& Mme();
const Benchmark& RealWorldQa();
const Benchmark& Ai2d();
const Benchmark& Mmmu();
const Benchmark& MmBenchEn();
const Benchmark& MmBenchCn();
const Benchmark& CcBench();
const Benchmark& MmVet();
const Benchmark& SeedImage();
const Benchmark& HallusionBench();
const Benchmark& MathVista();
const Benchmark& MmtBench();
const Benchmark& ConvBench();
const Benchmark& OwnVqa();
const Benchmark& OwnMcq();
const Benchmark& OwnYesNo();

namespace {

bool AllFilesIn(const std::filesystem::path& folder, const DataSource& source) {
  return std::all_of(source.files.begin(), source.files.end(), [&](std::string_view file) {
    std::error_code unreadable;
    return std::filesystem::is_regular_file(folder / file, unreadable);
  });
}

}  // namespace

std::span<const Benchmark* const> Catalog() {
  static const std::array kCatalog = {&DocVqa(),    &ChartQa(),     &InfoVqa(),  &TextVqa(),   &OcrBench(),
                                      &Mme(),       &RealWorldQa(), &Ai2d(),     &Mmmu(),      &MmBenchEn(),
                                      &MmBenchCn(), &CcBench(),     &MmVet(),    &SeedImage(), &HallusionBench(),
                                      &MathVista(), &MmtBench(),    &ConvBench()};
  return kCatalog;
}

std::span<const Benchmark* const> OwnDataBenchmarks() {
  static const std::array kOwn = {&OwnVqa(), &OwnMcq(), &OwnYesNo()};
  return kOwn;
}

const Benchmark& FindBenchmark(std::string_view name) {
  std::vector<std::string> names;
  for (const auto list : {Catalog(), OwnDataBenchmarks()}) {
    for (const Benchmark* benchmark : list) {
      if (benchmark->name == name) return *benchmark;
      names.emplace_back(benchmark->name);
    }
  }
  const auto nearest = NearestName(name, names);
  const std::string hint =
      nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : fmt::format("; there are {}", Join(names, ", "));
  throw UsageError(fmt::format("no benchmark \"{}\"{}", Shorten(name, 60), hint));
}

std::optional<FoundData> FindData(const Benchmark& benchmark, const std::filesystem::path& data_folder,
                                  std::string_view split) {
  const std::string_view family = benchmark.name.substr(0, benchmark.name.find('-'));
  for (const DataSource& source : benchmark.data) {
    if (!split.empty() && source.split != split) continue;
    for (const auto& folder : {data_folder, data_folder / benchmark.name, data_folder / family}) {
      if (AllFilesIn(folder, source)) return FoundData{&source, folder};
    }
  }
  return std::nullopt;
}

FoundData PredictionTableAsData(const Benchmark& benchmark, const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  std::vector<const DataSource*> tables;
  const DataSource* best = nullptr;
  for (const DataSource& source : benchmark.data) {
    if (source.format != "vlmevalkit") continue;
    tables.push_back(&source);
    const std::string_view stem = source.files.front().substr(0, source.files.front().rfind('.'));
    const bool is_better = best == nullptr || source.files.front().size() > best->files.front().size();
    if (name.find(stem) != std::string::npos && is_better) best = &source;
  }
  if (best == nullptr && tables.size() == 1) best = tables.front();
  if (best == nullptr) {
    std::vector<std::string> files;
    for (const DataSource* table : tables) files.emplace_back(table->files.front());
    throw InputError(fmt::format("{}: for {} expected a table named after one of {}", file.string(), benchmark.name,
                                 tables.empty() ? "no published table" : Join(files, ", ")));
  }
  struct OwnedSource {
    std::string file;
    DataSource source;
  };
  auto owned = std::make_shared<OwnedSource>(OwnedSource{name, *best});
  owned->source.files = {owned->file};
  owned->source.md5 = {};
  return {.source = &owned->source, .folder = file.parent_path(), .owner = owned};
}

}  // namespace tessera
