#!/usr/bin/env python3
"""Writes metrics/vqa_tables.cc from a JSON dump of the VQA answer normaliser's tables.

usage: make_vqa_tables.py vqa_tables.json > metrics/vqa_tables.cc

The JSON holds `articles`, `punctuation` (arrays of ASCII texts), `number_words` and `contractions` (objects).
"""
import json
import sys


def print_table(name, element, cells):
    lines, line = [], " "
    for cell in cells:
        if len(line) + len(cell) > 117:
            lines.append(line)
            line = " "
        line += f" {cell},"
    print(f"constexpr {element} {name}[] = {{")
    print("\n".join(lines + [line]))
    print("};\n")


def pairs(table):
    return [f"{{{json.dumps(key)}, {json.dumps(value)}}}" for key, value in table.items()]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tables = json.load(file)
    print("// Made by scripts/make_vqa_tables.py; do not edit.")
    print('#include "metrics/vqa_tables.h"\n')
    print("namespace tessera::metrics {\nnamespace {\n\n// clang-format off")
    print_table("kNumberWords", "WordPair", pairs(tables["number_words"]))
    print_table("kArticles", "std::string_view", [json.dumps(article) for article in tables["articles"]])
    print_table("kContractions", "WordPair", pairs(tables["contractions"]))
    print(f"constexpr std::string_view kPunctuation = {json.dumps(''.join(tables['punctuation']))};\n")
    print("// clang-format on\n\n}  // namespace\n")
    print("std::span<const WordPair> NumberWords() { return kNumberWords; }")
    print("std::span<const std::string_view> Articles() { return kArticles; }")
    print("std::span<const WordPair> Contractions() { return kContractions; }")
    print("std::string_view PunctuationMarks() { return kPunctuation; }")
    print("\n}  // namespace tessera::metrics")


if __name__ == "__main__":
    main()
