#include "golden_vector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "benchmark_access.h"
#include "benchmarks/benchmark.h"
#include "datasets/tsv_reader.h"
#include "metrics/python_text.h"

namespace tessera {

using metrics::MatcherVersion;
using metrics::Option;

std::string PythonText(const OrderedJson& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return metrics::FloatRepr(value.get<double>());
  return value.dump();
}

std::vector<Option> Options(const OrderedJson& by_letter) {
  std::vector<Option> options;
  for (const auto& [letter, text] : by_letter.items()) options.push_back({letter, PythonText(text)});
  return options;
}

OrderedJson OrNull(const std::optional<std::string>& text) { return text ? OrderedJson(*text) : OrderedJson(); }

MatcherVersion Version(const GoldenVector& vector) {
  if (vector.variant == "vlmevalkit-2024-04") return MatcherVersion::kApril2024;
  if (vector.variant == "vlmevalkit-2026-08") return MatcherVersion::kAugust2026;
  throw UnknownVector("unknown variant " + vector.variant);
}

const Benchmark& KnownBenchmark(const std::string& name) {
  std::string spelled = name;
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  for (const Benchmark* benchmark : Catalog()) {
    if (benchmark->name == spelled) return *benchmark;
  }
  throw UnknownVector("unknown benchmark " + name);
}

const Scoring& KnownScoring(const Benchmark& benchmark, const std::string& name) {
  try {
    return ScoringNamed(benchmark, name);
  } catch (const std::out_of_range&) {
    throw UnknownVector("unknown variant " + name);
  }
}

const Recipe& RecipeOf(const Benchmark& benchmark, const std::string& variant) {
  const std::map<std::string, std::string> kRecipes = {{"internvl-2024-04", "paper"},
                                                       {"vlmevalkit-2024-04", "vlmevalkit"},
                                                       {"vlmevalkit-2026-08", "vlmevalkit-2026-08"}};
  const auto name = kRecipes.find(variant);
  if (name == kRecipes.end()) throw UnknownVector("unknown variant " + variant);
  const bool is_paper = benchmark.scorings.front().name == variant;  // and so it has no recipe of its own
  for (const Recipe& recipe : benchmark.recipes) {
    if (recipe.name == name->second) return recipe;
  }
  if (is_paper) return RecipeNamed(benchmark, "paper");
  throw UnknownVector("no recipe for variant " + variant);
}

Sample SampleOf(const OrderedJson& row) {
  Sample sample;
  for (const auto& [column, cell] : row.items()) {
    if (cell.is_null()) continue;
    const std::string text = PythonText(cell);
    if (column == "index") sample.id = text;
    if (column == "question") sample.questions.push_back(text);
    if (column == "answer" || column == "answer_cell") sample.references.push_back(text);
    if (column == "split") sample.split = text;
    if (column.size() == 1 && column >= "A" && column <= "Z") sample.choices.push_back({column, text});
    sample.tags[column] = text;
  }
  return sample;
}

std::string FromXlsx(const OrderedJson& prediction) {
  constexpr std::size_t kMaxCell = 32767;
  const std::string text = prediction.is_null() ? "" : PythonText(prediction);
  if (IsMissingText(text)) return "nan";
  std::string cell;
  for (const char32_t c : metrics::CodePoints(text).substr(0, kMaxCell)) {
    if (c < 0x20 && c != U'\t' && c != U'\n') {
      cell += fmt::format("_x{:04X}_", static_cast<unsigned>(c));
    } else {
      metrics::AppendUtf8(c, cell);
    }
  }
  return cell;
}

OrderedJson VlmEvalKitGeneration(const Recipe& recipe, bool with_beams) {
  OrderedJson generation = {{"do_sample", false}, {"max_new_tokens", recipe.max_new_tokens}, {"top_p", nullptr}};
  if (with_beams) generation["num_beams"] = recipe.num_beams;
  if (const auto& sampling = recipe.published_sampling) {
    generation["do_sample"] = true;
    generation["top_k"] = sampling->top_k;
    generation["top_p"] = sampling->top_p;
  }
  return generation;
}

}  // namespace tessera
