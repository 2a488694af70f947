#include "harness/journal/run_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunRecord FullRecord() {
  return {.tool = {.version = "0.1.0", .git_revision = "abc"},
          .model = {.backend = "native",
                    .name = "nano",
                    .requested_precision = "auto",
                    .requested_device = "cpu",
                    .threads = 2,
                    .files = {{"config.json", 10, "aa"}},
                    .precision = "bfloat16",
                    .device = "cpu",
                    .note = "random"},
          .limit = 5,
          .ids = {"1", "2"},
          .benchmarks = {{.name = "fake",
                          .split = "test",
                          .format = "official",
                          .data = {{"fake.txt", 100, "bb"}},
                          .recipe = {.name = "paper",
                                     .source = "nowhere",
                                     .system_message = "书生",
                                     .max_tiles = 12,
                                     .max_new_tokens = 100,
                                     .min_new_tokens = 1},
                          .scoring = "exact",
                          .samples = 5,
                          .deviations = {"5 of 10 samples"}}},
          .machine = {.cpu = "a cpu", .cores = 2, .memory_bytes = 1 << 30},
          .checkpoint_folder = "nano",
          .data_folder = "data",
          .started_at = "2026-01-01T00:00:00Z"};
}

TEST(RunRecord, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  folder.Write("run.json", ToJsonText(FullRecord()));
  EXPECT_EQ(ToJsonText(ReadRunRecord(folder.path())), ToJsonText(FullRecord()));
}

TEST(RunRecord, BrokenFilesAreInputErrorsThatSayWhere) {
  const TempFolder folder;
  const auto error_of = [&folder](const std::string& text) {
    folder.Write("run.json", text);
    return ErrorOf(ErrorKind::kInput, [&] { ReadRunRecord(folder.path()); });
  };
  Json json = Json::parse(ToJsonText(FullRecord()));
  json["schema_version"] = 2;
  EXPECT_THAT(error_of(json.dump()), HasSubstr("schema_version: expected 1, found 2"));
  json = Json::parse(ToJsonText(FullRecord()));
  json["benchmarks"][0]["recipe"].erase("max_tiles");
  EXPECT_THAT(error_of(json.dump()), HasSubstr("benchmarks.recipe.max_tiles"));
  json = Json::parse(ToJsonText(FullRecord()));
  json["benchmarks"].push_back(json["benchmarks"][0]);
  EXPECT_THAT(error_of(json.dump()), HasSubstr("twice"));
  EXPECT_THAT(error_of("{"), HasSubstr("run.json"));
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadRunRecord(folder.path() / "none"); }), HasSubstr("run.json"));
}

TEST(RunRecord, HasNoKeyForWeightsAsStored) {
  RunRecord record = FullRecord();
  EXPECT_FALSE(Json::parse(ToJsonText(record))["model"].contains("weights"));
  record.model.weights = "int8";
  EXPECT_EQ(ParseRunRecord(ToJsonText(record), "run.json").model.weights, "int8");
}

TEST(SettingsSha256, ChangesWithWeightsInInt8Only) {
  const std::string stored = SettingsSha256(FullRecord());
  RunRecord record = FullRecord();
  record.model.weights = "stored";
  EXPECT_EQ(SettingsSha256(record), stored);
  record.model.weights = "int8";
  EXPECT_NE(SettingsSha256(record), stored);
}

TEST(DifferingSettings, NamesEachWithBothValues) {
  RunRecord changed = FullRecord();
  changed.benchmarks[0].recipe.max_tiles = 6;
  changed.model.files[0].sha256 = "cc";
  EXPECT_THAT(DifferingSettings(FullRecord(), changed),
              ElementsAre("benchmarks.0.recipe.max_tiles: 12 -> 6", "model.files.0.sha256: \"aa\" -> \"cc\""));
}

TEST(DifferingSettings, NamesWhatOnlyOneSideHas) {
  RunRecord changed = FullRecord();
  changed.ids = {"1"};
  EXPECT_THAT(DifferingSettings(FullRecord(), changed), ElementsAre("ids.1: \"2\" -> nothing"));
}

TEST(DifferingSettings, LeavesOutFoldersMachineAndTime) {
  RunRecord moved = FullRecord();
  moved.data_folder = "elsewhere";
  moved.checkpoint_folder = "elsewhere";
  moved.machine.cpu = "another";
  moved.started_at = "later";
  EXPECT_THAT(DifferingSettings(FullRecord(), moved), IsEmpty());
}

}  // namespace
}  // namespace tessera
