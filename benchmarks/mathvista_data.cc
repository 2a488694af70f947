#include "benchmarks/mathvista_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "benchmarks/sample_fields.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/parquet_reader.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "metrics/python_literal.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

constexpr int kMaxPrecision = 15;
constexpr std::size_t kMaxChoices = 26;
constexpr std::string_view kSkillSeparator = "; ";

bool IsIn(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> Texts(const JsonFields& record, std::string_view field) {
  std::vector<std::string> texts;
  if (!record.Has(field)) return texts;
  for (const Json& text : record.Array(field)) {
    if (!text.is_string()) record.Fail(field, "expected texts, found " + Describe(text));
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

void SetChoices(const std::vector<std::string>& texts, Sample& sample) {
  sample.choices.clear();
  for (const std::string& text : texts) {
    sample.choices.push_back({std::string(1, static_cast<char>('A' + sample.choices.size())), text});
  }
}

/// What is wrong with the types and choices; empty when nothing is.
std::string TypeProblem(const Sample& sample) {
  const std::string& question_type = sample.tags.at("question_type");
  const std::string& answer_type = sample.tags.at("answer_type");
  if (!IsIn(question_type, {"multi_choice", "free_form"})) {
    return fmt::format("question_type: expected multi_choice or free_form, found \"{}\"", question_type);
  }
  if (!IsIn(answer_type, {"text", "integer", "float", "list"})) {
    return fmt::format("answer_type: expected text, integer, float or list, found \"{}\"", answer_type);
  }
  if (sample.choices.size() > kMaxChoices || sample.choices.empty() != (question_type == "free_form")) {
    return fmt::format("choices: {} of them do not fit a question of type {}", sample.choices.size(), question_type);
  }
  return "";
}

/// The letter of the choice that is the answer. Throws kInput when there is none.
void AddAnswer(const JsonFields& record, Sample& sample) {
  const std::string answer = record.StringOr("answer", "");
  if (answer.empty()) return;  // the test split
  sample.references = {answer};
  if (sample.choices.empty()) return;
  const auto choice = std::find_if(sample.choices.begin(), sample.choices.end(),
                                   [&](const Choice& candidate) { return candidate.text == answer; });
  if (choice == sample.choices.end()) {
    record.Fail("answer", fmt::format("expected one of the choices, found {}", Describe(Json(answer))));
  }
  sample.tags["answer_option"] = choice->letter;
}

void AddPrecision(const JsonFields& record, Sample& sample) {
  if (!record.Has("precision")) return;
  const double precision = record.Number("precision");
  if (precision < 0 || precision > kMaxPrecision || precision != std::floor(precision)) {
    record.Fail("precision", fmt::format("expected a whole number up to {}, found {}", kMaxPrecision, precision));
  }
  sample.tags["precision"] = std::to_string(static_cast<int>(precision));
}

void AddMetadata(const JsonFields& metadata, Sample& sample) {
  sample.split = metadata.String("split");
  for (const char* name : {"language", "source", "category", "task", "context", "grade"}) {
    sample.tags[name] = metadata.String(name);
  }
  sample.tags["skills"] = Join(Texts(metadata, "skills"), kSkillSeparator);
}

/// A record of the authors' JSON or of the parquet file, without its picture.
Sample RecordSample(const JsonFields& record, const DataSource& source) {
  Sample sample{.id = record.String("pid")};
  sample.tags["question_type"] = record.String("question_type");
  sample.tags["answer_type"] = record.String("answer_type");
  SetChoices(Texts(record, "choices"), sample);
  if (const std::string problem = TypeProblem(sample); !problem.empty()) record.Fail("pid", sample.id + ": " + problem);
  AddPrecision(record, sample);
  AddAnswer(record, sample);
  AddMetadata(record.Object("metadata"), sample);
  if (sample.split != source.split) {
    record.Fail("metadata.split", fmt::format("expected {}, found \"{}\"", source.split, sample.split));
  }
  if (record.Has("query")) {
    sample.questions = {record.String("query")};
    return sample;
  }
  const auto query = MathVistaQuery(record.String("question"), record.StringOr("unit", ""), ProblemOf(sample));
  if (!query) record.Fail("answer_type", "expected a type that has a hint, found " + sample.tags["answer_type"]);
  sample.questions = {*query};
  return sample;
}

/// The picture beside the file, as PNG where that is the one that is there. A missing picture fails its sample later.
ImageSource FindPicture(const JsonFields& record, const std::filesystem::path& folder) {
  const std::filesystem::path path = record.String("image");
  const bool climbs = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  if (path.empty() || path.is_absolute() || climbs || path.native().find('\0') != std::string::npos) {
    record.Fail("image", "expected a relative path inside the data folder, found " + Describe(Json(path.string())));
  }
  std::filesystem::path as_png = folder / path;
  as_png.replace_extension(".png");
  std::error_code unreadable;
  const bool only_png = !std::filesystem::is_regular_file(folder / path, unreadable) &&
                        std::filesystem::is_regular_file(as_png, unreadable);
  return {.file = only_png ? as_png : folder / path};
}

std::vector<Sample> LoadJson(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  const Json problems = ReadJsonFile(file);
  const JsonFields all(problems, file.string());
  std::vector<Sample> samples;
  for (const auto& [pid, json] : problems.items()) {
    const JsonFields record = all.Object(pid);
    Sample sample = RecordSample(record, source);
    if (sample.id != pid) record.Fail("pid", fmt::format("expected {}, found \"{}\"", pid, sample.id));
    sample.images = {FindPicture(record, file.parent_path())};
    samples.push_back(std::move(sample));
  }
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return std::pair(a.id.size(), a.id) < std::pair(b.id.size(), b.id);  // numbers in their order
  });
  return samples;
}

std::vector<Sample> LoadParquet(const std::filesystem::path& folder, const DataSource& source) {
  const ParquetColumns columns{.values = {"pid", "question", "choices", "unit", "precision", "answer", "question_type",
                                          "answer_type", "metadata", "query"},
                               .pictures = {"decoded_image"}};
  std::vector<Sample> samples;
  std::set<std::string> ids;
  for (const ParquetRow& row : ReadParquet(folder / source.files.front(), columns)) {
    const JsonFields record(row.values, row.where);
    Sample sample = RecordSample(record, source);
    if (!ids.insert(sample.id).second) record.Fail("pid", sample.id + " was there before");
    const auto picture = row.pictures.find("decoded_image");
    if (picture == row.pictures.end()) record.Fail("decoded_image", "expected a picture, found none");
    sample.images = {picture->second.source};
    samples.push_back(std::move(sample));
  }
  return samples;
}

std::vector<std::string> LiteralTexts(const std::map<std::string, std::string>& tags, const char* name) {
  const auto it = tags.find(name);
  if (it == tags.end()) return {};
  std::vector<std::string> texts;
  for (const metrics::LiteralValue& value : metrics::ParseAnswerCell(it->second).answers) texts.push_back(value.text);
  return texts;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (Sample& sample : samples) {
    const auto fail = [&](const std::string& message) {
      throw InputError(fmt::format("{}: sample {}: {}", file.string(), sample.id, message));
    };
    for (const char* name : {"question_type", "answer_type"}) {
      if (!sample.tags.contains(name)) fail(fmt::format("{}: expected a text, found nothing", name));
    }
    SetChoices(LiteralTexts(sample.tags, "choices"), sample);
    if (const std::string problem = TypeProblem(sample); !problem.empty()) fail(problem);
    if (sample.images.empty()) fail("image: expected a picture, found none");
    sample.tags["skills"] = Join(LiteralTexts(sample.tags, "skills"), kSkillSeparator);
  }
  return samples;
}

std::string Hint(const metrics::MathVistaProblem& problem) {
  if (problem.question_type == "multi_choice") {
    return "Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.";
  }
  if (problem.answer_type == "integer") {
    return "Please answer the question requiring an integer answer and provide the final value, e.g., 1, 2, 3, at the "
           "end.";
  }
  if (problem.answer_type == "float" && problem.precision == 1) {
    return "Please answer the question requiring a floating-point number with one decimal place and provide the final "
           "value, e.g., 1.2, 1.3, 1.4, at the end.";
  }
  if (problem.answer_type == "float" && problem.precision == 2) {
    return "Please answer the question requiring a floating-point number with two decimal places and provide the final "
           "value, e.g., 1.23, 1.34, 1.45, at the end.";
  }
  if (problem.answer_type == "list") {
    return "Please answer the question requiring a Python list as an answer and provide the final list, e.g., [1, 2, "
           "3], [1.2, 1.3, 1.4], at the end.";
  }
  return "";
}

}  // namespace

