#include "model/weights/synthetic_checkpoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "model/config/config_json.h"
#include "model/config/model_cost.h"
#include "model/image/parallel_for.h"
#include "model/text/tokenizer.h"
#include "model/weights/safetensors.h"
#include "model/weights/synthetic_weights.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kElementsAtOnce = 4 << 20;
constexpr std::uint64_t kRoomBesideWeights = 16 << 20;  // header, tokenizer, the file system's own

/// A file that is written once, from front to back.
class OutputFile {
 public:
  explicit OutputFile(const fs::path& path) : path_(path), file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
    if (file_ == nullptr) Fail("created");
  }
  void Write(const void* data, std::size_t bytes) {
    if (std::fwrite(data, 1, bytes, file_.get()) != bytes) Fail("written");
  }
  void Finish() {
    if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) Fail("written");
  }

 private:
  [[noreturn]] void Fail(std::string_view what) const {
    throw EnvironmentError(fmt::format("{}: cannot be {}: {}", path_.string(), what, std::strerror(errno)));
  }

  fs::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// A folder beside `target` that becomes it, or goes away with all it holds.
class PendingFolder {
 public:
  explicit PendingFolder(const fs::path& target) : target_(target) {
    std::string name = target.string() + ".XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw EnvironmentError(fmt::format("{}: cannot be created: {}", target.string(), std::strerror(errno)));
    }
    path_ = name;
    fs::permissions(path_, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                               fs::perms::others_read | fs::perms::others_exec);
  }
  ~PendingFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PendingFolder(const PendingFolder&) = delete;
  PendingFolder& operator=(const PendingFolder&) = delete;

  const fs::path& path() const { return path_; }

  void Publish() const {
    SyncFolder(path_);
    std::error_code error;
    fs::rename(path_, target_, error);
    if (error) throw EnvironmentError(fmt::format("{}: cannot be created: {}", target_.string(), error.message()));
    SyncFolder(target_.parent_path());
  }

 private:
  fs::path target_, path_;
};

DataType StoredType(const ModelConfig& config) {
  if (config.torch_dtype == "bfloat16") return DataType::kBf16;
  if (config.torch_dtype == "float32") return DataType::kF32;
  throw UsageError(fmt::format("precision \"{}\": expected bfloat16 or float32", config.torch_dtype));
}

/// The header as the format wants it, padded so that the data behind it starts at a cache line.
std::string SafetensorsHeader(const std::vector<TensorSpec>& specs, DataType type, std::int64_t known_tokens) {
  nlohmann::ordered_json json = {{"__metadata__", {{"format", "pt"}}}};
  std::int64_t end = 0;
  for (const TensorSpec& spec : specs) {
    const std::int64_t begin = end;
    end += SyntheticTensor(spec, 0, known_tokens).elements() * BytesPerElement(type);
    json[spec.name] = {{"dtype", DataTypeName(type)}, {"shape", spec.shape}, {"data_offsets", {begin, end}}};
  }
  std::string header = json.dump();
  constexpr std::size_t kLine = 64;
  header.resize((header.size() + sizeof(std::uint64_t) + kLine - 1) / kLine * kLine - sizeof(std::uint64_t), ' ');
  return header;
}

template <typename Element>
void WriteTensor(const SyntheticTensor& tensor, std::vector<Element>* buffer, OutputFile* file) {
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  constexpr int kFewest = 1 << 16;
  buffer->resize(kElementsAtOnce);
  for (std::int64_t first = 0; first < tensor.elements(); first += kElementsAtOnce) {
    const auto count = static_cast<std::size_t>(std::min(kElementsAtOnce, tensor.elements() - first));
    ParallelFor(static_cast<int>(count), threads, kFewest, [&](int begin, int end) {
      const std::span<Element> part =
          std::span(*buffer).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
      tensor.Fill(first + begin, part);
    });
    file->Write(buffer->data(), count * sizeof(Element));
  }
}

template <typename Element>
void WriteWeights(const SyntheticCheckpoint& checkpoint, std::int64_t known_tokens, OutputFile* file) {
  std::vector<Element> buffer;
  for (const TensorSpec& spec : ExpectedTensors(checkpoint.config)) {
    WriteTensor(SyntheticTensor(spec, checkpoint.seed, known_tokens), &buffer, file);
  }
}

void CopyTokenizer(const fs::path& from, const fs::path& to) {
  for (const char* name :
       {"tokenizer.model", "tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"}) {
    if (fs::exists(from / name)) WriteFileAtomically(to / name, ReadFile(from / name));
  }
}

void CheckRoom(const fs::path& folder, std::uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder.empty() ? fs::path(".") : folder, error);
  if (error) throw EnvironmentError(fmt::format("{}: {}", folder.string(), error.message()));
  if (space.available < bytes) {
    throw EnvironmentError(
        fmt::format("{}: needs {} bytes, but the disk has room for {}", folder.string(), bytes, space.available));
  }
}

}  // namespace

std::uint64_t SyntheticBytes(const ModelConfig& config) {
  const ParameterCount count = CountParameters(config);
  return static_cast<std::uint64_t>(count.vision + count.projector + count.language) *
         static_cast<std::uint64_t>(BytesPerElement(StoredType(config)));
}

void MakeSyntheticCheckpoint(const SyntheticCheckpoint& checkpoint, const fs::path& out) {
  const ModelConfig& config = checkpoint.config;
  const fs::path target = (out / "").parent_path();  // without a trailing slash
  if (fs::exists(target)) throw UsageError(fmt::format("{}: exists already", target.string()));
  const std::int64_t known_tokens = Tokenizer::Load(checkpoint.tokenizer_folder).VocabularySize();
  if (known_tokens > config.language.vocab_size) {
    throw InputError(fmt::format("{}: the tokenizer has {} ids, but the vocabulary is {}",
                                 checkpoint.tokenizer_folder.string(), known_tokens, config.language.vocab_size));
  }
  const DataType type = StoredType(config);
  CheckRoom(target.parent_path(), SyntheticBytes(config) + kRoomBesideWeights);

  const PendingFolder folder(target);
  WriteFileAtomically(folder.path() / "config.json", ConfigJson(config));
  CopyTokenizer(checkpoint.tokenizer_folder, folder.path());
  OutputFile file(folder.path() / "model.safetensors");
  const std::string header = SafetensorsHeader(ExpectedTensors(config), type, known_tokens);
  const std::uint64_t header_bytes = header.size();  // little-endian, as every machine that this builds for
  file.Write(&header_bytes, sizeof header_bytes);
  file.Write(header.data(), header.size());
  if (type == DataType::kBf16) {
    WriteWeights<std::uint16_t>(checkpoint, known_tokens, &file);
  } else {
    WriteWeights<float>(checkpoint, known_tokens, &file);
  }
  file.Finish();
  folder.Publish();
}

}  // namespace tessera
