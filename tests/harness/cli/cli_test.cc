// Every command of the built binary: exit codes, messages, files.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kSource = TESSERA_SOURCE_DIR;
const std::string kMini = kSource + "/datasets/mini";
const std::string kNano = kSource + "/model/nano";

class CliTest : public testing::Test {
 protected:
  std::string Out(const std::string& name = "run") const { return work_.path() / name; }

  ProcessResult RunNull(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"run",    "--backend", "null",  "--benchmarks", "chartqa",
                                          "--data", kMini,       "--out", Out()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTessera(arguments);
  }

  TempFolder work_;
};

void ExpectUsageError(const ProcessResult& result, const std::string& message) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, AllOf(StartsWith("tessera: error: "), HasSubstr(message)));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST_F(CliTest, EveryHelpTextHasExamples) {
  const std::vector<std::vector<std::string>> commands = {{},
                                                          {"run"},
                                                          {"plan"},
                                                          {"score"},
                                                          {"report"},
                                                          {"verify"},
                                                          {"submit"},
                                                          {"profile"},
                                                          {"ask"},
                                                          {"model"},
                                                          {"model", "info"},
                                                          {"model", "check"},
                                                          {"model", "make"},
                                                          {"data"},
                                                          {"data", "list"},
                                                          {"data", "check"},
                                                          {"version"},
                                                          {"completion"},
                                                          {"completion", "bash"}};
  for (std::vector<std::string> command : commands) {
    command.push_back("--help");
    const ProcessResult result = RunTessera(command);
    EXPECT_EQ(result.exit_code, 0) << command.front();
    EXPECT_THAT(result.out, AllOf(HasSubstr("Examples:"), HasSubstr("  tessera "))) << command.front();
  }
}

TEST_F(CliTest, UnknownCommandsAndOptionsAreUsageErrorsWithTheNearestName) {
  ExpectUsageError(RunTessera({"rnu"}), "unknown command \"rnu\"; did you mean \"run\"?");
  ExpectUsageError(RunTessera({"model", "infos"}), "did you mean \"info\"?");
  ExpectUsageError(RunNull({"--limits", "3"}), "unknown option \"--limits\"; did you mean \"--limit\"?");
  ExpectUsageError(RunTessera({"score", "a", "b"}), "unexpected argument \"b\"");
  ExpectUsageError(RunTessera({}), "subcommand");
}

TEST_F(CliTest, WrongValuesAreUsageErrors) {
  ExpectUsageError(RunNull({"--limit", "0"}), "--limit");
  ExpectUsageError(RunNull({"--threads", "many"}), "--threads");
  ExpectUsageError(RunNull({"--max-tiles", "41"}), "--max-tiles");
  ExpectUsageError(RunNull({"--precision", "int8"}), "--precision");
  ExpectUsageError(RunNull({"--recipe", "papr"}), "papr");
  ExpectUsageError(RunNull({"--ids", "none"}), "\"none\"");
  ExpectUsageError(RunTessera({"report", Out(), "--format", "pdf"}), "--format");
}

TEST_F(CliTest, OptionsWithoutEffectAreUsageErrors) {
  ExpectUsageError(RunNull({"--model", kNano}), "--model has no effect");
  ExpectUsageError(RunNull({"--dry-run"}), "--out has no effect");
  ExpectUsageError(RunTessera({"ask", "--model", kNano, "--max-tiles", "3", "Hello?"}), "--max-tiles has no effect");
  ExpectUsageError(RunTessera({"ask", "--model", kNano, "--image"}), "--image");
}

TEST_F(CliTest, MissingOptionsAreUsageErrors) {
  ExpectUsageError(RunTessera({"run", "--benchmarks", "chartqa", "--data", kMini, "--out", Out()}), "--model");
  ExpectUsageError(RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kMini}), "--out");
  ExpectUsageError(RunTessera({"run", "--backend", "null", "--data", kMini, "--out", Out()}), "--benchmarks");
  ExpectUsageError(RunTessera({"ask", "--model", kNano}), "QUESTION");
}

