#include "datasets/xlsx_reader.h"

#include <expat.h>
#include <fmt/format.h>
#include <zip.h>

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::uint64_t kMaxPartBytes = 256u << 20;
constexpr std::size_t kMaxColumns = 1024;
constexpr std::size_t kMaxRows = 1'048'576;  // of the format

using Attributes = std::map<std::string, std::string, std::less<>>;

std::string ValueOr(const Attributes& attributes, std::string_view name, std::string_view fallback) {
  const auto value = attributes.find(name);
  return value == attributes.end() ? std::string(fallback) : value->second;
}

/// What one file of the archive is told to, element by element. Names come without their namespace prefix.
struct XmlHandler {
  std::function<void(std::string_view name, const Attributes& attributes)> start = [](auto, const auto&) {};
  std::function<void(std::string_view name)> end = [](auto) {};
  std::function<void(std::string_view text)> text = [](auto) {};
};

std::string_view LocalName(std::string_view name) { return name.substr(name.rfind(':') + 1); }

/// An expat parser with its handler. An exception of the handler waits until expat has returned.
class XmlParser {
 public:
  XmlParser(std::string where, XmlHandler handler)
      : where_(std::move(where)), handler_(std::move(handler)), parser_(XML_ParserCreate(nullptr), XML_ParserFree) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &XmlParser::OnStart, &XmlParser::OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), &XmlParser::OnText);
  }

  void Parse(std::string_view piece, bool is_last) {
    const XML_Status status =
        XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), is_last ? XML_TRUE : XML_FALSE);
    if (error_) std::rethrow_exception(error_);
    if (status == XML_STATUS_OK) return;
    throw InputError(fmt::format("{}:{}: broken XML: {}", where_, XML_GetCurrentLineNumber(parser_.get()),
                                 XML_ErrorString(XML_GetErrorCode(parser_.get()))));
  }

 private:
  template <typename Call>
  void Guard(Call call) {
    if (error_) return;
    try {
      call();
    } catch (...) {
      error_ = std::current_exception();
      XML_StopParser(parser_.get(), XML_FALSE);
    }
  }

  static void OnStart(void* self, const char* name, const char** pairs) {
    auto* parser = static_cast<XmlParser*>(self);
    parser->Guard([&] {
      Attributes attributes;
      for (; *pairs != nullptr; pairs += 2) attributes[pairs[0]] = pairs[1];
      parser->handler_.start(LocalName(name), attributes);
    });
  }
  static void OnEnd(void* self, const char* name) {
    auto* parser = static_cast<XmlParser*>(self);
    parser->Guard([&] { parser->handler_.end(LocalName(name)); });
  }
  static void OnText(void* self, const char* text, int length) {
    auto* parser = static_cast<XmlParser*>(self);
    parser->Guard([&] { parser->handler_.text({text, static_cast<std::size_t>(length)}); });
  }

  std::string where_;
  XmlHandler handler_;
  std::exception_ptr error_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
};

class Workbook {
 public:
  explicit Workbook(const std::filesystem::path& file) : file_(file.string()), archive_(nullptr, zip_discard) {
    int error = 0;
    archive_.reset(zip_open(file_.c_str(), ZIP_RDONLY, &error));
    if (!archive_) throw InputError(file_ + ": not an Excel workbook (.xlsx), or it cannot be opened");
  }

  bool Has(const std::string& part) const { return zip_name_locate(archive_.get(), part.c_str(), 0) >= 0; }

  void Parse(const std::string& part, XmlHandler handler) const {
    const std::string where = file_ + "/" + part;
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> stream(zip_fopen(archive_.get(), part.c_str(), 0),
                                                                    zip_fclose);
    if (!stream) throw InputError(where + ": is not in the workbook, or cannot be read");
    XmlParser parser(where, std::move(handler));
    std::string buffer(1 << 16, '\0');
    for (std::uint64_t total = 0;;) {
      const zip_int64_t got = zip_fread(stream.get(), buffer.data(), buffer.size());
      if (got < 0) throw InputError(where + ": cannot be read (broken archive)");
      total += static_cast<std::uint64_t>(got);
      if (total > kMaxPartBytes) throw InputError(fmt::format("{}: larger than {} bytes", where, kMaxPartBytes));
      parser.Parse({buffer.data(), static_cast<std::size_t>(got)}, got == 0);
      if (got == 0) return;
    }
  }

  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::unique_ptr<zip_t, decltype(&zip_discard)> archive_;
};

