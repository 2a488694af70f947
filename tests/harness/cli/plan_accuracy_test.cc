// What `plan` says of a run, against the run itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "harness/base/json_fields.h"
#include "harness/estimate/call_load.h"
#include "harness/journal/reader.h"
#include "harness/runner/call_size.h"
#include "harness/runner/equal_pictures.h"
#include "harness/runner/plan.h"
#include "model/config/model_cost.h"
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

TEST(PlanAccuracy, AnswersShareTheDecodePassesThatThePlanCountsForThem) {
  const TempFolder work;
  const std::string data = kSource + "/datasets/mini";
  ASSERT_LE(RunTessera({"run", "--out", work.path() / "run", "--benchmarks", "chartqa,mme", "--data", data, "--model",
                        kSource + "/model/nano", "--limit", "12"})
                .exit_code,
            1);
  std::map<std::size_t, int> steps;  // by position in the plan
  int passes = 0;
  for (const SampleRecord& record : ReadJournal(work.path() / "run").samples) {
    steps[record.position] = record.new_tokens - 1;
    passes += record.work.decode_passes;
  }

  Plan plan = MakePlan({&FindBenchmark("chartqa"), &FindBenchmark("mme")}, {.data_folder = data, .limit = 12});
  JoinEqualPictures(HashPictures(plan), &plan);
  int planned = 0, group_by_group = 0;
  for (std::size_t begin = 0, end = 0; begin < plan.groups.size(); begin = end) {
    CallSize size(kQuestionsAtOnce);
    CallLoad load(1'000'000);
    for (; end < plan.groups.size() && !size.IsFull(); ++end) {
      size.Add(plan, plan.groups[end]);
      int longest = 0;
      for (const std::size_t i : plan.groups[end].samples) {
        planned += load.Add({.prefix = end, .prefix_tokens = 1, .tail_tokens = 1, .steps = steps.at(i)});
        longest = std::max(longest, steps.at(i));
      }
      group_by_group += longest;
    }
  }
  EXPECT_EQ(passes, planned);
  EXPECT_LT(passes, group_by_group);
}

}  // namespace
}  // namespace tessera
