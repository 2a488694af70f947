#include "benchmarks/choice_judge.h"

#include "benchmarks/sample_fields.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;

constexpr std::size_t kMaxCalls = 3;

// Our own wording of the published prompts' structure.
constexpr std::string_view kOwnEnglish =
    "You match the answer to a multiple-choice question with its options. You get the question, the options and the "
    "answer. Say which option the answer means: reply with its letter alone, one upper-case letter. When the answer "
    "means "
    "none of the options, reply with Z.\n"
    "Example 1:\n"
    "Question: What is the main object in the picture?\n"
    "Options: A. teddy bear B. rabbit C. cat D. dog\n"
    "Answer: a cute teddy bear\n"
    "Your output: A\n"
    "Example 2:\n"
    "Question: What is the main object in the picture?\n"
    "Options: A. teddy bear B. rabbit C. cat D. dog\n"
    "Answer: Spider\n"
    "Your output: Z\n"
    "Now your task:\n"
    "Question: {question}?\n"
    "Options: {options}\n"
    "Answer: {answer}\n"
    "Your output: ";
constexpr std::string_view kOwnChinese =
    "你负责把一道单选题的回答与它的选项对应起来。下面给出问题、选项和回答，请判断回答的意思对应哪个选项，"
    "只输出该选项的一个大写字母；如果与任何选项都不对应，请输出 Z。\n"
    "例一：\n"
    "问题：图中最主要的物体是什么？\n"
    "选项：A. 泰迪熊 B. 兔子 C. 猫 D. 狗\n"
    "回答：一只可爱的泰迪熊\n"
    "输出：A\n"
    "例二：\n"
    "问题：图中最主要的物体是什么？\n"
    "选项：A. 泰迪熊 B. 兔子 C. 猫 D. 狗\n"
    "回答：蜘蛛\n"
    "输出：Z\n"
    "现在请完成：\n"
    "问题：{question}?\n"
    "选项：{options}\n"
    "回答：{answer}\n"
    "输出：";

std::optional<JudgeRequest> Ask(const Sample& sample, const Reply& reply, const JudgeTexts& texts,
                                MatcherVersion version) {
  if (reply.answers.empty() || sample.references.empty()) return std::nullopt;
  if (reply.judgements.size() >= kMaxCalls || JudgedChoice(sample, reply, version)) return std::nullopt;
  const std::string& question = sample.questions.front();
  const std::string text = metrics::HasChinese(question) ? JudgeText(texts, "mcq/chinese", kOwnChinese)
                                                         : JudgeText(texts, "mcq/english", kOwnEnglish);
  const std::string prompt = FillSlots(text, {{"question", question},
                                              {"options", metrics::JudgeOptionsBlock(OptionsOf(sample))},
                                              {"answer", reply.answers.back()}});
  return JudgeRequest{.messages = {{"user", prompt}}, .max_tokens = 1024, .temperature = 0};
}

}  // namespace

std::optional<std::string> JudgedChoice(const Sample& sample, const Reply& reply, MatcherVersion version) {
  const std::vector<metrics::Option> options = OptionsOf(sample);
  std::optional<std::string> choice = metrics::InferOption(reply.answers.back(), options, version);
  for (std::size_t i = 0; !choice && i < reply.judgements.size(); ++i) {
    choice = metrics::InferOption(reply.judgements[i], options, version);
  }
  return choice;
}

std::optional<JudgeRequest> AskChoiceJudge2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, texts, MatcherVersion::kApril2024);
}

std::optional<JudgeRequest> AskChoiceJudge2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, texts, MatcherVersion::kAugust2026);
}

std::vector<std::string_view> ChoiceJudgeTexts() { return {"mcq/chinese", "mcq/english"}; }

std::vector<JudgeCheck> ChoiceJudgeChecks() {
  return {{.sample = {.questions = {"Which?"},
                      .choices = {{"A", "12"}, {"B", "7.5"}, {"C", "1200"}, {"D", "3.0"}},
                      .references = {"A"}},
           .reply = {.answers = {"seven"}},
           .sha256 = {"36acff9d58372cb46813f16e3dd805ef0d361957e8a0a2741eded021106155e1"}}};
}

}  // namespace tessera
