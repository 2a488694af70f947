// `tessera plan`, and the notice before a run.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/base/json_fields.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kMini = TESSERA_SOURCE_DIR "/datasets/mini";
const std::string kNano = TESSERA_SOURCE_DIR "/model/nano";

ProcessResult PlanChartQa(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"plan", "--benchmarks", "chartqa", "--data", kMini};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunTessera(arguments);
}

void ExpectUsageError(const ProcessResult& result, const std::string& message) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr(message));
  EXPECT_EQ(result.out, "");
}

TEST(PlanCli, PrintsATableWithoutAModel) {
  const ProcessResult result = PlanChartQa({});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("chartqa"), HasSubstr("in all"), HasSubstr("not known without --model")));
}

TEST(PlanCli, TimesANamedDevice) {
  const ProcessResult result = PlanChartQa({"--model", kNano, "--on", "h100x8", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = ParseJson(result.out, "out");
  EXPECT_EQ(json["device"]["devices"], 8);
  EXPECT_EQ(json["device"]["efficiency"], 0.5);
  EXPECT_GT(json["total"]["time"]["total_s"], 0);
  EXPECT_GT(json["total"]["time"]["limit_s"], json["total"]["time"]["total_s"]);
  EXPECT_THAT(PlanChartQa({"--model", kNano, "--on", "a100", "--efficiency", "0.3"}).out, HasSubstr("30 % of 312"));
}

TEST(PlanCli, WeightsNeedNotBeThere) {
  const TempFolder model;
  for (const char* file :
       {"config.json", "tokenizer.model", "tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"}) {
    model.CopyFrom(kNano, file);
  }
  EXPECT_EQ(PlanChartQa({"--model", model.path(), "--on", "h100"}).exit_code, 0);
}

TEST(PlanCli, OptionsWithoutEffectAreUsageErrors) {
  ExpectUsageError(PlanChartQa({"--on", "h100"}), "--on has no effect without --model");
  ExpectUsageError(PlanChartQa({"--precision", "float32"}), "--precision has no effect without --model");
  ExpectUsageError(PlanChartQa({"--model", kNano, "--efficiency", "0.4"}), "--efficiency has no effect");
  ExpectUsageError(PlanChartQa({"--model", kNano, "--on", "h100", "--device", "cuda"}), "--device has no effect");
  ExpectUsageError(PlanChartQa({"--model", "replay:run"}), "stored answers");
}

TEST(PlanCli, WrongValuesAreUsageErrors) {
  ExpectUsageError(PlanChartQa({"--model", kNano, "--on", "h10"}), "did you mean \"h100\"?");
  ExpectUsageError(PlanChartQa({"--model", kNano, "--on", "h100", "--precision", "float32"}), "16-bit");
  ExpectUsageError(PlanChartQa({"--model", kNano, "--on", "h100", "--efficiency", "0"}), "--efficiency");
}

TEST(PlanCli, ABrokenPictureIsNamedAndTheExitCodeIs1) {
  const TempFolder data;
  data.Write("mm-vet.json", R"({"v1_0": {"imagename": "torn.png", "question": "What?", "answer": "x",
                                         "capability": ["rec"]}})");
  data.Write("images/torn.png", "no picture");
  const ProcessResult result = RunTessera({"plan", "--benchmarks", "mmvet", "--data", data.path()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("torn.png"));
  EXPECT_THAT(result.out, HasSubstr("cannot be asked  1"));
}

TEST(PlanCli, TheRunFolderIsAboutAsLargeAsForetold) {
  const TempFolder work;
  const std::string out = work.path() / "run";
  ASSERT_EQ(
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kMini, "--out", out}).exit_code, 0);
  const auto size = static_cast<double>(std::filesystem::file_size(JournalPath(out)) +
                                        std::filesystem::file_size(out + "/scores.json"));
  const double foretold = ParseJson(PlanChartQa({"--json"}).out, "out")["total"]["run_folder_bytes"];
  EXPECT_GT(foretold, 0.8 * size);
  EXPECT_LT(foretold, 1.25 * size);
}

#ifdef TESSERA_HAS_NATIVE
TEST(PlanCli, TokensAndTilesOfARunAreThoseOfThePlan) {
  const TempFolder work;
  const std::string out = work.path() / "run";
  const ProcessResult run = RunTessera({"run", "--model", kNano, "--benchmarks", "all", "--data", kMini, "--out", out,
                                        "--max-new-tokens", "2", "--num-beams", "1"});
  ASSERT_LE(run.exit_code, 1) << run.err;
  const ProcessResult plan = RunTessera({"plan", "--model", kNano, "--benchmarks", "all", "--data", kMini, "--on",
                                         "h100", "--max-new-tokens", "2", "--num-beams", "1", "--json"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  std::map<std::string, std::int64_t> tiles, prompt_tokens;
  for (const SampleRecord& record : ReadJournal(out).samples) {
    tiles[record.benchmark] += record.tiles;
    prompt_tokens[record.benchmark] += record.prompt_tokens;
  }
  const Json json = ParseJson(plan.out, "out");
  ASSERT_EQ(json["benchmarks"].size(), 18u);
  for (const Json& entry : json["benchmarks"]) {
    const std::string name = entry["benchmark"];
    EXPECT_EQ(entry["tiles"], tiles[name]) << name;
    EXPECT_EQ(entry["prompt_tokens_exact"], name != "convbench") << name;  // its prompts hold earlier answers
    if (entry["prompt_tokens_exact"]) {
      EXPECT_EQ(entry["prompt_tokens"], prompt_tokens[name]) << name;
    }
  }
  const Json& total = json["total"];
  EXPECT_THAT(run.err, HasSubstr(fmt::format("{} samples, {} pictures, {} tiles", total["samples"].get<int>(),
                                             total["pictures"].get<int>(), total["tiles"].get<int>())));
}

TEST(PlanCli, TimesThisMachine) {
  const ProcessResult result = PlanChartQa({"--model", kNano, "--limit", "2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = ParseJson(result.out, "out");
  EXPECT_THAT(json["device"]["title"].get<std::string>(), HasSubstr("this machine (cpu, bfloat16)"));
  EXPECT_GT(json["device"]["flops_per_s"], 1e6);
  EXPECT_GT(json["total"]["time"]["total_s"], 0);
  ExpectUsageError(PlanChartQa({"--model", kNano, "--device", "toaster"}), "toaster");
}
#else
TEST(PlanCli, ABuildWithoutTheModelSaysThatThereIsNoEstimate) {
  EXPECT_THAT(PlanChartQa({"--model", kNano}).out, HasSubstr("no estimate"));
  EXPECT_EQ(ParseJson(PlanChartQa({"--model", kNano, "--json"}).out, "out")["device"], nullptr);
}
#endif

}  // namespace
}  // namespace tessera
