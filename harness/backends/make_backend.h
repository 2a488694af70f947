// Which backends there are.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backends/endpoint_backend.h"
#include "model/api/backend.h"

namespace tessera {

struct BackendSettings {
  /// "native": the checkpoint itself; "replay": stored answers; "endpoint": a model behind
  /// a server; "null": answers "" at once, to measure the harness.
  std::string name = "native";
  std::filesystem::path checkpoint;               // native only
  std::filesystem::path answers;                  // replay only: what ReadStoredAnswers reads
  EndpointSettings endpoint;                      // endpoint only
  std::string device = "cpu";                     // "cpu", "cuda", "cuda:1", "cuda:0+cuda:1"
  std::vector<std::string> devices;               // a replica of the model on each; empty: one on `device`
  std::string precision = "auto";                 // "auto" (as stored), "float32", "bfloat16", "float16"
  std::string weights = "stored";                 // native only: "stored", or the language model's in "int8"
  int threads = 0;                                // of each replica; 0: its share of the cores
  bool reuses_prefixes = true;                    // native only; false: the whole prompt of each question is prefilled
  std::function<void(std::string_view)> on_text;  // streamed text of the answer; may be empty
  const std::atomic<bool>* stop = nullptr;        // once true, what is under way gives Failure::stopped soon
};

/// Throws kUsage for a name that is not known, or that this build does not have, without loading anything.
void CheckBackendName(const std::string& name);

/// Makes the backend, all but the endpoint on a thread of its own, where all its calls run: libraries that keep threads
/// or settings per calling thread (OpenMP, LibTorch) then see one caller, whichever thread of the pipeline asks.
/// Several replicas on the CPU share its cores. Throws kUsage as CheckBackendName does, and what the backend itself
/// throws.
std::unique_ptr<Backend> MakeBackend(const BackendSettings& settings);

}  // namespace tessera
