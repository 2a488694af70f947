#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmark_access.h"
#include "benchmarks/mathvista_data.h"
#include "benchmarks/mathvista_judge.h"
#include "datasets/image_codec.h"
#include "datasets/image_source.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "metrics/python_rounding.h"
#include "metrics/python_text.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;

using testing::HasSubstr;

const std::filesystem::path kSource(TESSERA_SOURCE_DIR);
const std::filesystem::path kRealData = kSource / "../shared/data/real/mathvista";

const Benchmark& Subject() { return FindBenchmark("mathvista"); }

Sample ChoiceSample() {
  return {.id = "2",
          .split = "testmini",
          .questions = {"Hint: h\nQuestion: q"},
          .choices = {{"A", "left"}, {"B", "right"}},
          .references = {"right"},
          .tags = {{"question_type", "multi_choice"},
                   {"answer_type", "text"},
                   {"answer_option", "B"},
                   {"task", "vqa"},
                   {"skills", "logic; algebra"}}};
}

Sample FreeSample(const std::string& answer_type, const std::string& answer) {
  return {.id = answer_type,
          .split = "testmini",
          .questions = {"Hint: h\nQuestion: q"},
          .references = {answer},
          .tags = {{"question_type", "free_form"},
                   {"answer_type", answer_type},
                   {"precision", "1"},
                   {"task", "vqa"},
                   {"skills", "logic"}}};
}

const std::string kRecord = R"({"1": {"question": "How long?", "image": "images/1.jpg", "choices": null, "unit": "m",
    "precision": 1, "answer": "1.2", "question_type": "free_form", "answer_type": "float", "pid": "1",
    "metadata": {"split": "testmini", "language": "english", "source": "s", "category": "c", "task": "t",
                 "context": "x", "grade": "g", "skills": ["logic", "algebra"]}}})";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(MathVista, LoadsTheAuthorsJson) {
  const TempFolder folder;
  folder.Write("data/testmini.json", kRecord);
  const std::vector<Sample> samples = LoadFrom(Subject(), folder.path());
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].id, "1");
  EXPECT_EQ(samples[0].questions[0],
            "Hint: Please answer the question requiring a floating-point number with one decimal place and provide the "
            "final value, e.g., 1.2, 1.3, 1.4, at the end.\nQuestion: How long? (Unit: m)");
  EXPECT_EQ(samples[0].images[0].file, folder.path() / "data/images/1.jpg");
  EXPECT_EQ(samples[0].tags.at("precision"), "1");
  EXPECT_EQ(samples[0].tags.at("skills"), "logic; algebra");
  EXPECT_THAT(samples[0].references, ElementsAre("1.2"));
  folder.Write("data/images/1.png", "");
  EXPECT_EQ(LoadFrom(Subject(), folder.path())[0].images[0].file, folder.path() / "data/images/1.png");
}

