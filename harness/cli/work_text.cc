#include "harness/cli/work_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/cli/quantity_text.h"

namespace tessera {
namespace {

using Row = std::vector<std::string>;

/// Columns padded to their widest cell: the first to the left, numbers to the right.
std::string Aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("{:<{}}", row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) text += fmt::format("  {:>{}}", row[i], widths[i]);
    text += '\n';
  }
  return text;
}

std::string SecondsText(double seconds) {
  return seconds < 60 ? fmt::format("{:.1f} s", seconds) : DurationText(seconds);
}

std::string Flops(double flops) { return ScaledText(flops, "FLOP"); }
std::string Bytes(std::int64_t bytes) { return ScaledText(static_cast<double>(bytes), "B"); }

double AllFlops(const Work& work) {
  return work.vision.flops + work.projector.flops + work.prefill.flops + work.decode.flops;
}

Row WorkRow(std::string_view name, const Work& work, const std::optional<DeviceSpeed>& speed) {
  Row row = {std::string(name), fmt::format("{}", work.samples), fmt::format("{}", work.pictures),
             fmt::format("{}", work.tiles)};
  if (work.model_known) {
    const char* about = work.prompts_known ? "" : "~";
    row.push_back(fmt::format("{}", work.image_tokens));
    row.push_back(fmt::format("{}{}", about, work.prompt_tokens));
    row.push_back(fmt::format("~{}", work.new_tokens));
  }
  row.push_back(fmt::format("{}", work.new_tokens_limit));
  if (work.model_known) row.push_back(Flops(AllFlops(work)));
  if (speed) row.push_back(SecondsText(EstimateTime(work, *speed).Total()));
  return row;
}

std::string Table(const WorkReport& report) {
  Row header = {"benchmark", "samples", "pictures", "tiles"};
  if (report.model != nullptr) {
    for (const char* title : {"image tokens", "prompt tokens", "new tokens"}) header.emplace_back(title);
  }
  header.emplace_back(report.model != nullptr ? "at most" : "new tokens at most");
  if (report.model != nullptr) header.emplace_back("work");
  if (report.speed) header.emplace_back("time");
  std::vector<Row> rows = {header};
  for (std::size_t i = 0; i < report.work.benchmarks.size(); ++i) {
    rows.push_back(WorkRow(report.plan->benchmarks[i].benchmark->name, report.work.benchmarks[i], report.speed));
  }
  rows.push_back(WorkRow("in all", report.work.total, report.speed));
  return Aligned(rows);
}

std::string ModelLines(const WorkReport& report) {
  const Work& total = report.work.total;
  const MemoryEstimate& memory = total.memory;
  std::string text = fmt::format("vision tower  {} in {}: {} of {} tiles, the others are shared between questions\n",
                                 Flops(total.vision.flops), report.model->precision, total.encoded_tiles, total.tiles);
  text += fmt::format("projector     {}\n", Flops(total.projector.flops));
  text += fmt::format("prefill       {}\n", Flops(total.prefill.flops));
  text += fmt::format("decode        {}, at most {}\n", Flops(total.decode.flops), Flops(total.decode_limit.flops));
  text += fmt::format("memory        at most {}: weights {}, KV cache {}, activations {}\n",
                      Bytes(memory.weights + memory.kv_cache + memory.activations), Bytes(memory.weights),
                      Bytes(memory.kv_cache), Bytes(memory.activations));
  return text;
}

std::string TimeLines(const WorkReport& report) {
  if (report.model == nullptr) return "time          not known without --model\n";
  if (!report.speed) return "time          no estimate: this build cannot measure this machine; see --on\n";
  const DeviceSpeed& speed = *report.speed;
  const TimeEstimate time = EstimateTime(report.work.total, speed);
  std::string text = fmt::format("time          {} on {}: vision {}, prefill {}, decode {}; at most {}\n",
                                 SecondsText(time.Total()), speed.title, SecondsText(time.vision_s),
                                 SecondsText(time.prefill_s), SecondsText(time.decode_s), SecondsText(time.Limit()));
  const std::string vision =
      speed.vision_flops_per_s ? fmt::format("{}/s (vision), ", Flops(*speed.vision_flops_per_s)) : "";
  const std::string decode =
      speed.decode_flops_per_s ? fmt::format(" (prefill), {}/s (decode)", Flops(*speed.decode_flops_per_s)) : "";
  text += fmt::format("              {:.0f} % of {}{}/s{} and {}/s ({})\n", 100 * speed.efficiency, vision,
                      Flops(speed.flops_per_s), decode, ScaledText(speed.bytes_per_s, "B"), speed.source);
  const MemoryEstimate& memory = report.work.total.memory;
  const std::int64_t needed = memory.weights + memory.kv_cache + memory.activations;
  if (speed.memory_bytes > 0 && static_cast<double>(needed) > speed.memory_bytes) {
    text +=
        fmt::format("              may not fit: {} of memory on each device\n", ScaledText(speed.memory_bytes, "B"));
  }
  return text;
}

}  // namespace

std::string WorkText(const WorkReport& report) {
  const Work& total = report.work.total;
  std::string text = Table(report) + "\n";
  if (total.failed > 0) text += fmt::format("cannot be asked  {} samples\n", total.failed);
  if (report.model != nullptr) text += ModelLines(report);
  text += fmt::format("pictures      at most {} decoded and tiled at a time\n", Bytes(report.work.picture_bytes));
  text += fmt::format("run folder    about {}\n", Bytes(total.run_folder_bytes));
  if (total.judge.calls_limit > 0) {
    text += fmt::format("judge         {} calls of about {} tokens in all, at most {} calls of {}\n", total.judge.calls,
                        total.judge.prompt_tokens, total.judge.calls_limit, total.judge.prompt_tokens_limit);
  }
  return text + TimeLines(report);
}

std::string WorkNotice(const Work& work, const std::optional<DeviceSpeed>& speed) {
  std::string text =
      fmt::format("{} samples, {} pictures, {} tiles, {} prompt tokens, about {} new tokens (at most {})", work.samples,
                  work.pictures, work.tiles, work.prompt_tokens, work.new_tokens, work.new_tokens_limit);
  if (!speed) return text;
  const TimeEstimate time = EstimateTime(work, *speed);
  return text + fmt::format("; about {} here, at most {}", SecondsText(time.Total()), SecondsText(time.Limit()));
}

}  // namespace tessera