TEST_F(CliTest, UnknownBenchmarkIsAUsageErrorWithTheNearestName) {
  const ProcessResult result =
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartq", "--data", kMini, "--out", Out()});
  ExpectUsageError(result, "did you mean \"chartqa\"?");
}

TEST_F(CliTest, RunWritesTheRunFolderAndPrintsTheReport) {
  const ProcessResult result = RunNull({"--limit", "6"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("ChartQA"), HasSubstr("6 of 6"), HasSubstr("deviates from paper")));
  EXPECT_THAT(result.err, HasSubstr(Out()));
  for (const char* name : {"run.json", "journal/samples.log", "scores.json", "report.md", "report.json"}) {
    EXPECT_TRUE(std::filesystem::exists(work_.path() / "run" / name)) << name;
  }
}

TEST_F(CliTest, RunJsonIsTheReportFile) {
  const ProcessResult result = RunNull({"--limit", "2", "--json"});
  EXPECT_EQ(result.out, ReadFile(work_.path() / "run/report.json"));
  EXPECT_EQ(ParseJson(result.out, "out")["schema_version"], 1);
}

TEST_F(CliTest, RunWithOtherSettingsIsAUsageErrorThatNamesThem) {
  RunNull({"--limit", "2"});
  ExpectUsageError(RunNull({"--limit", "2", "--max-tiles", "3"}), "recipe.max_tiles: 12 -> 3");
}

TEST_F(CliTest, ThreadCountsGiveTheSameFiles) {
  RunNull({"--threads", "1"});
  std::filesystem::rename(Out(), Out("one"));
  RunNull({"--threads", "8"});
  EXPECT_EQ(JournalWithoutTimes(Out("one")), JournalWithoutTimes(Out()));
  EXPECT_EQ(ReadFile(work_.path() / "one/scores.json"), ReadFile(work_.path() / "run/scores.json"));
}

TEST_F(CliTest, UnwritableFolderIsAnEnvironmentError) {
  work_.Write("run", "a file");
  const ProcessResult result = RunNull();
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, StartsWith("tessera: error: "));
}

TEST_F(CliTest, MissingDataIsAnInputError) {
  const ProcessResult result =
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", Out(), "--out", Out()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("test_human.jsonl"));
}

TEST_F(CliTest, DryRunPrintsThePlanAndWritesNothing) {
  const ProcessResult result =
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kMini, "--dry-run", "--limit", "3"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("samples: 3 of 40"), HasSubstr("first prompt"), HasSubstr("max_tiles 12"),
                                HasSubstr("Answer the question using a single word or phrase.")));
}

/// ChartQA data in `folder`: `count` questions, each on a picture of its own; picture `broken` cannot be decoded.
void WriteChartQa(const TempFolder& folder, int count, int broken) {
  const std::filesystem::path picture = kSource + "/tests/golden/model/images/wuxga_1280x800.png";
  std::string lines;
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i) + ".png";
    if (i == broken) {
      folder.Write(name, "no picture");
    } else {
      std::filesystem::copy_file(picture, folder.path() / name);
      std::ofstream(folder.path() / name, std::ios::app) << i;  // equal pictures would be one group
    }
    lines += R"({"image": "data/chartqa/)" + name + R"(", "question": "How many?", "question_id": )" +
             std::to_string(i) + R"(, "answer": "1"})" + "\n";
  }
  folder.Write("test_human.jsonl", lines);
}

TEST_F(CliTest, UndecodablePictureMakesTheRunExitWith1AndGoOn) {
  const TempFolder data;
  WriteChartQa(data, 3, /*broken=*/0);
  const ProcessResult result =
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", data.path(), "--out", Out()});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2 of 3"));
  EXPECT_EQ(RunTessera({"score", Out()}).exit_code, 1);
}

