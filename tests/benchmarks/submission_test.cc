#include "benchmarks/submission.h"

#include <gtest/gtest.h>

#include <vector>

#include "benchmark_access.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

TEST(DocVqaSubmission, IsAnArrayInTheOrderOfTheIds) {
  const Sample first{.id = "7"}, second{.id = "12"};
  const std::vector<SubmissionAnswer> answers = {{&second, "\"2\"\n北京"}, {&first, ""}};
  EXPECT_EQ(DocVqaSubmission(answers),
            "[{\"questionId\":7,\"answer\":\"\"},{\"questionId\":12,\"answer\":\"\\\"2\\\"\\n北京\"}]\n");
  EXPECT_EQ(DocVqaSubmission({}), "[]\n");
}

TEST(DocVqaSubmission, ReplacesIllFormedText) {
  const Sample sample{.id = "7"};
  EXPECT_EQ(DocVqaSubmission(std::vector<SubmissionAnswer>{{&sample, "a\xff"}}),
            "[{\"questionId\":7,\"answer\":\"a\ufffd\"}]\n");
}

TEST(DocVqaSubmission, RefusesIdsThatTheServerDoesNotKnow) {
  for (const char* id : {"", "seven", "7.0", "7 ", "99999999999999999999"}) {
    const Sample sample{.id = id};
    EXPECT_THROW(DocVqaSubmission(std::vector<SubmissionAnswer>{{&sample, "x"}}), Error) << id;
  }
  const Sample sample{.id = "7"};
  EXPECT_THROW(DocVqaSubmission(std::vector<SubmissionAnswer>{{&sample, "x"}, {&sample, "x"}}), Error);
}

TEST(Submission, IsForTheTestSplitsOfTheRobustReadingCompetition) {
  for (const char* name : {"docvqa", "infovqa"}) {
    for (const DataSource& source : FindBenchmark(name).data) {
      EXPECT_EQ(source.submission != nullptr, source.split == "test" && source.format == "official") << name;
    }
  }
}

}  // namespace
}  // namespace tessera
