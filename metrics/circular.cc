#include "metrics/circular.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>

namespace tessera::metrics {
namespace {

std::int64_t ParseIndex(const std::string& text) {
  std::int64_t index = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, index);
  if (error != std::errc() || end != text_end) throw std::invalid_argument("circular row index \"" + text + "\"");
  return index;
}

std::string Tag(const SampleScore& score, const std::string& name) {
  const auto it = score.tags.find(name);
  return it == score.tags.end() ? "" : it->second;
}

std::string Abbreviation(const std::string& l2_category) {
  static const std::map<std::string, std::string> kAbbreviations = {{"coarse_perception", "CP"},
                                                                    {"finegrained_perception (instance-level)", "FP-S"},
                                                                    {"finegrained_perception (cross-instance)", "FP-C"},
                                                                    {"logic_reasoning", "LR"},
                                                                    {"relation_reasoning", "RR"},
                                                                    {"attribute_reasoning", "AR"}};
  const auto it = kAbbreviations.find(l2_category);
  return it == kAbbreviations.end() ? l2_category : it->second;
}

/// Sets `value` and `undecided` of `group` from its rows, which are in ascending index.
void ScoreGroup(std::span<const SampleScore* const> rows, SampleScore& group) {
  group.undecided = false;
  group.value = 1;
  for (const SampleScore* row : rows) {
    if (!row->value) {
      group.value.reset();
      group.undecided = false;
      return;
    }
    if (row->undecided) {
      group.undecided = true;
    } else if (*row->value == 0) {
      group.undecided = false;
      group.value = 0;
      return;
    }
  }
  if (group.undecided) group.value = 0;
}

/// Mean over the groups of `split` whose tag `tag` is `wanted`; over all of the split when `tag` is empty.
Score Column(std::string name, std::span<const SampleScore> groups, const std::string& split, const std::string& tag,
             const std::string& wanted) {
  Score score{.name = std::move(name), .unit = "fraction"};
  double sum = 0;
  for (const SampleScore& group : groups) {
    const std::string group_split = Tag(group, "split");
    if ((group_split.empty() ? "none" : group_split) != split) continue;
    if (!tag.empty() && Tag(group, tag) != wanted) continue;
    if (!group.value) {
      ++score.unscored;
      continue;
    }
    ++score.scored;
    sum += *group.value;
    if (group.undecided) ++score.undecided;
  }
  if (score.scored > 0) score.value = sum / score.scored;
  return score;
}

std::set<std::string> DistinctTags(std::span<const SampleScore> groups, const std::string& name) {
  std::set<std::string> values;
  for (const SampleScore& group : groups) values.insert(Tag(group, name));
  values.erase("");
  return values;
}

}  // namespace

std::vector<SampleScore> CircularGroups(std::span<const SampleScore> rows) {
  std::map<std::int64_t, std::map<std::int64_t, const SampleScore*>> rows_by_group;
  for (const SampleScore& row : rows) rows_by_group[ParseIndex(row.group)].emplace(ParseIndex(row.sample_id), &row);

  std::vector<SampleScore> groups;
  for (const auto& [main_index, rows_by_index] : rows_by_group) {
    const auto main_row = rows_by_index.find(main_index);
    if (main_row == rows_by_index.end()) continue;
    std::vector<const SampleScore*> ordered;
    for (const auto& [index, row] : rows_by_index) ordered.push_back(row);
    groups.push_back(*main_row->second);
    ScoreGroup(ordered, groups.back());
  }
  return groups;
}

std::vector<SplitAccuracy> AccuracyTable(std::span<const SampleScore> groups) {
  std::set<std::string> splits;
  for (const SampleScore& group : groups) {
    const std::string split = Tag(group, "split");
    splits.insert(split.empty() ? "none" : split);
  }
  std::vector<SplitAccuracy> table;
  for (const std::string& split : splits) {
    SplitAccuracy accuracy{.split = split, .columns = {Column("Overall", groups, split, "", "")}};
    for (const std::string tag : {"l2-category", "category"}) {
      for (const std::string& value : DistinctTags(groups, tag)) {
        const std::string name = tag == "l2-category" ? Abbreviation(value) : value;
        accuracy.columns.push_back(Column(name, groups, split, tag, value));
      }
    }
    table.push_back(std::move(accuracy));
  }
  return table;
}

}  // namespace tessera::metrics