TEST_F(CliTest, MoreFailuresThanAllowedExitWith1AndTheRunResumes) {
  const TempFolder data;
  WriteChartQa(data, 30, /*broken=*/0);
  const std::vector<std::string> arguments = {"run",    "--backend", "null",  "--benchmarks", "chartqa",
                                              "--data", data.path(), "--out", Out(),          "--max-failures",
                                              "0",      "--threads", "1"};
  const ProcessResult result = RunTessera(arguments);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("more than 0 samples failed"), HasSubstr("run the same command again")));
  EXPECT_LT(ReadJournal(Out()).samples.size(), 30u);
  std::filesystem::copy_file(data.path() / "1.png", data.path() / "0.png",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(RunTessera(arguments).exit_code, 0);
  EXPECT_EQ(ReadJournal(Out()).samples.size(), 30u);
}

TEST_F(CliTest, ProgressAsJsonIsEventsOnStandardError) {
  const ProcessResult result = RunNull({"--limit", "3", "--progress", "json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, StartsWith("{\"event\":\"start\",\"schema_version\":1,\"done\":0,\"total\":3,"));
  EXPECT_THAT(result.err, AllOf(HasSubstr("{\"event\":\"benchmark_done\""), HasSubstr("\n{\"event\":\"end\"")));
  ExpectUsageError(RunNull({"--progress", "xml"}), "--progress");
  ExpectUsageError(RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kMini, "--dry-run",
                               "--progress", "json"}),
                   "--progress has no effect");
  ExpectUsageError(RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", kMini, "--dry-run",
                               "--max-failures", "3"}),
                   "--max-failures has no effect");
}