/// The part that holds the first sheet of the workbook, whatever it is called.
std::string FirstSheetPart(const Workbook& workbook) {
  std::string relation;
  workbook.Parse("xl/workbook.xml", {.start = [&](std::string_view name, const Attributes& attributes) {
                   if (name == "sheet" && relation.empty()) relation = ValueOr(attributes, "r:id", "");
                 }});
  std::string target;
  workbook.Parse("xl/_rels/workbook.xml.rels", {.start = [&](std::string_view name, const Attributes& attributes) {
                   if (name != "Relationship" || ValueOr(attributes, "Id", "") != relation) return;
                   target = ValueOr(attributes, "Target", "");
                 }});
  if (target.empty()) throw InputError(workbook.file() + ": the workbook names no sheet");
  return target.front() == '/' ? target.substr(1) : "xl/" + target;
}

/// The table of texts that cells refer to by number.
std::vector<std::string> SharedTexts(const Workbook& workbook) {
  std::vector<std::string> texts;
  if (!workbook.Has("xl/sharedStrings.xml")) return texts;
  int in_text = 0, in_phonetic = 0;
  XmlHandler handler;
  handler.start = [&](std::string_view name, const Attributes&) {
    if (name == "si") texts.emplace_back();
    in_text += name == "t" ? 1 : 0;
    in_phonetic += name == "rPh" ? 1 : 0;
  };
  handler.end = [&](std::string_view name) {
    in_text -= name == "t" ? 1 : 0;
    in_phonetic -= name == "rPh" ? 1 : 0;
  };
  handler.text = [&](std::string_view text) {
    if (in_text > 0 && in_phonetic == 0 && !texts.empty()) texts.back() += text;
  };
  workbook.Parse("xl/sharedStrings.xml", handler);
  return texts;
}

/// The column of a cell such as "AB12", from 0.
std::size_t ColumnOf(std::string_view cell, const std::string& where) {
  std::size_t column = 0;
  for (const char c : cell) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
    if (column > kMaxColumns) throw InputError(fmt::format("{}: over {} columns", where, kMaxColumns));
  }
  if (column == 0) throw InputError(fmt::format("{}: expected a cell name, found \"{}\"", where, cell));
  return column - 1;
}

std::size_t NumberOf(std::string_view text, std::size_t limit, const std::string& where) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > limit) {
    throw InputError(fmt::format("{}: expected a number up to {}, found \"{}\"", where, limit, text.substr(0, 40)));
  }
  return number;
}

}  // namespace

std::vector<std::pair<std::size_t, std::vector<std::string>>> ReadXlsx(const std::filesystem::path& file) {
  const Workbook workbook(file);
  const std::vector<std::string> shared = SharedTexts(workbook);
  std::vector<std::pair<std::size_t, std::vector<std::string>>> rows;
  std::string cell, type, value;
  int in_value = 0, in_phonetic = 0;
  XmlHandler handler;
  handler.start = [&](std::string_view name, const Attributes& attributes) {
    if (name == "row") {
      const std::size_t next = rows.empty() ? 1 : rows.back().first + 1;
      const std::string number = ValueOr(attributes, "r", std::to_string(next));
      rows.push_back({NumberOf(number, kMaxRows, workbook.file() + ": row"), {}});
    } else if (name == "c") {
      cell = ValueOr(attributes, "r", "");
      type = ValueOr(attributes, "t", "n");
      value.clear();
    }
    in_value += name == "v" || name == "t" ? 1 : 0;
    in_phonetic += name == "rPh" ? 1 : 0;
  };
  handler.end = [&](std::string_view name) {
    in_value -= name == "v" || name == "t" ? 1 : 0;
    in_phonetic -= name == "rPh" ? 1 : 0;
    if (name != "c" || rows.empty()) return;
    const std::string where = workbook.file() + ": cell " + cell;
    const std::size_t column = ColumnOf(cell, where);
    if (type == "s" && !value.empty()) {
      if (shared.empty()) throw InputError(where + ": refers to a table of texts that is empty");
      value = shared[NumberOf(value, shared.size() - 1, where)];
    }
    std::vector<std::string>& cells = rows.back().second;
    if (cells.size() <= column) cells.resize(column + 1);
    cells[column] = value;
  };
  handler.text = [&](std::string_view text) {
    if (in_value > 0 && in_phonetic == 0) value += text;
  };
  workbook.Parse(FirstSheetPart(workbook), handler);
  return rows;
}

}  // namespace tessera
