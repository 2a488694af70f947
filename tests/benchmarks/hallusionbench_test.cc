#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmark_access.h"
#include "datasets/tsv_reader.h"
#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path kReal = std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/data/real";

const Benchmark& HallusionBench() { return FindBenchmark("hallusionbench"); }
const Scoring& PaperScoring() { return HallusionBench().scorings.front(); }
const Scoring& JudgeScoring() { return ScoringNamed(HallusionBench(), "vlmevalkit-2024-04-judge"); }
const Scoring& Authors() { return ScoringNamed(HallusionBench(), "authors"); }

/// `id` as in "VD_math_1_0_0_0".
Sample Question(const std::string& id, std::string reference) {
  return {.id = id,
          .questions = {"Is A bigger than B"},
          .references = {std::move(reference)},
          .tags = {{"category", id.substr(0, 2)},
                   {"l2-category", id.substr(0, id.find('_', 3))},
                   {"gt_answer_details", "A is bigger."}}};
}

std::string LoadError(const TempFolder& folder) {
  try {
    LoadFrom(HallusionBench(), folder.path());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string Record(const std::string& visual_input, const std::string& answer, const std::string& filename) {
  return R"({"category": "VS", "subcategory": "chart", "visual_input": ")" + visual_input +
         R"(", "set_id": "3", "figure_id": "1", "question_id": "2", "question": "Is it?", "gt_answer_details": "It is.",
            "gt_answer": ")" +
         answer + R"(", "filename": )" + filename + "}";
}

TEST(HallusionBench, LoadsTheQuestionsOfTheAuthorsFileThatHaveAPicture) {
  const TempFolder folder;
  folder.Write("HallusionBench.json", "[" + Record("0", "0", "null") + "," + Record("2", "1", "\"./VS/a.png\"") + "]");
  folder.Write("hallusion_bench/VS/a.png", "");
  const std::vector<Sample> samples = LoadFrom(HallusionBench(), folder.path());
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].id, "VS_chart_2_3_1_2");
  EXPECT_EQ(samples[0].references.at(0), "Yes");
  EXPECT_EQ(samples[0].tags.at("l2-category"), "VS_chart");
  EXPECT_EQ(samples[0].images.at(0).file, folder.path() / "hallusion_bench/VS/a.png");
}

TEST(HallusionBench, BadRecordsAreErrorsWithTheirPlace) {
  const TempFolder folder;
  const std::string good = Record("1", "1", "\"a.png\"");
  const auto error_of = [&](const std::string& record) {
    folder.Write("HallusionBench.json", "[" + record + "]");
    return LoadError(folder);
  };
  EXPECT_THAT(error_of(Record("3", "1", "\"a.png\"")), HasSubstr("record 1: visual_input: expected one of 0, 1, 2"));
  EXPECT_THAT(error_of(Record("1", "yes", "\"a.png\"")), HasSubstr("record 1: gt_answer: expected one of 0, 1"));
  EXPECT_THAT(error_of(Record("1", "1", "null")), HasSubstr("record 1: filename"));
  EXPECT_THAT(error_of(Record("1", "1", "\"/a.png\"")), HasSubstr("record 1: filename: expected a relative path"));
  EXPECT_THAT(error_of(good + "," + good), HasSubstr("record 2: question_id: expected a new question"));
}

TEST(HallusionBench, LoadsVlmEvalKitsFile) {
  const TempFolder folder;
  const auto write = [&](const std::string& index, const std::string& answer, const std::string& l2_category) {
    folder.Write("HallusionBench.tsv", "index\timage\tquestion\tanswer\tcategory\tl2-category\timage_path\n" + index +
                                           "\t" + std::string(80, 'A') + "\tq\t" + answer + "\tVD\t" + l2_category +
                                           "\tVD/math/0_1.png\n");
  };
  write("VD_math_2_0_1_0", "No", "VD_math");
  const Sample sample = LoadFrom(HallusionBench(), folder.path()).at(0);
  const Recipe& paper = HallusionBench().recipes.front();
  EXPECT_EQ(paper.make_prompt(sample, "Is it?"),
            "Is it? Please answer yes or no. Answer the question using a single word or phrase.");
  EXPECT_TRUE(paper.choose_pictures(sample, 6).at(0).as_jpeg);
  write("VD_math_2_0_1_0", "0", "VD_math");
  EXPECT_THAT(LoadError(folder), HasSubstr("field \"answer\": expected Yes or No, found \"0\""));
  write("VD_math_2_0_1_0", "No", "");
  EXPECT_THAT(LoadError(folder), HasSubstr("no \"l2-category\""));
  write("VD_math_2_0", "No", "VD_math");
  EXPECT_THAT(LoadError(folder), HasSubstr("sample VD_math_2_0: expected an index of six parts"));
}

