#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "benchmark_access.h"
#include "benchmarks/mmmu_scoring.h"
#include "benchmarks/prompts.h"
#include "datasets/image_codec.h"
#include "datasets/image_source.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "metrics/mmmu_table.h"
#include "metrics/python_rounding.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kSource(TESSERA_SOURCE_DIR);
const std::filesystem::path kRealData = kSource / "../shared/data/real/mmmu";
const std::filesystem::path kArtParquet = kSource / "tests/fixtures/parquet/mmmu_art.parquet";
const std::string kPicture(80, 'A');

const Benchmark& Subject() { return FindBenchmark("mmmu"); }

Sample ChoiceSample(const std::string& reference = "A") {
  return {.id = "validation_Art_1",
          .split = "validation",
          .images = {{}, {}},
          .questions = {"Is <image 2> like <image 1>?"},
          .choices = {{"A", "cat"}, {"B", " dog "}},
          .references = {reference},
          .tags = {{"question_type", "multiple-choice"}, {"category", "Art"}, {"l2-category", "Art & Design"}}};
}

Sample OpenSample(std::vector<std::string> references) {
  return {.id = "validation_Math_2",
          .split = "validation",
          .questions = {"How many?"},
          .references = std::move(references),
          .tags = {{"question_type", "open"}, {"category", "Math"}, {"l2-category", "Science"}}};
}

/// Thirty subject folders that all hold `parquet` under their own file names; the loader refuses the ids of 29 of them.
void WriteSubjects(const TempFolder& folder, const std::string& parquet) {
  for (const std::string_view subject : metrics::MmmuSubjects()) {
    folder.Write(std::filesystem::path(subject) / "validation-00000-of-00001.parquet", parquet);
  }
}

std::string LoadError(const TempFolder& folder) {
  try {
    LoadFrom(Subject(), folder.path());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "no error";
}

/// The one subject file there is, through the loader of the thirty.
std::vector<Sample> LoadArt(const TempFolder& folder, std::string_view format, std::string_view answers = "") {
  folder.Write("Art/validation-00000-of-00001.parquet", ReadFile(kArtParquet));
  DataSource source{.format = format, .split = "validation", .files = {"Art/validation-00000-of-00001.parquet"}};
  if (!answers.empty()) {
    folder.Write("answer_dict_val.json", answers);
    source.files.push_back("answer_dict_val.json");
  }
  for (const DataSource& published : Subject().data) {
    if (published.format == format) return published.load(folder.path(), source);
  }
  throw std::out_of_range("no such format");
}

TEST(Mmmu, LoadsASubjectsParquetFile) {
  const TempFolder folder;
  const std::vector<Sample> samples = LoadArt(folder, "huggingface");
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].id, "validation_Art_1");
  EXPECT_EQ(samples[0].questions[0], "Which is red? <image 1> <image 3>");
  EXPECT_EQ(samples[0].choices[1].text, "the right one");
  EXPECT_THAT(samples[0].references, ElementsAre("A"));
  EXPECT_EQ(samples[0].tags.at("l2-category"), "Art & Design");
  EXPECT_EQ(samples[0].tags.at("image_path"), "['validation_Art_1_1.png', 'validation_Art_1_2.png']");
  ASSERT_EQ(samples[0].images.size(), 2u);
  EXPECT_EQ(samples[0].images[1].column, "image_3");
  EXPECT_GT(DecodeImage(ReadImageBytes(samples[0].images[1])).width, 0);
  EXPECT_EQ(samples[1].tags.at("question_type"), "open");
  EXPECT_THAT(samples[1].references, ElementsAre("Monet", "Claude Monet"));
}

TEST(Mmmu, TakesTypesAndAnswersFromTheOfficialFile) {
  const TempFolder folder;
  const std::vector<Sample> samples = LoadArt(folder, "official", R"({
      "validation_Art_1": {"question_type": "short-answer", "ground_truth": "B"},
      "validation_Art_2": {"question_type": "short-answer", "ground_truth": ["Monet", "C. Monet"]}})");
  EXPECT_EQ(samples[0].tags.at("question_type"), "open");
  EXPECT_THAT(samples[0].references, ElementsAre("B"));
  EXPECT_THAT(samples[1].references, ElementsAre("Monet", "C. Monet"));
}

