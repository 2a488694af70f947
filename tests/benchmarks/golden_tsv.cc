#include "golden_tsv.h"

#include <unistd.h>

#include <filesystem>
#include <type_traits>
#include <variant>

#include "datasets/tsv_reader.h"
#include "harness/base/files.h"
#include "metrics/python_literal.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content)
      : path_(std::filesystem::temp_directory_path() / ("golden_metrics_" + std::to_string(getpid()) + ".tsv")) {
    WriteFileAtomically(path_, content);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

OrderedJson CellJson(const TsvCell& cell) {
  return std::visit(
      [](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return OrderedJson();
        } else {
          return OrderedJson(value);
        }
      },
      cell);
}

/// VLMEvalKit of 2024 keeps a list with one element, that of 2026 unwraps it.
OrderedJson ListJson(const std::vector<std::string>& texts, MatcherVersion version) {
  if (texts.size() == 1 && version == MatcherVersion::kAugust2026) return texts.front();
  return texts;
}

OrderedJson ImageJson(const std::vector<ImageSource>& images, MatcherVersion version) {
  std::vector<std::string> texts;
  bool is_list = false;
  for (const ImageSource& image : images) {
    texts.push_back(ReadFileRange(image.file, image.offset, image.length));
    is_list |= ReadFileRange(image.file, image.offset - 1, 1) == "'";  // an element of a list literal
  }
  return is_list ? ListJson(texts, version) : OrderedJson(texts.at(0));
}

GoldenFound TsvLoad(const GoldenVector& vector) {
  const MatcherVersion version = Version(vector);
  const TemporaryFile file(vector.input.at("tsv").get<std::string>());
  const TsvTable table = ReadTsv(file.path());
  GoldenFound found{.values = {{"rows", OrderedJson::array()}}, .missing_is_absent = true};
  for (const TsvRow& row : table.rows) {
    OrderedJson cells = OrderedJson::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string& column = table.columns[i];
      cells[column] = CellJson(row.cells[i]);
      if (column == "image") cells[column] = ImageJson(row.images, version);
      if (column != "image_path" || !cells[column].is_string()) continue;
      const metrics::AnswerCell paths = metrics::ParseAnswerCell(cells[column].get<std::string>());
      if (!paths.is_list) continue;
      std::vector<std::string> texts;
      for (const metrics::LiteralValue& path : paths.answers) texts.push_back(path.text);
      cells[column] = ListJson(texts, version);
    }
    found.values["rows"].push_back(std::move(cells));
  }
  return found;
}

}  // namespace

void AddTsvChecks(std::map<std::string, GoldenCheck>& checks) { checks["tsv_load"] = TsvLoad; }

}  // namespace tessera
