#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/reports/golden_text.h"
#include "tests/reports/sample_report.h"

namespace tessera {
namespace {

TEST(ConsoleReport, IsTheGoldenText) { ExpectGolden(PrintConsole(SampleReport(), false), "console.txt"); }

TEST(ConsoleReport, WithColourIsTheGoldenText) {
  ExpectGolden(PrintConsole(SampleReport(), true), "console_colour.txt");
}

TEST(ConsoleReport, ShowsTheFirstDisagreementsAndCountsAll) {
  Report report = SampleReport();
  report.comparisons[1].disagree.resize(25, report.comparisons[1].disagree[0]);
  const std::string text = PrintConsole(report, false);
  EXPECT_NE(text.find("disagree on 25 of 10 samples (the first 20 are shown)"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(PrintJson(report))["comparisons"][1]["disagree"].size(), 25u);
}

TEST(ConsoleReport, WithoutColourHasNoEscapes) {
  EXPECT_EQ(PrintConsole(SampleReport(), false).find('\x1b'), std::string::npos);
}

TEST(MarkdownReport, IsTheGoldenText) { ExpectGolden(PrintMarkdown(SampleReport()), "report.md"); }

TEST(MarkdownReport, KeepsATableRowOnOneLineWhateverTheName) {
  Report report = SampleReport();
  report.benchmarks.resize(1);
  report.benchmarks[0].title = "a|b\nc";
  EXPECT_NE(PrintMarkdown(report).find("| a\\|b c |"), std::string::npos);
}

TEST(JsonReport, IsTheGoldenText) { ExpectGolden(PrintJson(SampleReport()), "report.json"); }

TEST(JsonReport, WritesAnAbsentValueAsNull) {
  const auto json = nlohmann::json::parse(PrintJson(SampleReport()));
  EXPECT_TRUE(json["benchmarks"][2]["scores"][0]["value"].is_null());
  EXPECT_TRUE(json["benchmarks"][2]["paper"].is_null());
  EXPECT_TRUE(json["benchmarks"][1]["paper"]["difference"].is_null());
}

TEST(JsonReport, ReplacesIllFormedUtf8) {
  Report report = SampleReport();
  report.model.note = "bad \xff byte";
  EXPECT_EQ(nlohmann::json::parse(PrintJson(report))["model"]["note"], "bad \uFFFD byte");
}

TEST(Report, HasUnscoredOnlyWhenASampleIs) {
  Report report = SampleReport();
  EXPECT_TRUE(HasUnscored(report));
  for (BenchmarkReport& benchmark : report.benchmarks) benchmark.unscored = 0;
  EXPECT_FALSE(HasUnscored(report));
}

TEST(Times, AreTheStagesAlone) {
  const auto json = nlohmann::json::parse(PrintTimes(SampleReport()));
  EXPECT_EQ(json["stages"].size(), 5u);
  EXPECT_EQ(json["stages"][0]["total_s"], 12.5);
}

}  // namespace
}  // namespace tessera