TEST(Mmmu, RefusesAnAnswerFileThatDoesNotFit) {
  const auto error_of = [](std::string_view answers) -> std::string {
    const TempFolder folder;
    try {
      LoadArt(folder, "official", answers);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("{}"), HasSubstr("validation_Art_1: expected an object, found nothing"));
  EXPECT_THAT(error_of(R"({"validation_Art_1": {"question_type": "essay", "ground_truth": "B"}})"),
              HasSubstr("expected multiple-choice or short-answer, found \"essay\""));
  EXPECT_THAT(error_of(R"({"validation_Art_1": {"question_type": "multiple-choice", "ground_truth": 3}})"),
              HasSubstr("ground_truth: expected a string"));
  EXPECT_THAT(error_of(R"({"validation_Art_1": {"question_type": "multiple-choice", "ground_truth": [3]}})"),
              HasSubstr("expected texts, found the number 3"));
}

TEST(Mmmu, RefusesAQuestionThatIsThereTwice) {
  const TempFolder folder;
  WriteSubjects(folder, ReadFile(kArtParquet));
  EXPECT_THAT(LoadError(folder), HasSubstr("row 1: id: validation_Art_1 was there before"));
}

TEST(Mmmu, RefusesADamagedParquetFile) {
  const TempFolder folder;
  WriteSubjects(folder, "no parquet");
  EXPECT_THAT(LoadError(folder), HasSubstr("not a readable parquet file"));
}

const std::string kHeader = "index\tid\tquestion\tA\tB\tanswer\timage\timage_path\tcategory\tsplit\n";

TEST(Mmmu, LoadsAVlmEvalKitFile) {
  const TempFolder folder;
  folder.Write("MMMU_DEV_VAL.tsv", kHeader + "1\tdev_Art_1\tq\tcat\tdog\tB\t['" + kPicture + "', '" + kPicture +
                                       "']\t['a.png', 'b.jpg']\tArt\tdev\n2\tvalidation_Math_1\tq\t\t\t['1', 'one']\t" +
                                       kPicture + "\t['c.png']\tMath\tvalidation\n");
  const std::vector<Sample> samples = LoadFrom(Subject(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].images.size(), 2u);
  EXPECT_EQ(samples[0].tags.at("question_type"), "multiple-choice");
  EXPECT_EQ(samples[1].tags.at("question_type"), "open");
  EXPECT_THAT(samples[1].references, ElementsAre("1", "one"));
  EXPECT_EQ(samples[1].tags.at("answer"), "['1', 'one']");
}

TEST(Mmmu, NamesTheRowOfAVlmEvalKitFileThatIsWrong) {
  const auto error_of = [](const std::string& row) {
    const TempFolder folder;
    folder.Write("MMMU_DEV_VAL.tsv", kHeader + row);
    return LoadError(folder);
  };
  EXPECT_THAT(error_of("7\tid\tq\ta\tb\tA\t" + kPicture + "\ta.png\tArt\ttrain\n"),
              HasSubstr("sample 7: unknown split \"train\""));
  EXPECT_THAT(error_of("7\tid\tq\ta\tb\tA\t" + kPicture + "\ta.png\tCooking\tdev\n"),
              HasSubstr("expected a subject of MMMU in category or id, found \"Cooking\""));
}

TEST(Mmmu, PromptsAreByteExact) {
  const Sample sample = ChoiceSample();
  const auto prompt = [&](std::string_view recipe, const Sample& of) {
    return RecipeNamed(Subject(), recipe).make_prompt(of, of.questions[0]);
  };
  EXPECT_EQ(prompt("paper", sample),
            "Is <image 2> like <image 1>?\nA. cat\nB. dog\nAnswer with the option's letter from the given choices "
            "directly.");
  EXPECT_EQ(prompt("internvl-2024-12", sample), prompt("paper", sample));
  EXPECT_EQ(prompt("vlmevalkit", sample),
            "Is \n<image>\n like \n<image>\n?\nA. cat\nB.  dog \nAnswer with the option's letter from the given "
            "choices directly.");
  EXPECT_EQ(prompt("vlmevalkit-2026-08", OpenSample({})), "How many?\nAnswer the question directly.");
  EXPECT_EQ(prompt("paper", OpenSample({})), "How many?\nAnswer the question using a single word or phrase.");
}

TEST(Mmmu, RecipesChooseTheirPictures) {
  Sample sample = ChoiceSample();
  const auto uses = [&](std::string_view recipe) {
    const Recipe& named = RecipeNamed(Subject(), recipe);
    return named.choose_pictures(sample, named.max_tiles);
  };
  EXPECT_EQ(RecipeNamed(Subject(), "paper").choose_pictures, nullptr);  // all, with the tile limit
  EXPECT_THAT(uses("vlmevalkit"), ElementsAre(PictureUse{1, 6, true}));
  sample.tags["image_path"] = "['a.jpg', 'b.png']";
  EXPECT_THAT(uses("vlmevalkit"), ElementsAre(PictureUse{1, 6, false}));
  EXPECT_THAT(uses("vlmevalkit-2026-08"), ElementsAre(PictureUse{0, 12}, PictureUse{1, 12}));
  EXPECT_THAT(uses("internvl-2024-12"), ElementsAre(PictureUse{0, 6, false, 2}, PictureUse{1, 1}));
  sample.images.resize(7);
  EXPECT_EQ(uses("vlmevalkit-2026-08").back(), (PictureUse{6, 9}));
  sample.questions = {"no mark"};
  EXPECT_TRUE(uses("vlmevalkit").empty());
  sample.questions = {"<image 0>"};
  EXPECT_EQ(uses("vlmevalkit").front().picture, 6u);
}

TEST(Mmmu, RefusesAMarkThatThePublishedCodeRefuses) {
  Sample sample = ChoiceSample();
  for (const char* question : {"<image 12>", "<image x>", "<image ", "<image 1"}) {
    sample.questions = {question};
    EXPECT_THROW(RecipeNamed(Subject(), "vlmevalkit").choose_pictures(sample, 6), Error) << question;
  }
}

struct ScoredCase {
  Sample sample;
  const char *answer, *extracted;
  double value;
  bool undecided;
};

void ExpectScores(std::string_view scoring, const std::vector<ScoredCase>& cases) {
  for (const ScoredCase& c : cases) {
    const SampleScore score = ScoringNamed(Subject(), scoring).score(c.sample, {.answers = {c.answer}});
    EXPECT_EQ(score.extracted, c.extracted) << scoring << ": " << c.answer;
    EXPECT_EQ(score.value, c.value) << scoring << ": " << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << scoring << ": " << c.answer;
  }
}

TEST(Mmmu, ThePapersScoringFollowsTheHandCheckedTable) {
  ExpectScores("internvl-2024-04", {{ChoiceSample(), "A", "A", 1, false},
                                    {ChoiceSample(), "A. cat", "A", 1, false},
                                    {ChoiceSample(), "Apple", "A", 1, false},
                                    {ChoiceSample("B"), "it is a dog", "B", 1, false},
                                    {ChoiceSample(), "the answer is A", "the answer is A", 0, true},
                                    {ChoiceSample(), "", "", 0, true},
                                    {OpenSample({"360"}), "The answer is 360.", "The answer is 360.", 1, false},
                                    {OpenSample({"Tampa", "Florida"}), "florida", "florida", 1, false},
                                    {OpenSample({"B"}), "about", "about", 0, false}});
}

TEST(Mmmu, TheAuthorsScoringLeavesItsGuessesToTheAggregation) {
  ExpectScores("authors", {{ChoiceSample(), "(A)", "A", 1, false},
                           {ChoiceSample(), "I prefer A over B", "B", 0, false},
                           {ChoiceSample(), "no idea", "", 0, true},
                           {OpenSample({"5"}), "5", "5", 1, false}});
}

TEST(Mmmu, VlmEvalKitTurnsOpenQuestionsIntoChoices) {
  ExpectScores("vlmevalkit-2024-04", {{OpenSample({"42"}), "it is 42", "A", 1, false},
                                      {OpenSample({"42"}), "B", "B", 0, false},
                                      {OpenSample({"42"}), "other answers", "B", 0, false},
                                      {OpenSample({"B"}), "B", "B", 1, false},
                                      {OpenSample({"42"}), "43", "", 0, true}});
  Sample listed = OpenSample({"24/7", "3.429"});
  listed.tags["answer"] = "['24/7', '3.429']";
  EXPECT_EQ(WithOpenOptions(listed).choices[0].text, "['24/7', '3.429']");
}

TEST(Mmmu, AnAnswerWithoutReferenceIsUnscored) {
  for (const Scoring& scoring : Subject().scorings) {
    Sample sample = ChoiceSample();
    sample.references.clear();
    EXPECT_EQ(scoring.score(sample, {.answers = {"A"}}).value, std::nullopt) << scoring.name;
    EXPECT_EQ(scoring.score(ChoiceSample(), {}).value, std::nullopt) << scoring.name;
  }
}

TEST(Mmmu, ReportsTheShareOfGuesses) {
  const Scoring& scoring = ScoringNamed(Subject(), "authors");
  std::vector<SampleScore> scores;
  // After seed 42 the draws among two options are A, A, B.
  for (const char* reference : {"A", "A", "A"}) {
    Sample sample = ChoiceSample(reference);
    sample.id = "validation_Art_" + std::to_string(scores.size() + 1);
    scores.push_back(scoring.score(sample, {.answers = {"no idea"}}));
  }
  scores.push_back(scoring.score(OpenSample({"5"}), {.answers = {"5"}}));
  const std::vector<Score> columns = scoring.aggregate(scores);
  EXPECT_EQ(columns[0].name, "Overall");
  EXPECT_EQ(columns[0].value, 75);
  EXPECT_EQ(columns[1].name, "answers guessed at random");
  EXPECT_EQ(columns[1].value, 75);
  std::reverse(scores.begin(), scores.end());
  EXPECT_EQ(scoring.aggregate(scores)[0].value, 75);
}

TEST(Mmmu, TheValidationSplitLeadsAMixedFile) {
  for (const Scoring& scoring : Subject().scorings) {
    Sample dev = ChoiceSample();
    dev.split = "dev";
    const std::vector<Score> columns = scoring.aggregate(
        std::vector{scoring.score(dev, {.answers = {"B"}}), scoring.score(ChoiceSample(), {.answers = {"A"}})});
    EXPECT_EQ(columns[0].name, "validation: Overall") << scoring.name;
    EXPECT_EQ(columns[0].value, 100) << scoring.name;
  }
}

TEST(Mmmu, LoadsThePublishedSampleWithPictures) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MMMU files are not on this machine";
  const std::vector<Sample> samples = LoadFrom(Subject(), kRealData / "sample_with_images");
  ASSERT_EQ(samples.size(), 5u);
  const Sample& music = samples[2];
  EXPECT_EQ(music.tags.at("category"), "Music");
  EXPECT_EQ(music.images.size(), 5u);
  for (const Sample& sample : samples) {
    for (const ImageSource& image : sample.images) EXPECT_GT(DecodeImage(ReadImageBytes(image)).width, 0);
  }
  EXPECT_EQ(RecipeNamed(Subject(), "vlmevalkit").choose_pictures(music, 6).front().picture, 0u);
}