std::optional<std::string> MathVistaQuery(const std::string& question, const std::string& unit,
                                          const metrics::MathVistaProblem& problem) {
  const std::string hint = Hint(problem);
  if (hint.empty()) return std::nullopt;
  std::string query = "Hint: " + hint + "\nQuestion: " + question;
  if (!unit.empty()) query += " (Unit: " + unit + ")";
  if (!problem.choices.empty()) query += "\nChoices:";
  char letter = 'A';
  for (const std::string& choice : problem.choices) query += fmt::format("\n({}) {}", letter++, choice);
  return std::string(metrics::Strip(query));
}

metrics::MathVistaProblem ProblemOf(const Sample& sample) {
  const auto tag = [&](const char* name) { return TagOf(sample.tags, name); };
  metrics::MathVistaProblem problem{.question_type = tag("question_type"), .answer_type = tag("answer_type")};
  for (const Choice& choice : sample.choices) problem.choices.push_back(choice.text);
  const std::string precision = tag("precision");
  int digits = 0;
  const auto [end, error] = std::from_chars(precision.data(), precision.data() + precision.size(), digits);
  if (error == std::errc()) problem.precision = digits;
  return problem;
}

std::vector<std::string> SplitSkills(const std::string& skills) {
  std::vector<std::string> names;
  for (std::size_t start = 0; start < skills.size();) {
    const std::size_t end = std::min(skills.find(kSkillSeparator, start), skills.size());
    const std::string name = skills.substr(start, end - start);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    start = end + kSkillSeparator.size();
  }
  return names;
}

std::vector<DataSource> MathVistaDataSources() {
  const auto source = [](std::string_view format, std::string_view file, auto* load) {
    return DataSource{.format = format, .split = "testmini", .files = {file}, .rows = 1000, .load = load};
  };
  std::vector<DataSource> sources = {
      source("huggingface", "data/testmini-00000-of-00001-725687bf7a18d64b.parquet", LoadParquet),
      source("huggingface", "testmini-00000-of-00001-725687bf7a18d64b.parquet", LoadParquet),
      source("authors", "data/testmini.json", LoadJson), source("authors", "testmini.json", LoadJson),
      source("vlmevalkit", "MathVista_MINI.tsv", LoadTsv)};
  sources.back().md5 = "f199b98e178e5a2a20e7048f5dcb0464";
  return sources;
}

}  // namespace tessera
