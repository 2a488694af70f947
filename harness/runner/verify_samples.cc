#include "harness/runner/verify_samples.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <map>
#include <set>
#include <string>

#include "datasets/image_source.h"
#include "harness/base/hash.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"

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
  const std::vector<ImageSource> sources(distinct.begin(), distinct.end());
  std::vector<std::string> hashes(sources.size());
  tbb::parallel_for(std::size_t{0}, sources.size(), [&](std::size_t i) {
    try {
      hashes[i] = fmt::format("sha256 {}", Sha256(ReadImageBytes(sources[i])));
    } catch (const std::exception& error) {
      hashes[i] = error.what();
    }
  });
  std::map<ImageSource, std::string> found;
  for (std::size_t i = 0; i < sources.size(); ++i) found[sources[i]] = hashes[i];
  verification->pictures += static_cast<int>(sources.size());
  for (const PictureClaim& claim : claims) {
    const std::string expected = fmt::format("sha256 {}", claim.sha256);
    if (found.at(claim.source) == expected) continue;
    verification->mismatches.push_back(
        {fmt::format("{}: picture {}", Name(*claim.record), ImageSourceName(claim.source)), expected,
         found.at(claim.source)});
  }
}

}  // namespace

std::vector<SampleRecord> CheckJournalLines(const std::filesystem::path& run_folder, const RunRecord& run,
                                            Verification* verification) {
  const std::filesystem::path path = JournalPath(run_folder);
  if (!std::filesystem::exists(path)) {
    verification->mismatches.push_back({path.string(), "the journal", "no such file"});
    return {};
  }
  std::set<std::string> benchmarks;
  for (const BenchmarkRecord& benchmark : run.benchmarks) benchmarks.insert(benchmark.name);
  std::set<std::string> answered;
  bool is_damaged = false;
  const bool torn = ForEachLine(path, [&](std::string_view line, int number) {
    const std::string where = fmt::format("{}:{}", path.string(), number);
    const std::optional<std::string_view> json = UnframeRecord(line);
    if (!json) {
      verification->mismatches.push_back({where, "a record of its length and checksum", "other bytes"});
      is_damaged = true;
      return;
    }
    const SampleRecord record = ParseJournalLine(*json, where);
    const std::string key = SampleKey(record.benchmark, record.sample);
    if (answered.contains(key)) {
      verification->mismatches.push_back(
          {Name(record), "no line after its answer", fmt::format("another one: line {}", number)});
    }
    if (!record.failure) answered.insert(key);
  });
  if (torn) verification->mismatches.push_back({path.string(), "whole lines", "a last line that is cut off"});

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
