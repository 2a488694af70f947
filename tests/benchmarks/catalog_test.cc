#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "benchmarks/benchmark.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Catalog, EntriesAreComplete) {
  std::set<std::string_view> names;
  for (const Benchmark* benchmark : Catalog()) {
    SCOPED_TRACE(benchmark->name);
    EXPECT_TRUE(names.insert(benchmark->name).second);
    EXPECT_FALSE(benchmark->title.empty() || benchmark->about.empty() || benchmark->paper.empty());
    ASSERT_FALSE(benchmark->data.empty() || benchmark->recipes.empty() || benchmark->scorings.empty());
    EXPECT_EQ(benchmark->recipes.front().name, "paper");
    for (const DataSource& source : benchmark->data) {
      EXPECT_TRUE(source.load != nullptr && !source.files.empty() && !source.split.empty() && !source.format.empty());
      EXPECT_EQ(source.submission != nullptr, !source.submission_file.empty());
      EXPECT_TRUE(source.md5.empty() || (source.md5.size() == 32 && source.files.size() == 1));
    }
    for (const Recipe& recipe : benchmark->recipes) {
      EXPECT_TRUE(recipe.make_prompt != nullptr && !recipe.source.empty() && !recipe.system_message.empty());
      EXPECT_TRUE(recipe.max_tiles > 0 && recipe.max_new_tokens > 0);
    }
    for (const Scoring& scoring : benchmark->scorings) {
      EXPECT_TRUE(scoring.score != nullptr && scoring.aggregate != nullptr && !scoring.source.empty());
      ASSERT_FALSE(scoring.aggregate({}).empty());  // a run without scores still has its headline
      EXPECT_EQ(scoring.aggregate({}).front().value, std::nullopt);
    }
    for (const PaperValue& paper : benchmark->paper) EXPECT_FALSE(paper.source.empty() || paper.split.empty());
  }
}

TEST(FindBenchmark, SuggestsTheNearestName) {
  EXPECT_EQ(FindBenchmark("chartqa").title, "ChartQA");
  try {
    FindBenchmark("chartqq");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("did you mean \"chartqa\"?"));
  }
  try {
    FindBenchmark("something else");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("; there are "), HasSubstr("chartqa"), HasSubstr("mmbench-cn")));
  }
}

TEST(FindData, LooksInTheFolderAndInThoseOfBenchmarkAndFamily) {
  for (const char* sub_folder : {"", "mmbench-cn", "mmbench"}) {
    const TempFolder folder;
    EXPECT_FALSE(FindData(FindBenchmark("mmbench-cn"), folder.path()).has_value());
    folder.Write(std::filesystem::path(sub_folder) / "MMBench_DEV_CN.tsv", "");
    const auto found = FindData(FindBenchmark("mmbench-cn"), folder.path());
    ASSERT_TRUE(found.has_value()) << sub_folder;
    EXPECT_EQ(found->source->split, "dev");
    EXPECT_TRUE(std::filesystem::equivalent(found->folder, folder.path() / sub_folder));
  }
}

TEST(FindData, TakesTheFirstCompleteSource) {
  const TempFolder folder;
  folder.Write("test_augmented.jsonl", "");
  EXPECT_EQ(FindData(FindBenchmark("chartqa"), folder.path())->source->split, "test_augmented");
  folder.Write("chartqa/ChartQA_TEST.tsv", "");
  EXPECT_EQ(FindData(FindBenchmark("chartqa"), folder.path())->source->format, "vlmevalkit");
  folder.Write("test_human.jsonl", "");
  EXPECT_EQ(FindData(FindBenchmark("chartqa"), folder.path())->source->format, "official");
}

}  // namespace
}  // namespace tessera
