// Counts what a golden set confirms and prints what it refutes.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace tessera::golden {

/// How far a value may be from the golden one. Source: "Recommended tolerances" of the golden README.
struct Tolerance {
  double absolute = 0;  // |a - b| <= absolute + relative * |b|
  double relative = 0;
  double l2 = 0;  // alternatively: |a - b|_2 <= l2 * |b|_2 and max |a - b| <= max_share * max |b|
  double max_share = 0;
};
inline constexpr Tolerance kExact{};
inline constexpr Tolerance kFloat32{.absolute = 2e-4, .relative = 1e-4};
inline constexpr Tolerance kUnit{.absolute = 1e-5, .relative = 1e-5};
inline constexpr Tolerance kNtkTable{.absolute = 1e-4, .relative = 1e-4};
inline constexpr Tolerance kBfloat16{.l2 = 2e-2, .max_share = 0.03};
inline constexpr Tolerance kBfloat16Logits{.absolute = 0.8};

class GoldenReport {
 public:
  void Pass() { ++passed_; }
  void Fail(const std::string& where, const std::string& message);
  void Check(bool holds, const std::string& where, const std::string& message);

  template <typename T>
  void Equal(const T& found, const T& expected, const std::string& where) {
    Check(found == expected, where, "expected " + Text(expected) + ", found " + Text(found));
  }

  /// Compares shapes, then values; a failure names the worst index, both values and the bound.
  void Near(const at::Tensor& found, const at::Tensor& expected, const Tolerance& tolerance, const std::string& where);

  /// Prints `N passed, M failed`; the exit code.
  int Finish() const;

 private:
  static std::string Text(const std::string& value) { return '"' + value + '"'; }
  static std::string Text(bool value) { return value ? "true" : "false"; }
  static std::string Text(int value) { return std::to_string(value); }
  static std::string Text(std::int64_t value) { return std::to_string(value); }
  static std::string Text(const std::vector<int>& value);

  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace tessera::golden
