// The native model behind the Backend interface.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/api/backend.h"

namespace tessera {

struct NativeSettings {
  std::filesystem::path checkpoint;
  std::string device = "cpu";      // "cpu", "cuda", "cuda:1", or the layers split: "cuda:0+cuda:1"
  std::string precision = "auto";  // "auto" (as stored), "float32", "bfloat16", "float16"
  std::string weights = "stored";  // "stored", or the language model's in "int8" (on the CPU)
  int threads = 0;                 // 0: all cores, or one for a tiny model
  bool reuses_prefixes = true;     // false: each question's whole prompt is prefilled, and one is answered at a time
  std::function<void(std::string_view)> on_text;  // pieces of a greedy answer as it grows; may be empty
  const std::atomic<bool>* stop = nullptr;        // once true, queries end soon, with Failure::stopped
};

/// Loads the checkpoint. Throws Error as LoadNativeModel does.
std::unique_ptr<Backend> MakeNativeBackend(const NativeSettings& settings);

}  // namespace tessera
