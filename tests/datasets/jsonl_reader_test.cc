#include "datasets/jsonl_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JsonlReader : public testing::Test {
 protected:
  std::vector<Sample> Read(std::string_view content) const {
    return ReadJsonl(folder_.Write("x.jsonl", content), {}, folder_.path());
  }

  std::string Failure(std::string_view content) const {
    try {
      Read(content);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path ImageOf(std::string_view path) const {
    const auto samples = Read(R"({"question_id": 1, "question": "q", "image": ")" + std::string(path) + "\"}");
    return samples.at(0).images.at(0).file.lexically_relative(folder_.path());
  }

  TempFolder folder_;
};

TEST_F(JsonlReader, ReadsIdsQuestionsAndAnswers) {
  const auto samples =
      Read(R"({"question_id": 7, "image": "a.png", "question": " How many? ", "answer": "14", "extra": [1]}

{"question_id": "b", "image": "a.png", "question": "中", "answer": ["x", "y"]})"
           "\r\n"
           R"({"question_id": 9, "image": "a.png", "question": "?", "answer": null})");
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].id, "7");
  EXPECT_THAT(samples[0].questions, ElementsAre(" How many? "));
  EXPECT_THAT(samples[0].references, ElementsAre("14"));
  EXPECT_EQ(samples[1].id, "b");
  EXPECT_THAT(samples[1].references, ElementsAre("x", "y"));
  EXPECT_THAT(samples[2].references, IsEmpty());
}

TEST_F(JsonlReader, FindsPicturesWithoutTheLeadingFolders) {
  folder_.Write("ChartQA Dataset/test/one.png", "");
  folder_.Write("chartqa/two.png", "");
  folder_.Write("data/chartqa/three.png", "");
  EXPECT_EQ(ImageOf("data/chartqa/ChartQA Dataset/test/one.png"), "ChartQA Dataset/test/one.png");
  EXPECT_EQ(ImageOf("data/chartqa/two.png"), "chartqa/two.png");
  EXPECT_EQ(ImageOf("data/chartqa/three.png"), "data/chartqa/three.png");
}

TEST_F(JsonlReader, KeepsAPictureThatIsNowhere) { EXPECT_EQ(ImageOf("data/chartqa/x.png"), "data/chartqa/x.png"); }

TEST_F(JsonlReader, RefusesPicturesOutsideTheFolder) {
  for (const char* path : {"/etc/hostname", "a/../../b.png", "..", ""}) {
    EXPECT_THAT(Failure(R"({"question_id": 1, "question": "q", "image": ")" + std::string(path) + "\"}"),
                HasSubstr("x.jsonl:1: field \"image\": expected a relative path"))
        << path;
  }
}

TEST_F(JsonlReader, NamesFileLineFieldAndBothSides) {
  const std::string good = R"({"question_id": 1, "image": "a.png", "question": "q", "answer": "a"})";
  EXPECT_THAT(Failure(good + "\n" + R"({"question_id": 2, "image": "a.png", "question": 5})"),
              HasSubstr("x.jsonl:2: field \"question\": expected a string, found the number 5"));
  EXPECT_THAT(
      Failure(R"({"question_id": 1, "image": "a.png", "question": "q", "answer": ["a", 3]})"),
      HasSubstr("field \"answer\": expected a string or an array of strings, found an array with the number 3"));
  EXPECT_THAT(Failure(R"({"question_id": 1, "image": "a.png", "question": "q", "answer": 14})"),
              HasSubstr("field \"answer\": expected a string or an array of strings, found the number 14"));
  EXPECT_THAT(Failure(R"({"question_id": 1.5, "image": "a.png", "question": "q"})"),
              HasSubstr("field \"question_id\""));
  EXPECT_THAT(Failure(R"({"image": "a.png", "question": "q"})"),
              HasSubstr("field \"question_id\": expected an integer or a string, found nothing"));
  EXPECT_THAT(Failure(good + "\n" + good),
              HasSubstr("x.jsonl:2: field \"question_id\": expected a new id, found that of line 1"));
  EXPECT_THAT(Failure("[1]"), HasSubstr("x.jsonl:1: expected an object, found an array of 1"));
  EXPECT_THAT(Failure(good.substr(0, 30)), HasSubstr("x.jsonl:1: not valid JSON"));
  EXPECT_THAT(Failure("{\"question_id\": \"\xFF\"}"), HasSubstr("x.jsonl:1: not valid JSON"));
  EXPECT_THAT(Failure(std::string(200'000, '[')), HasSubstr("x.jsonl:1: not valid JSON"));
}

TEST_F(JsonlReader, TellsOfAMissingFile) { EXPECT_THROW(ReadJsonl("missing.jsonl", {}, folder_.path()), Error); }

TEST_F(JsonlReader, ReadsSeveralPicturesOfALine) {
  const auto samples = Read(R"({"question_id": 1, "question": "q", "image": ["a.png", "b/c.png"]})");
  ASSERT_EQ(samples[0].images.size(), 2u);
  EXPECT_EQ(samples[0].images[1].file, folder_.path() / "b/c.png");
  EXPECT_THAT(Failure(R"({"question_id": 1, "question": "q", "image": []})"), HasSubstr("found an empty array"));
  EXPECT_THAT(Failure(R"({"question_id": 1, "question": "q", "image": ["../a.png"]})"),
              HasSubstr("inside the data folder"));
}

TEST_F(JsonlReader, ReadsChoicesAndATagWhereTheColumnsNameThem) {
  const auto read = [&](const std::string& choices) {
    const std::string line =
        R"({"question_id": 1, "question": "q", "image": "a.png", "kind": "x", "options": )" + choices + "}";
    return ReadJsonl(folder_.Write("x.jsonl", line), {.choices = "options", .tag = "kind"}, folder_.path()).at(0);
  };
  const Sample array = read(R"(["one", "two"])");
  EXPECT_EQ(array.choices.at(1).letter, "B");
  EXPECT_EQ(array.choices.at(1).text, "two");
  EXPECT_EQ(array.tags.at("kind"), "x");
  const Sample object = read(R"({"A": "one", "C": "three"})");
  EXPECT_EQ(object.choices.at(1).letter, "C");
  for (const char* wrong : {"[]", "7", "[1]", R"({"AB": "x"})", R"({"a": "x"})", "null"}) {
    EXPECT_THROW(read(wrong), Error) << wrong;
  }
}

}  // namespace
}  // namespace tessera
