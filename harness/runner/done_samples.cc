#include "harness/runner/done_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "harness/base/strings.h"
#include "harness/runner/build_prompt.h"

namespace tessera {
namespace {

constexpr std::size_t kShownOutdated = 3;

bool IsSamePrompt(const Prompt& now, const Prompt& before) {
  return std::equal(now.turns.begin(), now.turns.end(), before.turns.begin(), before.turns.end(),
                    [](const Turn& a, const Turn& b) {
                      return a.role == b.role && ReplaceInvalidUtf8(a.text) == b.text;  // as the journal keeps it
                    });
}

/// A sample of the plan with its answer.
struct Answered {
  const PlannedSample* planned = nullptr;
  const SampleRecord* record = nullptr;
};

std::vector<Answered> FindAnswered(const Plan& plan, const std::vector<SampleRecord>& records) {
  std::unordered_map<std::string, const SampleRecord*> answers;
  for (const SampleRecord& record : records) {
    if (!record.failure) answers[SampleKey(record.benchmark, record.sample)] = &record;
  }
  std::vector<Answered> answered;
  for (const PlannedSample& planned : plan.samples) {
    const std::string name(plan.benchmarks[planned.benchmark].benchmark->name);
    const auto found = answers.find(SampleKey(name, planned.sample));
    if (found != answers.end()) answered.push_back({&planned, found->second});
  }
  return answered;
}

bool HasOtherPictures(const Answered& one, const PictureHashes& hashes) {
  const std::vector<ImageSource>& images = one.planned->sample.images;
  const std::vector<PictureRecord>& pictures = one.record->pictures;
  if (pictures.empty()) return false;  // a backend that wants none
  return !std::equal(images.begin(), images.end(), pictures.begin(), pictures.end(),
                     [&hashes](const ImageSource& image, const PictureRecord& picture) {
                       const auto hash = hashes.find(image);
                       return hash != hashes.end() && hash->second == fmt::format("sha256 {}", picture.sha256);
                     });
}

/// What differs from what would be asked now; nullptr when nothing does.
const char* WhatDiffers(const Plan& plan, const Answered& one, const std::string& settings_sha256,
                        const PictureHashes& hashes) {
  if (one.record->settings_sha256 != settings_sha256) return "other settings";
  const Sample& sample = one.planned->sample;
  const std::vector<std::string>& answers = one.record->answers;
  if (answers.size() != sample.questions.size()) return "other questions";
  const std::span<const std::string> history(answers.data(), answers.size() - 1);
  const Prompt prompt = BuildPrompt(plan.benchmarks[one.planned->benchmark].recipe, sample, history);
  if (!IsSamePrompt(prompt, one.record->prompt)) return "other prompt";
  return HasOtherPictures(one, hashes) ? "other pictures" : nullptr;
}

}  // namespace

DoneSamples FindDoneSamples(const Plan& plan, const std::vector<SampleRecord>& records,
                            const std::string& settings_sha256, const PictureHashes& hashes) {
  DoneSamples done;
  for (const Answered& one : FindAnswered(plan, records)) {
    const SampleRecord& record = *one.record;
    if (const char* difference = WhatDiffers(plan, one, settings_sha256, hashes)) {
      done.outdated.push_back(fmt::format("{}, sample \"{}\" ({}): {}", record.benchmark, record.sample.id,
                                          record.sample.split, difference));
    } else {
      done.keys.insert(SampleKey(record.benchmark, record.sample));
    }
  }
  return done;
}

std::optional<std::string> OutdatedText(const std::vector<std::string>& outdated) {
  if (outdated.empty()) return std::nullopt;
  const std::span<const std::string> shown(outdated.data(), std::min(outdated.size(), kShownOutdated));
  return fmt::format("{} answers are to something else than would be asked now, and are asked again: {}{}",
                     outdated.size(), Join(shown, "; "), outdated.size() > shown.size() ? " ..." : "");
}

}  // namespace tessera
