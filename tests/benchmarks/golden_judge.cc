#include "golden_judge.h"

#include <cmath>

#include "benchmarks/convbench_data.h"
#include "metrics/convbench_verdict.h"
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

// --- ConvBench ---

OrderedJson LetterOrNull(std::optional<char> letter) {
  return letter ? OrderedJson(std::string(1, *letter)) : OrderedJson();
}

GoldenFound ConvBenchVerdictOf(const GoldenVector& vector) {
  const auto verdict = metrics::ReadConvBenchVerdict(vector.input.at("judge_text").get<std::string>());
  return {{{"verdict", LetterOrNull(verdict)}, {"needs_extraction_llm", !verdict}}};
}

GoldenFound ConvBenchSecondStage(const GoldenVector& vector) {
  auto verdict = metrics::ReadConvBenchVerdict(vector.input.at("judge_text").get<std::string>());
  if (!verdict) verdict = metrics::ReadConvBenchExtraction(vector.input.at("extraction_reply").get<std::string>());
  return {{{"verdict", LetterOrNull(verdict)}}};
}

GoldenFound ConvBenchExtractRate(const GoldenVector& vector) {
  const char letter = metrics::ReadConvBenchRating(vector.input.at("judge_text").get<std::string>());
  return {{{"verdict", std::string(1, letter)}}};
}

GoldenFound ConvBenchRequest(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  const Sample sample{.questions = input.at("instructions").get<std::vector<std::string>>(),
                      .references = input.at("responses_b").get<std::vector<std::string>>(),
                      .tags = {{convbench::kCaption, input.at("caption").get<std::string>()},
                               {convbench::kDemands, input.at("demands").get<std::string>()},
                               {convbench::kPosition, "0"}}};
  Reply reply{.answers = input.at("responses_a").get<std::vector<std::string>>()};
  const std::vector<std::string> turns = {"first_turn", "second_turn", "third_turn", "overall_conversation"};
  const std::string turn = input.at("turn").get<std::string>();
  for (std::size_t i = 0; i < turns.size() && turns[i] != turn; ++i) {
    reply.judgements.push_back(input.at("evaluations").at(i).get<std::string>());
    if (!metrics::ReadConvBenchVerdict(reply.judgements.back())) reply.judgements.emplace_back("no verdict");
  }
  const JudgeRequest request = KnownBenchmark("convbench").scorings.front().ask_judge(sample, reply, {}).value();
  const std::string& last = request.messages.back().text;
  GoldenFound found{{{"last_ends_with", last.substr(last.rfind("\n\nThink"))}}, {"sha256", "chars"}};
  for (const JudgeMessage& message : request.messages) found.values["roles"].push_back(message.role);
  return found;
}

GoldenFound ConvBenchAggregate(const GoldenVector& vector) {
  std::vector<metrics::ConvBenchDialogue> dialogues;
  for (const OrderedJson& item : vector.input.at("items")) {
    metrics::ConvBenchDialogue& dialogue = dialogues.emplace_back();
    dialogue.model = item.at("position") == 0 ? 'A' : 'B';
    const std::array<std::string, 4> turns = {"first", "second", "third", "overall"};
    for (std::size_t i = 0; i < turns.size(); ++i) {
      const OrderedJson verdict = item.value(turns[i], OrderedJson());
      if (verdict.is_string()) dialogue.verdicts[i].letter = verdict.get<std::string>().at(0);
      dialogue.verdicts[i].judge_text = item.value(turns[i] + "_text", "");
    }
  }
  const auto scores = metrics::ConvBenchWinRates(dialogues, vector.input.at("denominator").get<int>());
  return {{{"S1", scores.s1},
           {"S2", scores.s2},
           {"S3", scores.s3},
           {"S0", scores.s0},
           {"R2", scores.r2},
           {"R1", scores.r1}}};
}

}  // namespace

void AddJudgeChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["convbench/aggregate"] = ConvBenchAggregate;
  checks["convbench/extract_rate"] = ConvBenchExtractRate;
  checks["convbench/request"] = ConvBenchRequest;
  checks["convbench/verdict"] = ConvBenchVerdictOf;
  checks["convbench/verdict_second_stage"] = ConvBenchSecondStage;
  checks["mmvet/aggregate"] = MmVetAggregate;
  checks["mmvet/judge_prompt"] = MmVetJudgePrompt;
  checks["mmvet/judge_score"] = MmVetJudgeScore;
  checks["mmvet/prompt_internvl"] = MmVetOfficialPrompt;
}

}  // namespace tessera
