#include "harness/workers/worker_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Variables = std::map<std::string, std::string>;

WorkerPlace Find(const Variables& variables) {
  return FindWorkerPlace([&variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string ErrorFor(const Variables& variables) {
  return ErrorOf(ErrorKind::kUsage, [&] { Find(variables); });
}

TEST(WorkerPlace, NoLauncherIsARunOfOneProcess) {
  EXPECT_EQ(Find({}).size, 1);
  EXPECT_EQ(Find({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).size, 1);
  EXPECT_EQ(Find({{"MASTER_ADDR", "node0"}}).size, 1);
}

TEST(WorkerPlace, ReadsTorchrunsNames) {
  const WorkerPlace place = Find(
      {{"RANK", "3"}, {"WORLD_SIZE", "8"}, {"LOCAL_RANK", "1"}, {"MASTER_ADDR", "node0"}, {"MASTER_PORT", "1234"}});
  EXPECT_EQ(place.rank, 3);
  EXPECT_EQ(place.size, 8);
  EXPECT_EQ(place.local_rank, 1);
  EXPECT_EQ(place.host, "node0");
  EXPECT_EQ(place.port, 1234);
  EXPECT_FALSE(place.is_store_hosted);
}

TEST(WorkerPlace, UsesTheStoreThatTorchrunHostsApartFromEarlierStartsInIt) {
  const WorkerPlace place = Find({{"RANK", "0"},
                                  {"WORLD_SIZE", "2"},
                                  {"MASTER_ADDR", "node0"},
                                  {"TORCHELASTIC_RUN_ID", "job"},
                                  {"TORCHELASTIC_RESTART_COUNT", "2"},
                                  {"TORCHELASTIC_USE_AGENT_STORE", "True"}});
  EXPECT_TRUE(place.is_store_hosted);
  EXPECT_EQ(place.key_prefix, "job/2/");
}

TEST(WorkerPlace, ReadsMpirunsNamesAndKnowsThatAllAreOnOneMachine) {
  const WorkerPlace place = Find({{"OMPI_COMM_WORLD_RANK", "1"},
                                  {"OMPI_COMM_WORLD_SIZE", "4"},
                                  {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                                  {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.size, 4);
  EXPECT_EQ(place.host, "127.0.0.1");
  EXPECT_EQ(place.port, 29500);
  EXPECT_EQ(Find({{"PMI_RANK", "2"}, {"PMI_SIZE", "3"}, {"MASTER_ADDR", "n"}}).rank, 2);
}

TEST(WorkerPlace, AsksForMasterAddrWhereItCannotBeKnown) {
  EXPECT_THAT(ErrorFor({{"RANK", "1"}, {"WORLD_SIZE", "4"}}),
              AllOf(HasSubstr("MASTER_ADDR is missing"), HasSubstr("RANK=1 WORLD_SIZE=4")));
  EXPECT_THAT(
      ErrorFor({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}}),
      HasSubstr("MASTER_ADDR"));
}

TEST(WorkerPlace, SlurmCountsOnlyInsideAStepOfSeveralTasks) {
  Variables variables = {{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "4"}, {"SLURM_LOCALID", "1"}, {"MASTER_ADDR", "n0"}};
  EXPECT_EQ(Find(variables).size, 1);  // a job script
  variables["SLURM_STEP_ID"] = "0";
  EXPECT_EQ(Find(variables).rank, 1);
  EXPECT_EQ(Find(variables).size, 4);
  variables.erase("MASTER_ADDR");
  EXPECT_THAT(ErrorFor(variables), HasSubstr("SLURM_PROCID=1"));
  variables["SLURM_STEP_NUM_NODES"] = "1";
  EXPECT_EQ(Find(variables).host, "127.0.0.1");
  variables["SLURM_NTASKS"] = "1";
  EXPECT_EQ(Find(variables).size, 1);
}

TEST(WorkerPlace, ContradictionsNameTheVariables) {
  Variables variables = {{"RANK", "0"},
                         {"WORLD_SIZE", "2"},
                         {"OMPI_COMM_WORLD_RANK", "1"},
                         {"OMPI_COMM_WORLD_SIZE", "2"},
                         {"MASTER_ADDR", "n"}};
  EXPECT_THAT(ErrorFor(variables), HasSubstr("RANK=0 WORLD_SIZE=2 contradicts OMPI_COMM_WORLD_RANK=1"));
  variables["TORCHELASTIC_RUN_ID"] = "job";  // one torchrun per machine, started by mpirun
  EXPECT_EQ(Find(variables).rank, 0);
}

TEST(WorkerPlace, SlurmsVariablesUnderMpirunAreThoseOfItsDaemon) {
  EXPECT_EQ(Find({{"OMPI_COMM_WORLD_RANK", "5"},
                  {"OMPI_COMM_WORLD_SIZE", "8"},
                  {"SLURM_STEP_ID", "0"},
                  {"SLURM_PROCID", "1"},
                  {"SLURM_NTASKS", "2"},
                  {"MASTER_ADDR", "n"}})
                .rank,
            5);
}

TEST(WorkerPlace, NonsenseIsAUsageErrorThatNamesTheVariable) {
  EXPECT_THAT(ErrorFor({{"RANK", "0"}}), HasSubstr("WORLD_SIZE is not"));
  EXPECT_THAT(ErrorFor({{"WORLD_SIZE", "2"}}), HasSubstr("RANK is not"));
  EXPECT_THAT(ErrorFor({{"RANK", "2"}, {"WORLD_SIZE", "2"}}), HasSubstr("below the size"));
  EXPECT_THAT(ErrorFor({{"RANK", "-1"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK=-1"));
  EXPECT_THAT(ErrorFor({{"RANK", "1x"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK=1x"));
  EXPECT_THAT(ErrorFor({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "n"}, {"MASTER_PORT", "70000"}}),
              HasSubstr("MASTER_PORT=70000"));
}

}  // namespace
}  // namespace tessera