TEST(MathVista, NamesTheFieldThatIsWrong) {
  const auto error_of = [](const std::string& content) -> std::string {
    const TempFolder folder;
    folder.Write("testmini.json", content);
    try {
      LoadFrom(Subject(), folder.path());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("[]"), HasSubstr("expected an object, found an array"));
  EXPECT_THAT(error_of("{"), HasSubstr("not valid JSON"));
  EXPECT_THAT(error_of(Replaced(kRecord, "\"pid\": \"1\"", "\"pid\": \"7\"")),
              HasSubstr("pid: expected 1, found \"7\""));
  EXPECT_THAT(error_of(Replaced(kRecord, "\"precision\": 1", "\"precision\": 1.5")),
              HasSubstr("expected a whole number"));
  EXPECT_THAT(error_of(Replaced(kRecord, "\"precision\": 1", "\"precision\": 7")), HasSubstr("a type that has a hint"));
  EXPECT_THAT(error_of(Replaced(kRecord, "\"float\"", "\"money\"")), HasSubstr("answer_type: expected text, integer"));
  EXPECT_THAT(error_of(Replaced(kRecord, "free_form", "multi_choice")), HasSubstr("choices: 0 of them do not fit"));
  EXPECT_THAT(error_of(Replaced(kRecord, "images/1.jpg", "../1.jpg")), HasSubstr("image: expected a relative path"));
  EXPECT_THAT(error_of(Replaced(kRecord, "testmini", "train")), HasSubstr("metadata.split: expected testmini"));
  EXPECT_THAT(error_of(Replaced(kRecord, "\"question\"", "\"query_text\"")), HasSubstr("question"));
  const std::string choice = Replaced(kRecord, "free_form", "multi_choice");
  EXPECT_THAT(error_of(Replaced(choice, "\"choices\": null", "\"choices\": [\"1\", \"2\"]")),
              HasSubstr("answer: expected one of the choices, found the string \"1.2\""));
}

TEST(MathVista, LoadsTheParquetFile) {
  const TempFolder folder;
  folder.Write("data/testmini-00000-of-00001-725687bf7a18d64b.parquet",
               ReadFile(kSource / "tests/fixtures/parquet/mathvista.parquet"));
  const std::vector<Sample> samples = LoadFrom(Subject(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].questions[0], "Hint: h\nQuestion: How long? (Unit: m)");
  EXPECT_EQ(samples[0].tags.at("precision"), "1");
  EXPECT_EQ(samples[1].tags.at("answer_option"), "B");
  EXPECT_EQ(samples[1].tags.at("skills"), "logical reasoning; arithmetic reasoning");
  EXPECT_EQ(samples[1].choices[1].text, "right");
  for (const Sample& sample : samples) EXPECT_GT(DecodeImage(ReadImageBytes(sample.images.at(0))).width, 0);
}

TEST(MathVista, LoadsAVlmEvalKitFile) {
  const std::string picture(80, 'A');
  const std::string header =
      "index\timage\tquestion\tanswer\tanswer_option\tchoices\tquestion_type\tanswer_type\ttask\tskills\n";
  const TempFolder folder;
  folder.Write("MathVista_MINI.tsv", header + "1\t" + picture +
                                         "\tq\tright\tB\t['left', 'right']\tmulti_choice\ttext\tvqa\t['logic']\n2\t" +
                                         picture + "\tq\t14\t\t[]\tfree_form\tinteger\tvqa\t['logic', 'algebra']\n");
  const std::vector<Sample> samples = LoadFrom(Subject(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].choices.size(), 2u);
  EXPECT_EQ(samples[1].tags.at("skills"), "logic; algebra");
  EXPECT_THAT(samples[1].references, ElementsAre("14"));
  folder.Write("MathVista_MINI.tsv", header + "1\t" + picture + "\tq\t1\t\t[]\tessay\tinteger\tvqa\t[]\n");
  EXPECT_THROW(LoadFrom(Subject(), folder.path()), Error);
}

TEST(MathVista, ThePromptIsTheQuery) {
  for (const Recipe& recipe : Subject().recipes) {
    EXPECT_EQ(recipe.make_prompt(ChoiceSample(), "Hint: h\nQuestion: q\n"), "Hint: h\nQuestion: q\n") << recipe.name;
    EXPECT_EQ(recipe.max_tiles, 6);
  }
  EXPECT_FALSE(Subject().recipes.front().differences.empty());
}

struct ScoredCase {
  Sample sample;
  const char* answer;
  std::vector<std::string> judgements;
  const char* extracted;
  std::optional<double> value;
  bool undecided = false;
};

void ExpectScores(std::string_view scoring, const std::vector<ScoredCase>& cases) {
  for (const ScoredCase& c : cases) {
    const Reply reply{.answers = {c.answer}, .judgements = c.judgements};
    const SampleScore score = ScoringNamed(Subject(), scoring).score(c.sample, reply);
    EXPECT_EQ(score.extracted, c.extracted) << scoring << ": " << c.answer;
    EXPECT_EQ(score.value, c.value) << scoring << ": " << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << scoring << ": " << c.answer;
  }
}

const std::vector<std::string> kFiveEmpty(5);

TEST(MathVista, TheOfficialScoringsFollowTheHandCheckedTable) {
  const std::vector<ScoredCase> both = {{ChoiceSample(), "right", {}, "right", 1},
                                        {ChoiceSample(), "B", {}, "", std::nullopt},  // the judge was not asked
                                        {ChoiceSample(), "B", {"B"}, "right", 1},
                                        {ChoiceSample(), "I see", {"", " (A) "}, "left", 0},
                                        {ChoiceSample(), "I see", kFiveEmpty, "left", 0},  // the shortest choice
                                        {FreeSample("integer", "14"), "14", {}, "14", 1},
                                        {FreeSample("integer", "14"), "fourteen", {"14.7"}, "14", 1},
                                        {FreeSample("integer", "14"), "fourteen", {"N/A"}, "", 0, true},
                                        {FreeSample("list", "[1, 2]"), "1 and 2", {"[1, 2]"}, "[1, 2]", 1}};
  ExpectScores("internvl-2024-04", both);
  ExpectScores("internvl-2024-12", both);
}

TEST(MathVista, FloatsAreWrongInThePapersScoringAlone) {
  ExpectScores("internvl-2024-04", {{FreeSample("float", "1.2"), "1.21", {}, "", 0}});
  ExpectScores("internvl-2024-12", {{FreeSample("float", "1.2"), "1.21", {}, "1.2", 1}});
  Sample unknown = FreeSample("float", "1.2");
  unknown.tags.erase("precision");
  ExpectScores("internvl-2024-12", {{unknown, "1.2", {}, "", std::nullopt}});
}

TEST(MathVista, TheRulesAloneLeaveAnswersInWordsUndecided) {
  ExpectScores("no-judge", {{ChoiceSample(), "B", {}, "right", 1},
                            {ChoiceSample(), "(A)", {}, "left", 0},
                            {ChoiceSample(), "right", {}, "right", 1},
                            {ChoiceSample(), "surely the right one", {}, "", 0, true},
                            {ChoiceSample(), "", {}, "", 0, true},
                            {FreeSample("integer", "14"), "14.2", {}, "14", 1},
                            {FreeSample("integer", "14"), "It is 14.", {}, "", 0, true},
                            {FreeSample("float", "1.2"), "1.2", {}, "", 0},
                            {FreeSample("list", "[1]"), "[1]", {}, "[1]", 1}});
  const std::vector<Score> columns = ScoringNamed(Subject(), "no-judge").aggregate({});
  EXPECT_EQ(columns[0].name, "accuracy without a judge (lower bound)");
}

TEST(MathVista, VlmEvalKitsScoringsFollowTheHandCheckedTable) {
  const std::vector<ScoredCase> both = {{ChoiceSample(), "A", {}, "A", 0},
                                        {ChoiceSample(), "It is right", {}, "B", 1},
                                        {ChoiceSample(), "left or right", {}, "", std::nullopt},
                                        {ChoiceSample(), "left or right", {"B"}, "B", 1},
                                        {FreeSample("integer", "0"), "0", {}, "", std::nullopt},
                                        {FreeSample("integer", "0"), "0", {"0"}, "0", 1},
                                        {FreeSample("float", "0.6"), "0.61", {"0.60"}, "0.60", 1},
                                        {FreeSample("list", "[1]"), "[1]", {"[1]"}, "[1]", 0}};
  ExpectScores("vlmevalkit-2024-04", both);
  ExpectScores("vlmevalkit-2026-08", both);
  const std::string failed = "Failed to obtain answer via API. ";
  ExpectScores("vlmevalkit-2024-04", {{FreeSample("integer", "7"), "x", {failed}, failed.c_str(), 0}});
  ExpectScores("vlmevalkit-2026-08", {{FreeSample("integer", "7"), "x", {failed}, "", std::nullopt},
                                      {FreeSample("integer", "7"), "x", {failed, "7"}, "7", 1},
                                      {FreeSample("integer", "7"), "x", std::vector(5, failed), "", 0}});
}

TEST(MathVista, AsksTheJudgeUntilItSaysSomething) {
  const Scoring& scoring = Subject().scorings.front();
  Reply reply{.answers = {"It is the right one"}};
  const JudgeTexts texts = {{"mathvista/extract", "\nDEMO \n"}};
  for (int call = 0; call < 5; ++call) {
    const auto request = scoring.ask_judge(ChoiceSample(), reply, texts);
    ASSERT_TRUE(request.has_value()) << call;
    EXPECT_EQ(request->messages.at(0).role, "user");
    EXPECT_EQ(request->messages.at(0).text,
              "DEMO\n\nHint: h\nQuestion: q\n\nIt is the right one\n\nExtracted answer: ");
    EXPECT_EQ(request->max_tokens, 256);
    EXPECT_EQ(request->temperature, 0);
    reply.judgements.push_back("");
  }
  EXPECT_FALSE(scoring.ask_judge(ChoiceSample(), reply, texts).has_value());
  EXPECT_FALSE(scoring.ask_judge(ChoiceSample(), {.answers = {"right"}}, texts).has_value());
  EXPECT_FALSE(scoring.ask_judge(ChoiceSample(), {}, texts).has_value());
}

TEST(MathVista, VlmEvalKitsJudgeGetsWarmer) {
  const Scoring& scoring = ScoringNamed(Subject(), "vlmevalkit-2026-08");
  Reply reply{.answers = {"seven"}, .judgements = {"Failed to obtain answer via API."}};
  const auto request = scoring.ask_judge(FreeSample("integer", "7"), reply, {{"mathvista/vlmevalkit", "DEMO\n"}});
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->messages.at(0).text, "DEMO\nHint: h\nQuestion: q\nModel respone: sevenExtracted answer:");
  EXPECT_EQ(request->max_tokens, 128);
  EXPECT_EQ(request->temperature, 0.5);
}

