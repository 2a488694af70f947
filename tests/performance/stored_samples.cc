#include "tests/performance/stored_samples.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>

#include "harness/base/error.h"
#include "metrics/mmmu_table.h"

namespace tessera {
namespace {

constexpr std::array<const char*, 16> kWords = {"the",      "red",    "market", "12.5",  "share", "of",
                                                "Northern", "1998",   "green",  "total", "river", "table",
                                                "left",     "energy", "people", "42"};
constexpr std::array<const char*, 4> kLetters = {"A", "B", "C", "D"};

/// `count` words, other ones for another `seed`.
std::string Words(int seed, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += kWords[static_cast<std::size_t>(seed * 7 + i * (seed % 5 + 1)) % kWords.size()];
  }
  return text;
}

bool IsWrong(int i) { return i % 4 == 3; }

/// A short answer with `references` accepted ones.
StoredSample ShortAnswer(int i, int references) {
  StoredSample stored{.sample = {.id = std::to_string(i), .split = "val", .questions = {Words(i, 9) + "?"}}};
  for (int k = 0; k < references; ++k) stored.sample.references.push_back(Words(i + k % 3, 1 + i % 4));
  stored.reply.answers = {IsWrong(i) ? Words(i + 5, 3) : stored.sample.references.front()};
  return stored;
}

StoredSample ChartQa(int i) {
  StoredSample stored = ShortAnswer(i, 1);
  stored.sample.split = i % 2 == 0 ? "test_human" : "test_augmented";
  return stored;
}

StoredSample DocVqa(int i) { return ShortAnswer(i, 2); }

StoredSample TextVqa(int i) { return ShortAnswer(i, 10); }

StoredSample InfoVqa(int i) {
  StoredSample stored = ShortAnswer(i, 2);
  stored.sample.tags = {
      {"answer", "answer: Image-Span"}, {"evidence", "evidence: Text"}, {"operation", "operation: Counting"}};
  return stored;
}

StoredSample OcrBench(int i) {
  constexpr std::array<const char*, 4> kCategories = {"Regular Text Recognition", "Scene Text-centric VQA",
                                                      "Key Information Extraction",
                                                      "Handwritten Mathematical Expression Recognition"};
  StoredSample stored = ShortAnswer(i, 2);
  stored.sample.tags = {{"category", kCategories[static_cast<std::size_t>(i) % kCategories.size()]}};
  return stored;
}

/// Four options; every eighth answer is a sentence with the option's text, the others its letter.
StoredSample Choice4(int i) {
  const auto right = static_cast<std::size_t>(i) % kLetters.size();
  StoredSample stored{.sample = {.id = std::to_string(i), .split = "test", .questions = {Words(i, 12) + "?"}}};
  for (std::size_t k = 0; k < kLetters.size(); ++k) {
    stored.sample.choices.push_back({kLetters[k], fmt::format("{} {}", Words(i + static_cast<int>(k), 2), k)});
  }
  stored.sample.references = {kLetters[right]};
  const Choice& chosen = stored.sample.choices[IsWrong(i) ? (right + 1) % 4 : right];
  stored.reply.answers = {i % 8 == 0 ? fmt::format("The answer is {}.", chosen.text) : chosen.letter};
  stored.sample.tags = {{"category", fmt::format("category_{}", i % 20)},
                        {"l2-category", fmt::format("group_{}", i % 6)}};
  return stored;
}

/// The four rotations of a question follow each other.
StoredSample Circular(int i) {
  StoredSample stored = Choice4(i);
  stored.sample.id = std::to_string(i / 4 + i % 4 * 1'000'000);
  stored.sample.tags = {{"category", fmt::format("category_{}", i / 4 % 20)},
                        {"l2-category", fmt::format("group_{}", i / 4 % 6)}};
  return stored;
}

StoredSample SeedImage(int i) {
  StoredSample stored = Choice4(i);
  stored.sample.tags = {{"category", fmt::format("type {}", i % 9 + 1)},
                        {"question_type_id", std::to_string(i % 9 + 1)}};
  return stored;
}

StoredSample MmtBench(int i) {
  StoredSample stored = Choice4(i);
  stored.sample.tags = {{"category", fmt::format("subtask_{}", i % 162)},
                        {"l2-category", fmt::format("task_{}", i % 32)}};
  return stored;
}

/// One question of twenty is open, as in the validation split.
StoredSample Mmmu(int i) {
  StoredSample stored = i % 20 == 0 ? ShortAnswer(i, 1) : Choice4(i);
  const auto subjects = metrics::MmmuSubjects();
  const std::string subject(subjects[static_cast<std::size_t>(i) % subjects.size()]);
  stored.sample.id = fmt::format("validation_{}_{}", subject, i);
  stored.sample.split = "validation";
  stored.sample.tags = {{"category", subject}, {"question_type", i % 20 == 0 ? "open" : "multiple-choice"}};
  if (i % 20 == 0)
    stored.reply.answers = {"So we find that " + Words(i, 20) + " = " + stored.sample.references.front()};
  return stored;
}

StoredSample YesNo(int i) {
  const char* right = i % 2 == 0 ? "Yes" : "No";
  const char* other = i % 2 == 0 ? "No" : "Yes";
  StoredSample stored{.sample = {.id = std::to_string(i), .questions = {Words(i, 9) + "?"}, .references = {right}}};
  const char* said = IsWrong(i) ? other : right;
  stored.reply.answers = {i % 8 == 0 ? fmt::format("{}, the {}.", said, Words(i, 8)) : std::string(said)};
  return stored;
}

StoredSample Mme(int i) {
  constexpr std::array<const char*, 14> kTasks = {"existence",
                                                  "count",
                                                  "position",
                                                  "color",
                                                  "posters",
                                                  "celebrity",
                                                  "scene",
                                                  "landmark",
                                                  "artwork",
                                                  "OCR",
                                                  "commonsense_reasoning",
                                                  "numerical_calculation",
                                                  "text_translation",
                                                  "code_reasoning"};
  StoredSample stored = YesNo(i);
  stored.sample.tags = {{"category", kTasks[static_cast<std::size_t>(i / 2) % kTasks.size()]},
                        {"image_path", fmt::format("{}.png", i / 2)}};
  return stored;
}

StoredSample HallusionBench(int i) {
  constexpr std::array<const char*, 4> kSubcategories = {"figure", "illusion", "math", "ocr"};
  const char* subcategory = kSubcategories[static_cast<std::size_t>(i / 6) % kSubcategories.size()];
  StoredSample stored = YesNo(i);
  stored.sample.id = fmt::format("VD_{}_1_{}_{}_{}", subcategory, i / 6, i % 2, i / 2 % 3);
  stored.sample.tags = {{"category", "VD"}, {"l2-category", fmt::format("VD_{}", subcategory)}};
  return stored;
}

StoredSample MmVet(int i) {
  StoredSample stored{.sample = {.id = std::to_string(i),
                                 .questions = {Words(i, 12) + "?"},
                                 .references = {Words(i, 30)},
                                 .tags = {{"category", i % 2 == 0 ? "rec,ocr" : "rec,know,gen"}}}};
  stored.reply = {.answers = {Words(i, 60)}, .judgements = {fmt::format("0.{}", i % 10)}};
  return stored;
}

/// A solution in words, and what the judge extracted of it.
StoredSample MathVista(int i) {
  StoredSample stored = i % 2 == 0 ? Choice4(i) : StoredSample{.sample = {.questions = {Words(i, 20) + "?"}}};
  stored.sample.id = std::to_string(i);
  const bool is_choice = i % 2 == 0;
  if (is_choice) stored.sample.references = {stored.sample.choices.front().text};
  if (!is_choice) stored.sample.references = {std::to_string(i % 50)};
  stored.sample.tags = {{"question_type", is_choice ? "multi_choice" : "free_form"},
                        {"answer_type", is_choice ? "text" : "integer"},
                        {"language", "english"},
                        {"source", fmt::format("source {}", i % 28)},
                        {"task", fmt::format("task {}", i % 5)},
                        {"skills", "arithmetic reasoning"}};
  stored.reply = {.answers = {"We see that " + Words(i, 60) + ", so it follows."},
                  .judgements = {IsWrong(i) ? "unknown" : stored.sample.references.front()}};
  return stored;
}

/// Three turns, and a judge that compares each of them and the whole dialogue.
StoredSample ConvBench(int i) {
  StoredSample stored{.sample = {.id = std::to_string(i), .tags = {{"position", std::to_string(i % 2)}}}};
  for (int turn = 0; turn < 3; ++turn) {
    stored.sample.questions.push_back(Words(i + turn, 15));
    stored.sample.references.push_back(Words(i + turn, 40));
    stored.reply.answers.push_back(Words(i + turn, 60));
  }
  for (int call = 0; call < 4; ++call) {
    const char winner = (i + call) % 3 == 0 ? 'A' : 'B';
    stored.reply.judgements.push_back(
        fmt::format("{}. Response {} is better. Rating: {}", Words(i, 90), winner, winner));
  }
  return stored;
}

using Maker = StoredSample (*)(int i);

const std::map<std::string_view, Maker>& Makers() {
  static const std::map<std::string_view, Maker> kMakers = {
      {"docvqa", DocVqa},       {"chartqa", ChartQa},      {"infovqa", InfoVqa},
      {"textvqa", TextVqa},     {"ocrbench", OcrBench},    {"mme", Mme},
      {"realworldqa", Choice4}, {"ai2d", Choice4},         {"mmmu", Mmmu},
      {"mmbench-en", Circular}, {"mmbench-cn", Circular},  {"ccbench", Circular},
      {"mmvet", MmVet},         {"seed-image", SeedImage}, {"hallusionbench", HallusionBench},
      {"mathvista", MathVista}, {"mmtbench", MmtBench},    {"convbench", ConvBench}};
  return kMakers;
}

}  // namespace

std::vector<StoredSample> MakeStoredSamples(std::string_view name, int count) {
  const auto maker = Makers().find(name);
  if (maker == Makers().end()) throw UsageError(fmt::format("no samples for {}", name));
  std::vector<StoredSample> samples;
  for (int i = 0; i < count; ++i) samples.push_back(maker->second(i));
  return samples;
}

}  // namespace tessera
