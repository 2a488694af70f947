#include <nlohmann/json.hpp>

#include "harness/cli/work_text.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

OrderedJson ToJson(const PhaseCost& cost) { return {{"flops", cost.flops}, {"moved_bytes", cost.bytes}}; }

OrderedJson ToJson(const TimeEstimate& time) {
  return {{"total_s", time.Total()},     {"limit_s", time.Limit()},   {"vision_s", time.vision_s},
          {"prefill_s", time.prefill_s}, {"decode_s", time.decode_s}, {"decode_limit_s", time.decode_limit_s}};
}

OrderedJson ToJson(const Work& work, const std::optional<DeviceSpeed>& speed) {
  OrderedJson json = {{"samples", work.samples},
                      {"failed", work.failed},
                      {"pictures", work.pictures},
                      {"tiles", work.tiles},
                      {"encoded_tiles", work.encoded_tiles},
                      {"new_tokens_limit", work.new_tokens_limit},
                      {"run_folder_bytes", work.run_folder_bytes},
                      {"judge",
                       {{"calls", work.judge.calls},
                        {"prompt_tokens", work.judge.prompt_tokens},
                        {"calls_limit", work.judge.calls_limit},
                        {"prompt_tokens_limit", work.judge.prompt_tokens_limit}}}};
  if (!work.model_known) return json;
  json["image_tokens"] = work.image_tokens;
  json["prompt_tokens"] = work.prompt_tokens;
  json["prompt_tokens_exact"] = work.prompts_known;
  json["new_tokens_expected"] = work.new_tokens;
  json["vision"] = ToJson(work.vision);
  json["projector"] = ToJson(work.projector);
  json["prefill"] = ToJson(work.prefill);
  json["decode"] = ToJson(work.decode);
  json["decode_limit"] = ToJson(work.decode_limit);
  json["memory"] = {{"weights_bytes", work.memory.weights},
                    {"kv_cache_bytes", work.memory.kv_cache},
                    {"activations_bytes", work.memory.activations}};
  if (speed) json["time"] = ToJson(EstimateTime(work, *speed));
  return json;
}

OrderedJson ToJson(const DeviceSpeed& speed) {
  OrderedJson json = {{"title", speed.title},
                      {"devices", speed.devices},
                      {"flops_per_s", speed.flops_per_s},
                      {"bytes_per_s", speed.bytes_per_s},
                      {"efficiency", speed.efficiency},
                      {"source", speed.source}};
  if (speed.vision_flops_per_s) json["vision_flops_per_s"] = *speed.vision_flops_per_s;
  if (speed.decode_flops_per_s) json["decode_flops_per_s"] = *speed.decode_flops_per_s;
  if (speed.memory_bytes > 0) json["memory_bytes"] = speed.memory_bytes;
  return json;
}

}  // namespace

std::string WorkJson(const WorkReport& report) {
  OrderedJson json = {{"schema_version", kSchemaVersion}};
  json["precision"] = report.model != nullptr ? OrderedJson(report.model->precision) : OrderedJson(nullptr);
  json["device"] = report.speed ? ToJson(*report.speed) : OrderedJson(nullptr);
  json["benchmarks"] = OrderedJson::array();
  for (std::size_t i = 0; i < report.work.benchmarks.size(); ++i) {
    OrderedJson entry = {{"benchmark", report.plan->benchmarks[i].benchmark->name}};
    entry.update(ToJson(report.work.benchmarks[i], report.speed));
    json["benchmarks"].push_back(std::move(entry));
  }
  json["total"] = ToJson(report.work.total, report.speed);
  json["picture_bytes"] = report.work.picture_bytes;
  json["failures"] = report.work.failures;
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace tessera
