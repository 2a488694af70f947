#!/usr/bin/env python3
"""Writes metrics/python_text_tables.cc from a JSON dump of CPython's text tables.

usage: make_python_text_tables.py python_text_tables.json > metrics/python_text_tables.cc

The JSON holds `whitespace`, `decimal_digits`, `sigma_cased`, `sigma_ignorable` (ranges of code points), `lower_map` (the
full str.lower() of each code point that it changes) and `upper_len` (the length of str.upper() where it is not 1).
"""
import json
import sys

I_WITH_DOT = 0x130  # the one code point whose lower case is two code points; python_text.cc handles it


def merge(code_points):
    """Sorted [first, last] ranges over single code points."""
    ranges = []
    for code in sorted(code_points):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def merge_lower(lower_map):
    """[first, last, step, offset] runs of code points that lower-case by the same offset."""
    runs = []
    for code, lowered in sorted((int(key), value) for key, value in lower_map.items()):
        if code == I_WITH_DOT:
            continue
        assert len(lowered) == 1, hex(code)
        offset = lowered[0] - code
        if runs and runs[-1][3] == offset:
            first, last, step, _ = runs[-1]
            if code - last in (1, 2) and (first == last or code - last == step):
                runs[-1][1:3] = [code, code - last]
                continue
        runs.append([code, code, 1, offset])
    return runs


def merge_lengths(upper_len):
    """[first, last, length] runs of code points whose upper case has the same length."""
    runs = []
    for code, length in sorted((int(key), value) for key, value in upper_len.items()):
        if runs and runs[-1][1:] == [code - 1, length]:
            runs[-1][1] = code
        else:
            runs.append([code, code, length])
    return runs


def print_table(name, element, rows):
    lines, line = [], " "
    for row in rows:
        cell = " {" + ", ".join(hex(value) if column < 2 else str(value) for column, value in enumerate(row)) + "},"
        if len(line) + len(cell) > 118:
            lines.append(line)
            line = " "
        line += cell
    print(f"constexpr {element} {name}[] = {{")
    print("\n".join(lines + [line]))
    print("};\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tables = json.load(file)
    print("// Made by scripts/make_python_text_tables.py; do not edit.")
    print(f"// Python {tables['python']}, Unicode {tables['unicode']}.")
    print('#include "metrics/python_text_tables.h"\n')
    print("namespace tessera::metrics {\nnamespace {\n\n// clang-format off")
    print_table("kWhiteSpace", "CodePointRange", merge(tables["whitespace"]))
    print_table("kDecimalDigits", "CodePointRange", tables["decimal_digits"])
    print_table("kCased", "CodePointRange", tables["sigma_cased"])
    print_table("kCaseIgnorable", "CodePointRange", tables["sigma_ignorable"])
    print_table("kLower", "LowerRange", merge_lower(tables["lower_map"]))
    print_table("kUpperLengths", "UpperLengthRange", merge_lengths(tables["upper_len"]))
    print("// clang-format on\n\n}  // namespace\n")
    print("std::span<const CodePointRange> WhiteSpaceRanges() { return kWhiteSpace; }")
    print("std::span<const CodePointRange> DecimalDigitRanges() { return kDecimalDigits; }")
    print("std::span<const CodePointRange> CasedRanges() { return kCased; }")
    print("std::span<const CodePointRange> CaseIgnorableRanges() { return kCaseIgnorable; }")
    print("std::span<const LowerRange> LowerRanges() { return kLower; }")
    print("std::span<const UpperLengthRange> UpperLengthRanges() { return kUpperLengths; }")
    print("\n}  // namespace tessera::metrics")


if __name__ == "__main__":
    main()
