#include "metrics/hallusion_bench.h"

#include <map>

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

struct Group {
  int samples = 0;
  int right = 0;
  bool has_unscored = false;
  bool has_wrong = false;  // decided and wrong
  bool has_undecided = false;
};

std::map<std::string, Group> GroupsOf(std::span<const SampleScore> scores, const GroupKey& group_of) {
  std::map<std::string, Group> groups;
  for (const SampleScore& score : scores) {
    const std::string key = group_of(score);
    if (key.empty()) continue;
    Group& group = groups[key];
    ++group.samples;
    group.has_unscored |= !score.value;
    if (!score.value) continue;
    group.right += *score.value == 1 ? 1 : 0;
    group.has_undecided |= score.undecided;
    group.has_wrong |= !score.undecided && *score.value != 1;
  }
  return groups;
}

}  // namespace

Score AllRightPercent(std::string name, std::span<const SampleScore> scores, const GroupKey& group_of) {
  Score percent{.name = std::move(name), .unit = "percent"};
  int right = 0;
  for (const auto& [key, group] : GroupsOf(scores, group_of)) {
    if (group.has_unscored) {
      ++percent.unscored;
      continue;
    }
    ++percent.scored;
    right += group.right == group.samples ? 1 : 0;
    percent.undecided += group.has_undecided && !group.has_wrong ? 1 : 0;
  }
  if (percent.scored > 0) percent.value = 100.0 * right / percent.scored;
  return percent;
}

Consistency GroupConsistency(std::span<const SampleScore> scores, const GroupKey& group_of) {
  Consistency consistency;
  double shares = 0;
  for (const auto& [key, group] : GroupsOf(scores, group_of)) {
    if (group.has_unscored) {
      ++consistency.unscored;
      continue;
    }
    shares += static_cast<double>(group.right) / group.samples;
    if (group.right == group.samples) {
      ++consistency.right;
    } else if (group.right == 0) {
      ++consistency.wrong;
    } else {
      ++consistency.mixed;
    }
  }
  const int total = consistency.right + consistency.wrong + consistency.mixed;
  if (total > 0) consistency.mean_share = shares / total;
  return consistency;
}

AnswerVerdict ParseAnswerVerdict(std::string_view reply) {
  const std::string lower = Lower(reply);
  if (lower.find("incorrect") != std::string::npos) return AnswerVerdict::kIncorrect;
  return lower.find("correct") != std::string::npos ? AnswerVerdict::kCorrect : AnswerVerdict::kUnclear;
}

}  // namespace tessera::metrics
