#include "tests/model/golden/golden_files.h"

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "datasets/image_codec.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/strings.h"
#include "model/weights/tensor_loader.h"

namespace tessera::golden {

GoldenTensors::GoldenTensors(const std::filesystem::path& path) : file_(path), name_(path.filename().string()) {}

std::optional<at::Tensor> GoldenTensors::Find(const std::string& name) {
  const TensorView* view = file_.Find(name);
  if (view == nullptr) return std::nullopt;
  used_.insert(name);
  const auto options = at::TensorOptions().dtype(ToScalarType(view->type));
  return at::from_blob(const_cast<std::byte*>(view->data), view->shape, options).clone();
}

at::Tensor GoldenTensors::Get(const std::string& name) {
  std::optional<at::Tensor> tensor = Find(name);
  if (!tensor) throw std::out_of_range(fmt::format("{}: no tensor \"{}\"", name_, name));
  return *tensor;
}

std::vector<std::string> GoldenTensors::names() const {
  std::vector<std::string> names;
  for (const TensorView& view : file_.tensors()) names.push_back(view.name);
  return names;
}

void GoldenTensors::ReportUnknown(GoldenReport& report) const {
  for (const std::string& name : names()) {
    if (!used_.contains(name)) report.Fail(name_ + ": " + name, "unknown tensor, not checked");
  }
}

void RequireKnownKeys(const Json& object, const std::set<std::string>& known, const std::string& where,
                      GoldenReport& report) {
  for (const auto& [key, value] : object.items()) {
    if (!known.contains(key)) report.Fail(where, fmt::format("unknown field \"{}\", not checked", key));
  }
}

std::vector<Json> ReadJsonLines(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::istringstream text(ReadFile(path));
  for (std::string line; std::getline(text, line);) {
    if (!line.empty()) lines.push_back(ParseJson(line, path.string()));
  }
  return lines;
}

std::vector<int> ExpandRuns(const Json& runs) {
  std::vector<int> ids;
  for (const Json& run : runs) ids.insert(ids.end(), run.at(1).get<std::size_t>(), run.at(0).get<int>());
  return ids;
}

std::string ExpandContext(const std::string& prompt) {
  constexpr std::string_view kOpen = "{IMG_CONTEXT*";
  std::string text;
  std::size_t done = 0;
  for (std::size_t open; (open = prompt.find(kOpen, done)) != std::string::npos;) {
    text += prompt.substr(done, open - done);
    const std::size_t close = prompt.find('}', open);
    const int count = std::stoi(prompt.substr(open + kOpen.size(), close - open - kOpen.size()));
    for (int i = 0; i < count; ++i) text += "<IMG_CONTEXT>";
    done = close + 1;
  }
  return text + prompt.substr(done);
}

Image ReadImage(const std::filesystem::path& path) {
  const std::string bytes = ReadFile(path);
  return DecodeImage({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string Sha256OfFloats(const std::vector<float>& values) {
  return Sha256(std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
}

}  // namespace tessera::golden
