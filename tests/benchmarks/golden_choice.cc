#include "golden_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "golden_checks.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "metrics/python_text.h"
#include "metrics/yes_no.h"

namespace tessera {
namespace {

GoldenFound ExactMatching(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  Sample sample{.references = {PythonText(input.at("answer"))}};
  for (const metrics::Option& option : Options(input.at("options"))) {
    sample.choices.push_back({option.letter, option.text});
  }
  const std::string prediction = PythonText(input.at("prediction"));
  const auto inferred = metrics::InferOption(prediction, Options(input.at("options")), Version(vector));
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  const SampleScore score = scoring.score(sample, {.answers = {prediction}});
  GoldenFound found{{{"can_infer", inferred ? OrderedJson(*inferred) : OrderedJson(false)},
                     {"hit", static_cast<int>(score.value.value())}}};
  if (Version(vector) == metrics::MatcherVersion::kAugust2026) found.values["option"] = score.extracted;
  return found;
}

/// The scores of the items of an aggregate.
std::vector<SampleScore> ScoreItems(const GoldenVector& vector, const Scoring& scoring) {
  const OrderedJson& input = vector.input;
  if (input.value("judge", "exact_matching") != "exact_matching") throw UnknownVector("a judge");
  std::vector<SampleScore> scores;
  for (const OrderedJson& item : input.at("items")) {
    const OrderedJson& prediction = item.at("prediction");
    const std::string text = input.value("file_format", "") == "xlsx" ? FromXlsx(prediction) : PythonText(prediction);
    scores.push_back(scoring.score(SampleOf(item), {.answers = {text}}));
  }
  return scores;
}

GoldenFound ChoiceAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  GoldenFound found{{{"split", "none"}}};
  for (const Score& column : scoring.aggregate(ScoreItems(vector, scoring))) {
    found.values[column.name] = column.value ? OrderedJson(*column.value / 100) : OrderedJson();
  }
  return found;
}

GoldenFound ExactMatch(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  const std::string prediction = vector.input.at("prediction").get<std::string>();
  return {{{"score", scoring.score(SampleOf(vector.input), {.answers = {prediction}}).value.value()}}};
}

GoldenFound ExactMatchAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  return {{{"accuracy", scoring.aggregate(ScoreItems(vector, scoring)).front().value.value() / 100}}};
}

// --- SEED-Image ---

GoldenFound SeedFirstCharacter(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  const SampleScore score =
      scoring.score(SampleOf(vector.input), {.answers = {vector.input.at("prediction").get<std::string>()}});
  GoldenFound found{{{"acc_at_1", score.tags.at("whole_answer") == "right" ? 1 : 0}}};
  if (score.undecided) {
    found.values["error"] = "IndexError";
  } else {
    found.values["hit"] = static_cast<int>(score.value.value());
  }
  return found;
}

/// The lines that the official script prints.
GoldenFound SeedAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  const OrderedJson& types = vector.input.at("question_type");
  std::vector<SampleScore> scores;
  for (const OrderedJson& item : vector.input.at("items")) {
    Sample sample = SampleOf(item);
    for (const auto& [name, id] : types.items()) {
      if (id == item.at("question_type_id")) sample.tags["category"] = name;
    }
    scores.push_back(scoring.score(sample, {.answers = {item.at("prediction").get<std::string>()}}));
    if (scores.back().undecided) return {{{"error", "IndexError"}}};
  }
  std::map<std::string, double> accuracies;
  for (const Score& column : scoring.aggregate(scores)) {
    if (column.value) accuracies[column.name] = *column.value;
  }
  OrderedJson printed = {fmt::format("length: {}", scores.size()), "Accuracy for each data type:"};
  const auto print = [&](const std::string& label, const std::string& name) {
    if (!accuracies.contains(name)) throw std::invalid_argument("division by zero: " + name);
    printed.push_back(fmt::format("{}: {:.2f}%", label, accuracies.at(name)));
  };
  for (const auto& [name, id] : types.items()) print("Data type " + name, name);
  print("Total accuracy", "total accuracy");
  print("Image accuracy", "image accuracy");
  print("Video accuracy", "video accuracy");
  return {{{"printed", printed}}};
}

GoldenFound SeedRequest(const GoldenVector& vector) {
  GoldenVector renamed = vector;
  renamed.input["question"] = vector.input.at("text");
  return GoldenChecks().at("request")(renamed);
}

// --- MME ---

std::string OfficialLabel(metrics::YesNo label) {
  if (label == metrics::YesNo::kOther) return "other";
  return label == metrics::YesNo::kYes ? "yes" : "no";
}

GoldenFound ParsePredAns(const GoldenVector& vector) {
  return {{{"label", OfficialLabel(metrics::ParseMmeField(vector.input.at("field").get<std::string>()))}}};
}

