#include "metrics/mmt_bench.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tessera::metrics {
namespace {

std::string Tag(const SampleScore& score, const std::string& name) {
  const auto tag = score.tags.find(name);
  return tag == score.tags.end() ? "" : tag->second;
}

/// Overall, meta-tasks, subtasks of each split of `scores`.
std::vector<SplitAccuracy> MicroTable(std::span<const SampleScore> scores, bool as_one_split) {
  std::vector<SampleScore> renamed(scores.begin(), scores.end());
  for (SampleScore& score : renamed) {
    if (as_one_split) score.tags["split"] = "ALL";
    score.tags["l2-category"] = MmtAbbreviation(Tag(score, "l2-category"));
  }
  return AccuracyTable(renamed);
}

std::map<std::string, std::set<std::string>> SubtasksByMetaTask(std::span<const SampleScore> scores) {
  std::map<std::string, std::set<std::string>> subtasks;
  for (const SampleScore& score : scores) {
    subtasks[MmtAbbreviation(Tag(score, "l2-category"))].insert(Tag(score, "category"));
  }
  return subtasks;
}

std::optional<double> MeanOfColumns(const std::set<std::string>& names, std::span<const Score> columns) {
  double sum = 0;
  for (const std::string& name : names) {
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const Score& c) { return c.name == name; });
    if (column == columns.end() || !column->value) return std::nullopt;
    sum += *column->value;
  }
  return sum / static_cast<double>(names.size());
}

}  // namespace

std::string MmtAbbreviation(std::string_view meta_task) {
  static const std::map<std::string, std::string, std::less<>> kAbbreviations = {
      {"visual_recognition", "VR"},
      {"localization", "Loc"},
      {"ocr", "OCR"},
      {"counting", "Count"},
      {"hallucination", "HLN"},
      {"image_retrieval", "IR"},
      {"threed", "3D"},
      {"visual_captioning", "VC"},
      {"visual_grounding", "VG"},
      {"doc_understanding", "DU"},
      {"action_recognition", "AR"},
      {"pixel_level_perception", "PLP"},
      {"image-to-image_translation", "I2IT"},
      {"relation_reasoning", "RR"},
      {"intelligence_quotient_test", "IQT"},
      {"emotion", "Emo"},
      {"visual_illusion", "VI"},
      {"meme_understanding", "MemU"},
      {"visual_prompt_understanding", "VPU"},
      {"anomaly_detection", "AND"},
      {"keypoint_detection", "KD"},
      {"visual_commonsense_reasoning", "VCR"},
      {"image_evaluation_judgement", "IEJ"},
      {"multiple_image_analysis", "MIA"},
      {"cross_image_matching", "CIM"},
      {"temporal_understanding", "TU"},
      {"visual_code", "VP"},
      {"medical_understanding", "MedU"},
      {"autonomous_driving", "AUD"},
      {"discipline_knowledge_reasoning", "DKR"},
      {"embodied_ai", "EA"},
      {"gui_navigation", "GN"}};
  const auto it = kAbbreviations.find(meta_task);
  return it == kAbbreviations.end() ? std::string(meta_task) : it->second;
}

std::vector<SplitAccuracy> MmtTable(std::span<const SampleScore> scores, MetaTaskMean mean) {
  std::vector<SplitAccuracy> table = MicroTable(scores, false);
  for (SplitAccuracy& all : MicroTable(scores, true)) table.push_back(std::move(all));
  if (mean == MetaTaskMean::kOfQuestions) return table;
  const auto subtasks = SubtasksByMetaTask(scores);
  for (SplitAccuracy& split : table) {
    const std::vector<Score> micro = split.columns;
    for (Score& column : split.columns) {
      const auto meta_task = subtasks.find(column.name);
      if (meta_task != subtasks.end()) column.value = MeanOfColumns(meta_task->second, micro);
    }
  }
  return table;
}

Score MmtMeanOfSubtasks(std::string name, std::span<const SampleScore> scores) {
  struct Subtask {
    double sum = 0;
    int scored = 0;
    bool has_undecided = false;
  };
  std::map<std::string, Subtask> subtasks;
  for (const SampleScore& score : scores) {
    Subtask& subtask = subtasks[Tag(score, "category")];
    if (!score.value) continue;
    subtask.sum += *score.value;
    ++subtask.scored;
    subtask.has_undecided |= score.undecided;
  }
  Score mean{.name = std::move(name), .unit = "fraction"};
  double sum = 0;
  for (const auto& [category, subtask] : subtasks) {
    if (subtask.scored == 0) {
      ++mean.unscored;
      continue;
    }
    ++mean.scored;
    mean.undecided += subtask.has_undecided ? 1 : 0;
    sum += subtask.sum / subtask.scored;
  }
  if (mean.scored > 0) mean.value = sum / mean.scored;
  return mean;
}

}  // namespace tessera::metrics
