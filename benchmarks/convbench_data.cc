#include "benchmarks/convbench_data.h"

#include <fmt/format.h>

#include <array>
#include <regex>
#include <set>

#include "datasets/sheet.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

using convbench::kCaption;
using convbench::kDemands;

constexpr std::array<const char*, 3> kQuestions = {"The_first_turn_instruction", "The_second_turn_instruction",
                                                   "The_third_turn_instruction"};
constexpr std::array<const char*, 3> kHumanAnswers = {"first_turn_answer", "second_turn_answer", "third_turn_answer"};

/// The 64-bit integers of an .npy file. Source: numpy.lib.format, version 1.0.
std::vector<int> ReadNpy(const std::filesystem::path& file) {
  const std::string bytes = ReadFile(file, 16u << 20);
  const auto fail = [&](const std::string& message) { return InputError(file.string() + ": " + message); };
  if (!bytes.starts_with("\x93NUMPY\x01") || bytes.size() < 10) throw fail("expected an .npy file of version 1");
  const std::size_t header_length = static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  const std::string header = bytes.substr(10, header_length);
  const std::string_view data = std::string_view(bytes).substr(std::min(bytes.size(), 10 + header_length));
  std::smatch shape;
  if (header.find("'<i8'") == std::string::npos ||
      !std::regex_search(header, shape, std::regex(R"('shape': \((\d{1,9}),\))"))) {
    throw fail("expected one dimension of <i8, found " + Shorten(header, 120));
  }
  const std::size_t count = std::stoul(shape[1]);
  if (data.size() != count * 8) throw fail(fmt::format("expected {} bytes, found {}", count * 8, data.size()));
  std::vector<int> values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view item = data.substr(i * 8, 8);
    const bool is_small = item.substr(1).find_first_not_of('\0') == std::string_view::npos;
    values.push_back(is_small ? static_cast<unsigned char>(item[0]) : -1);
  }
  return values;
}

std::vector<int> ReadJsonPositions(const std::filesystem::path& file) {
  const Json json = ReadJsonFile(file);
  const Json array = json.is_array() ? json : JsonFields(json, file.string()).Array("positions");
  std::vector<int> values;
  for (const Json& item : array) {
    const bool is_small = item.is_number_integer() && item.get<std::int64_t>() >= 0 && item.get<std::int64_t>() <= 1;
    values.push_back(is_small ? item.get<int>() : -1);
  }
  return values;
}

std::vector<int> ReadPositions(const std::filesystem::path& file, std::size_t rows) {
  const std::vector<int> values = file.extension() == ".npy" ? ReadNpy(file) : ReadJsonPositions(file);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0 || values[i] == 1) continue;
    throw InputError(fmt::format("{}: element {}: expected 0 or 1, found another value", file.string(), i));
  }
  if (values.size() != rows) {
    throw InputError(fmt::format("{}: expected one position for each of the {} rows of the sheet, found {}",
                                 file.string(), rows, values.size()));
  }
  return values;
}

/// Reads the cells of one row.
class RowReader {
 public:
  RowReader(const Sheet& sheet, const SheetRow& row) : sheet_(sheet), row_(row) {}

  /// The cell of a column of the published sheet.
  std::string Required(const char* column) const {
    const auto position = sheet_.Column(column);
    if (!position) throw InputError(fmt::format("{}: the sheet has no column \"{}\"", sheet_.file, column));
    const std::string& cell = row_.cells[*position];
    if (cell.empty()) throw Bad(column, "expected a text, found nothing");
    return cell;
  }

  /// The cell of a fuller sheet; nullopt when the sheet has no such column.
  std::optional<std::string> Optional(const char* column) const {
    const auto position = sheet_.Column(column);
    return position ? std::optional(row_.cells[*position]) : std::nullopt;
  }

  Error Bad(const char* column, const std::string& message) const {
    return InputError(fmt::format("{}:{}: field \"{}\": {}", sheet_.file, row_.number, column, message));
  }

 private:
  const Sheet& sheet_;
  const SheetRow& row_;
};

Sample ReadRow(const RowReader& row, const std::filesystem::path& pictures, std::string_view split) {
  Sample sample{.id = row.Required("ID"), .split = std::string(split)};
  const std::string picture = row.Required("image_id");
  if (picture.find('/') != std::string::npos) {
    throw row.Bad("image_id", fmt::format("expected a file name, found \"{}\"", Shorten(picture, 80)));
  }
  sample.images.push_back({.file = pictures / picture});
  for (const char* column : kQuestions) sample.questions.push_back(row.Required(column));
  std::vector<std::string> missing;
  for (const char* column : kHumanAnswers) {
    const auto answer = row.Optional(column);
    if (answer) sample.references.push_back(*answer);
    if (!answer) missing.emplace_back(column);
  }
  for (const char* column : {kCaption, kDemands}) {
    const auto text = row.Optional(column);
    if (text) sample.tags[column] = *text;
    if (!text) missing.emplace_back(column);
  }
  if (!missing.empty()) {
    sample.references.clear();
    sample.tags[convbench::kMissing] = Join(missing, ", ");
  }
  return sample;
}

}  // namespace

std::vector<Sample> LoadConvBench(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  const Sheet sheet = ReadSheet(file);
  std::vector<int> positions;
  if (source.files.size() > 1) positions = ReadPositions(folder / source.files[1], sheet.rows.size());
  std::vector<Sample> samples;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
    const RowReader row(sheet, sheet.rows[i]);
    samples.push_back(ReadRow(row, file.parent_path() / "visit_bench_images", source.split));
    if (!ids.insert(samples.back().id).second) throw row.Bad("ID", "is there twice: " + samples.back().id);
    if (!positions.empty()) samples.back().tags[convbench::kPosition] = std::to_string(positions[i]);
  }
  return samples;
}

}  // namespace tessera
