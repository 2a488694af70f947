#include "benchmarks/answer_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr AnswerFile kLayout = {
    .records = "data", .id = "questionId", .read = [](const JsonFields& record, Sample& sample) {
      sample.references = Texts(record, "answers");
    }};

TEST(JoinAnswers, GivesEachSampleItsRecord) {
  const TempFolder folder;
  const auto file = folder.Write("a.json", R"({"data": [{"questionId": 2, "answers": ["x", "y"]},
                                                        {"questionId": 1, "answers": []}]})");
  std::vector<Sample> samples = {{.id = "1", .references = {"old"}}, {.id = "2"}};
  JoinAnswers(file, kLayout, samples);
  EXPECT_TRUE(samples[0].references.empty());
  EXPECT_THAT(samples[1].references, ElementsAre("x", "y"));
}

TEST(JoinAnswers, SaysWhatIsWrongAndWhere) {
  const TempFolder folder;
  struct Case {
    const char *content, *message;
  };
  for (const Case& c : {Case{"[]", "a.json: expected an object"},
                        {R"({"data": {}})", "a.json: data: expected an array"},
                        {R"({"data": [1]})", "a.json: data[0]: expected an object"},
                        {R"({"data": [{"questionId": "1", "answers": []}]})", "a.json: data[0].questionId: expected"},
                        {R"({"data": [{"questionId": 1}]})", "a.json: data[0].answers: expected an array"},
                        {R"({"data": [{"questionId": 1, "answers": [7]}]})", "found one with the number 7"},
                        {R"({"data": [{"questionId": 3, "answers": []}]})", "data[0].questionId: expected the id"},
                        {R"({"data": [{"questionId": 1, "answers": []}, {"questionId": 1, "answers": []}]})",
                         "data[1].questionId: expected the id of a question, each once, found 1"},
                        {R"({"data": [{"questionId": 1, "answers": []}]})", "found none for 1 of them (2 ...)"}}) {
    const auto file = folder.Write("a.json", c.content);
    std::vector<Sample> samples = {{.id = "1"}, {.id = "2"}};
    try {
      JoinAnswers(file, kLayout, samples);
      FAIL() << c.content;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      EXPECT_THAT(error.what(), HasSubstr(c.message));
    }
  }
}

}  // namespace
}  // namespace tessera
