#include "harness/runner/interrupt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace tessera {
namespace {

TEST(Interrupt, FirstSignalSetsTheFlagAndTheSecondEndsTheProcessWith130) {
  EXPECT_EXIT(
      {
        const std::atomic<bool>& interrupted = WatchForInterrupt();
        if (interrupted) std::exit(1);
        ::raise(SIGINT);
        if (!interrupted) std::exit(2);
        ::raise(SIGTERM);
        std::exit(3);
      },
      testing::ExitedWithCode(130), "");
}

TEST(Interrupt, AStepThatDoesNotEndIsEnded) {
  EXPECT_EXIT(
      {
        WatchForInterrupt();
        ::raise(SIGINT);
        for (;;) ::pause();
      },
      testing::ExitedWithCode(130), "interrupted in the middle of a step");
}

}  // namespace
}  // namespace tessera