TEST(MathVista, HasAWordingOfItsOwnForTheJudge) {
  for (const Scoring& scoring : Subject().scorings) {
    if (scoring.ask_judge == nullptr) continue;
    const auto request = scoring.ask_judge(FreeSample("integer", "7"), {.answers = {"seven"}}, {});
    ASSERT_TRUE(request.has_value()) << scoring.name;
    for (const char* answer : {"14", "0.6", "1.45", "[2007, 2008]", "B"}) {
      EXPECT_THAT(request->messages.at(0).text, HasSubstr(std::string("Extracted answer: ") + answer + "\n"));
    }
  }
}

TEST(MathVista, AggregatesPerTaskAndSkill) {
  const Scoring& scoring = ScoringNamed(Subject(), "vlmevalkit-2024-04");
  const std::vector<SampleScore> scores = {
      scoring.score(ChoiceSample(), {.answers = {"B"}}),
      scoring.score(FreeSample("integer", "7"), {.answers = {"seven"}, .judgements = {"8"}}),
      scoring.score(FreeSample("integer", "7"), {.answers = {"seven"}})};
  const std::vector<Score> columns = scoring.aggregate(scores);
  EXPECT_EQ(columns[0].name, "Overall");
  EXPECT_EQ(columns[0].value, 50);
  EXPECT_EQ(columns[0].unscored, 1);
  EXPECT_EQ(columns[1].name, "Overall: prefetch rate");
  EXPECT_EQ(columns[1].value, 50);
  const auto algebra =
      std::find_if(columns.begin(), columns.end(), [](const Score& column) { return column.name == "algebra"; });
  ASSERT_NE(algebra, columns.end());
  EXPECT_EQ(algebra->value, 100);
}

