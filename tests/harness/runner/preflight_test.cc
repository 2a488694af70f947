#include "harness/runner/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/journal/writer.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PreflightTest : public testing::Test {
 protected:
  PreflightTest() {
    WriteData(data_, "fake.txt", {"1|a.png|say yes|yes", "2|gone.png|say no|yes", "3|gone.png|say yes|yes", "4||?|a"});
  }
  Plan MakeFakePlan() const { return MakePlan({&FakeBenchmark()}, {.data_folder = data_.path()}); }

  TempFolder data_;
  TempFolder work_;
};

TEST_F(PreflightTest, MissingPictureFilesAreListedOnce) {
  EXPECT_THAT(MissingPictureFiles(MakeFakePlan().groups), ElementsAre(data_.path() / "gone.png"));
}

TEST_F(PreflightTest, TextCountsAllAndShowsTheFirst) {
  EXPECT_FALSE(MissingPicturesText({}));
  EXPECT_EQ(MissingPicturesText({"a", "b", "c", "d"}),
            "4 picture files are not there; their samples will be unscored: a, b, c ...");
}

TEST_F(PreflightTest, RunWarnsBeforeItStarts) {
  std::vector<std::string> notices;
  RunHooks hooks = FakeHooks(&notices);
  hooks.make_backend = [&notices](const BackendSettings&) {
    notices.push_back("the model is loaded");
    return std::make_unique<FakeBackend>();
  };
  RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "run"), hooks);
  EXPECT_THAT(notices, ElementsAre(AllOf(HasSubstr("1 picture files are not there"), HasSubstr("gone.png")),
                                   "the model is loaded"));
}

TEST_F(PreflightTest, StoredAnswersNeedNoPictures) {
  const std::filesystem::path answers = work_.Write("answers.json", R"({"1": "yes"})");
  RunSettings settings = FakeSettings(data_, work_.path() / "run");
  settings.backend.name = "replay";
  settings.backend.answers = answers;
  settings.plan.answers_file = answers;
  std::vector<std::string> notices;
  RunBenchmarks({&FakeBenchmark()}, settings, FakeHooks(&notices));
  EXPECT_THAT(notices, Not(Contains(HasSubstr("not there"))));
}

TEST_F(PreflightTest, EstimateCoversWhatARunWrites) {
  const Plan plan = MakeFakePlan();
  const std::filesystem::path run = work_.path() / "run";
  RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, run), FakeHooks());
  const std::uintmax_t written =
      std::filesystem::file_size(JournalPath(run)) + std::filesystem::file_size(run / "scores.json");
  EXPECT_GE(RunFolderBytes(plan, plan.groups), written);
  EXPECT_LE(RunFolderBytes(plan, plan.groups), 10 * written);
}

TEST_F(PreflightTest, EstimateGrowsWithTheTokensOfEveryTurn) {
  Plan plan = MakeFakePlan();
  const std::uint64_t before = RunFolderBytes(plan, plan.groups);
  plan.benchmarks[0].recipe.max_new_tokens += 1000;
  EXPECT_GE(RunFolderBytes(plan, plan.groups), before + 4 * 1000 * 4);
  EXPECT_EQ(RunFolderBytes(plan, {}), 0u);
}

TEST_F(PreflightTest, FullDiskIsAnEnvironmentErrorWithBothSides) {
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { CheckRunFolder(work_.path(), std::uint64_t{1} << 62); }),
              AllOf(HasSubstr("may need 4611686018427 MB"), HasSubstr("MB free")));
  EXPECT_NO_THROW(CheckRunFolder(work_.path(), 1));
}

TEST_F(PreflightTest, FolderWithoutWritePermissionIsAnEnvironmentError) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::permissions(work_.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { CheckRunFolder(work_.path(), 1); }),
              HasSubstr("cannot be written"));
  std::filesystem::permissions(work_.path(), std::filesystem::perms::owner_all);
}

TEST_F(PreflightTest, UnreadableDataFileStopsTheRunBeforeTheModelIsLoaded) {
  std::filesystem::remove(data_.path() / "fake.txt");
  std::filesystem::create_directory(data_.path() / "fake.txt");
  RunHooks hooks = FakeHooks();
  hooks.make_backend = [](const BackendSettings&) -> std::unique_ptr<Backend> { throw UsageError("loaded"); };
  EXPECT_THAT(ErrorOf(ErrorKind::kInput,
                      [&] { RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path() / "run"), hooks); }),
              HasSubstr("data"));
}

}  // namespace
}  // namespace tessera
