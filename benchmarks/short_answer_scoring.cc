#include "benchmarks/short_answer_scoring.h"

#include "benchmarks/sample_fields.h"
#include "metrics/anls.h"
#include "metrics/mean_percent.h"

namespace tessera {
namespace {

constexpr const char* kAnls = "ANLS";

SampleScore ScoreAnls(const Sample& sample, const Reply& reply) {
  SampleScore score = UnscoredShortAnswer(sample);
  if (reply.answers.empty()) return score;
  score.extracted = reply.answers.back();
  if (!sample.references.empty()) score.value = metrics::Anls(reply.answers.back(), sample.references);
  return score;
}

std::vector<Score> AggregateInternVl(std::span<const SampleScore> scores) {
  return {metrics::MeanPercent(kAnls, scores)};
}

std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) { return VlmEvalKitMeans(kAnls, scores); }

}  // namespace

SampleScore UnscoredShortAnswer(const Sample& sample) {
  SampleScore score{.sample_id = sample.id};
  KeepTags(sample, {"split", "category", "answer", "evidence", "operation"}, &score);
  return score;
}

std::vector<Scoring> AnlsScorings() {
  return {{.name = "internvl-2024-04",
           .source = "InternVL eval/vqa/infographicsvqa_eval.py, evaluate_method",
           .score = ScoreAnls,
           .aggregate = AggregateInternVl},
          {.name = "vlmevalkit-2024-04",
           .source = "VLMEvalKit vlmeval/evaluate/vqa_eval.py, 2024-04, method anls",
           .score = ScoreAnls,
           .aggregate = AggregateVlmEvalKit},
          {.name = "vlmevalkit-2026-08",
           .source = "VLMEvalKit vlmeval/dataset/utils/vqa_eval.py, 2026-08, method anls",
           .score = ScoreAnls,
           .aggregate = AggregateVlmEvalKit}};
}

std::vector<Score> VlmEvalKitMeans(const std::string& name, std::span<const SampleScore> scores) {
  std::vector<Score> means = {metrics::MeanPercent(name, scores)};
  std::vector<Score> parts = metrics::MeanPercentByTag(scores, "split");
  if (parts.empty()) parts = metrics::MeanPercentByTag(scores, "category");
  means.insert(means.end(), parts.begin(), parts.end());
  return means;
}

}  // namespace tessera
