#include "harness/backends/replay_backend.h"

#include <gtest/gtest.h>

#include "harness/journal/writer.h"
#include "model/api/generate_all.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

Outcome Ask(ReplayBackend& backend, const Query& query) { return GenerateAll(backend, {&query, 1}).at(0); }

TEST(ReplayBackend, AnswersById) {
  const TempFolder folder;
  ReplayBackend backend(folder.Write("a.json", R"({"1": "one"})"));
  EXPECT_FALSE(backend.Info().wants_pictures);
  EXPECT_EQ(std::get<Prediction>(Ask(backend, {.sample_id = "1", .sample_key = "b\ts\t1"})).answer, "one");
  EXPECT_EQ(std::get<Failure>(Ask(backend, {.sample_id = "2"})).message, "no stored answer");
}

TEST(ReplayBackend, AnswersTheTurnsOfARunFolderByBenchmarkSplitAndId) {
  const TempFolder folder;
  {
    JournalWriter writer(folder.path());
    writer.Append(
        {.benchmark = "b", .sample = {.id = "1", .split = "s", .questions = {"?", "?"}}, .answers = {"one", "two"}});
  }
  ReplayBackend backend(folder.path());
  Query query{.sample_id = "1", .sample_key = "b\ts\t1", .prompt = {.turns = {{Role::kUser, "?"}}}};
  EXPECT_EQ(std::get<Prediction>(Ask(backend, query)).answer, "one");
  query.prompt.turns.push_back({Role::kAssistant, "one"});
  query.prompt.turns.push_back({Role::kUser, "?"});
  EXPECT_EQ(std::get<Prediction>(Ask(backend, query)).answer, "two");
  query.prompt.turns.push_back({Role::kAssistant, "two"});
  EXPECT_EQ(std::get<Failure>(Ask(backend, query)).message, "no stored answer to turn 3");
  query.sample_key = "other\ts\t1";
  EXPECT_EQ(std::get<Failure>(Ask(backend, query)).message, "no stored answer");
}

}  // namespace
}  // namespace tessera
