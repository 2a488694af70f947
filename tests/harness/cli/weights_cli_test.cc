// --weights, in every command that has it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::string kMini = TESSERA_SOURCE_DIR "/datasets/mini";
const std::string kNano = TESSERA_SOURCE_DIR "/model/nano";

class WeightsCliTest : public testing::Test {
 protected:
  std::string Out(const std::string& name = "run") const { return work_.path() / name; }

  ProcessResult Run(const std::vector<std::string>& model, const std::vector<std::string>& more,
                    const std::string& out = "run") const {
    std::vector<std::string> arguments = {"run", "--benchmarks", "chartqa", "--data", kMini, "--out", Out(out)};
    arguments.insert(arguments.end(), model.begin(), model.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTessera(arguments);
  }

  TempFolder work_;
};

ProcessResult Plan(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"plan", "--benchmarks", "chartqa", "--data", kMini};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunTessera(arguments);
}

void ExpectUsageError(const ProcessResult& result, const std::string& message) {
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr(message));
  EXPECT_EQ(result.out, "");
}

TEST_F(WeightsCliTest, AnotherFormatIsAUsageError) {
  ExpectUsageError(Run({"--model", kNano}, {"--weights", "int4"}), "--weights");
  ExpectUsageError(Plan({"--model", kNano, "--weights", "int4"}), "--weights");
  ExpectUsageError(RunTessera({"ask", "--model", kNano, "--weights", "int4", "Hello?"}), "--weights");
  ExpectUsageError(RunTessera({"profile", "--checkpoint", kNano, "--weights", "int4"}), "--weights");
}

TEST_F(WeightsCliTest, WithoutEffectIsAUsageError) {
  const std::string why = "--weights has no effect ";
  ExpectUsageError(Run({"--backend", "null"}, {"--weights", "int8"}), why + "without a checkpoint");
  ExpectUsageError(Run({"--model", "replay:" + work_.Write("a.json", "{}").string()}, {"--weights", "int8"}),
                   why + "without a checkpoint");
  ExpectUsageError(Run({"--model", "http://localhost:1", "--model-name", "m"}, {"--weights", "int8"}),
                   why + "on a server");
  ExpectUsageError(Plan({"--weights", "int8"}), why + "without --model");
  ExpectUsageError(Plan({"--model", kNano, "--weights", "int8", "--on", "h100"}), why + "with --on");
}

TEST_F(WeightsCliTest, Int8OnAGpuIsAUsageError) {
  const std::string message = "--weights int8 is for the CPU; --device is ";
  ExpectUsageError(Run({"--model", kNano}, {"--weights", "int8", "--device", "cuda"}), message + "cuda");
  ExpectUsageError(Run({"--model", kNano}, {"--weights", "int8", "--device", "cpu,cuda:1"}), message + "cpu,cuda:1");
  ExpectUsageError(Plan({"--model", kNano, "--weights", "int8", "--device", "cuda:1"}), message + "cuda:1");
  ExpectUsageError(RunTessera({"ask", "--model", kNano, "--weights", "int8", "--device", "cuda", "Hello?"}), message);
}

TEST_F(WeightsCliTest, ThePlanCountsTheBytesOfInt8) {
  const auto weight_bytes = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"--model", kNano, "--limit", "1", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult result = Plan(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return ParseJson(result.out, "out")["total"]["memory"]["weights_bytes"].get<std::int64_t>();
  };
  const std::int64_t stored = weight_bytes({});
  EXPECT_EQ(weight_bytes({"--weights", "stored"}), stored);
  // 2486976 values of two bytes become one each, and 11513 rows get a float32 scale.
  EXPECT_EQ(stored - weight_bytes({"--weights", "int8"}), 2'486'976 - 4 * 11'513);
}

#ifdef TESSERA_HAS_NATIVE
TEST_F(WeightsCliTest, ThePlanMeasuresLayersInInt8) {
  const ProcessResult result = Plan({"--model", kNano, "--limit", "1", "--weights", "int8"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("this machine (cpu, bfloat16, weights in int8)"));
}

TEST_F(WeightsCliTest, ARunRecordsInt8AndItsReportNamesIt) {
  const std::vector<std::string> native = {"--model", kNano, "--limit", "2", "--max-new-tokens", "4"};
  const std::string deviation = "the language model's weights in int8 instead of as stored";
  const ProcessResult result = Run(native, {"--weights", "int8"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(deviation));
  EXPECT_EQ(ReadJsonFile(Out() + "/run.json")["model"]["weights"], "int8");
  const Json report = ReadJsonFile(Out() + "/report.json");
  EXPECT_THAT(report["benchmarks"][0]["deviations"].get<std::vector<std::string>>(), Contains(deviation));

  ExpectUsageError(Run(native, {}), "model.weights: \"int8\" -> nothing");
  EXPECT_EQ(Run(native, {"--weights", "int8"}).exit_code, 0) << "the same command resumes";
}

TEST_F(WeightsCliTest, ARunWithStoredWeightsIsTheSameWithAndWithoutTheOption) {
  const std::vector<std::string> native = {"--model", kNano, "--limit", "2", "--max-new-tokens", "4"};
  const ProcessResult result = Run(native, {});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("int8")));
  EXPECT_FALSE(ReadJsonFile(Out() + "/run.json")["model"].contains("weights"));
  EXPECT_EQ(Run(native, {"--weights", "stored"}).exit_code, 0);
  ExpectUsageError(Run(native, {"--weights", "int8"}), "model.weights: nothing -> \"int8\"");
}

TEST_F(WeightsCliTest, AskAnswersWithInt8) {
  const ProcessResult result = RunTessera({"ask", "--model", kNano, "--weights", "int8", "--max-new-tokens", "4",
                                           "--image", kMini + "/../../tests/golden/nano/page_00.png",
                                           "What is the guests?\nAnswer the question using a single word or phrase."});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "12\n");
}

TEST_F(WeightsCliTest, TheProfileNamesInt8) {
  const ProcessResult result = RunTessera({"profile", "--checkpoint", kNano, "--samples", "1", "--threads", "1",
                                           "--no-run", "--weights", "int8", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(ParseJson(result.out, "out")["weights"], "int8");
}
#endif

}  // namespace
}  // namespace tessera