TEST_F(CliTest, CtrlCFinishesWhatIsUnderWayAndTheRunResumes) {
  constexpr std::size_t kSamples = 60;
  const TempFolder data;
  WriteChartQa(data, static_cast<int>(kSamples), /*broken=*/-1);
  const std::vector<std::string> arguments = {"run", "--backend", "null",      "--benchmarks", "chartqa", "--threads",
                                              "1",   "--data",    data.path(), "--out",        Out()};
  const pid_t process = StartTessera(arguments);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::error_code absent;
  while (std::filesystem::file_size(JournalPath(Out()), absent) == 0 || absent) {
    if (std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ::kill(process, SIGINT);
  EXPECT_EQ(WaitFor(process), 130);
  const Journal journal = ReadJournal(Out());
  EXPECT_TRUE(journal.torn_files.empty());
  EXPECT_GT(journal.samples.size(), 0u);
  EXPECT_LT(journal.samples.size(), kSamples);
  const ProcessResult resumed = RunTessera(arguments);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr(fmt::format("resuming: {} of {}", journal.samples.size(), kSamples)));
  EXPECT_EQ(ReadJournal(Out()).samples.size(), kSamples);
}

TEST_F(CliTest, ScoreAndReportWorkFromTheRunFolderAlone) {
  RunNull({"--limit", "4"});
  EXPECT_EQ(RunTessera({"score", Out()}).exit_code, 0);
  const ProcessResult all = RunTessera({"score", Out(), "--scoring", "all", "--json"});
  EXPECT_EQ(ParseJson(all.out, "out")["benchmarks"].size(), 3u);
  EXPECT_THAT(RunTessera({"report", Out(), "--format", "markdown"}).out, StartsWith("# Tessera report"));
  EXPECT_EQ(RunTessera({"report", Out(), "--format", "json"}).out, ReadFile(work_.path() / "run/report.json"));
  EXPECT_THAT(RunTessera({"report", Out()}).out, Not(HasSubstr("\x1b[")));
  ExpectUsageError(RunTessera({"score", Out(), "--scoring", "none"}), "internvl-2024-04");
}

TEST_F(CliTest, ScoreOfWhatIsNoRunIsAnInputError) {
  EXPECT_EQ(RunTessera({"score", Out()}).exit_code, 3);
  EXPECT_EQ(RunTessera({"report", kMini}).exit_code, 3);
}

TEST_F(CliTest, EachImageOptionTakesOneFileSoThatTheQuestionMayFollow) {
  const ProcessResult result = RunTessera({"ask", "--model", Out("none"), "--image", "a", "--image", "b", "What?"});
  EXPECT_THAT(result.err, Not(HasSubstr("QUESTION")));
  ExpectUsageError(RunTessera({"ask", "--model", Out("none"), "--image", "a", "b", "What?"}), "unexpected argument");
}

TEST_F(CliTest, AskWithABrokenPictureOrCheckpointIsAnError) {
  const int exit_code = RunTessera({"ask", "--model", Out("none"), "Hello?"}).exit_code;
#ifdef TESSERA_HAS_NATIVE
  EXPECT_EQ(exit_code, 3);
  const std::string picture = work_.Write("broken.png", "no picture");
  EXPECT_EQ(RunTessera({"ask", "--model", kNano, "--image", picture, "What?"}).exit_code, 3);
#else
  EXPECT_EQ(exit_code, 2);
#endif
}

#ifdef TESSERA_HAS_NATIVE
TEST_F(CliTest, AskGivesTheReferencesAnswerForEachCheckpointStyle) {
  const std::string golden = kSource + "/tests/golden/model";
  for (const std::string style : {"26b", "2b", "4b"}) {
    const std::string name = "tiny-internvl-" + style + "-style";
    const Json file = ReadJsonFile(golden + "/expected/" + name + "/cases_f32.json");
    const auto one_tile = std::find_if(file.at("cases").begin(), file.at("cases").end(),
                                       [](const Json& entry) { return entry.at("id") == "one_tile"; });
    ASSERT_NE(one_tile, file.at("cases").end());
    const Json& picture = one_tile->at("images").at(0);
    const ProcessResult result = RunTessera({"ask", "--model", golden + "/" + name, "--precision", "float32", "--image",
                                             golden + "/images/" + picture.at("image").get<std::string>(),
                                             "--max-tiles", picture.at("max_num").dump(), "--max-new-tokens",
                                             one_tile->at("generation_config").at("max_new_tokens").dump(),
                                             one_tile->at("question").get<std::string>()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, one_tile->at("response").get<std::string>() + "\n") << name;
  }
}

TEST_F(CliTest, AskStreamsTheAnswerThatItsJsonHolds) {
  const std::string picture = kSource + "/tests/golden/model/images/text_800x600.png";
  const std::vector<std::string> arguments = {"ask",     "--model", kNano,   "--image",          picture,
                                              "--image", picture,   "What?", "--max-new-tokens", "8"};
  const ProcessResult streamed = RunTessera(arguments);
  EXPECT_EQ(streamed.exit_code, 0) << streamed.err;
  std::vector<std::string> with_json = arguments;
  with_json.push_back("--json");
  const Json json = ParseJson(RunTessera(with_json).out, "out");
  EXPECT_EQ(streamed.out, json["answer"].get<std::string>() + "\n");
  EXPECT_GT(json["tiles"], 2);
}

TEST_F(CliTest, NativeRunFillsTheReport) {
  const ProcessResult result = RunTessera({"run", "--model", kNano, "--benchmarks", "chartqa", "--data", kMini, "--out",
                                           Out(), "--limit", "3", "--max-new-tokens", "4"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("trained on drawn pages only"));
}
#endif

TEST_F(CliTest, ModelInfoTellsParametersAndMemory) {
  const ProcessResult result = RunTessera({"model", "info", kNano, "--json", "--tiles", "5"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = ParseJson(result.out, "out");
  EXPECT_GT(json["parameters"]["vision"], 0);
  EXPECT_EQ(json["memory"]["tiles"], 5);
  EXPECT_EQ(json["memory"]["prompt_tokens"], 5 * json["tokens_per_tile"].get<int>() + 100);
  EXPECT_THAT(RunTessera({"model", "info", kNano}).out, HasSubstr("InternLM2"));
  ExpectUsageError(RunTessera({"model", "info", kNano, "--prompt-tokens", "3"}), "--prompt-tokens");
  EXPECT_EQ(RunTessera({"model", "info", Out("none")}).exit_code, 3);
}

TEST_F(CliTest, ModelCheckPassesAGoodCheckpointAndFailsABrokenOne) {
  const ProcessResult good = RunTessera({"model", "check", kNano});
  EXPECT_EQ(good.exit_code, 0) << good.out;
  EXPECT_THAT(good.out, AllOf(HasSubstr("finite values"), HasSubstr("special tokens"), Not(HasSubstr("FAILED"))));
  std::filesystem::copy(kNano, Out("broken"));
  std::filesystem::resize_file(Out("broken") + "/model.safetensors", 1000);
  const ProcessResult broken = RunTessera({"model", "check", Out("broken"), "--json"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.out, HasSubstr("\"passed\": false"));
  EXPECT_EQ(RunTessera({"model", "check", Out("none")}).exit_code, 3);
}

TEST_F(CliTest, DataListNamesFilesAndMd5) {
  EXPECT_THAT(RunTessera({"data", "list"}).out, AllOf(HasSubstr("chartqa"), HasSubstr("test_human.jsonl")));
  const Json json = ParseJson(RunTessera({"data", "list", "--json", "--data", kMini}).out, "out");
  const auto chartqa =
      std::find_if(json.begin(), json.end(), [](const Json& entry) { return entry["name"] == "chartqa"; });
  ASSERT_NE(chartqa, json.end());
  EXPECT_EQ((*chartqa)["data"][1]["md5"], "c902e0aa9be5582a7aad6dcf52734b42");
  EXPECT_THAT((*chartqa)["data"][0]["found_in"].get<std::string>(), EndsWith("chartqa"));
}

TEST_F(CliTest, DataListStatesPicturesAndWhetherAnswersArePublic) {
  EXPECT_THAT(RunTessera({"data", "list"}).out,
              HasSubstr("official format, test split, 5188 rows, 1287 pictures, answers not public\n"));
  const Json json = ParseJson(RunTessera({"data", "list", "--json"}).out, "out");
  ASSERT_EQ(json[0]["name"], "docvqa");
  for (const Json& source : json[0]["data"]) {
    EXPECT_EQ(source["pictures"], source["split"] == "test" ? 1287 : 1286);
    EXPECT_EQ(source["answers_public"], source["split"] != "test");
  }
}

TEST_F(CliTest, DataCheckFindsUndecodablePicturesAndMissingBenchmarks) {
  const TempFolder data;
  WriteChartQa(data, 3, /*broken=*/1);
  const ProcessResult result = RunTessera({"data", "check", data.path(), "--benchmarks", "chartqa"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("undecodable picture"),
                                HasSubstr("not the published file: rows: expected 1250, found 3")));
  EXPECT_EQ(RunTessera({"data", "check", data.path(), "--benchmarks", "mmbench-en"}).exit_code, 1);
  EXPECT_EQ(RunTessera({"data", "check", Out("none")}).exit_code, 3);
}

TEST_F(CliTest, VersionAndCompletionAreFine) {
  EXPECT_THAT(RunTessera({"version"}).out, StartsWith("tessera 0."));
  const ProcessResult completion = RunTessera({"completion", "bash"});
  EXPECT_EQ(completion.exit_code, 0);
  EXPECT_THAT(completion.out, AllOf(HasSubstr("complete -o filenames -F _tessera tessera"), HasSubstr("--max-tiles"),
                                    HasSubstr("\"model\") words=\"info check")));
}

}  // namespace
}  // namespace tessera
