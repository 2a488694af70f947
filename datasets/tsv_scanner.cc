#include "datasets/tsv_scanner.h"

#include <fmt/format.h>

#include "datasets/tsv_reader.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::size_t kBufferBytes = 1u << 18;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TsvScanner::TsvScanner(const std::filesystem::path& file) : file_(file), stream_(file, std::ios::binary) {
  if (!stream_ || !std::filesystem::is_regular_file(file)) {
    throw InputError(fmt::format("{}: cannot be opened for reading", file.string()));
  }
  Peek();
  if (buffer_.starts_with(kByteOrderMark)) {
    next_ = kByteOrderMark.size();
    offset_ = kByteOrderMark.size();
  }
}

bool TsvScanner::NextRow(std::optional<std::size_t> long_column, std::vector<std::string>& texts,
                         std::vector<TsvSpan>& spans) {
  while (Peek() != kEnd) {
    row_line_ = line_;
    texts.clear();
    spans.clear();
    const bool quoted = Peek() == '"';
    while (true) {
      if (texts.size() == kMaxTsvColumns) Fail(fmt::format("found a row of more than {} cells", kMaxTsvColumns));
      const bool is_long = texts.size() == long_column;
      ReadCell(is_long, texts.emplace_back(), spans.emplace_back());
      if (!is_long && !IsUtf8(texts.back())) Fail(fmt::format("cell {} is not UTF-8", texts.size()));
      if (Peek() != '\t') break;
      Take();
    }
    if (Take() == '\r' && Peek() == '\n') Take();
    ++line_;
    const bool blank = texts.size() == 1 && !quoted && texts[0].find_first_not_of(' ') == std::string::npos;
    if (!blank) return true;
  }
  return false;
}

void TsvScanner::ReadCell(bool is_long, std::string& text, TsvSpan& span) {
  const bool quoted = Peek() == '"';
  if (quoted) Take();
  span.offset = offset_;
  while (true) {
    const int c = Peek();
    if (quoted && c == kEnd) Fail("a quote is opened in this row and never closed");
    if (!quoted && (c == kEnd || c == '\t' || c == '\n' || c == '\r')) break;
    Take();
    if (quoted && c == '"') {
      if (Peek() != '"') break;
      Take();
    }
    if (c == '\n') ++line_;
    if (is_long && text.size() == kLongCellStart) continue;
    if (text.size() == kMaxTsvCellBytes) Fail(fmt::format("found a cell of more than {} bytes", kMaxTsvCellBytes));
    if (++text_bytes_ > kMaxTsvTextBytes) Fail(fmt::format("found more than {} bytes of text", kMaxTsvTextBytes));
    text += static_cast<char>(c);
  }
  span.length = offset_ - span.offset - (quoted ? 1 : 0);
  const int after = Peek();
  if (after != kEnd && after != '\t' && after != '\n' && after != '\r') {
    Fail("expected a tab or the end of the line after a closing quote, found more text");
  }
}

int TsvScanner::Peek() {
  if (next_ == buffer_.size()) {
    if (stream_.eof()) return kEnd;
    buffer_.resize(kBufferBytes);
    stream_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.resize(static_cast<std::size_t>(stream_.gcount()));
    next_ = 0;
    if (stream_.bad()) Fail("reading failed");
    if (buffer_.empty()) return kEnd;
  }
  return static_cast<unsigned char>(buffer_[next_]);
}

int TsvScanner::Take() {
  const int c = Peek();
  if (c == kEnd) return kEnd;
  ++next_;
  ++offset_;
  return c;
}

void TsvScanner::Fail(const std::string& message) const {
  throw InputError(fmt::format("{}:{}: {}", file_.string(), row_line_, message));
}

}  // namespace tessera