// --- published outputs of Qwen-VL; the published overall accuracies are in expected.json ---

double PublishedOverall(const std::string& answer_file) {
  const Json expected = ReadJsonFile(kRealData / "../expected.json");
  return expected["mmmu/example_outputs/qwen_vl/total_val_output.json"]["overall"]["value"][answer_file].get<double>();
}

double RoundedOverall(const Scoring& scoring, const std::vector<SampleScore>& scores) {
  return metrics::PythonRound(*scoring.aggregate(scores)[0].value / 100, 3);
}

TEST(Mmmu, ReproducesThePublishedScoresOfParsedAnswers) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MMMU files are not on this machine";
  const Json outputs = ReadJsonFile(kRealData / "example_outputs/qwen_vl/total_val_output.json");
  const Scoring& scoring = Subject().scorings.front();
  for (const char* file : {"answer_dict_val.first_release.json", "answer_dict_val.json"}) {
    const Json answers = ReadJsonFile(kRealData / file);
    std::vector<SampleScore> scores;
    for (const auto& [id, output] : outputs.items()) {
      const Json& truth = answers[id]["ground_truth"];
      Sample sample{.id = id, .split = "validation"};
      sample.references =
          truth.is_array() ? truth.get<std::vector<std::string>>() : std::vector<std::string>{truth.get<std::string>()};
      sample.tags = {{"question_type", answers[id]["question_type"].get<std::string>()},
                     {"category", std::string(metrics::MmmuSubjectOfId(id))}};
      scores.push_back(scoring.score(sample, {.answers = {output.get<std::string>()}}));
    }
    EXPECT_EQ(scores.size(), 900u);
    EXPECT_EQ(RoundedOverall(scoring, scores), PublishedOverall(file)) << file;
  }
}

