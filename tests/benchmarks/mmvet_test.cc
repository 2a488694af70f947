#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& MmVet() { return FindBenchmark("mmvet"); }
const Scoring& Authors() { return MmVet().scorings.front(); }

constexpr const char* kAuthorsFile = R"({
  "v1_0": {"imagename": "v1_0.png", "question": "What is x?", "answer": "-1<AND>-5", "capability": ["ocr", "math"]},
  "v1_10": {"imagename": "v1_10.jpg", "question": "Who?", "answer": "a<OR>b", "capability": ["rec"]},
  "v1_2": {"imagename": "v1_2.png", "question": "Why?", "answer": "fun", "capability": ["rec", "gen"]}})";

Sample Question(std::string category = "rec") {
  return {.id = "v1_0", .questions = {"q"}, .references = {"a<OR>b"}, .tags = {{"category", std::move(category)}}};
}

TEST(MmVet, LoadsTheAuthorsFileInItsOrder) {
  const TempFolder folder;
  folder.Write("mm-vet/mm-vet.json", kAuthorsFile);
  const std::vector<Sample> samples = LoadFrom(MmVet(), folder.path());
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].id, "v1_0");
  EXPECT_EQ(samples[1].id, "v1_2");
  EXPECT_EQ(samples[2].id, "v1_10");
  EXPECT_EQ(samples[0].tags.at("category"), "ocr,math");
  EXPECT_TRUE(samples[0].images.at(0).file.string().ends_with("mm-vet/images/v1_0.png"));
}

TEST(MmVet, LoadsInternVlsQuestionsWithTheAuthorsAnswers) {
  const TempFolder folder;
  folder.Write("mmvet/mm-vet.json", kAuthorsFile);
  folder.Write("mmvet/llava-mm-vet.jsonl", R"({"question_id": 10, "image": "v1_10.jpg", "text": "Who is it?"})");
  const std::vector<Sample> samples = LoadFrom(MmVet(), folder.path());
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].id, "v1_10");
  EXPECT_EQ(samples[0].questions.at(0), "Who is it?");
  EXPECT_EQ(samples[0].references.at(0), "a<OR>b");
  EXPECT_EQ(MmVet().recipes.front().make_prompt(samples[0], samples[0].questions[0]), "Who is it? ");
  folder.Write("mmvet/llava-mm-vet.jsonl", R"({"question_id": 11, "image": "v1_10.jpg", "text": "Who is it?"})");
  EXPECT_THROW(LoadFrom(MmVet(), folder.path()), Error);
}

TEST(MmVet, LoadsTheTsvFileAndMissesItsCells) {
  const TempFolder folder;
  const std::string image(80, 'A');
  folder.Write("MMVet.tsv", "index\timage\tquestion\tanswer\tcategory\n0\t" + image + "\tWhat?\t3\trec,ocr\n");
  EXPECT_EQ(LoadFrom(MmVet(), folder.path()).at(0).tags.at("category"), "rec,ocr");
  folder.Write("MMVet.tsv", "index\timage\tquestion\tanswer\tcategory\n0\t" + image + "\tWhat?\t\trec,ocr\n");
  EXPECT_THROW(LoadFrom(MmVet(), folder.path()), Error);
}

TEST(MmVet, RefusesBadQuestions) {
  const TempFolder folder;
  for (const char* question : {R"({"imagename": "../a.png", "question": "q", "answer": "a", "capability": ["rec"]})",
                               R"({"imagename": "a.png", "question": "q", "answer": "a", "capability": ["sound"]})",
                               R"({"imagename": "a.png", "question": "q", "answer": "a", "capability": []})",
                               R"({"imagename": "a.png", "question": "q", "capability": ["rec"]})", R"("text")"}) {
    folder.Write("mm-vet.json", std::string(R"({"v1_0": )") + question + "}");
    EXPECT_THROW(LoadFrom(MmVet(), folder.path()), Error) << question;
  }
}

