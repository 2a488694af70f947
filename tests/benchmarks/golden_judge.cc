#include "golden_judge.h"

#include <cmath>

#include "metrics/mmvet_score.h"

namespace tessera {
namespace {

// --- MM-Vet ---

metrics::MmVetRule MmVetRuleOf(const GoldenVector& vector) {
  if (vector.variant == "authors") return metrics::kMmVetAuthors;
  Version(vector);
  return metrics::kMmVetVlmEvalKit;
}

OrderedJson Number(double value) { return std::isnan(value) ? OrderedJson("nan") : OrderedJson(value); }

/// A judge whose last reply repeats; `nan` passes as it does in the reference.
GoldenFound MmVetJudgeScore(const GoldenVector& vector) {
  metrics::MmVetRule rule = MmVetRuleOf(vector);
  rule.nan_is_a_score = true;
  auto replies = vector.input.at("judge_replies").get<std::vector<std::string>>();
  replies.resize(static_cast<std::size_t>(rule.max_calls), replies.back());
  const metrics::MmVetVerdict verdict = metrics::ReadMmVetReplies(replies, rule);

  // What the product sends, call by call, when no reply can be read.
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmvet"), vector.variant);
  const Sample sample{.questions = {"q"}, .references = {"a"}};
  Reply reply{.answers = {"p"}};
  GoldenFound found{{{"score", Number(verdict.score.value())}, {"calls", verdict.calls}}};
  for (int call = 0; call < verdict.calls; ++call) {
    const JudgeRequest request = scoring.ask_judge(sample, reply, {}).value();
    found.values["temperatures"].push_back(request.temperature.value());
    if (vector.variant == "authors") {
      found.values["suffix_used"].push_back(request.messages.at(0).text.ends_with("(digit): "));
      found.values["max_tokens"] = request.max_tokens;
    }
    reply.judgements.emplace_back("unreadable");
  }
  return found;
}

GoldenFound MmVetJudgePrompt(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmvet"), vector.variant);
  const OrderedJson& input = vector.input;
  const Sample sample{.questions = {input.at("question").get<std::string>()},
                      .references = {input.at("answer").get<std::string>()}};
  const Reply reply{.answers = {input.at("prediction").get<std::string>()}};
  const JudgeTexts no_header = {{std::string(scoring.judge_texts.at(0)), ""}};
  const JudgeRequest request = scoring.ask_judge(sample, reply, no_header).value();
  return {{{"appended", request.messages.at(0).text}}, {"sha256"}};
}

GoldenFound MmVetAuthorsAggregate(const GoldenVector& vector) {
  std::vector<metrics::MmVetSample> samples;
  for (const OrderedJson& item : vector.input.at("samples")) {
    samples.push_back(
        {item.at("capability").get<std::vector<std::string>>(), item.at("scores").get<std::vector<double>>()});
  }
  const metrics::MmVetTables tables = metrics::MmVetAuthorsTables(samples);
  GoldenFound found;
  for (const Score& score : tables.capabilities) {
    if (!score.value) continue;
    found.values["capability"][score.name] = *score.value;
    found.values["counts"][score.name] = score.scored;
  }
  found.values["capability"]["std"] = tables.deviation;
  for (const Score& score : tables.integrations) found.values["integration"][score.name] = score.value.value();
  return found;
}

GoldenFound MmVetVlmEvalKitAggregate(const GoldenVector& vector) {
  Version(vector);
  std::vector<metrics::MmVetRow> rows;
  for (const OrderedJson& row : vector.input.at("rows")) {
    rows.push_back({row.at("category").get<std::string>(), row.at("score").get<double>()});
  }
  const metrics::MmVetTables tables = metrics::MmVetVlmEvalKitTables(rows);
  const auto table = [](const std::vector<Score>& scores) {
    OrderedJson json = OrderedJson::object();
    for (const Score& score : scores) json[score.name] = {{"tot", score.scored}, {"acc", score.value.value()}};
    return json;
  };
  return {{{"capability", table(tables.capabilities)}, {"integration", table(tables.integrations)}}};
}

GoldenFound MmVetAggregate(const GoldenVector& vector) {
  return vector.variant == "authors" ? MmVetAuthorsAggregate(vector) : MmVetVlmEvalKitAggregate(vector);
}

GoldenFound MmVetOfficialPrompt(const GoldenVector& vector) {
  const Recipe& recipe = RecipeOf(KnownBenchmark("mmvet"), vector.variant);
  return {{{"prompt", recipe.make_prompt({}, vector.input.at("text").get<std::string>())}}};
}

}  // namespace

void AddJudgeChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["mmvet/aggregate"] = MmVetAggregate;
  checks["mmvet/judge_prompt"] = MmVetJudgePrompt;
  checks["mmvet/judge_score"] = MmVetJudgeScore;
  checks["mmvet/prompt_internvl"] = MmVetOfficialPrompt;
}

}  // namespace tessera
