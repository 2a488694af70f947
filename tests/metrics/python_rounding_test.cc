#include "metrics/python_rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tessera::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(PythonRound, RoundsTheExactBinaryValue) {
  EXPECT_EQ(PythonRound(2.675, 2), 2.67);  // the double is just below
  EXPECT_EQ(PythonRound(1.005, 2), 1.0);
  EXPECT_EQ(PythonRound(0.65, 1), 0.7);
  EXPECT_EQ(PythonRound(0.35, 1), 0.3);
  EXPECT_EQ(PythonRound(-1.45, 1), -1.4);
}

TEST(PythonRound, TiesGoToTheEvenDigit) {
  EXPECT_EQ(PythonRound(0.125, 2), 0.12);
  EXPECT_EQ(PythonRound(0.375, 2), 0.38);
  EXPECT_EQ(PythonRound(2.5, 0), 2.0);
  EXPECT_EQ(PythonRound(-0.5, 0), 0.0);
  EXPECT_TRUE(std::signbit(PythonRound(-0.5, 0)));
}

TEST(PythonRound, KeepsWhatHasNoDecimals) {
  EXPECT_EQ(PythonRound(1e22, 2), 1e22);
  EXPECT_EQ(PythonRound(1.7e308, 300), 1.7e308);
  EXPECT_EQ(PythonRound(kInfinity, 2), kInfinity);
  EXPECT_TRUE(std::isnan(PythonRound(std::nan(""), 2)));
}

TEST(PythonRound, RefusesOtherNumbersOfDecimals) {
  EXPECT_THROW(PythonRound(1, -1), std::invalid_argument);
  EXPECT_THROW(PythonRound(1, 301), std::invalid_argument);
}

TEST(NumpyRound, ScalesBeforeItRounds) {
  EXPECT_EQ(NumpyRound(0.65, 1), 0.6);
  EXPECT_EQ(NumpyRound(1.005, 2), 1.0);
  EXPECT_EQ(NumpyRound(2.665, 2), 2.66);
  EXPECT_EQ(NumpyRound(-0.05, 1), -0.0);
}

TEST(FixedText, PrintsAllDecimals) {
  EXPECT_EQ(FixedText(0.35, 4), "0.3500");
  EXPECT_EQ(FixedText(-0.04, 1), "-0.0");
  EXPECT_EQ(FixedText(1e16, 1), "10000000000000000.0");
  EXPECT_EQ(FixedText(-kInfinity, 1), "-inf");
}

TEST(TruncatedText, IsExactAndTowardsZero) {
  EXPECT_EQ(TruncatedText(14.7), "14");
  EXPECT_EQ(TruncatedText(-0.9), "0");
  EXPECT_EQ(TruncatedText(-1.9), "-1");
  EXPECT_EQ(TruncatedText(1e23), "99999999999999991611392");
  EXPECT_EQ(TruncatedText(kInfinity), std::nullopt);
  EXPECT_EQ(TruncatedText(std::nan("")), std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
