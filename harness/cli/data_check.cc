#include "harness/cli/data_check.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "datasets/image_codec.h"
#include "datasets/image_source.h"
#include "harness/base/hash.h"
#include "harness/journal/sample_record.h"

namespace tessera {
namespace {

constexpr std::size_t kShownOfAKind = 3;

void Add(const std::string& kind, const std::vector<std::string>& found, std::vector<std::string>* lines) {
  for (std::size_t i = 0; i < std::min(found.size(), kShownOfAKind); ++i) {
    lines->push_back(fmt::format("{}: {}", kind, found[i]));
  }
  if (found.size() > kShownOfAKind) lines->push_back(fmt::format("{}: {} in all", kind, found.size()));
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

std::vector<std::string> AnswersWithoutOption(const std::vector<Sample>& samples) {
  std::vector<std::string> wrong;
  for (const Sample& sample : samples) {
    if (sample.choices.empty() || sample.references.empty()) continue;
    const std::string& answer = sample.references.front();
    // MathVista's answers are the texts of options.
    const bool offered = std::any_of(sample.choices.begin(), sample.choices.end(), [&answer](const Choice& choice) {
      return choice.letter == answer || choice.text == answer;
    });
    if (!offered) wrong.push_back(fmt::format("sample {}, \"{}\"", sample.id, answer));
  }
  return wrong;
}

struct PictureCheck {
  std::string name;
  std::string sha256;  // of the encoded bytes; empty when they cannot be read
  std::string error;   // empty: decoded
};

PictureCheck CheckPicture(const ImageSource& picture) {
  PictureCheck check{.name = ImageSourceName(picture)};
  try {
    const std::vector<std::uint8_t> bytes = ReadImageBytes(picture);
    check.sha256 = Sha256(bytes);
    DecodeImage(bytes);
  } catch (const std::exception& error) {
    check.error = error.what();  // an error of the file names it, one of the codec does not
    if (!check.error.starts_with(check.name)) check.error = fmt::format("{}: {}", check.name, check.error);
  }
  return check;
}

void CheckPictures(const std::set<ImageSource>& distinct, DataReport* report) {
  const std::vector<ImageSource> pictures(distinct.begin(), distinct.end());
  std::vector<PictureCheck> checks(pictures.size());
  tbb::parallel_for(std::size_t{0}, pictures.size(), [&](std::size_t i) { checks[i] = CheckPicture(pictures[i]); });
  std::vector<std::string> undecodable, duplicates;
  std::map<std::string, std::string> first_name;
  for (const PictureCheck& check : checks) {
    if (!check.error.empty()) undecodable.push_back(check.error);
    if (check.sha256.empty()) continue;
    const auto [first, is_new] = first_name.emplace(check.sha256, check.name);
    if (!is_new) duplicates.push_back(fmt::format("{} is {}", check.name, first->second));
  }
  Add("undecodable picture", undecodable, &report->problems);
  Add("same picture twice", duplicates, &report->notes);
}

void CheckMd5(const FoundData& data, DataReport* report) {
  if (data.source->md5.empty()) return;
  const std::string_view file = data.source->files.front();
  const std::string md5 = Md5OfFile(data.folder / file);
  if (md5 != data.source->md5) {
    report->differences.push_back(fmt::format("{}: md5: expected {}, found {}", file, data.source->md5, md5));
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
      report.differences.push_back(fmt::format("rows: expected {}, found {}", data->source->rows, report.rows));
    }
    Add("duplicate id", DuplicateIds(samples), &report.problems);
    if (data->source->answers_public) Add("no answer", MissingAnswers(samples), &report.problems);
    Add("answer is no option", AnswersWithoutOption(samples), &report.problems);
    CheckPictures(pictures, &report);
  } catch (const std::exception& error) {
    report.problems.push_back(error.what());
  }
  return report;
}

}  // namespace tessera
