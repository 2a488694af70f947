#include "benchmarks/choice_submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "benchmarks/choice_judge.h"
#include "benchmarks/sample_fields.h"
#include "datasets/xlsx_writer.h"
#include "metrics/option_match.h"

namespace tessera {
namespace {

constexpr const char* kPrediction = "prediction";

struct SheetLayout {
  std::set<std::string> left_out;     // columns of the TSV file
  std::size_t prediction_column = 0;  // from 0
};

std::vector<std::string> Columns(std::span<const SubmissionAnswer> answers, const SheetLayout& layout) {
  std::set<std::string> letters = {"A", "B", "C", "D"};
  std::set<std::string> others;
  bool has_answer = false;
  for (const SubmissionAnswer& answer : answers) {
    for (const Choice& choice : answer.sample->choices) letters.insert(choice.letter);
    for (const auto& [name, value] : answer.sample->tags) {
      const bool is_ours = name == kPrediction;  // a replayed table has the column already
      if (!is_ours && !layout.left_out.contains(name)) others.insert(name);
    }
    has_answer |= !answer.sample->references.empty();
  }
  std::vector<std::string> columns = {"index", "question"};
  columns.insert(columns.end(), letters.begin(), letters.end());
  if (has_answer) columns.emplace_back("answer");
  columns.insert(columns.end(), others.begin(), others.end());
  const std::size_t at = std::min(layout.prediction_column, columns.size());
  columns.emplace(columns.begin() + static_cast<std::ptrdiff_t>(at), kPrediction);
  return columns;
}

/// The row by column name. A column that is not in it has an empty cell.
std::map<std::string, XlsxCell> Row(std::int64_t index, const SubmissionAnswer& answer) {
  const Sample& sample = *answer.sample;
  std::map<std::string, XlsxCell> row;
  row.insert(sample.tags.begin(), sample.tags.end());
  for (const Choice& choice : sample.choices) row[choice.letter] = choice.text;
  if (!sample.references.empty()) row["answer"] = sample.references.front();
  row["index"] = index;
  row["question"] = sample.questions.front();
  row[kPrediction] = metrics::PostProcess(answer.answer, OptionsOf(sample)).value_or("");
  return row;
}

std::string Workbook(std::span<const SubmissionAnswer> answers, const SheetLayout& layout) {
  const std::vector<std::string> columns = Columns(answers, layout);
  std::vector<std::vector<XlsxCell>> rows = {{columns.begin(), columns.end()}};
  for (const auto& [index, answer] : AnswersById(answers)) {
    const std::map<std::string, XlsxCell> cells = Row(index, *answer);
    std::vector<XlsxCell>& row = rows.emplace_back();
    for (const std::string& column : columns) {
      const auto cell = cells.find(column);
      row.push_back(cell == cells.end() ? XlsxCell() : cell->second);
    }
  }
  return XlsxBytes(rows);
}

}  // namespace

std::string MmBenchSubmission(std::span<const SubmissionAnswer> answers) {
  return Workbook(
      answers, {.left_out = {"hint", "category", "source", "image", "comment", "l2-category"}, .prediction_column = 6});
}

std::string CcBenchSubmission(std::span<const SubmissionAnswer> answers) {
  return Workbook(answers, {.left_out = {"category", "image"}, .prediction_column = 8});
}

}  // namespace tessera