TEST(MmVet, AsksUntilAReplyCanBeRead) {
  Reply reply{.answers = {"p"}};
  const JudgeTexts texts = {{"mmvet/header", "H"}};
  const JudgeRequest first = Authors().ask_judge(Question(), reply, texts).value();
  ASSERT_EQ(first.messages.size(), 1u);
  EXPECT_EQ(first.messages[0].role, "user");
  EXPECT_EQ(first.messages[0].text, "H\nq | a <OR> b | p | ");
  EXPECT_EQ(first.max_tokens, 3);
  EXPECT_EQ(first.temperature, 0);
  reply.judgements = {"nan", "x"};
  const JudgeRequest third = Authors().ask_judge(Question(), reply, texts).value();
  EXPECT_EQ(third.messages[0].text, "H\nq | a <OR> b | p | \nPredict the correctness of the answer (digit): ");
  EXPECT_EQ(third.temperature, 0.5);
  EXPECT_EQ(Authors().score(Question(), reply).value, std::nullopt);  // the judge is not finished
  reply.judgements.push_back("0.4 |");
  EXPECT_FALSE(Authors().ask_judge(Question(), reply, texts).has_value());
  EXPECT_EQ(Authors().score(Question(), reply).value, 0.4);
}

TEST(MmVet, OurOwnPromptHasTheSameStructure) {
  const std::string text = Authors().ask_judge(Question(), {.answers = {"p"}}, {})->messages[0].text;
  EXPECT_THAT(text, testing::HasSubstr("<AND>"));
  EXPECT_THAT(text, testing::EndsWith("| 1.0\nq | a <OR> b | p | "));
}

TEST(MmVet, ScoresHandCheckedSamples) {
  struct Case {
    const char* judgement;
    std::optional<double> authors, vlmevalkit;
  };
  for (const Case& c : {Case{"0.0", 0, 0},
                        {"1.0", 1, 1},
                        {"0.5 |", 0.5, std::nullopt},
                        {"0.7", 0.7, 0.7},
                        {"about 0.7", std::nullopt, std::nullopt}}) {
    const Reply reply{.answers = {"p"}, .judgements = {c.judgement}};
    EXPECT_EQ(Authors().score(Question(), reply).value, c.authors) << c.judgement;
    EXPECT_EQ(ScoringNamed(MmVet(), "vlmevalkit-2024-04").score(Question(), reply).value, c.vlmevalkit) << c.judgement;
  }
  EXPECT_EQ(Authors().score(Question(), {.answers = {"p"}}).value, std::nullopt);
}

TEST(MmVet, AnUnreadableJudgeGivesZeroAndSaysSo) {
  const Reply reply{.answers = {"p"}, .judgements = std::vector<std::string>(6, "none")};
  const SampleScore score = Authors().score(Question(), reply);
  EXPECT_EQ(score.value, 0);
  EXPECT_TRUE(score.undecided);
  EXPECT_FALSE(Authors().ask_judge(Question(), reply, {}).has_value());
}

TEST(MmVet, LeavesUnscoredSamplesOutOfTheMean) {
  std::vector<SampleScore> scores;
  for (const char* judgement : {"1.0", "0.5"}) {
    scores.push_back(Authors().score(Question("rec,ocr"), {.answers = {"p"}, .judgements = {judgement}}));
  }
  scores.push_back(Authors().score(Question(), {.answers = {"p"}}));
  const std::vector<Score> columns = Authors().aggregate(scores);
  EXPECT_EQ(columns.at(0).name, "total");
  EXPECT_EQ(columns[0].value, 75);
  EXPECT_EQ(columns[0].scored, 2);
  EXPECT_EQ(columns[0].unscored, 1);
  EXPECT_EQ(columns.back().name, "exactly ocr_rec");
}

/// GPT-4's grades of LLaVA-1.5-7B, with the published total.
TEST(MmVet, ReproducesAPublishedTotal) {
  const std::filesystem::path folder =
      std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/data/real/mmvet/llava_results";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const auto grades = nlohmann::json::parse(ReadFile(folder / "llava-v1.5-7b_gpt-4-grade-1runs.json"));
  const auto answers = nlohmann::json::parse(ReadFile(folder / "llava-v1.5-7b.json"));
  std::vector<SampleScore> scores;
  for (const auto& [id, grade] : grades.items()) {
    const Reply reply{.answers = {answers.at(id).get<std::string>()},
                      .judgements = grade.at("content").get<std::vector<std::string>>()};
    Sample sample = Question();
    sample.id = id;
    scores.push_back(Authors().score(sample, reply));
    EXPECT_EQ(scores.back().value, grade.at("score").at(0).get<double>()) << id;
  }
  ASSERT_EQ(scores.size(), 218u);
  EXPECT_EQ(Authors().aggregate(scores).at(0).value, 31.2);
  EXPECT_THAT(ReadFile(folder / "published_score.csv"), testing::HasSubstr(",31.2,"));
}

}  // namespace
}  // namespace tessera
