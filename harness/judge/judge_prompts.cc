#include "harness/judge/judge_prompts.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

std::string Family(std::string_view name) { return std::string(name.substr(0, name.find('/'))); }

/// A misnamed file would otherwise have no effect.
void CheckNames(const Benchmark& benchmark, const Scoring& scoring, const JudgeTexts& files) {
  std::vector<std::string> known;
  for (const Scoring& each : benchmark.scorings)
    known.insert(known.end(), each.judge_texts.begin(), each.judge_texts.end());
  for (const auto& [name, text] : files) {
    const bool is_ours = std::any_of(scoring.judge_texts.begin(), scoring.judge_texts.end(),
                                     [&](std::string_view own) { return Family(own) == Family(name); });
    if (!is_ours || std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw InputError(
        fmt::format("judge prompts: {} has no text \"{}\"; it has: {}", benchmark.name, name, Join(known, ", ")));
  }
}

/// Hash of all messages; throws when one is not the published one.
std::string CheckRequests(const Benchmark& benchmark, const Scoring& scoring, const JudgePrompts& prompts) {
  std::string all;
  for (const JudgeCheck& check : scoring.judge_checks) {
    const auto request = scoring.ask_judge(check.sample, check.reply, prompts.texts);
    if (!request) throw std::logic_error("a judge check asks nothing");
    for (std::size_t i = 0; i < request->messages.size(); ++i) {
      const std::string& text = request->messages[i].text;
      all += text + '\0';
      if (prompts.texts.empty() || check.sha256.empty() || Sha256(text) == check.sha256.at(i)) continue;
      throw InputError(fmt::format(
          "judge prompts: {}, {} scoring: the texts do not make the authors' message {} of {}: expected SHA-256 {}, "
          "found {} ({} bytes)",
          benchmark.name, scoring.name, i + 1, request->messages.size(), check.sha256.at(i), Sha256(text),
          text.size()));
    }
  }
  return scoring.judge_checks.empty() ? "" : Sha256(all);
}

}  // namespace

JudgeTexts ReadJudgeTexts(const std::filesystem::path& folder) {
  JudgeTexts texts;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator files(folder, failed);
  if (failed) throw InputError(fmt::format("{}: cannot be read: {}", folder.string(), failed.message()));
  for (const auto& entry : files) {
    if (!entry.is_regular_file() || entry.path().extension() != ".txt") continue;
    std::string text = ReadFile(entry.path(), 1 << 20);
    if (!IsUtf8(text)) throw InputError(entry.path().string() + ": text that is not UTF-8");
    if (text.ends_with('\n')) text.pop_back();
    texts[entry.path().lexically_relative(folder).replace_extension().generic_string()] = std::move(text);
  }
  if (texts.empty()) throw InputError(folder.string() + ": no *.txt files with judge prompts");
  return texts;
}

JudgePrompts PromptsOf(const Benchmark& benchmark, const Scoring& scoring, const JudgeTexts& files) {
  CheckNames(benchmark, scoring, files);
  JudgePrompts prompts{.label = "own judge prompt"};
  std::vector<std::string> missing;
  for (const std::string_view name : scoring.judge_texts) {
    const auto file = files.find(name);
    if (file == files.end()) {
      missing.emplace_back(name);
    } else {
      prompts.texts.insert(*file);
    }
  }
  if (!prompts.texts.empty() && !missing.empty()) {
    throw InputError(fmt::format("judge prompts: {}, {} scoring: these texts are missing: {}", benchmark.name,
                                 scoring.name, Join(missing, ", ")));
  }
  prompts.sha256 = CheckRequests(benchmark, scoring, prompts);
  if (prompts.texts.empty()) return prompts;
  prompts.is_published =
      !scoring.judge_checks.empty() && std::none_of(scoring.judge_checks.begin(), scoring.judge_checks.end(),
                                                    [](const JudgeCheck& check) { return check.sha256.empty(); });
  prompts.label = prompts.is_published ? "authors' judge prompt" : "judge prompt of the user, not checked";
  return prompts;
}

}  // namespace tessera
