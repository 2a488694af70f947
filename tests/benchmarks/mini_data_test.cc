// The embedded sample data (datasets/mini) of every benchmark.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "benchmark_access.h"
#include "datasets/image_codec.h"
#include "datasets/image_source.h"

namespace tessera {
namespace {

const std::filesystem::path kMini = std::filesystem::path(TESSERA_SOURCE_DIR) / "datasets/mini";

TEST(MiniData, HasAFewSamplesOfEveryBenchmark) {
  for (const Benchmark* benchmark : Catalog()) {
    SCOPED_TRACE(benchmark->name);
    ASSERT_TRUE(FindData(*benchmark, kMini));
    const std::size_t rows = LoadFrom(*benchmark, kMini).size();
    EXPECT_GE(rows, 12u);
    EXPECT_LE(rows, 60u);
  }
}

TEST(MiniData, EveryPictureDecodes) {
  for (const Benchmark* benchmark : Catalog()) {
    for (const Sample& sample : LoadFrom(*benchmark, kMini)) {
      EXPECT_FALSE(sample.images.empty()) << benchmark->name << " " << sample.id;
      for (const ImageSource& source : sample.images) {
        EXPECT_NO_THROW(DecodeImage(ReadImageBytes(source))) << benchmark->name << ": " << ImageSourceName(source);
      }
    }
  }
}

TEST(MiniData, TheReferenceItselfIsARightAnswer) {
  for (const Benchmark* benchmark : Catalog()) {
    const Scoring& scoring = benchmark->scorings.front();
    if (scoring.ask_judge) continue;
    for (const Sample& sample : LoadFrom(*benchmark, kMini)) {
      SCOPED_TRACE(std::string(benchmark->name) + " " + sample.id);
      ASSERT_FALSE(sample.references.empty());
      const auto value = scoring.score(sample, {.answers = {sample.references.front()}}).value;
      ASSERT_TRUE(value);
      EXPECT_GT(*value, 0.89);  // three of TextVQA's ten people are worth 0.9
    }
  }
}

TEST(MiniData, CircularQuestionsHaveAllRotationsWithTheSameRightOption) {
  constexpr int kRotation = 1'000'000;
  for (const char* name : {"mmbench-en", "mmbench-cn", "ccbench"}) {
    std::map<int, std::vector<std::string>> letters;  // by question
    std::map<int, std::set<std::string>> right_options;
    for (const Sample& sample : LoadFrom(FindBenchmark(name), kMini)) {
      const int question = std::stoi(sample.id) % kRotation;
      letters[question].push_back(sample.references.at(0));
      for (const Choice& choice : sample.choices) {
        if (choice.letter == sample.references.at(0)) right_options[question].insert(choice.text);
      }
    }
    for (const auto& [question, of_rotations] : letters) {
      SCOPED_TRACE(std::string(name) + " " + std::to_string(question));
      EXPECT_EQ(std::set(of_rotations.begin(), of_rotations.end()), (std::set<std::string>{"A", "B", "C", "D"}));
      EXPECT_EQ(right_options[question].size(), 1u);
    }
  }
}

}  // namespace
}  // namespace tessera
