#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "benchmarks/benchmark.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {

const Benchmark& ChartQa();
const Benchmark& Mme();
const Benchmark& RealWorldQa();
const Benchmark& Ai2d();
const Benchmark& Mmmu();
const Benchmark& MmBenchEn();
const Benchmark& MmBenchCn();
const Benchmark& CcBench();
const Benchmark& SeedImage();
const Benchmark& MathVista();

namespace {

bool AllFilesIn(const std::filesystem::path& folder, const DataSource& source) {
  return std::all_of(source.files.begin(), source.files.end(), [&](std::string_view file) {
    std::error_code unreadable;
    return std::filesystem::is_regular_file(folder / file, unreadable);
  });
}

}  // namespace

std::span<const Benchmark* const> Catalog() {
  static const std::array kCatalog = {&ChartQa(),   &Mme(),       &RealWorldQa(), &Ai2d(),      &Mmmu(),
                                      &MmBenchEn(), &MmBenchCn(), &CcBench(),     &SeedImage(), &MathVista()};
  return kCatalog;
}

const Benchmark& FindBenchmark(std::string_view name) {
  std::vector<std::string> names;
  for (const Benchmark* benchmark : Catalog()) {
    if (benchmark->name == name) return *benchmark;
    names.emplace_back(benchmark->name);
  }
  const auto nearest = NearestName(name, names);
  const std::string hint =
      nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : fmt::format("; there are {}", Join(names, ", "));
  throw UsageError(fmt::format("no benchmark \"{}\"{}", Shorten(name, 60), hint));
}

std::optional<FoundData> FindData(const Benchmark& benchmark, const std::filesystem::path& data_folder) {
  const std::string_view family = benchmark.name.substr(0, benchmark.name.find('-'));
  for (const DataSource& source : benchmark.data) {
    for (const auto& folder : {data_folder, data_folder / benchmark.name, data_folder / family}) {
      if (AllFilesIn(folder, source)) return FoundData{&source, folder};
    }
  }
  return std::nullopt;
}

}  // namespace tessera
