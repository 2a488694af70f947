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

void PassIn(RequestLimiter* limiter, double seconds, int times) {
  for (int i = 0; i < times; ++i) RequestLimiter::Place(limiter).SetLatency(seconds);
}

TEST(RequestLimiter, GivesUpPlacesWhileTheServerIsSlowAndTakesThemBackAfterwards) {
  RequestLimiter limiter(8);
  PassIn(&limiter, 0.1, 16);
  EXPECT_EQ(limiter.limit(), 8);
  PassIn(&limiter, 1, 24);
  EXPECT_LT(limiter.limit(), 7);
  PassIn(&limiter, 0.1, 100);
  EXPECT_EQ(limiter.limit(), 8);
}

TEST(RequestLimiter, SlowerQuestionsAreNotASlowServerForLong) {
  RequestLimiter limiter(8);
  PassIn(&limiter, 0.1, 16);
  PassIn(&limiter, 1, 200);
  EXPECT_EQ(limiter.limit(), 8);
}

TEST(RequestLimiter, ALittleSlowerChangesNothing) {
  RequestLimiter limiter(8);
  PassIn(&limiter, 0.1, 16);
  PassIn(&limiter, 0.2, 50);
  EXPECT_EQ(limiter.limit(), 8);
}

}  // namespace
}  // namespace tessera