// --- published data ---

TEST(MathVista, LoadsThePublishedProblems) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MathVista files are not on this machine";
  const std::vector<Sample> samples = LoadFrom(Subject(), kRealData);
  ASSERT_EQ(samples.size(), 1000u);
  for (const std::size_t pid : {225u, 824u}) {
    EXPECT_GT(DecodeImage(ReadImageBytes(samples[pid - 1].images.at(0))).width, 0) << pid;
  }
}

metrics::MathVistaProblem ProblemIn(const Json& record) {
  metrics::MathVistaProblem problem{.question_type = record["question_type"].get<std::string>(),
                                    .answer_type = record["answer_type"].get<std::string>()};
  if (record["choices"].is_array()) problem.choices = record["choices"].get<std::vector<std::string>>();
  if (record["precision"].is_number()) problem.precision = record["precision"].get<int>();
  return problem;
}

/// Ten queries of that run list their choices in another order than its problems do.
TEST(MathVista, BuildsThePublishedQueries) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MathVista files are not on this machine";
  const Json outputs = ReadJsonFile(kRealData / "results/output_llavar.json");
  int equal = 0;
  for (const auto& [pid, record] : outputs.items()) {
    const std::string unit = record["unit"].is_string() ? record["unit"].get<std::string>() : "";
    const std::string built =
        MathVistaQuery(record["question"].get<std::string>(), unit, ProblemIn(record)).value_or("none");
    const std::string published = record["query"].get<std::string>();
    equal += built == published ? 1 : 0;
    const auto before_choices = [](const std::string& query) { return query.substr(0, query.find("\nChoices:\n")); };
    EXPECT_EQ(before_choices(built), before_choices(published)) << pid;
    EXPECT_EQ(built.size(), published.size()) << pid;
  }
  EXPECT_EQ(equal, 990);
}

