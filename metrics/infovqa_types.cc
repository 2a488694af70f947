#include "metrics/infovqa_types.h"

#include <algorithm>
#include <stdexcept>

#include "metrics/mean_percent.h"

namespace tessera::metrics {
namespace {

constexpr QuestionType kTypes[] = {
    {"answer", "image span", "Image-Span"},
    {"answer", "question span", "Question-Span"},
    {"answer", "multiple spans", "Multi-Span"},
    {"answer", "non span", "None span"},
    {"evidence", "table/list", "Table/list"},
    {"evidence", "textual", "Text"},
    {"evidence", "photo/pciture/visual_objects", "Visual/Layout"},
    {"evidence", "figure", "Figure"},
    {"evidence", "map", "Map"},
    {"operation", "comparison", "Sorting"},
    {"operation", "arithmetic", "Arithmetic"},
    {"operation", "counting", "Counting"},
};

/// How often the names in `tag` hold `name`.
int Count(std::string_view tag, std::string_view name) {
  int count = 0;
  while (!tag.empty()) {
    const std::size_t end = std::min(tag.find('|'), tag.size());
    count += tag.substr(0, end) == name ? 1 : 0;
    tag.remove_prefix(std::min(end + 1, tag.size()));
  }
  return count;
}

}  // namespace

std::span<const QuestionType> QuestionTypes() { return kTypes; }

std::string QuestionTypeTag(std::string_view group, std::span<const std::string> keys) {
  std::string tag;
  for (const std::string& key : keys) {
    const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const QuestionType& known) { return known.group == group && known.key == key; });
    if (type == std::end(kTypes)) throw std::invalid_argument("no " + std::string(group) + " type \"" + key + "\"");
    if (!tag.empty()) tag += '|';
    tag += type->name;
  }
  return tag;
}

std::vector<Score> MeansByQuestionType(std::span<const SampleScore> scores) {
  std::vector<Score> means;
  for (const QuestionType& type : kTypes) {
    std::vector<SampleScore> of_type;
    for (const SampleScore& score : scores) {
      const auto tag = score.tags.find(std::string(type.group));
      if (tag == score.tags.end()) continue;
      of_type.insert(of_type.end(), static_cast<std::size_t>(Count(tag->second, type.name)), score);
    }
    means.push_back(MeanPercent(std::string(type.group) + ": " + std::string(type.name), of_type));
  }
  return means;
}

}  // namespace tessera::metrics
