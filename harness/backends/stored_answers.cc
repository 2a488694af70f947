#include "harness/backends/stored_answers.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>

#include "benchmarks/tsv_samples.h"
#include "datasets/tsv_reader.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/journal/reader.h"

namespace tessera {
namespace {

constexpr std::uint64_t kMaxJsonBytes = 512u << 20;
constexpr std::array<std::string_view, 5> kIdNames = {"question_id", "questionId", "index", "id", "pid"};
constexpr std::array<std::string_view, 4> kAnswerNames = {"answer", "prediction", "response", "text"};

void Add(const std::string& where, std::string id, std::vector<std::string> answers, StoredAnswers* stored) {
  const auto [it, is_new] = stored->answers.emplace(std::move(id), std::move(answers));
  if (!is_new)
    throw InputError(fmt::format("{}: an answer for \"{}\" is there already", where, Shorten(it->first, 80)));
}

StoredAnswers ReadRunFolder(const std::filesystem::path& folder) {
  StoredAnswers stored{.format = "journal"};
  for (const SampleRecord& record : ReadJournal(folder).samples) {
    if (record.failure) continue;
    Add(folder.string(), SampleKey(record.benchmark, record.sample), record.answers, &stored);
  }
  return stored;
}

StoredAnswers ReadTable(const std::filesystem::path& file) {
  StoredAnswers stored{.format = "table"};
  const TsvTable table = ReadTsv(file);
  const std::optional<std::size_t> column = table.Column("prediction");
  if (!column)
    throw InputError(fmt::format("{}:1: expected a column \"prediction\" in the header, found none", file.string()));
  for (const TsvRow& row : table.rows) {
    const bool is_missing = std::holds_alternative<std::monostate>(row.cells[*column]);
    stored.empty_cells += is_missing ? 1 : 0;
    Add(fmt::format("{}:{}", file.string(), row.line), row.index, {is_missing ? "nan" : CellText(row.cells[*column])},
        &stored);
  }
  return stored;
}

std::string TextOf(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  throw InputError(fmt::format("{}: expected the answer as a string, found {}", where, Describe(value)));
}

std::string IdOf(const Json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  throw InputError(fmt::format("{}: expected the id as an integer or a string, found {}", where, Describe(value)));
}

/// The field of `object` that has the first of `names` that is there.
template <std::size_t N>
const Json& OneOf(const Json& object, const std::array<std::string_view, N>& names, const std::string& where) {
  for (const std::string_view name : names) {
    const auto it = object.find(std::string(name));
    if (it != object.end()) return *it;
  }
  throw InputError(fmt::format("{}: expected one of the fields {}, found none", where, fmt::join(names, ", ")));
}

void AddObject(const Json& object, const std::string& where, StoredAnswers* stored) {
  if (!object.is_object()) throw InputError(fmt::format("{}: expected an object, found {}", where, Describe(object)));
  Add(where, IdOf(OneOf(object, kIdNames, where), where), {TextOf(OneOf(object, kAnswerNames, where), where)}, stored);
}

StoredAnswers ReadJson(const std::filesystem::path& file) {
  StoredAnswers stored{.format = "json"};
  const Json json = ReadJsonFile(file, kMaxJsonBytes);
  if (!json.is_array() && !json.is_object()) {
    throw InputError(fmt::format("{}: expected an array or an object, found {}", file.string(), Describe(json)));
  }
  std::size_t position = 0;
  for (const auto& [key, value] : json.items()) {
    ++position;
    if (json.is_array()) {
      AddObject(value, fmt::format("{}: entry {}", file.string(), position), &stored);
      continue;
    }
    const std::string where = fmt::format("{}: \"{}\"", file.string(), Shorten(key, 80));
    Add(where, key, {TextOf(value.is_object() ? OneOf(value, kAnswerNames, where) : value, where)}, &stored);
  }
  return stored;
}

StoredAnswers ReadJsonLines(const std::filesystem::path& file) {
  StoredAnswers stored{.format = "json"};
  std::size_t number = 0;
  for (const std::string& line : Split(ReadFile(file), '\n')) {
    ++number;
    if (StripWhiteSpace(line).empty()) continue;
    const std::string where = fmt::format("{}:{}", file.string(), number);
    AddObject(ParseJson(line, where), where, &stored);
  }
  return stored;
}

}  // namespace

StoredAnswers ReadStoredAnswers(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return ReadRunFolder(path);
  const std::string extension = path.extension().string();
  if (extension == ".tsv" || extension == ".xlsx") return ReadTable(path);
  if (extension == ".json") return ReadJson(path);
  if (extension == ".jsonl") return ReadJsonLines(path);
  throw InputError(
      fmt::format("{}: expected a run folder or a file that ends in .tsv, .xlsx, .json or .jsonl", path.string()));
}

}  // namespace tessera
