#include "benchmarks/answer_file.h"

#include <fmt/format.h>

#include <map>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::uint64_t kMaxBytes = 256u << 20;

}  // namespace

void JoinAnswers(const std::filesystem::path& file, const AnswerFile& layout, std::vector<Sample>& samples) {
  std::map<std::string, Sample*> unanswered;
  for (Sample& sample : samples) unanswered.emplace(sample.id, &sample);
  const Json json = ReadJsonFile(file, kMaxBytes);
  const Json& records = JsonFields(json, file.string()).Array(layout.records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const JsonFields record(records[i], file.string(), fmt::format("{}[{}]", layout.records, i));
    const auto sample = unanswered.find(std::to_string(record.Int(layout.id)));
    if (sample == unanswered.end()) {
      record.Fail(layout.id, fmt::format("expected the id of a question, each once, found {}", record.Int(layout.id)));
    }
    layout.read(record, *sample->second);
    unanswered.erase(sample);
  }
  if (unanswered.empty()) return;
  throw InputError(fmt::format("{}: expected a record for each of {} questions, found none for {} of them ({} ...)",
                               file.string(), samples.size(), unanswered.size(), unanswered.begin()->first));
}

std::vector<std::string> Texts(const JsonFields& record, std::string_view key) {
  std::vector<std::string> texts;
  for (const Json& item : record.Array(key)) {
    if (!item.is_string()) record.Fail(key, "expected an array of strings, found one with " + Describe(item));
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace tessera
