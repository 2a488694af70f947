#include "benchmarks/sample_fields.h"

namespace tessera {

std::string TagOf(const std::map<std::string, std::string>& tags, const std::string& name) {
  const auto tag = tags.find(name);
  return tag == tags.end() ? "" : tag->second;
}

void KeepTags(const Sample& sample, std::initializer_list<const char*> names, SampleScore* score) {
  for (const char* name : names) {
    if (const auto tag = sample.tags.find(name); tag != sample.tags.end()) score->tags.insert(*tag);
  }
}

std::vector<metrics::Option> OptionsOf(const Sample& sample) {
  std::vector<metrics::Option> options;
  for (const Choice& choice : sample.choices) options.push_back({choice.letter, choice.text});
  return options;
}

}  // namespace tessera
