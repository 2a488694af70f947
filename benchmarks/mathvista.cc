// MathVista: mathematical problems on pictures, scored after an LLM has extracted the answers.
// Prompts, limits: InternVL eval/mathvista (April 2024) and VLMEvalKit; protocol/mathvista.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/mathvista_data.h"
#include "benchmarks/mathvista_scoring.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"

namespace tessera {
namespace {

/// The query is the whole prompt.
std::string MakePrompt(const Sample&, std::string_view question) { return std::string(question); }

constexpr std::string_view kColours =
    "pictures are tiled as RGB; the published script tiled palette pictures by nearest neighbour and pictures with "
    "transparency premultiplied";
constexpr std::string_view kTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit";

}  // namespace

const Benchmark& MathVista() {
  static const Benchmark kMathVista{
      .name = "mathvista",
      .title = "MathVista",
      .about = "mathematical problems on pictures; an LLM extracts the answers",
      .data = MathVistaDataSources(),
      .recipes = {{.name = "paper",
                   .source = "InternVL eval/mathvista/evaluate_mathvista.py, April 2024",
                   .make_prompt = MakePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1000,
                   .min_new_tokens = 1,
                   .differences = {kColours}},
                  VlmEvalKit2024Recipe(MakePrompt, 6),
                  VlmEvalKit2026Recipe(MakePrompt, 6)},
      .scorings = MathVistaScorings(),
      .paper = {{.split = "testmini", .value = 53.5, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "testmini", .value = 52.1, .unit = "percent", .source = kTutorial}}};
  return kMathVista;
}

}  // namespace tessera
