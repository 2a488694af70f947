#!/usr/bin/env python3
"""Writes metrics/word_characters.cc: the code points that the regular expression \\w of CPython takes.

usage: make_word_table.py > metrics/word_characters.cc     (Python 3.11, Unicode 14)
"""
import platform
import unicodedata


def word_ranges():
    """Sorted [first, last] ranges; sre counts what str.isalnum() takes, and the underscore."""
    ranges = []
    for code in range(0x110000):
        if not (chr(code).isalnum() or chr(code) == "_"):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def main():
    print("// Made by scripts/make_word_table.py; do not edit.")
    print(f"// Python {platform.python_version()}, Unicode {unicodedata.unidata_version}.")
    print('#include "metrics/word_characters.h"\n\n#include <algorithm>\n\n#include "metrics/python_text_tables.h"\n')
    print("namespace tessera::metrics {\nnamespace {\n\n// clang-format off\nconstexpr CodePointRange kWord[] = {")
    line = " "
    for first, last in word_ranges():
        cell = f" {{{first:#x}, {last:#x}}},"
        if len(line) + len(cell) > 118:
            print(line)
            line = " "
        line += cell
    print(line + "\n};\n// clang-format on\n\n}  // namespace\n")
    print("bool IsWordCharacter(char32_t code_point) {")
    print("  const auto* const it = std::upper_bound(std::begin(kWord), std::end(kWord), code_point,")
    print("                                          [](char32_t value, const auto& range) { return value < range.first; });")
    print("  return it != std::begin(kWord) && code_point <= std::prev(it)->last;")
    print("}\n\n}  // namespace tessera::metrics")


if __name__ == "__main__":
    main()
