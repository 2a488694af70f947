#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "benchmarks/convbench_data.h"
#include "benchmarks/convbench_judge.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

const Benchmark& ConvBench() { return FindBenchmark("convbench"); }
const Scoring& Pairwise() { return ScoringNamed(ConvBench(), "pairwise"); }
const Scoring& Direct() { return ScoringNamed(ConvBench(), "direct"); }

constexpr const char* kHeader =
    "ID\timage_id\tThe_first_turn_instruction\tThe_second_turn_instruction\tThe_third_turn_instruction";
constexpr const char* kFullHeader =
    "\tinstruction-conditioned-caption\tfirst_turn_answer\tsecond_turn_answer\tthird_turn_answer\tthird_turn_demands\n";

Sample Dialogue(const std::string& position = "0") {
  return {.id = "7",
          .questions = {"q1", "q2", "q3"},
          .references = {"h1", "h2", "h3"},
          .tags = {{convbench::kCaption, "a dog"}, {convbench::kDemands, "funny"}, {convbench::kPosition, position}}};
}

Reply Answered(std::vector<std::string> judgements = {}) {
  return {.answers = {"m1", "m2", "m3"}, .judgements = std::move(judgements)};
}

std::string LoadError(const TempFolder& folder) {
  try {
    LoadFrom(ConvBench(), folder.path());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ConvBench, LoadsThePublishedSheetAndNamesWhatItLacks) {
  const TempFolder folder;
  folder.Write("convbench/ConvBench.tsv", std::string(kHeader) + "\n1\ta.png\tWhat?\tWhy?\t\"Write\na poem\"\n");
  const std::vector<Sample> samples = LoadFrom(ConvBench(), folder.path());
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].questions, (std::vector<std::string>{"What?", "Why?", "Write\na poem"}));
  EXPECT_TRUE(samples[0].images.at(0).file.string().ends_with("visit_bench_images/a.png"));
  EXPECT_THAT(samples[0].tags.at(convbench::kMissing), HasSubstr("third_turn_answer, instruction-conditioned-caption"));
  try {
    Pairwise().ask_judge(samples[0], Answered(), {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("columns are missing: first_turn_answer"));
  }
}

