#include "harness/http/request_limiter.h"

#include <gtest/gtest.h>

#include <optional>

namespace tessera {
namespace {

void Pass(RequestLimiter* limiter) { const RequestLimiter::Place place(limiter); }

TEST(RequestLimiter, ThrottlingHalvesOnceForAllThatWereUnderWay) {
  RequestLimiter limiter(8);
  {
    RequestLimiter::Place first(&limiter);
    RequestLimiter::Place second(&limiter);
    first.MarkThrottled();
    second.MarkThrottled();
  }
  EXPECT_EQ(limiter.limit(), 4);
}

TEST(RequestLimiter, NeverGoesBelowOne) {
  RequestLimiter limiter(2);
  for (int i = 0; i < 3; ++i) {
    RequestLimiter::Place place(&limiter);
    place.MarkThrottled();
  }
  EXPECT_EQ(limiter.limit(), 1);
}

TEST(RequestLimiter, GrowsByOneAfterAsManyRequestsAsThereArePlaces) {
  RequestLimiter limiter(4);
  {
    RequestLimiter::Place place(&limiter);
    place.MarkThrottled();
  }
  Pass(&limiter);
  EXPECT_EQ(limiter.limit(), 2);
  Pass(&limiter);
  EXPECT_EQ(limiter.limit(), 3);
  for (int i = 0; i < 20; ++i) Pass(&limiter);
  EXPECT_EQ(limiter.limit(), 4);
}

}  // namespace
}  // namespace tessera
