#include "benchmarks/mmmu_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "benchmarks/tsv_samples.h"
#include "datasets/parquet_reader.h"
#include "harness/base/error.h"
#include "metrics/mmmu_table.h"
#include "metrics/python_literal.h"

namespace tessera {
namespace {

constexpr std::string_view kAnswerFile = "answer_dict_val.json";
constexpr std::size_t kMaxOptions = 13;  // the official prompt has the letters A to M
constexpr int kMaxPictures = 7;

std::vector<std::string> ParseList(const JsonFields& row, std::string_view field) {
  const std::string text = row.String(field);
  const metrics::AnswerCell cell = metrics::ParseAnswerCell(text);
  if (!cell.is_list) row.Fail(field, fmt::format("expected a list like ['a', 'b'], found {}", Describe(Json(text))));
  std::vector<std::string> items;
  for (const metrics::LiteralValue& value : cell.answers) items.push_back(value.text);
  return items;
}

/// An answer cell of an open question is one text, or a list of accepted ones.
std::vector<std::string> AcceptedAnswers(const std::string& cell) {
  std::vector<std::string> answers;
  for (const metrics::LiteralValue& value : metrics::ParseAnswerCell(cell).answers) answers.push_back(value.text);
  return answers;
}

bool IsOffered(const Sample& sample, const std::string& letter) {
  return std::any_of(sample.choices.begin(), sample.choices.end(),
                     [&](const Choice& choice) { return choice.letter == letter; });
}

void AddSubjectTags(const std::string& subject, Sample& sample) {
  sample.tags["category"] = subject;
  if (const metrics::MmmuDomain* domain = metrics::MmmuDomainOf(subject)) sample.tags["l2-category"] = domain->tsv_name;
}

void AddPictures(const ParquetRow& row, Sample& sample) {
  std::string names;
  for (int slot = 1; slot <= kMaxPictures; ++slot) {
    const auto picture = row.pictures.find(fmt::format("image_{}", slot));
    if (picture == row.pictures.end()) continue;
    sample.images.push_back(picture->second.source);
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", picture->second.path);
  }
  sample.tags["image_path"] = "[" + names + "]";
}

void AddReferences(const JsonFields& row, Sample& sample) {
  const std::string answer = row.String("answer");
  if (answer == "?") return;  // a test split
  sample.tags["answer"] = answer;
  if (sample.choices.empty()) {
    sample.references = AcceptedAnswers(answer);
    return;
  }
  if (!IsOffered(sample, answer)) {
    row.Fail("answer", fmt::format("expected the letter of an option, found {}", Describe(Json(answer))));
  }
  sample.references = {answer};
}

Sample ParquetSample(const ParquetRow& row, std::string_view split) {
  const JsonFields fields(row.values, row.where);
  Sample sample{.id = fields.String("id"), .split = std::string(split), .questions = {fields.String("question")}};
  const std::string subject(metrics::MmmuSubjectOfId(sample.id));
  if (metrics::MmmuDomainOf(subject) == nullptr || !sample.id.starts_with(std::string(split) + "_")) {
    fields.Fail("id", fmt::format("expected {}_<subject>_<number>, found \"{}\"", split, sample.id));
  }
  AddSubjectTags(subject, sample);
  sample.tags["id"] = sample.id;

  const std::string type = fields.String("question_type");
  const std::vector<std::string> options = ParseList(fields, "options");
  if (type != kMmmuMultipleChoice && type != "open") {
    fields.Fail("question_type", fmt::format("expected multiple-choice or open, found \"{}\"", type));
  }
  if (options.size() > kMaxOptions || options.empty() != (type == "open")) {
    fields.Fail("options", fmt::format("{} options do not fit a question of type {}", options.size(), type));
  }
  sample.tags["question_type"] = type;
  for (const std::string& option : options) {
    sample.choices.push_back({std::string(1, static_cast<char>('A' + sample.choices.size())), option});
  }
  AddPictures(row, sample);
  if (sample.images.empty()) fields.Fail("image_1", "expected a picture, found none");
  AddReferences(fields, sample);
  return sample;
}

std::vector<Sample> LoadParquet(const std::filesystem::path& folder, const DataSource& source) {
  ParquetColumns columns{.values = {"id", "question", "options", "answer", "question_type"}};
  for (int slot = 1; slot <= kMaxPictures; ++slot) columns.pictures.push_back(fmt::format("image_{}", slot));
  std::vector<Sample> samples;
  std::set<std::string> ids;
  for (const std::string_view file : source.files) {
    if (file == kAnswerFile) continue;
    for (const ParquetRow& row : ReadParquet(folder / file, columns)) {
      samples.push_back(ParquetSample(row, source.split));
      if (!ids.insert(samples.back().id).second) {
        throw InputError(fmt::format("{}: id: {} was there before", row.where, samples.back().id));
      }
    }
  }
  return samples;
}

/// The official scorer takes type and answers from a file of its own.
void ApplyAnswer(const JsonFields& entry, Sample& sample) {
  const std::string type = entry.String("question_type");
  if (type != kMmmuMultipleChoice && type != "short-answer") {
    entry.Fail("question_type", fmt::format("expected multiple-choice or short-answer, found \"{}\"", type));
  }
  sample.tags["question_type"] = type == kMmmuMultipleChoice ? type : "open";
  sample.references.clear();
  if (entry.Has("ground_truth") && entry.json().at("ground_truth").is_array()) {
    for (const Json& text : entry.Array("ground_truth")) {
      if (!text.is_string()) entry.Fail("ground_truth", "expected texts, found " + Describe(text));
      sample.references.push_back(text.get<std::string>());
    }
  } else {
    sample.references = {entry.String("ground_truth")};
  }
}

std::vector<Sample> LoadParquetWithAnswers(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / kAnswerFile;
  const Json json = ReadJsonFile(file);
  const JsonFields answers(json, file.string());
  std::vector<Sample> samples = LoadParquet(folder, source);
  for (Sample& sample : samples) ApplyAnswer(answers.Object(sample.id), sample);
  return samples;
}

void CompleteTsvSample(const std::filesystem::path& file, Sample& sample) {
  const auto fail = [&](const std::string& message) {
    throw InputError(fmt::format("{}: sample {}: {}", file.string(), sample.id, message));
  };
  const std::set<std::string> splits = {"dev", "validation", "test", "sample"};
  if (!splits.contains(sample.split)) fail(fmt::format("unknown split \"{}\"", sample.split));
  const auto id = sample.tags.find("id");
  const auto subject = sample.tags.find("category");
  if (subject == sample.tags.end()) {
    AddSubjectTags(std::string(metrics::MmmuSubjectOfId(id == sample.tags.end() ? "" : id->second)), sample);
  }
  if (metrics::MmmuDomainOf(sample.tags.at("category")) == nullptr) {
    fail(fmt::format("expected a subject of MMMU in category or id, found \"{}\"", sample.tags.at("category")));
  }
  if (sample.images.empty()) fail("expected a picture, found none");
  sample.tags["question_type"] = sample.choices.empty() ? "open" : kMmmuMultipleChoice;
  if (sample.references.empty()) return;
  sample.tags["answer"] = sample.references.front();
  if (sample.choices.empty()) sample.references = AcceptedAnswers(sample.references.front());
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (Sample& sample : samples) CompleteTsvSample(file, sample);
  return samples;
}

std::vector<std::string> SubjectFiles(std::string_view split) {
  std::vector<std::string> files;
  for (const std::string_view subject : metrics::MmmuSubjects()) {
    files.push_back(fmt::format("{}/{}-00000-of-00001.parquet", subject, split));
  }
  return files;
}

}  // namespace

std::vector<DataSource> MmmuDataSources() {
  static const std::vector<std::string> kValidationFiles = SubjectFiles("validation"), kDevFiles = SubjectFiles("dev");
  const std::vector<std::string_view> validation(kValidationFiles.begin(), kValidationFiles.end());
  const std::vector<std::string_view> dev(kDevFiles.begin(), kDevFiles.end());
  std::vector<std::string_view> with_answers = validation;
  with_answers.push_back(kAnswerFile);
  return {
      {.format = "official", .split = "validation", .files = with_answers, .rows = 900, .load = LoadParquetWithAnswers},
      {.format = "huggingface", .split = "validation", .files = validation, .rows = 900, .load = LoadParquet},
      // Holds dev as well: 150 and 900 questions, each row with its split.
      {.format = "vlmevalkit",
       .split = "validation",
       .files = {"MMMU_DEV_VAL.tsv"},
       .md5 = "585e8ad75e73f75dcad265dfd0417d64",
       .rows = 1050,
       .load = LoadTsv},
      {.format = "huggingface", .split = "dev", .files = dev, .rows = 150, .load = LoadParquet},
      {.format = "vlmevalkit",
       .split = "test",
       .files = {"MMMU_TEST.tsv"},
       .md5 = "c19875d11a2d348d07e5eb4bdf33166d",
       .answers_public = false,
       .load = LoadTsv},
      {.format = "sample", .split = "sample", .files = {"MMMU_sample.tsv"}, .load = LoadTsv}};
}

}  // namespace tessera