TEST(HallusionBench, ScoresHandCheckedSamples) {
  struct Case {
    const char *answer, *extracted;
    double value;
    bool undecided;
  };
  for (const Case& c : {Case{"Yes", "Yes", 1, false},
                        {"No.", "No", 0, false},
                        {"Yes, A is bigger.", "Yes", 1, false},
                        {"**Yes**", "Unknown", 0, true},
                        {"", "Unknown", 0, true}}) {
    const SampleScore score = PaperScoring().score(Question("VD_math_1_0_0_0", "Yes"), {.answers = {c.answer}});
    EXPECT_EQ(score.extracted, c.extracted) << c.answer;
    EXPECT_EQ(score.value, c.value) << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << c.answer;
  }
  EXPECT_THROW(PaperScoring().score(Question("VD_math_1", "Yes"), {.answers = {"Yes"}}), Error);
}

TEST(HallusionBench, TheVersionsDifferInThePeriodsThatTheyDelete) {
  std::string answer;
  for (int i = 0; i < 32; ++i) answer += "1. ";
  answer += "yes.";
  const Sample sample = Question("VD_math_1_0_0_0", "Yes");
  EXPECT_EQ(ScoringNamed(HallusionBench(), "vlmevalkit-2024-04").score(sample, {.answers = {answer}}).value, 0);
  EXPECT_EQ(ScoringNamed(HallusionBench(), "vlmevalkit-2026-08").score(sample, {.answers = {answer}}).value, 1);
}

TEST(HallusionBench, AsksAJudgeUpToFiveTimesWithRisingTemperature) {
  const Sample sample = Question("VD_math_1_0_0_0", "Yes");
  Reply reply{.answers = {"I think so"}};
  for (const double temperature : {0.0, 0.5, 1.0, 1.5, 2.0}) {
    const auto request = JudgeScoring().ask_judge(sample, reply, {});
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->temperature, temperature);
    EXPECT_THAT(request->messages.at(0).text,
                EndsWith("Question: Is A bigger than B?\nAnswer: I think so\nYour output: "));
    reply.judgements.push_back("u");
  }
  EXPECT_FALSE(JudgeScoring().ask_judge(sample, reply, {}).has_value());
  EXPECT_TRUE(JudgeScoring().score(sample, reply).undecided);

  reply.judgements = {"u", "Yes"};
  EXPECT_FALSE(JudgeScoring().ask_judge(sample, reply, {}).has_value());
  EXPECT_EQ(JudgeScoring().score(sample, reply).value, 1);
  reply = {.answers = {"no"}, .judgements = {"yes"}};  // not needed, so not read
  EXPECT_FALSE(JudgeScoring().ask_judge(sample, reply, {}).has_value());
  EXPECT_EQ(JudgeScoring().score(sample, reply).value, 0);
  EXPECT_FALSE(JudgeScoring().ask_judge(sample, {}, {}).has_value());
}

TEST(HallusionBench, ThePaperScoringAsksNoJudge) {
  EXPECT_EQ(PaperScoring().ask_judge, nullptr);
  EXPECT_EQ(PaperScoring().aggregate, JudgeScoring().aggregate);
}

TEST(HallusionBench, TakesTheUsersJudgeTexts) {
  const Sample sample = Question("VD_math_1_0_0_0", "Yes");
  const JudgeTexts texts = {{"hallusionbench/yorn", "Theirs.\n"}, {"hallusionbench/verdict", "Marks.\n"}};
  EXPECT_THAT(JudgeScoring().ask_judge(sample, {.answers = {"hm"}}, texts)->messages.at(0).text,
              StartsWith("Theirs.\nQuestion: "));
  EXPECT_EQ(Authors().ask_judge(sample, {.answers = {"hm"}}, texts)->messages.at(0).text,
            "Marks.\nQuestion: Is A bigger than B\nReference: A is bigger.\nAnswer: hm\nYour output: ");
}

TEST(HallusionBench, GroupsByFigureAndByQuestion) {
  std::vector<SampleScore> scores;
  for (const auto& [id, answer] : std::vector<std::pair<const char*, const char*>>{{"VD_math_1_0_0_0", "Yes"},
                                                                                   {"VD_math_1_0_0_1", "Yes"},
                                                                                   {"VD_math_2_0_1_0", "No"},
                                                                                   {"VD_math_2_0_1_1", "Yes"},
                                                                                   {"VS_map_1_0_1_0", "hm"}}) {
    scores.push_back(PaperScoring().score(Question(id, "Yes"), {.answers = {answer}}));
  }
  std::vector<Score> table = PaperScoring().aggregate(scores);
  EXPECT_EQ(table.at(1).value, 60);                       // aAcc
  EXPECT_DOUBLE_EQ(table.at(2).value.value(), 100 / 3.);  // fAcc: figure 0 of VD, not 1, not VS
  EXPECT_DOUBLE_EQ(table.at(3).value.value(), 100 / 3.);  // qAcc: question 1 of VD
  EXPECT_DOUBLE_EQ(table.at(0).value.value(), (60 + 200 / 3.) / 3);
  EXPECT_EQ(table.at(2).undecided, 1);
  EXPECT_EQ(table.at(4).name, "VD: aAcc");
  EXPECT_EQ(table.at(4).value, 75);
  EXPECT_EQ(table.at(13).name, "VS_map: aAcc");

  std::reverse(scores.begin(), scores.end());
  const std::vector<Score> reversed = PaperScoring().aggregate(scores);
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_EQ(reversed.at(i).value, table[i].value);
}

