// The memory that a benchmark's TSV file takes. A program of its own: the peak is that of the whole process.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "benchmarks/benchmark.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

constexpr int kRows = 320;
constexpr std::size_t kPictureBytes = std::size_t{1} << 20;  // of base64 text

long PeakKilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void WriteTsv(const std::filesystem::path& file) {
  const std::string picture(kPictureBytes, 'A');
  std::ofstream out(file, std::ios::binary);
  out << "index\tquestion\tA\tB\tanswer\timage\n";
  for (int row = 0; row < kRows; ++row) out << row << "\tWhich?\tthis\tthat\tA\t" << picture << "\n";
}

TEST(TsvMemory, LoadingOver300MegabytesOfPicturesTakesLessThan100) {
  const TempFolder folder;
  const std::filesystem::path file = folder.path() / "MMBench_DEV_EN.tsv";
  WriteTsv(file);
  ASSERT_GT(std::filesystem::file_size(file), std::uintmax_t{300'000'000});
  const auto data = FindData(FindBenchmark("mmbench-en"), folder.path());
  ASSERT_TRUE(data);
  const long before = PeakKilobytes();
  const std::vector<Sample> samples = data->source->load(data->folder, *data->source);
  const long raised = PeakKilobytes() - before;
  RecordProperty("raised_kilobytes", static_cast<int>(raised));
  EXPECT_LT(raised, 100'000);
  ASSERT_EQ(samples.size(), std::size_t{kRows});
  EXPECT_EQ(samples.back().images.at(0).length, kPictureBytes);
}

}  // namespace
}  // namespace tessera