TEST(ConvBench, LoadsAFullSheetWithPositions) {
  const TempFolder folder;
  folder.Write("ConvBench.tsv", std::string(kHeader) + kFullHeader + "1\ta.png\tq1\tq2\tq3\tcap\th1\th2\th3\td\n" +
                                    "2\tb.png\tq1\tq2\tq3\tcap\th1\th2\th3\td\n");
  folder.Write("convbench_positions.json", R"({"positions": [0, 1]})");
  std::vector<Sample> samples = LoadFrom(ConvBench(), folder.path());
  EXPECT_EQ(samples.at(1).tags.at(convbench::kPosition), "1");
  EXPECT_EQ(samples[1].references, (std::vector<std::string>{"h1", "h2", "h3"}));
  EXPECT_FALSE(samples[1].tags.contains(convbench::kMissing));

  std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";
  std::string npy("\x93NUMPY\x01\x00", 8);
  npy += static_cast<char>(header.size());
  npy += '\0';
  folder.Write("pairwise.npy", npy + header + std::string("\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
  samples = LoadFrom(ConvBench(), folder.path());
  EXPECT_EQ(samples.at(0).tags.at(convbench::kPosition), "1");
  EXPECT_EQ(samples.at(1).tags.at(convbench::kPosition), "0");
  folder.Write("pairwise.npy", npy + header + "\x01");
  EXPECT_THAT(LoadError(folder), HasSubstr("expected 16 bytes, found 1"));
  folder.Write("pairwise.npy", "no array");
  EXPECT_THAT(LoadError(folder), HasSubstr("expected an .npy file"));
}

TEST(ConvBench, RefusesBadPositions) {
  const TempFolder folder;
  folder.Write("ConvBench.tsv", std::string(kHeader) + "\n1\ta.png\tq1\tq2\tq3\n");
  folder.Write("convbench_positions.json", "[0, 1]");
  EXPECT_THAT(LoadError(folder), HasSubstr("for each of the 1 rows of the sheet, found 2"));
  folder.Write("convbench_positions.json", "[2]");
  EXPECT_THAT(LoadError(folder), HasSubstr("element 0: expected 0 or 1"));
}

TEST(ConvBench, RefusesBadRows) {
  const TempFolder folder;
  const auto error = [&](const std::string& rows) {
    folder.Write("ConvBench.tsv", std::string(kHeader) + "\n" + rows);
    return LoadError(folder);
  };
  EXPECT_THAT(error("1\ta.png\tq1\tq2\tq3\n1\ta.png\tq1\tq2\tq3\n"),
              HasSubstr("ConvBench.tsv:3: field \"ID\": is there"));
  EXPECT_THAT(error("1\t../a.png\tq1\tq2\tq3\n"), HasSubstr("expected a file name"));
  EXPECT_THAT(error("1\ta.png\tq1\t\tq3\n"), HasSubstr("The_second_turn_instruction"));
  folder.Write("ConvBench.tsv", "ID\timage_id\n1\ta.png\n");
  EXPECT_THAT(LoadError(folder), HasSubstr("no column \"The_first_turn_instruction\""));
}

TEST(ConvBench, ShowsTheJudgeTheModelUnderItsLetter) {
  const std::string as_a = Pairwise().ask_judge(Dialogue("0"), Answered(), {})->messages.back().text;
  EXPECT_LT(as_a.find("m1"), as_a.find("h1"));
  const std::string as_b = Pairwise().ask_judge(Dialogue("1"), Answered(), {})->messages.back().text;
  EXPECT_LT(as_b.find("h1"), as_b.find("m1"));
  EXPECT_THAT(as_b, HasSubstr("Image context: a dog"));
  EXPECT_THAT(as_b, testing::Not(HasSubstr("funny")));
}

TEST(ConvBench, GoesThroughTurnsAndExtractions) {
  Reply reply = Answered({"Overall, Response A is better.", "Hard to say."});
  const JudgeRequest extraction = Pairwise().ask_judge(Dialogue(), reply, {}).value();
  EXPECT_EQ(extraction.messages.size(), 8u);
  EXPECT_EQ(extraction.messages.back().text, "Hard to say.\nPlease extract the final answer from the above text.");
  EXPECT_EQ(Pairwise().score(Dialogue(), reply).value, std::nullopt);
  reply.judgements.push_back("Final Answer: Response B");
  const JudgeRequest third = Pairwise().ask_judge(Dialogue(), reply, {}).value();
  EXPECT_THAT(third.messages.back().text, HasSubstr("funny"));
  EXPECT_EQ(third.max_tokens, 512);
  EXPECT_EQ(third.temperature, std::nullopt);
  reply.judgements.push_back("Overall, Response A is better.");
  const JudgeRequest overall = Pairwise().ask_judge(Dialogue(), reply, {}).value();
  EXPECT_THAT(overall.messages.back().text, HasSubstr("The second turn evaluation: Hard to say.."));
  reply.judgements.push_back("Overall, Response B is better.");
  EXPECT_FALSE(Pairwise().ask_judge(Dialogue(), reply, {}).has_value());
  const SampleScore score = Pairwise().score(Dialogue(), reply);
  EXPECT_EQ(score.extracted, "ABAB");
  EXPECT_EQ(score.parts.at("S1"), 1);
  EXPECT_EQ(score.parts.at("S2"), 0);
  EXPECT_EQ(score.parts.at("S3"), 1);
  EXPECT_EQ(score.parts.at("S0"), 0);
  EXPECT_DOUBLE_EQ(score.value.value(), 1.0 / 3);
  EXPECT_FALSE(score.undecided);
}

TEST(ConvBench, ATurnWithoutAWinnerIsLostAndUndecided) {
  const SampleScore score = Pairwise().score(
      Dialogue(), Answered({"none", "none", "Response A is better", "Response A is better", "Response A is better"}));
  EXPECT_EQ(score.extracted, "CAAA");
  EXPECT_EQ(score.parts.at("S1"), 0);
  EXPECT_TRUE(score.undecided);
}

TEST(ConvBench, CountsWinsOf577) {
  std::vector<SampleScore> scores;
  for (int i = 0; i < 578; ++i) {
    const std::string s1 = i < 150 ? "A" : "B", s2 = i < 100 ? "A" : "B", s0 = i < 87 ? "A" : "B";
    const auto text = [](const std::string& letter) { return "Overall, Response " + letter + " is better."; };
    scores.push_back(Pairwise().score(Dialogue(), Answered({text(s1), text(s2), text(s2), text(s0)})));
  }
  std::vector<Score> columns = Pairwise().aggregate(scores);
  EXPECT_EQ(columns.at(0).name, "R1");
  EXPECT_NEAR(columns[0].value.value(), 17.65, 0.005);
  EXPECT_NEAR(columns[1].value.value(), 20.22, 0.005);
  EXPECT_NEAR(columns[2].value.value(), 26.00, 0.005);
  EXPECT_NEAR(columns[5].value.value(), 15.08, 0.005);
  scores.back().value.reset();  // a lost one: the rate must not fall
  EXPECT_GT(Pairwise().aggregate(scores)[2].value.value(), columns[2].value.value());
}

TEST(ConvBench, APartOfTheDataSaysSo) {
  const std::string a = "Overall, Response A is better.";
  const std::vector<Score> columns =
      Pairwise().aggregate(std::vector{Pairwise().score(Dialogue(), Answered({a, a, a, a}))});
  EXPECT_EQ(columns.at(0).name, "R1 (1 of 578 dialogues)");
  EXPECT_EQ(columns[0].value, 100);
  EXPECT_EQ(Pairwise().aggregate({}).at(0).value, std::nullopt);
}

TEST(ConvBench, GradesDirectly) {
  const JudgeRequest request = Direct().ask_judge(Dialogue(), Answered(), {}).value();
  EXPECT_THAT(request.messages.back().text, HasSubstr("[Start of the human reference]"));
  const Reply reply = Answered({"Rating:{6}", "I say four", "Final Rating: 4", "Rating: 5.", "Rating: 5."});
  const SampleScore score = Direct().score(Dialogue(), reply);
  EXPECT_EQ(score.extracted, "6 4 5 5");
  EXPECT_EQ(score.value, 5);
  const std::vector<Score> columns = Direct().aggregate(std::vector{score});
  EXPECT_EQ(columns.at(0).value, 5);
  EXPECT_EQ(columns[2].value, 6);
  EXPECT_EQ(columns[2].name, "S1");
}

TEST(ConvBench, LeavesADialogueWithoutAGradeOutOfTheMean) {
  const SampleScore whole = Direct().score(Dialogue(), Answered({"Rating:8", "Rating:8", "Rating:8", "Rating:8"}));
  const SampleScore part = Direct().score(Dialogue(), Answered({"Rating:6", "none", "none", "Rating:8", "Rating:8"}));
  EXPECT_EQ(part.value, std::nullopt);
  EXPECT_EQ(part.extracted, "6 ? 8 8");
  const std::vector<Score> columns = Direct().aggregate(std::vector{whole, part});
  EXPECT_EQ(columns.at(0).unscored, 1);
  EXPECT_EQ(columns[2].value, 7);
  EXPECT_EQ(columns[3].value, 8);
  EXPECT_EQ(columns[3].scored, 1);
}

TEST(ConvBench, LoadsThePublishedInstructions) {
  const std::filesystem::path folder = std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/data/real/convbench";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const std::vector<Sample> samples = LoadFrom(ConvBench(), folder);
  ASSERT_EQ(samples.size(), 100u);
  EXPECT_EQ(samples.front().id, "479");
  EXPECT_EQ(samples.back().id, "578");
  EXPECT_EQ(samples.front().questions.at(1), "Where can I swim?");
  EXPECT_EQ(samples.front().split, "sample");  // not what the paper's number is over
}

TEST(ConvBench, ReadsThePublishedPositions) {
  const std::filesystem::path file =
      std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/golden/metrics/published/convbench_positions.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const TempFolder folder;
  folder.CopyFrom(file.parent_path(), "convbench_positions.json");
  std::string sheet = std::string(kHeader) + "\n";
  for (int i = 1; i <= 578; ++i) sheet += std::to_string(i) + "\ta.png\tq1\tq2\tq3\n";
  folder.Write("ConvBench.tsv", sheet);
  int ones = 0;
  for (const Sample& sample : LoadFrom(ConvBench(), folder.path())) ones += sample.tags.at("position") == "1" ? 1 : 0;
  EXPECT_EQ(ones, 277);
}

}  // namespace
}  // namespace tessera
