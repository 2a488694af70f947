#include "harness/profile/speed_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

namespace tessera {
namespace {

/// Value at `share` of the sorted values, between neighbours in proportion.
double Quantile(std::vector<double> values, double share) {
  assert(!values.empty());
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

bool IsSettled(const SpeedRow& row) {
  return row.values.size() >= kFewestSamples && Spread(row.values) <= kSettledSpread;
}

/// Four digits, but never an exponent.
std::string ValueText(double value) {
  return value < 1000 ? fmt::format("{:.4g}", value) : fmt::format("{:.0f}", value);
}

std::string ShareText(const SpeedRow& row) {
  return row.shares.empty() ? "" : fmt::format("{:.0f} % of {}", 100 * Median(row.shares), row.against);
}

std::string NoiseText(const SpeedRow& row) {
  if (row.values.size() < kFewestSamples) return "too few samples";
  return fmt::format("{:.0f} %{}", 100 * Spread(row.values), IsSettled(row) ? "" : ", not settled");
}

std::string Headline(const SpeedReport& report) {
  const std::string_view int8 = report.weights == "int8" ? ", weights in int8" : "";
  return fmt::format("{}, {}{}, {} threads; {}, {} cores; load {:.1f} before, {:.1f} after; peak memory {:.2f} GB",
                     report.checkpoint, report.precision, int8, report.threads, report.machine.cpu,
                     report.machine.cores, report.load_before, report.load_after,
                     static_cast<double>(report.peak_bytes) / 1e9);
}

}  // namespace

double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

double Spread(const std::vector<double>& values) {
  return (Quantile(values, 0.75) - Quantile(values, 0.25)) / Median(values);
}

std::string SpeedText(const SpeedReport& report) {
  std::string text = Headline(report) + "\n";
  for (const SpeedRow& row : report.rows) {
    text += fmt::format("  {:<44} {:>10} {:<12} n {:<3} spread {:<19} {}", row.name, ValueText(Median(row.values)),
                        row.unit, row.values.size(), NoiseText(row), ShareText(row));
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string SpeedMarkdown(const SpeedReport& report) {
  std::string text =
      Headline(report) + ".\n\n| what | median | unit | share | n | spread |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const SpeedRow& row : report.rows) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", row.name, ValueText(Median(row.values)), row.unit,
                        ShareText(row), row.values.size(), NoiseText(row));
  }
  return text;
}

std::string SpeedJson(const SpeedReport& report) {
  nlohmann::ordered_json json = {{"schema_version", kSpeedSchemaVersion},
                                 {"checkpoint", report.checkpoint},
                                 {"precision", report.precision},
                                 {"weights", report.weights},
                                 {"threads", report.threads},
                                 {"cpu", report.machine.cpu},
                                 {"cores", report.machine.cores},
                                 {"memory_bytes", report.machine.memory_bytes},
                                 {"load_before", report.load_before},
                                 {"load_after", report.load_after},
                                 {"peak_bytes", report.peak_bytes}};
  json["rows"] = nlohmann::ordered_json::array();
  for (const SpeedRow& row : report.rows) {
    nlohmann::ordered_json entry = {{"name", row.name},
                                    {"unit", row.unit},
                                    {"median", Median(row.values)},
                                    {"spread", Spread(row.values)},
                                    {"settled", IsSettled(row)},
                                    {"values", row.values}};
    if (!row.shares.empty()) {
      entry["share"] = Median(row.shares);
      entry["share_of"] = row.against;
    }
    json["rows"].push_back(entry);
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tessera