TEST(HallusionBench, MakingAnUndecidedAnswerRightNeverLowersTheHeadline) {
  std::vector<SampleScore> scores;
  for (const char* id : {"VD_math_1_0_0_0", "VD_math_1_0_0_1", "VD_math_2_0_1_0", "VD_math_2_0_1_1"}) {
    scores.push_back(PaperScoring().score(Question(id, "Yes"), {.answers = {"hm"}}));
  }
  double last = PaperScoring().aggregate(scores).front().value.value();
  for (SampleScore& score : scores) {
    score.value = 1;
    const double value = PaperScoring().aggregate(scores).front().value.value();
    EXPECT_GE(value, last);
    last = value;
  }
  EXPECT_EQ(last, 100);
}

TEST(HallusionBench, TheAuthorsJudgeComparesWithTheReference) {
  const Sample figure = Question("VS_map_1_0_1_0", "Yes");
  const Sample text_only = Question("VS_map_0_0_0_0", "Yes");
  const auto value = [](const Sample& sample, const char* judgement) {
    return Authors().score(sample, {.answers = {"hm"}, .judgements = {judgement}}).value;
  };
  EXPECT_EQ(value(figure, "Correct."), 1);
  EXPECT_EQ(value(figure, "incorrect"), 0);
  EXPECT_EQ(value(figure, "unclear"), 0);
  EXPECT_EQ(value(text_only, "unclear"), 1);
  EXPECT_EQ(value(Question("VD_map_1_0_0_0", "Yes"), "unclear"), 0);
  EXPECT_TRUE(Authors().score(figure, {.answers = {"hm"}}).undecided);
  EXPECT_TRUE(Authors().ask_judge(figure, {.answers = {"hm"}}, {}).has_value());
  EXPECT_FALSE(Authors().ask_judge(figure, {.answers = {"hm"}, .judgements = {"x"}}, {}).has_value());
}

TEST(HallusionBench, ReproducesThePublishedScoresOfStoredPredictions) {
  const std::filesystem::path stored = kReal / "hallusionbench/vlmevalkit_vila_8b";
  if (!std::filesystem::exists(stored)) GTEST_SKIP() << stored << " is not there";
  const TempFolder folder;
  std::filesystem::copy_file(stored / "vila_8b_HallusionBench_auxmatch.tsv", folder.path() / "HallusionBench.tsv");
  std::vector<SampleScore> scores;
  for (const Sample& sample : LoadFrom(HallusionBench(), folder.path())) {
    scores.push_back(PaperScoring().score(sample, {.answers = {sample.tags.at("prediction")}}));
    EXPECT_EQ(scores.back().extracted, sample.tags.at("extracted")) << sample.id;
  }
  ASSERT_EQ(scores.size(), 951u);
  const Json expected = ReadJsonFile(kReal / "expected.json")
                            .at("hallusionbench/vlmevalkit_vila_8b/vila_8b_HallusionBench_auxmatch.tsv")
                            .at("HallusionBench")
                            .at("value");
  const std::vector<Score> table = PaperScoring().aggregate(scores);
  ASSERT_EQ(table.size(), 1 + 3 * expected.size());
  for (std::size_t i = 1; i < table.size(); ++i) {
    const std::size_t colon = table[i].name.find(": ");
    const std::string subset = colon == std::string::npos ? "Overall" : table[i].name.substr(0, colon);
    const std::string accuracy = table[i].name.substr(table[i].name.size() - 4);
    EXPECT_NEAR(table[i].value.value(), expected.at(subset).at(accuracy).get<double>(), 1e-9) << table[i].name;
  }
}

TEST(HallusionBench, TheAuthorsFileHasTheQuestionsThatVlmEvalKitScored) {
  if (!std::filesystem::exists(kReal)) GTEST_SKIP() << kReal << " is not there";
  const TempFolder folder;
  std::filesystem::copy_file(kReal / "hallusionbench/vlmevalkit_vila_8b/vila_8b_HallusionBench_auxmatch.tsv",
                             folder.path() / "HallusionBench.tsv");
  std::map<std::string, Sample> scored;
  for (Sample& sample : LoadFrom(HallusionBench(), folder.path())) scored.emplace(sample.id, std::move(sample));
  const std::vector<Sample> official = LoadFrom(HallusionBench(), kReal);
  ASSERT_EQ(official.size(), 951u);
  for (const Sample& sample : official) {
    EXPECT_EQ(sample.questions, scored.at(sample.id).questions);
    EXPECT_EQ(sample.references, scored.at(sample.id).references);
    EXPECT_EQ(sample.tags.at("l2-category"), scored.at(sample.id).tags.at("l2-category"));
  }
}

}  // namespace
}  // namespace tessera
