#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/data_check.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* kFooter = R"(
Examples:
  tessera data list
  tessera data check data)";

constexpr const char* kListFooter = R"(
Of each benchmark any one of the sets of files is enough. They are looked for in the data folder, and in its sub-folder
named after the benchmark.

Examples:
  tessera data list
  tessera data list --data data
  tessera data list --json)";

constexpr const char* kCheckFooter = R"(
Exit code 1: something is wrong or not as published, or the data of a benchmark that was asked for is not there.

Examples:
  tessera data check data
  tessera data check data --benchmarks chartqa,mmbench-en --json)";

struct Options {
  std::string folder;
  std::vector<std::string> benchmarks;
  bool json = false;
};

/// Where the files of `source` are, or "" when they are not in `folder`.
std::string FoundFolder(const Benchmark& benchmark, const DataSource& source, const std::string& folder) {
  if (folder.empty()) return "";
  const std::optional<FoundData> found = FindData(benchmark, folder);
  return found && found->source == &source ? found->folder.string() : "";
}

OrderedJson NumberOrNull(int number) { return number > 0 ? OrderedJson(number) : OrderedJson(nullptr); }

OrderedJson SourceJson(const DataSource& source, const std::string& found) {
  OrderedJson json = {{"format", source.format}, {"split", source.split}};
  json["files"] = source.files;
  json["rows"] = NumberOrNull(source.rows);
  json["pictures"] = NumberOrNull(source.pictures);
  json["answers_public"] = source.answers_public;
  json["md5"] = source.md5.empty() ? OrderedJson(nullptr) : OrderedJson(source.md5);
  if (!found.empty()) json["found_in"] = found;
  return json;
}

std::string SourceText(const DataSource& source, const std::string& found) {
  std::string text = fmt::format("  {} format, {} split", source.format, source.split);
  if (source.rows > 0) text += fmt::format(", {} rows", source.rows);
  if (source.pictures > 0) text += fmt::format(", {} pictures", source.pictures);
  if (!source.answers_public) text += ", answers not public";
  if (!source.md5.empty()) text += fmt::format(", md5 {}", source.md5);
  if (!found.empty()) text += fmt::format(", found in {}", found);
  text += "\n";
  for (const std::string_view file : source.files) text += fmt::format("    {}\n", file);
  return text;
}

std::vector<const Benchmark*> AllBenchmarks() {
  std::vector<const Benchmark*> all(Catalog().begin(), Catalog().end());
  all.insert(all.end(), OwnDataBenchmarks().begin(), OwnDataBenchmarks().end());
  return all;
}

int PrintList(const Options& options) {
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const Benchmark* benchmark : AllBenchmarks()) {
    OrderedJson entry = {{"name", benchmark->name}, {"title", benchmark->title}, {"about", benchmark->about}};
    entry["data"] = OrderedJson::array();
    text += fmt::format("{} ({}): {}\n", benchmark->name, benchmark->title, benchmark->about);
    for (const DataSource& source : benchmark->data) {
      const std::string found = FoundFolder(*benchmark, source, options.folder);
      entry["data"].push_back(SourceJson(source, found));
      text += SourceText(source, found);
    }
    json.push_back(entry);
  }
  PrintOut(options.json ? json.dump(2) + "\n" : text);
  return kExitFine;
}

std::string_view Verdict(const DataReport& report) {
  if (!report.problems.empty()) return "wrong";
  return report.differences.empty() ? "ok" : "not the published file";
}

std::string ReportText(const DataReport& report) {
  if (!report.found) return fmt::format("{}: not there\n", report.benchmark);
  std::string text = fmt::format("{}: {} format, {} split, {} rows, {} pictures: {}\n", report.benchmark, report.format,
                                 report.split, report.rows, report.pictures, Verdict(report));
  for (const std::string& problem : report.problems) text += fmt::format("  {}\n", problem);
  for (const std::string& difference : report.differences) {
    text += fmt::format("  not the published file: {}\n", difference);
  }
  for (const std::string& note : report.notes) text += fmt::format("  note: {}\n", note);
  return text;
}

OrderedJson ReportJson(const DataReport& report) {
  return {{"benchmark", report.benchmark}, {"found", report.found},
          {"format", report.format},       {"split", report.split},
          {"rows", report.rows},           {"pictures", report.pictures},
          {"problems", report.problems},   {"differences", report.differences},
          {"notes", report.notes}};
}

int PrintCheck(const Options& options) {
  if (!std::filesystem::is_directory(options.folder)) throw InputError(options.folder + ": expected a data folder");
  const bool asked_for = !options.benchmarks.empty();
  bool passed = true;
  bool any_found = false;
  OrderedJson json = OrderedJson::array();
  std::string text;
  for (const Benchmark* benchmark : asked_for ? ChooseBenchmarks(options.benchmarks) : AllBenchmarks()) {
    const DataReport report = CheckData(*benchmark, options.folder);
    passed = passed && report.problems.empty() && report.differences.empty() && (report.found || !asked_for);
    any_found = any_found || report.found;
    json.push_back(ReportJson(report));
    text += ReportText(report);
  }
  PrintOut(options.json ? json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n" : text);
  return passed && any_found ? kExitFine : kExitUnscored;
}

}  // namespace

void AddDataCommand(CLI::App* app, int* exit_code) {
  CLI::App* data = app->add_subcommand("data", "Lists what each benchmark needs, or checks a data folder");
  data->require_subcommand(1);
  data->footer(kFooter);

  auto options = std::make_shared<Options>();
  CLI::App* list = data->add_subcommand("list", "Benchmarks, and the files, rows, pictures and MD5 of their data");
  list->add_option("--data", options->folder, "Data folder to look in")->check(CLI::ExistingDirectory);
  list->add_flag("--json", options->json, "Print JSON");
  list->footer(kListFooter);
  list->callback([options, exit_code] { *exit_code = PrintList(*options); });

  CLI::App* check = data->add_subcommand("check", "Checks files, rows, answers and pictures of a data folder");
  check->add_option("DIR", options->folder, "Data folder")->required();
  check->add_option("--benchmarks", options->benchmarks, "Only these, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false);
  check->add_flag("--json", options->json, "Print JSON");
  check->footer(kCheckFooter);
  check->callback([options, exit_code] { *exit_code = PrintCheck(*options); });
}

}  // namespace tessera