GoldenFound YesNoLabel(const GoldenVector& vector) {
  const std::string response = vector.input.at("response").get<std::string>();
  const Scoring& scoring = KnownScoring(KnownBenchmark("mme"), vector.variant);
  const SampleScore score = scoring.score({.references = {"Yes"}}, {.answers = {response}});
  if (vector.variant != "internvl-2024-04") {
    return {{{"label", score.extracted == "other" ? "Unknown" : score.extracted}}};
  }
  GoldenFound found{{{"post_processed", metrics::MmePostProcess(response)}, {"label", nullptr}}};
  if (const auto tag = score.tags.find("malformed"); tag != score.tags.end()) {
    found.values["malformed"] = tag->second;
  } else {
    found.values["label"] = OfficialLabel(metrics::ParseMmeField(metrics::MmePostProcess(response)));
  }
  return found;
}

GoldenFound MmeTotals(const std::vector<Score>& columns, bool official) {
  GoldenFound found;
  for (const Score& column : columns) {
    if (!column.value) throw std::invalid_argument("no score of " + column.name);
  }
  found.values["perception"] = *columns.at(1).value;
  found.values[official ? "cognition" : "reasoning"] = *columns.at(2).value;
  if (official) found.values["total"] = *columns.at(0).value;
  OrderedJson& tasks = official ? found.values["tasks"] : found.values;
  for (std::size_t i = 3; i < columns.size(); ++i) tasks[columns[i].name] = *columns[i].value;
  return found;
}

GoldenFound MmeAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mme"), vector.variant);
  const bool official = vector.variant == "internvl-2024-04";
  std::vector<SampleScore> scores;
  if (official) {
    for (const auto& [task, rows] : vector.input.at("tasks").items()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        Sample sample = SampleOf(rows[i]);
        sample.tags["category"] = task;
        sample.tags["image_path"] = std::to_string(i / 2);
        scores.push_back(scoring.score(sample, {.answers = {rows[i].at("response").get<std::string>()}}));
      }
    }
  } else {
    scores = ScoreItems(vector, scoring);
  }
  return MmeTotals(scoring.aggregate(scores), official);
}

/// The rows of a result file of the official script: picture, question, answer and post-processed reply with tabs
/// between them. Two consecutive lines are about one picture.
std::vector<SampleScore> ScoreResultFile(const std::string& task, const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", start), text.size());
    lines.push_back(text.substr(start, end - start));
    start = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  if (lines.size() % 2 != 0) throw std::invalid_argument(task + ": a picture with one question");
  std::vector<SampleScore> scores;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    SampleScore score{.group = fmt::format("{}\t{}", task, i / 2), .value = 0, .tags = {{"category", task}}};
    const std::vector<std::string> fields = Split(lines[i], '\t');
    if (fields.size() == 4) {
      const std::string answer = metrics::Lower(fields[2]);
      if (answer != "yes" && answer != "no") throw std::invalid_argument(task + ": answer \"" + fields[2] + "\"");
      score.value = OfficialLabel(metrics::ParseMmeField(fields[3])) == answer ? 1 : 0;
    } else {
      score.tags["malformed"] = "field_count";
    }
    scores.push_back(std::move(score));
  }
  return scores;
}

/// The result files are given as texts by name, or as a folder beside the file with the vectors.
GoldenFound MmeAggregateFiles(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mme"), vector.variant);
  const OrderedJson& input = vector.input;
  if (vector.variant != "internvl-2024-04") throw UnknownVector("result files of " + vector.variant);
  if (!input.contains("files") && !input.contains("directory")) throw UnknownVector("no files and no directory");
  std::vector<SampleScore> scores;
  for (const std::string_view question_file : KnownBenchmark("mme").data.front().files) {
    const std::filesystem::path name = std::filesystem::path(question_file).filename();
    const std::string text = input.contains("files")
                                 ? input.at("files").value(name.string(), "")
                                 : ReadFile(vector.folder / input.at("directory").get<std::string>() / name);
    for (SampleScore& score : ScoreResultFile(name.stem().string(), text)) scores.push_back(std::move(score));
  }
  return MmeTotals(scoring.aggregate(scores), true);
}

/// The script passes settings of sampling on, which do nothing without it.
GoldenFound MmeRequest(const GoldenVector& vector) {
  GoldenFound found = GoldenChecks().at("request")(vector);
  OrderedJson& generation = found.values["generation"];
  generation.erase("temperature");
  if (generation.at("min_new_tokens") == 0) generation.erase("min_new_tokens");
  generation["top_k"] = 50;
  generation["top_p"] = 0.9;
  return found;
}

}  // namespace

void AddChoiceChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["exact_match"] = ExactMatch;
  checks["exact_match_aggregate"] = ExactMatchAggregate;
  checks["mcq_aggregate"] = ChoiceAggregate;
  checks["mcq_exact_matching"] = ExactMatching;
  checks["mme/request"] = MmeRequest;
  checks["mme_aggregate"] = MmeAggregate;
  checks["mme_aggregate_files"] = MmeAggregateFiles;
  checks["parse_pred_ans"] = ParsePredAns;
  checks["seed_aggregate"] = SeedAggregate;
  checks["seed_first_char"] = SeedFirstCharacter;
  checks["seed_image/request"] = SeedRequest;
  checks["yes_no_label"] = YesNoLabel;
}

}  // namespace tessera
