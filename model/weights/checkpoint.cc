#include "model/weights/checkpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSingleName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";
constexpr std::size_t kMaxShards = 10'000;
constexpr std::size_t kMaxNamed = 8;

using WeightMap = std::map<std::string, std::string>;  // tensor name -> shard name

/// "3 missing (a, b, c)"; at most kMaxNamed are named.
std::string Summary(const std::string& what, const std::vector<std::string>& items) {
  std::vector<std::string> named;
  for (std::size_t i = 0; i < std::min(items.size(), kMaxNamed); ++i) named.push_back(Shorten(items[i], 200));
  if (items.size() > kMaxNamed) named.push_back("...");
  return fmt::format("{} {} ({})", items.size(), what, fmt::join(named, ", "));
}

/// What the files and the configuration disagree about, gathered so that one message tells it all.
class Problems {
 public:
  void Add(const std::string& kind, std::string item) {
    const auto same = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.first == kind; });
    Group& group = same == groups_.end() ? groups_.emplace_back(kind, std::vector<std::string>{}) : *same;
    group.second.push_back(std::move(item));
  }

  void ThrowIfAny(const fs::path& folder) const {
    if (groups_.empty()) return;
    std::vector<std::string> lines;
    for (const auto& [kind, items] : groups_) lines.push_back(Summary(kind, items));
    throw InputError(fmt::format("{}: the weights do not fit config.json: {}", folder.string(), Join(lines, "; ")));
  }

 private:
  using Group = std::pair<std::string, std::vector<std::string>>;
  std::vector<Group> groups_;
};

[[noreturn]] void FailWithoutWeights(const fs::path& folder) {
  std::vector<std::string> found;
  bool pickled = false;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    pickled |= it->path().extension() == ".bin";
    found.push_back(name);
  }
  std::sort(found.begin(), found.end());
  throw InputError(fmt::format("{}: expected {} or {}, found {}{}", folder.string(), kSingleName, kIndexName,
                               Summary("files", found),
                               pickled ? "; .bin weights are not supported, convert them to safetensors" : ""));
}

WeightMap ReadWeightMap(const fs::path& path) {
  const Json json = ReadJsonFile(path);
  const JsonFields map = JsonFields(json, path.string()).Object("weight_map");
  WeightMap shards;
  for (const auto& [tensor, shard] : map.json().items()) {
    const std::string name = map.String(tensor);
    // A shard lies beside its index; anything else would read files that are no part of the checkpoint.
    const bool plain = !name.empty() && name != "." && name != ".." &&
                       name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
    if (!plain) map.Fail(tensor, "expected a file name without folders, found " + Describe(Json(name)));
    shards.emplace(tensor, name);
  }
  return shards;
}

std::vector<std::string> ShardNames(const WeightMap& weight_map, const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& [tensor, shard] : weight_map) names.insert(shard);
  if (names.size() > kMaxShards) {
    throw InputError(
        fmt::format("{}: {} shards are more than {}", (folder / kIndexName).string(), names.size(), kMaxShards));
  }
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!fs::is_regular_file(folder / name)) missing.push_back(name);
  }
  if (!missing.empty()) {
    throw InputError(
        fmt::format("{}: names {}", (folder / kIndexName).string(), Summary("shards that are not there", missing)));
  }
  return {names.begin(), names.end()};
}

/// Index and shards have to say the same: transformers goes by the shards' content, other readers by the index.
void CheckAgainstIndex(const WeightMap& weight_map, const std::vector<TensorView>& tensors, const std::string& shard,
                       Problems& problems) {
  for (const TensorView& tensor : tensors) {
    const auto it = weight_map.find(tensor.name);
    if (it == weight_map.end()) {
      problems.Add("not in the index", fmt::format("{} of {}", tensor.name, shard));
    } else if (it->second != shard) {
      problems.Add("in the wrong shard", fmt::format("{} is in {}, the index says {}", tensor.name, shard, it->second));
    }
  }
}

void CheckTensor(const TensorSpec& expected, const TensorView& found, Problems& problems) {
  if (found.shape != expected.shape) {
    problems.Add("of another shape", fmt::format("{}: expected [{}], found [{}]", expected.name,
                                                 fmt::join(expected.shape, ", "), fmt::join(found.shape, ", ")));
  }
  if (found.type == DataType::kI64) {
    problems.Add("of another type",
                 fmt::format("{}: expected a floating type, found {}", expected.name, DataTypeName(found.type)));
  }
}

}  // namespace

Checkpoint Checkpoint::Open(const fs::path& folder, const ModelConfig& config) {
  WeightMap weight_map;
  std::vector<std::string> names;
  // The single file is used when both are there, as in transformers' from_pretrained.
  if (fs::is_regular_file(folder / kSingleName)) {
    names.push_back(kSingleName);
  } else if (fs::is_regular_file(folder / kIndexName)) {
    weight_map = ReadWeightMap(folder / kIndexName);
    names = ShardNames(weight_map, folder);
  } else {
    FailWithoutWeights(folder);
  }

  Checkpoint checkpoint;
  Problems problems;
  for (std::size_t i = 0; i < names.size(); ++i) {
    checkpoint.paths_.push_back(folder / names[i]);
    const SafetensorsFile& file = checkpoint.files_.emplace_back(checkpoint.paths_.back());
    if (!weight_map.empty()) CheckAgainstIndex(weight_map, file.tensors(), names[i], problems);
    for (const TensorView& tensor : file.tensors()) {
      const bool first = checkpoint.tensors_.try_emplace(tensor.name, Location{i, &tensor}).second;
      if (!first) problems.Add("duplicate", fmt::format("{} in {}", tensor.name, names[i]));
    }
  }

  std::set<std::string> unknown;
  for (const auto& [name, location] : checkpoint.tensors_) unknown.insert(name);
  for (const TensorSpec& expected : ExpectedTensors(config)) {
    unknown.erase(expected.name);
    const auto it = checkpoint.tensors_.find(expected.name);
    if (it == checkpoint.tensors_.end()) {
      problems.Add("missing", expected.name);
    } else {
      CheckTensor(expected, *it->second.view, problems);
    }
  }
  for (const std::string& name : unknown) problems.Add("unknown", name);
  for (const auto& [name, shard] : weight_map) {
    if (!checkpoint.tensors_.contains(name)) problems.Add("only in the index", fmt::format("{} of {}", name, shard));
  }
  problems.ThrowIfAny(folder);
  return checkpoint;
}

const TensorView& Checkpoint::Tensor(const std::string& name) const { return *tensors_.at(name).view; }

void Checkpoint::Release(const std::string& name) const {
  const Location& location = tensors_.at(name);
  files_[location.file].Release(*location.view);
}

std::vector<fs::path> Checkpoint::files() const { return paths_; }

std::uint64_t Checkpoint::bytes() const {
  std::uint64_t total = 0;
  for (const auto& [name, location] : tensors_) total += location.view->bytes;
  return total;
}

DataType Checkpoint::stored_type() const {
  const auto largest = std::max_element(tensors_.begin(), tensors_.end(), [](const auto& a, const auto& b) {
    return a.second.view->bytes < b.second.view->bytes;
  });
  return largest->second.view->type;
}

}  // namespace tessera