TEST(Mmmu, ReproducesThePublishedScoreOfRawAnswers) {
  if (!std::filesystem::exists(kRealData)) GTEST_SKIP() << "the published MMMU files are not on this machine";
  const Scoring& scoring = ScoringNamed(Subject(), "authors");
  std::vector<SampleScore> scores;
  for (const std::string_view subject : metrics::MmmuSubjects()) {
    const auto file = kRealData / "example_outputs/qwen_vl" / subject / "output.json";
    for (const Json& record : ReadJsonFile(file)) {
      const Json& truth = record["answer"];
      Sample sample{.id = record["id"].get<std::string>(), .split = "validation"};
      sample.references =
          truth.is_array() ? truth.get<std::vector<std::string>>() : std::vector<std::string>{truth.get<std::string>()};
      sample.tags = {{"question_type", record["question_type"].get<std::string>()}, {"category", std::string(subject)}};
      if (record.contains("all_choices")) {
        for (const Json& letter : record["all_choices"]) {
          const Json& text = record["index2ans"][letter.get<std::string>()];
          sample.choices.push_back({letter.get<std::string>(), text.get<std::string>()});
        }
      }
      scores.push_back(scoring.score(sample, {.answers = {record["response"].get<std::string>()}}));
    }
  }
  EXPECT_EQ(scores.size(), 900u);
  EXPECT_EQ(RoundedOverall(scoring, scores), PublishedOverall("answer_dict_val.json"));
}

}  // namespace
}  // namespace tessera
