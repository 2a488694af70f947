#include "model/weights/safetensors_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxRank = 8;

std::optional<DataType> ParseDataType(std::string_view name) {
  for (const DataType type : {DataType::kF32, DataType::kF16, DataType::kBf16, DataType::kI64}) {
    if (DataTypeName(type) == name) return type;
  }
  return std::nullopt;
}

/// Fills entries while the JSON is read. A tree of the whole header would cost many times its size, keep only the last
/// of two equal keys, and follow any nesting; this takes what the format allows and nothing else.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  HeaderReader(std::vector<SafetensorsEntry>* entries, std::string where)
      : entries_(entries), where_(std::move(where)) {}

  bool start_object(std::size_t) override {
    if (depth_ == 2 || in_array_) Unexpected("an object");
    ++depth_;
    return true;
  }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      if (!names_.insert(name).second) Fail(fmt::format("tensor {} is there twice", Shorten(name, 200)));
      in_metadata_ = name == "__metadata__";
      if (!in_metadata_) entries_->push_back({.name = name});
      fields_.clear();
      return true;
    }
    if (!fields_.insert(name).second) Fail(fmt::format("{}: field {} is there twice", Place(), Shorten(name, 200)));
    const bool known = name == "dtype" || name == "shape" || name == "data_offsets";
    if (!in_metadata_ && !known) Fail(fmt::format("{}: unknown field {}", Place(), Shorten(name, 200)));
    field_ = name;
    return true;
  }

  bool end_object() override {
    --depth_;
    if (depth_ == 1 && !in_metadata_ && fields_.size() != 3) {
      Fail(fmt::format("{}: expected dtype, shape and data_offsets, found {}", Place(), fmt::join(fields_, ", ")));
    }
    return true;
  }

  bool start_array(std::size_t) override {
    const bool expected = depth_ == 2 && !in_metadata_ && !in_array_ && field_ != "dtype";
    if (!expected) Unexpected("an array");
    in_array_ = true;
    offsets_ = 0;
    return true;
  }

  bool end_array() override {
    in_array_ = false;
    if (field_ == "data_offsets" && offsets_ != 2) Fail(fmt::format("{}: expected 2 data_offsets", Place()));
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (!in_array_) Unexpected("a number");
    SafetensorsEntry& entry = entries_->back();
    if (field_ == "shape") {
      if (entry.shape.size() == kMaxRank) Fail(fmt::format("{}: more than {} dimensions", Place(), kMaxRank));
      if (value > INT64_MAX) Fail(fmt::format("{}: shape: {} is too large", Place(), value));
      entry.shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (offsets_ == 2) Fail(fmt::format("{}: expected 2 data_offsets, found more", Place()));
    (offsets_ == 0 ? entry.begin : entry.end) = value;
    ++offsets_;
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ == 2 && in_metadata_) return true;
    if (depth_ != 2 || in_array_ || field_ != "dtype") Unexpected("a string");
    const std::optional<DataType> type = ParseDataType(value);
    if (!type) Fail(fmt::format("{}: dtype {} is not supported", Place(), Shorten(value, 40)));
    entries_->back().type = *type;
    return true;
  }

  bool null() override { return Unexpected("null"); }
  bool boolean(bool) override { return Unexpected("true or false"); }
  bool number_integer(number_integer_t value) override { return Unexpected(fmt::format("{}", value)); }
  bool number_float(number_float_t, const string_t& text) override { return Unexpected(Shorten(text, 40)); }
  bool binary(binary_t&) override { return Unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    Fail(fmt::format("not valid JSON at byte {}: {}", position, ReplaceInvalidUtf8(Shorten(error.what(), 200))));
  }

 private:
  [[noreturn]] void Fail(const std::string& message) const {
    throw InputError(fmt::format("{}: header: {}", where_, message));
  }
  bool Unexpected(const std::string& found) const { Fail(fmt::format("{}: unexpected {}", Place(), found)); }

  std::string Place() const {
    if (depth_ == 0 || names_.empty()) return "top level";
    return in_metadata_ ? "__metadata__" : "tensor " + Shorten(entries_->back().name, 200);
  }

  std::vector<SafetensorsEntry>* entries_;
  std::string where_;
  int depth_ = 0;
  bool in_metadata_ = false;
  bool in_array_ = false;
  int offsets_ = 0;
  std::string field_;
  std::set<std::string> names_, fields_;
};

/// shape x type in bytes, or nothing when it does not fit 64 bits.
std::optional<std::uint64_t> SizeInBytes(const SafetensorsEntry& entry) {
  std::uint64_t bytes = static_cast<std::uint64_t>(BytesPerElement(entry.type));
  for (const std::int64_t side : entry.shape) {
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(side), &bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::vector<SafetensorsEntry> ParseSafetensorsHeader(std::string_view header, std::uint64_t data_bytes,
                                                     const std::string& where) {
  std::vector<SafetensorsEntry> entries;
  HeaderReader reader(&entries, where);
  Json::sax_parse(header, &reader);

  std::sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  std::uint64_t end = 0;
  for (const SafetensorsEntry& entry : entries) {
    const auto fail = [&](const std::string& message) {
      throw InputError(fmt::format("{}: tensor {}: {}", where, Shorten(entry.name, 200), message));
    };
    if (entry.begin > entry.end || entry.end > data_bytes) {
      fail(fmt::format("data_offsets [{}, {}] are outside the {} bytes of data", entry.begin, entry.end, data_bytes));
    }
    const std::optional<std::uint64_t> size = SizeInBytes(entry);
    if (!size || *size != entry.end - entry.begin) {
      fail(fmt::format("{} [{}] needs {} bytes, data_offsets hold {}", DataTypeName(entry.type),
                       fmt::join(entry.shape, ", "), size ? fmt::to_string(*size) : "more than 2^64",
                       entry.end - entry.begin));
    }
    if (entry.begin < end) fail(fmt::format("begins at byte {}, inside the tensor before it", entry.begin));
    if (entry.begin > end) fail(fmt::format("begins at byte {}, after a gap that starts at byte {}", entry.begin, end));
    end = entry.end;
  }
  if (end != data_bytes) {
    throw InputError(fmt::format("{}: the tensors hold {} bytes, the file has {}", where, end, data_bytes));
  }
  return entries;
}

}  // namespace tessera
