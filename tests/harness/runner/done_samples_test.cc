#include "harness/runner/done_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/journal/reader.h"
#include "harness/journal/run_record.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DoneSamplesTest : public testing::Test {
 protected:
  DoneSamplesTest() {
    WriteData(data_, "fake.txt", {"1|a.png|say yes|yes", "2|b.png|say no;say yes|yes", "3||say yes|yes"});
    Run();
  }

  void Run(std::vector<std::string>* notices = nullptr) const {
    RunBenchmarks({&FakeBenchmark()}, FakeSettings(data_, work_.path()), FakeHooks(notices));
  }
  DoneSamples Find(const std::vector<SampleRecord>& records) const {
    const Plan plan = MakePlan({&FakeBenchmark()}, {.data_folder = data_.path()});
    return FindDoneSamples(plan, records, SettingsSha256(ReadRunRecord(work_.path())), HashPictures(plan));
  }
  std::vector<SampleRecord> Records() const { return ReadJournal(work_.path()).samples; }

  TempFolder data_;
  TempFolder work_;
};

TEST_F(DoneSamplesTest, AnsweredSamplesAreDone) {
  const DoneSamples done = Find(Records());
  EXPECT_EQ(done.keys.size(), 3u);
  EXPECT_THAT(done.outdated, IsEmpty());
}

TEST_F(DoneSamplesTest, FailedOnesAreNeitherDoneNorOutdated) {
  std::vector<SampleRecord> records = Records();
  records[0].failure = Failure{};
  EXPECT_EQ(Find(records).keys.size(), 2u);
  EXPECT_THAT(Find(records).outdated, IsEmpty());
}

TEST_F(DoneSamplesTest, AnAnswerToAnotherPromptIsOutdated) {
  std::vector<SampleRecord> records = Records();
  records[1].prompt.turns[1].text += "!";  // history counts
  records[2].prompt.turns.back().text += "!";
  EXPECT_THAT(Find(records).outdated,
              ElementsAre("fake, sample \"2\" (test): other prompt", "fake, sample \"3\" (test): other prompt"));
}

TEST_F(DoneSamplesTest, AnAnswerUnderOtherSettingsIsOutdated) {
  std::vector<SampleRecord> records = Records();
  records[0].settings_sha256 = "another";
  EXPECT_THAT(Find(records).outdated, ElementsAre("fake, sample \"1\" (test): other settings"));
}

TEST_F(DoneSamplesTest, AChangedPictureIsAskedAboutAgainAndTheUserIsTold) {
  std::filesystem::copy_file(data_.path() / "d.png", data_.path() / "a.png",
                             std::filesystem::copy_options::overwrite_existing);
  const std::string before = Records()[0].pictures.at(0).sha256;
  std::vector<std::string> notices;
  Run(&notices);
  EXPECT_THAT(notices, Contains(HasSubstr("asked again: fake, sample \"1\" (test): other pictures")));
  const std::vector<SampleRecord> records = Records();
  EXPECT_NE(records[0].pictures.at(0).sha256, before);
  EXPECT_EQ(records[0].start, 2);
  EXPECT_EQ(records[1].start, 1);
}

TEST(OutdatedText, NamesThreeAndCountsAll) {
  EXPECT_EQ(OutdatedText({}), std::nullopt);
  EXPECT_THAT(*OutdatedText({"a", "b", "c", "d"}), HasSubstr("4 answers"));
  EXPECT_THAT(*OutdatedText({"a", "b", "c", "d"}), testing::EndsWith("a; b; c ..."));
}

}  // namespace
}  // namespace tessera
