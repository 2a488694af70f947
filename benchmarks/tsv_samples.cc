#include "benchmarks/tsv_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "harness/base/error.h"
#include "metrics/python_literal.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

bool IsLetterColumn(std::string_view name) { return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z'; }

void AddCell(const std::string& column, std::string text, Sample& sample) {
  if (column == "index") return;
  if (column == "question") {
    sample.questions.push_back(std::move(text));
  } else if (column == "answer") {
    sample.references.push_back(std::move(text));
  } else if (IsLetterColumn(column)) {
    sample.choices.push_back({column, std::move(text)});
  } else {
    if (column == "split") sample.split = text;
    sample.tags.emplace(column, std::move(text));
  }
}

}  // namespace

std::string CellText(const TsvCell& cell) {
  return std::visit(
      [](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::monostate>) {
          return "";
        } else if constexpr (std::is_same_v<Value, bool>) {
          return value ? "True" : "False";
        } else if constexpr (std::is_same_v<Value, double>) {
          return metrics::FloatRepr(value);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return value;
        } else {
          return std::to_string(value);
        }
      },
      cell);
}

std::vector<Sample> ReadTsvSamples(const std::filesystem::path& file, std::string_view default_split,
                                   RowsWithoutPicture without_picture, TsvCells cells) {
  TsvTable table = ReadTsv(file, cells);
  if (without_picture == RowsWithoutPicture::kError && !table.dropped_lines.empty()) {
    throw InputError(fmt::format("{}:{}: field \"image\": expected a picture, found nothing ({} such rows in all)",
                                 file.string(), table.dropped_lines.front(), table.dropped_lines.size()));
  }
  std::vector<Sample> samples;
  for (TsvRow& row : table.rows) {
    Sample sample{.id = row.index, .split = std::string(default_split), .images = std::move(row.images)};
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (std::holds_alternative<std::monostate>(row.cells[i])) continue;
      AddCell(table.columns[i], CellText(row.cells[i]), sample);
    }
    if (sample.questions.empty()) {
      throw InputError(
          fmt::format("{}:{}: field \"question\": expected a text, found nothing", file.string(), row.line));
    }
    std::sort(sample.choices.begin(), sample.choices.end(),
              [](const Choice& a, const Choice& b) { return a.letter < b.letter; });
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::vector<std::string> AnswerTexts(std::string_view cell) {
  std::vector<std::string> texts;
  for (const metrics::LiteralValue& answer : metrics::ParseAnswerCell(cell).answers) {
    if (answer.kind != metrics::LiteralValue::Kind::kText) return {};
    texts.push_back(answer.text);
  }
  return texts;
}

std::vector<Sample> ReadAnswerListTsv(const std::filesystem::path& file, std::string_view default_split) {
  std::vector<Sample> samples = ReadTsvSamples(file, default_split);
  for (Sample& sample : samples) {
    if (!sample.references.empty()) sample.references = AnswerTexts(sample.references.front());
  }
  return samples;
}

}  // namespace tessera
