// Code point tables of CPython's str, as sorted ranges. Data for python_text.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::metrics {

/// All code points in [first, last].
struct CodePointRange {
  char32_t first;
  char32_t last;
};

/// Every `step`-th code point in [first, last] lower-cases to itself plus `offset`.
struct LowerRange {
  char32_t first;
  char32_t last;
  std::int32_t step;
  std::int32_t offset;
};

/// str.upper() of every code point in [first, last] has `length` code points, which is not 1.
struct UpperLengthRange {
  char32_t first;
  char32_t last;
  std::size_t length;
};

/// What str.strip() and str.split() take for white space.
std::span<const CodePointRange> WhiteSpaceRanges();

/// Decimal digits of all scripts; each range is whole runs of ten, zero first.
std::span<const CodePointRange> DecimalDigitRanges();

/// Cased and case-ignorable code points, for the rule of the final sigma.
std::span<const CodePointRange> CasedRanges();
std::span<const CodePointRange> CaseIgnorableRanges();

/// str.lower() of single code points, U+0130 (two code points) and the final sigma aside.
std::span<const LowerRange> LowerRanges();

/// The code points that grow in upper case, such as U+00DF.
std::span<const UpperLengthRange> UpperLengthRanges();

}  // namespace tessera::metrics