/// The scores of stored extractions, and the table that the authors publish for them.
void ExpectPublishedTable(const std::string& model) {
  SCOPED_TRACE(model);
  const Json outputs = ReadJsonFile(kRealData / ("results/output_" + model + ".json"));
  const Json published = ReadJsonFile(kRealData / ("results/scores_" + model + ".json"));
  std::vector<SampleScore> scores;
  for (const auto& [pid, record] : outputs.items()) {
    const metrics::MathVistaProblem problem = ProblemIn(record);
    const auto prediction = metrics::NormalizeExtraction(record["extraction"].get<std::string>(), problem,
                                                         metrics::FloatPrecision::kWholes);
    const bool right = prediction == record["answer"].get<std::string>();
    EXPECT_EQ(right, record["true_false"].get<bool>()) << pid;
    SampleScore& score = scores.emplace_back();
    score.value = right ? 1 : 0;
    score.tags = {{"question_type", problem.question_type}, {"answer_type", problem.answer_type}};
    for (const auto& [name, value] : record["metadata"].items()) {
      if (value.is_string()) score.tags[name] = value.get<std::string>();
      if (value.is_array()) score.tags[name] = Join(value.get<std::vector<std::string>>(), "; ");
    }
  }
  const std::vector<Score> columns = ScoringNamed(Subject(), "internvl-2024-12").aggregate(scores);
  EXPECT_EQ(metrics::FloatRepr(metrics::PythonRound(*columns[0].value, 2)), published["average"]["accuracy"]);
  EXPECT_EQ(columns[0].scored, 1000);
  for (std::size_t i = 1; i < columns.size(); ++i) {
    const std::size_t colon = columns[i].name.find(": ");
    const Json& row = published[columns[i].name.substr(0, colon)][columns[i].name.substr(colon + 2)];
    EXPECT_EQ(metrics::FixedText(*columns[i].value, 2), row["accuracy"]) << columns[i].name;
    EXPECT_EQ(columns[i].scored, row["total"]) << columns[i].name;
  }
}

TEST(MathVista, ReproducesThePublishedScores) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MathVista files are not on this machine";
  ExpectPublishedTable("llavar");
  ExpectPublishedTable("minigpt4_llama2");
}

}  // namespace
}  // namespace tessera
