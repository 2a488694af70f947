#include "harness/runner/verify_samples.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "datasets/image_source.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"
#include "harness/runner/picture_hashes.h"

namespace tessera {
namespace {

constexpr std::size_t kShownBytes = 200;

std::string Name(const SampleRecord& record) {
  return fmt::format("journal: {}, sample \"{}\" ({})", record.benchmark, record.sample.id, record.sample.split);
}

std::string JsonText(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// What the journal keeps of a sample, by the journal's names.
std::map<std::string, std::string> FactsOf(const Sample& sample) {
  Json choices = Json::array();
  for (const Choice& choice : sample.choices) choices.push_back({choice.letter, choice.text});
  return {{"questions", JsonText(sample.questions)},
          {"choices", JsonText(choices)},
          {"references", JsonText(sample.references)},
          {"tags", JsonText(sample.tags)}};
}

void CompareSample(const Sample& planned, const SampleRecord& record, Verification* verification) {
  const std::map<std::string, std::string> found = FactsOf(record.sample);
  for (const auto& [fact, text] : FactsOf(planned)) {
    if (text == found.at(fact)) continue;
    verification->mismatches.push_back(
        {fmt::format("{}: {}", Name(record), fact), Shorten(text, kShownBytes), Shorten(found.at(fact), kShownBytes)});
  }
}

/// The hash that the journal has for a picture, and whose it is.
struct PictureClaim {
  ImageSource source;
  std::string sha256;
  const SampleRecord* record = nullptr;
};

/// A picture that the run could not read has no hash, and one that was not looked at (stored answers) no entry.
void AddClaims(const Sample& planned, const SampleRecord& record, std::vector<PictureClaim>* claims) {
  for (std::size_t i = 0; i < std::min(planned.images.size(), record.pictures.size()); ++i) {
    const std::string& sha256 = record.pictures[i].sha256;
    if (!sha256.empty()) claims->push_back({planned.images[i], sha256, &record});
  }
}

void CheckPictures(const std::vector<PictureClaim>& claims, Verification* verification) {
  std::set<ImageSource> distinct;
  for (const PictureClaim& claim : claims) distinct.insert(claim.source);
  const PictureHashes found = HashPictures(distinct);
  verification->pictures += static_cast<int>(found.size());
  for (const PictureClaim& claim : claims) {
    const std::string expected = fmt::format("sha256 {}", claim.sha256);
    if (found.at(claim.source) == expected) continue;
    verification->mismatches.push_back(
        {fmt::format("{}: picture {}", Name(*claim.record), ImageSourceName(claim.source)), expected,
         found.at(claim.source)});
  }
}

/// The answers that were read so far, by start of the run and sample, and where.
struct Answer {
  std::vector<std::string> texts;
  std::filesystem::path file;
  int line = 0;
};
using Answers = std::map<std::pair<int, std::string>, Answer>;

/// A worker asks nothing twice in one start. Two workers may, when one of them lost its lease; both must then say the
/// same.
void CheckAnswer(const SampleRecord& record, const std::filesystem::path& path, int line, Answers* answers,
                 Verification* verification) {
  const Answer answer{
      .texts = record.failure ? std::vector<std::string>() : record.answers, .file = path, .line = line};
  const auto key = std::make_pair(record.start, SampleKey(record.benchmark, record.sample));
  const auto found = answers->find(key);
  if (found == answers->end()) {
    if (!record.failure) answers->emplace(key, answer);
  } else if (found->second.file == path) {
    verification->mismatches.push_back(
        {Name(record), "no line after its answer", fmt::format("another one: line {}", line)});
  } else if (!record.failure && found->second.texts != answer.texts) {
    verification->mismatches.push_back(
        {fmt::format("{}: answers of two workers", Name(record)),
         fmt::format("{} in {}", Shorten(Join(found->second.texts, "; "), kShownBytes),
                     found->second.file.filename().string()),
         fmt::format("{} in {}", Shorten(Join(answer.texts, "; "), kShownBytes), path.filename().string())});
  }
}

/// Returns false when a record is damaged.
bool CheckJournalFile(const std::filesystem::path& path, Answers* answers, Verification* verification) {
  bool is_damaged = false;
  const bool torn = ForEachLine(path, [&](std::string_view line, int number) {
    const std::string where = fmt::format("{}:{}", path.string(), number);
    const std::optional<std::string_view> json = UnframeRecord(line);
    if (!json) {
      verification->mismatches.push_back({where, "a record of its length and checksum", "other bytes"});
      is_damaged = true;
      return;
    }
    CheckAnswer(ParseJournalLine(*json, where), path, number, answers, verification);
  });
  if (torn) verification->mismatches.push_back({path.string(), "whole lines", "a last line that is cut off"});
  return !is_damaged;
}

}  // namespace

std::vector<SampleRecord> CheckJournalLines(const std::filesystem::path& run_folder, const RunRecord& run,
                                            Verification* verification) {
  const std::vector<std::filesystem::path> paths = JournalPaths(run_folder);
  if (paths.empty()) {
    verification->mismatches.push_back({JournalPath(run_folder).string(), "the journal", "no such file"});
    return {};
  }
  std::set<std::string> benchmarks;
  for (const BenchmarkRecord& benchmark : run.benchmarks) benchmarks.insert(benchmark.name);
  Answers answers;
  bool is_damaged = false;
  for (const std::filesystem::path& path : paths) is_damaged |= !CheckJournalFile(path, &answers, verification);
  if (is_damaged) return {};
  Journal journal = ReadJournal(run_folder);
  std::erase_if(journal.samples, [&](const SampleRecord& record) {
    if (benchmarks.contains(record.benchmark)) return false;
    verification->mismatches.push_back({Name(record), "a benchmark of run.json", record.benchmark});
    return true;
  });
  verification->samples = static_cast<int>(journal.samples.size());
  return std::move(journal.samples);
}

void CheckSampleCount(const BenchmarkRecord& record, const std::vector<SampleRecord>& samples,
                      Verification* verification) {
  const auto count = std::count_if(samples.begin(), samples.end(),
                                   [&record](const SampleRecord& sample) { return sample.benchmark == record.name; });
  if (count == record.samples) return;
  verification->mismatches.push_back({fmt::format("journal: samples of {}", record.name),
                                      fmt::format("{}", record.samples), fmt::format("{}", count)});
}

void CheckPlannedSamples(const BenchmarkRecord& record, const std::vector<PlannedSample>& planned,
                         const std::vector<SampleRecord>& samples, Verification* verification) {
  if (static_cast<int>(planned.size()) != record.samples) {
    verification->mismatches.push_back({fmt::format("run.json: samples of {}", record.name),
                                        fmt::format("{} by the data", planned.size()),
                                        fmt::format("{}", record.samples)});
  }
  std::map<std::string, const SampleRecord*> by_key;
  for (const SampleRecord& sample : samples) {
    if (sample.benchmark == record.name) by_key[SampleKey(record.name, sample.sample)] = &sample;
  }
  std::vector<PictureClaim> claims;
  for (const PlannedSample& one : planned) {
    const auto found = by_key.find(SampleKey(record.name, one.sample));
    if (found == by_key.end()) {
      const SampleRecord missing{.benchmark = record.name, .sample = one.sample};
      verification->mismatches.push_back({Name(missing), "a line", "none"});
      continue;
    }
    CompareSample(one.sample, *found->second, verification);
    AddClaims(one.sample, *found->second, &claims);
    by_key.erase(found);
  }
  for (const auto& [key, stranger] : by_key) {
    verification->mismatches.push_back({Name(*stranger), "no line: it is not a sample of the run", "a line"});
  }
  CheckPictures(claims, verification);
}

}  // namespace tessera
