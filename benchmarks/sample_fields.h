// What prompts and scorings look up in a sample.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "datasets/sample.h"
#include "metrics/option_match.h"
#include "metrics/score.h"

namespace tessera {

/// The tag `name`, or "" when it is missing.
std::string TagOf(const std::map<std::string, std::string>& tags, const std::string& name);

/// Gives `score` those of `names` that `sample` has as tags, for breakdowns.
void KeepTags(const Sample& sample, std::initializer_list<const char*> names, SampleScore* score);

/// The choices of `sample` as the matcher takes them.
std::vector<metrics::Option> OptionsOf(const Sample& sample);

}  // namespace tessera
