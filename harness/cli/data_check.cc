#include "harness/cli/data_check.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <set>

#include "datasets/image_codec.h"
#include "datasets/image_source.h"
#include "harness/base/hash.h"
#include "harness/journal/sample_record.h"

namespace tessera {
namespace {

constexpr std::size_t kShownOfAKind = 3;

void AddProblems(const std::string& kind, const std::vector<std::string>& found, DataReport* report) {
  for (std::size_t i = 0; i < std::min(found.size(), kShownOfAKind); ++i) {
    report->problems.push_back(fmt::format("{}: {}", kind, found[i]));
  }
  if (found.size() > kShownOfAKind) report->problems.push_back(fmt::format("{}: {} in all", kind, found.size()));
}

std::vector<std::string> DuplicateIds(const std::vector<Sample>& samples) {
  std::set<std::string> seen;
  std::vector<std::string> duplicates;
  for (const Sample& sample : samples) {
    if (!seen.insert(SampleKey("", sample)).second) duplicates.push_back(sample.id);
  }
  return duplicates;
}

std::vector<std::string> MissingAnswers(const std::vector<Sample>& samples) {
  std::vector<std::string> missing;
  for (const Sample& sample : samples) {
    if (sample.references.empty()) missing.push_back("sample " + sample.id);
  }
  return missing;
}

/// An answer is the letter of an option or, where a benchmark compares texts, its text.
std::vector<std::string> AnswersWithoutOption(const std::vector<Sample>& samples) {
  std::vector<std::string> wrong;
  for (const Sample& sample : samples) {
    if (sample.choices.empty() || sample.references.empty()) continue;
    const std::string& answer = sample.references.front();
    const bool offered = std::any_of(sample.choices.begin(), sample.choices.end(), [&answer](const Choice& choice) {
      return choice.letter == answer || choice.text == answer;
    });
    if (!offered) wrong.push_back(fmt::format("sample {}, \"{}\"", sample.id, answer));
  }
  return wrong;
}

std::vector<std::string> UndecodablePictures(const std::vector<ImageSource>& pictures) {
  std::vector<std::string> errors(pictures.size());
  tbb::parallel_for(std::size_t{0}, pictures.size(), [&](std::size_t i) {
    const std::string name = ImageSourceName(pictures[i]);
    try {
      DecodeImage(ReadImageBytes(pictures[i]));
    } catch (const std::exception& error) {
      errors[i] = error.what();  // an error of the file names it, one of the codec does not
      if (!errors[i].starts_with(name)) errors[i] = fmt::format("{}: {}", name, errors[i]);
    }
  });
  std::erase(errors, "");
  return errors;
}

void CheckMd5(const FoundData& data, DataReport* report) {
  if (data.source->md5.empty()) return;
  const std::string_view file = data.source->files.front();
  const std::string md5 = Md5OfFile(data.folder / file);
  if (md5 != data.source->md5) {
    report->problems.push_back(fmt::format("{}: md5: expected {}, found {}", file, data.source->md5, md5));
  }
}

}  // namespace

DataReport CheckData(const Benchmark& benchmark, const std::filesystem::path& folder) {
  DataReport report{.benchmark = std::string(benchmark.name)};
  const std::optional<FoundData> data = FindData(benchmark, folder);
  if (!data) return report;
  report.found = true;
  report.format = data->source->format;
  report.split = data->source->split;
  try {
    CheckMd5(*data, &report);
    const std::vector<Sample> samples = data->source->load(data->folder, *data->source);
    std::set<ImageSource> pictures;
    for (const Sample& sample : samples) pictures.insert(sample.images.begin(), sample.images.end());
    report.rows = static_cast<int>(samples.size());
    report.pictures = static_cast<int>(pictures.size());
    if (data->source->rows > 0 && report.rows != data->source->rows) {
      report.problems.push_back(fmt::format("rows: expected {}, found {}", data->source->rows, report.rows));
    }
    AddProblems("duplicate id", DuplicateIds(samples), &report);
    const bool has_public_answers = data->source->submission == nullptr;
    if (has_public_answers) AddProblems("no answer", MissingAnswers(samples), &report);
    AddProblems("answer is no option", AnswersWithoutOption(samples), &report);
    AddProblems("undecodable picture", UndecodablePictures({pictures.begin(), pictures.end()}), &report);
  } catch (const std::exception& error) {
    report.problems.push_back(error.what());
  }
  return report;
}

}  // namespace tessera
