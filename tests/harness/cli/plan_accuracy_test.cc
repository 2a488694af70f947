// What `plan` says of a run, against the run itself.
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "harness/journal/reader.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const std::string kSource = TESSERA_SOURCE_DIR;

struct Counts {
  std::int64_t samples = 0;
  std::int64_t tiles = 0;
  std::int64_t prompt_tokens = 0;
  bool operator==(const Counts&) const = default;
};

TEST(PlanAccuracy, TilesAndPromptTokensOfANativeRunAreExactPerBenchmark) {
  // ConvBench has turns that repeat earlier answers, whose length no plan can know.
  const std::vector<std::string> asked = {"--benchmarks", "docvqa,chartqa,ocrbench,mme,mmmu,mmbench-en,mathvista",
                                          "--data",       kSource + "/datasets/mini",
                                          "--model",      kSource + "/model/nano",
                                          "--limit",      "6"};
  const TempFolder work;
  std::vector<std::string> run = {"run", "--out", work.path() / "run"};
  run.insert(run.end(), asked.begin(), asked.end());
  ASSERT_LE(RunTessera(run).exit_code, 1);
  std::map<std::string, Counts> measured;
  for (const SampleRecord& record : ReadJournal(work.path() / "run").samples) {
    Counts& counts = measured[record.benchmark];
    ++counts.samples;
    counts.tiles += record.tiles;
    counts.prompt_tokens += record.prompt_tokens;
  }
  ASSERT_EQ(measured.size(), 7u);

  std::vector<std::string> plan = {"plan", "--json"};
  plan.insert(plan.end(), asked.begin(), asked.end());
  const ProcessResult planned = RunTessera(plan);
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  for (const Json& benchmark : Json::parse(planned.out)["benchmarks"]) {
    const Counts counts = {.samples = benchmark["samples"].get<std::int64_t>(),
                           .tiles = benchmark["tiles"].get<std::int64_t>(),
                           .prompt_tokens = benchmark["prompt_tokens"].get<std::int64_t>()};
    const std::string name = benchmark["benchmark"];
    EXPECT_TRUE(counts == measured[name])
        << name << ": planned " << counts.samples << " samples, " << counts.tiles << " tiles, " << counts.prompt_tokens
        << " prompt tokens; measured " << measured[name].samples << ", " << measured[name].tiles << ", "
        << measured[name].prompt_tokens;
    EXPECT_TRUE(benchmark["prompt_tokens_exact"]) << name;
  }
}

}  // namespace
}  // namespace tessera
