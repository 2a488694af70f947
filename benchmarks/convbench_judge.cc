#include "benchmarks/convbench_judge.h"

#include <fmt/format.h>

#include "benchmarks/convbench_data.h"
#include "benchmarks/sample_fields.h"
#include "harness/base/error.h"
#include "metrics/convbench_verdict.h"

namespace tessera {
namespace {

using Slots = std::map<std::string, std::string, std::less<>>;

constexpr int kMaxTokens = 512;

/// One of the four evaluations of a dialogue.
struct Evaluation {
  std::string_view name;   // in names of texts
  std::string_view words;  // in sentences
  std::string_view asks;   // what it looks at
};
constexpr std::array<Evaluation, 4> kEvaluations = {
    {{"first_turn", "first turn", "perception: does the response say rightly what the picture shows?"},
     {"second_turn", "second turn", "reasoning: does the response draw right and useful conclusions from the picture?"},
     {"third_turn", "third turn", "creation: does the response make what was asked for, with the demands met?"},
     {"overall_conversation", "overall conversation",
      "the whole conversation, with the three evaluations of its turns in mind"}}};

constexpr std::array<std::string_view, 4> kParts = {"system", "user", "assistant", "request"};
constexpr std::array<std::string_view, 7> kExamples = {
    "example_1_user", "example_1_assistant", "example_2_user", "example_2_assistant",
    "example_3_user", "example_3_assistant", "request"};

std::string_view GradingName(ConvBenchGrading grading) {
  return grading == ConvBenchGrading::kPairwise ? "pairwise" : "direct";
}

// --- our own wording ---

std::string OwnSystem(ConvBenchGrading grading, const Evaluation& evaluation) {
  const std::string task =
      grading == ConvBenchGrading::kPairwise
          ? "Decide which of two responses is better. Neither their order nor their length may count."
          : "Grade the response from 1 to 10; the human reference stands for a 10.";
  return fmt::format(
      "You are a fair and careful judge of conversations about a picture, which you know from its description. A "
      "conversation has three turns: perception, then reasoning, then creation. Judge {}\n{}",
      evaluation.asks, task);
}

std::string OwnUser(ConvBenchGrading grading, const Evaluation& evaluation) {
  return fmt::format(
      "I will give you the description of a picture, the three instructions of a user and {}. Judge the {}. How will "
      "you end your reply?",
      grading == ConvBenchGrading::kPairwise ? "the responses of two assistants"
                                             : "a human's reference outputs and the responses of an assistant",
      evaluation.words);
}

std::string OwnAssistant(ConvBenchGrading grading) {
  if (grading == ConvBenchGrading::kPairwise) {
    return "I will compare step by step and end with \"Overall, Response X is better.\", where X is either A or B.";
  }
  return "I will reason step by step and end with my grade as a whole number, like this: Rating:{5}";
}

/// Instructions and responses of the three turns between two marks.
std::string Block(std::string_view title, std::string_view answers) {
  std::string block = fmt::format("[Start of {}]\n", title);
  for (int turn = 1; turn <= 3; ++turn) {
    block += fmt::format("### Instruction {0}\n{{question_{0}}}\n### Output {0}\n{{{1}_{0}}}\n", turn, answers);
  }
  return block + fmt::format("[End of {}]\n\n", title);
}

std::string OwnRequest(ConvBenchGrading grading, const Evaluation& evaluation) {
  std::string text = "OK. Here is the dialogue.\n\nImage context: {caption}\n\n";
  if (grading == ConvBenchGrading::kPairwise) {
    text += Block("Assistant A", "answer_a") + Block("Assistant B", "answer_b");
  } else {
    text += Block("the human reference", "reference") + Block("the assistant", "answer");
  }
  if (evaluation.name == "third_turn") text += "The third turn should be: {demands}\n";
  if (evaluation.name == "overall_conversation") {
    text +=
        "The first turn evaluation: {evaluation_1}.\n The second turn evaluation: {evaluation_2}.\n The third turn "
        "evaluation: {evaluation_3}.\n";
  }
  if (grading == ConvBenchGrading::kPairwise) {
    return text + fmt::format(
                      "\n\nThink step-by-step, compare the {} responses from the two assistants, and finish "
                      "your response with \"Overall, Response X is better.\" where X is either A or B.",
                      evaluation.words);
  }
  return text + fmt::format("\n\nThink step by step, grade the {} from 1 to 10, and finish with Rating:{{rating}}",
                            evaluation.words);
}

std::string OwnPart(ConvBenchGrading grading, const Evaluation& evaluation, std::string_view part) {
  if (part == "system") return OwnSystem(grading, evaluation);
  if (part == "user") return OwnUser(grading, evaluation);
  if (part == "assistant") return OwnAssistant(grading);
  return OwnRequest(grading, evaluation);
}

std::string OwnExtraction(ConvBenchGrading grading, std::string_view part) {
  const bool pairwise = grading == ConvBenchGrading::kPairwise;
  if (part == "system") {
    return pairwise ? "Extract from a comparison of two responses which one it prefers. Reply with \"Final Answer: "
                      "Response A\" or \"Final Answer: Response B\" and nothing else."
                    : "Extract the grade from an evaluation. Reply with \"Final Rating: X\", where X is a whole number "
                      "from 1 to 10, and nothing else.";
  }
  if (part == "example_1_user") {
    return pairwise ? "Response A counts the chairs wrongly, B rightly. So I prefer the second response."
                    : "All objects are named and nothing is wrong, but the colours are left out. 8 of 10.";
  }
  if (part == "example_1_assistant") return pairwise ? "Final Answer: Response B" : "Final Rating: 8";
  if (part == "example_2_user") {
    return pairwise ? "Both describe the room; Response A is much better in its details."
                    : "The conclusion does not follow from the picture at all, so it is a two.";
  }
  if (part == "example_2_assistant") return pairwise ? "Final Answer: Response A" : "Final Rating: 2";
  if (part == "example_3_user") {
    return pairwise ? "The poem of Assistant B meets the demands, that of Assistant A does not rhyme. B wins."
                    : "As good as the reference in every respect: the highest grade.";
  }
  if (part == "example_3_assistant") return pairwise ? "Final Answer: Response B" : "Final Rating: 10";
  return "{text}\nPlease extract the final answer from the above text.";
}

// --- requests ---

void CheckSample(const Sample& sample, ConvBenchGrading grading) {
  const std::string missing = TagOf(sample.tags, convbench::kMissing);
  if (!missing.empty()) {
    throw InputError("the sheet has not all that the judge must see; these columns are missing: " + missing);
  }
  if (grading == ConvBenchGrading::kPairwise && TagOf(sample.tags, convbench::kPosition).empty()) {
    throw InputError("there is no array of positions (pairwise.npy) beside the sheet");
  }
}

void AddAnswers(const std::string& name, const std::vector<std::string>& answers, Slots& slots) {
  for (std::size_t turn = 0; turn < 3; ++turn) slots[fmt::format("{}_{}", name, turn + 1)] = answers.at(turn);
}

Slots SlotsOf(const Sample& sample, const Reply& reply, ConvBenchGrading grading, const ConvBenchProgress& progress) {
  Slots slots = {{"caption", TagOf(sample.tags, convbench::kCaption)},
                 {"demands", TagOf(sample.tags, convbench::kDemands)}};
  AddAnswers("question", sample.questions, slots);
  if (grading == ConvBenchGrading::kPairwise) {
    const bool model_is_a = TagOf(sample.tags, convbench::kPosition) == "0";
    AddAnswers("answer_a", model_is_a ? reply.answers : sample.references, slots);
    AddAnswers("answer_b", model_is_a ? sample.references : reply.answers, slots);
  } else {
    AddAnswers("reference", sample.references, slots);
    AddAnswers("answer", reply.answers, slots);
  }
  for (std::size_t turn = 0; turn < progress.turns.size(); ++turn) {
    slots[fmt::format("evaluation_{}", turn + 1)] = progress.turns[turn].judge_text;
  }
  return slots;
}

JudgeRequest EvaluationRequest(const Sample& sample, const Reply& reply, ConvBenchGrading grading,
                               const ConvBenchProgress& progress, const JudgeTexts& texts) {
  const Evaluation& evaluation = kEvaluations.at(progress.turns.size());
  const auto text = [&](std::string_view part) {
    const std::string name = fmt::format("convbench/{}/{}/{}", GradingName(grading), evaluation.name, part);
    return JudgeText(texts, name, OwnPart(grading, evaluation, part));
  };
  return {.messages = {{"system", text("system")},
                       {"user", text("user")},
                       {"assistant", text("assistant")},
                       {"user", FillSlots(text("request"), SlotsOf(sample, reply, grading, progress))}},
          .max_tokens = kMaxTokens};
}

JudgeRequest ExtractionRequest(ConvBenchGrading grading, const std::string& judge_text, const JudgeTexts& texts) {
  const auto text = [&](std::string_view part) {
    const std::string name = fmt::format("convbench/{}/extraction/{}", GradingName(grading), part);
    return JudgeText(texts, name, OwnExtraction(grading, part));
  };
  JudgeRequest request{.messages = {{"system", text("system")}}, .max_tokens = kMaxTokens};
  for (const std::string_view part : kExamples) {
    const bool is_reply = part.ends_with("assistant");
    request.messages.push_back({is_reply ? "assistant" : "user",
                                part == "request" ? FillSlots(text(part), {{"text", judge_text}}) : text(part)});
  }
  return request;
}

std::optional<JudgeRequest> Ask(const Sample& sample, const Reply& reply, const JudgeTexts& texts,
                                ConvBenchGrading grading) {
  if (reply.answers.size() != 3) return std::nullopt;
  CheckSample(sample, grading);
  const ConvBenchProgress progress = ReadConvBenchReplies(reply.judgements, grading);
  if (progress.needs_extraction) return ExtractionRequest(grading, progress.turns.back().judge_text, texts);
  if (progress.turns.size() == kEvaluations.size()) return std::nullopt;
  return EvaluationRequest(sample, reply, grading, progress, texts);
}

std::optional<int> ReadText(const std::string& text, ConvBenchGrading grading) {
  if (grading == ConvBenchGrading::kDirect) return metrics::ReadConvBenchGrade(text);
  return metrics::ReadConvBenchVerdict(text);
}

std::optional<int> ReadExtraction(const std::string& text, ConvBenchGrading grading) {
  if (grading == ConvBenchGrading::kDirect) return metrics::ReadConvBenchFinalGrade(text);
  return metrics::ReadConvBenchExtraction(text);
}

}  // namespace

ConvBenchProgress ReadConvBenchReplies(std::span<const std::string> judgements, ConvBenchGrading grading) {
  ConvBenchProgress progress;
  for (const std::string& text : judgements) {
    if (progress.needs_extraction) {
      progress.turns.back().reading = ReadExtraction(text, grading);
      progress.needs_extraction = false;
    } else {
      progress.turns.push_back({text, ReadText(text, grading)});
      progress.needs_extraction = !progress.turns.back().reading;
    }
  }
  return progress;
}

std::optional<JudgeRequest> AskConvBenchPairwise(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, texts, ConvBenchGrading::kPairwise);
}

std::optional<JudgeRequest> AskConvBenchDirect(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, texts, ConvBenchGrading::kDirect);
}

std::vector<std::string_view> ConvBenchTextNames(ConvBenchGrading grading) {
  // Kept for the life of the program: a scoring only views its names.
  static const std::array<std::vector<std::string>, 2> kNames = [] {
    std::array<std::vector<std::string>, 2> names;
    for (const ConvBenchGrading each : {ConvBenchGrading::kPairwise, ConvBenchGrading::kDirect}) {
      std::vector<std::string>& own = names[static_cast<std::size_t>(each)];
      for (const Evaluation& evaluation : kEvaluations) {
        for (const std::string_view part : kParts) {
          own.push_back(fmt::format("convbench/{}/{}/{}", GradingName(each), evaluation.name, part));
        }
      }
      own.push_back(fmt::format("convbench/{}/extraction/system", GradingName(each)));
      for (const std::string_view part : kExamples) {
        own.push_back(fmt::format("convbench/{}/extraction/{}", GradingName(each), part));
      }
    }
    return names;
  }();
  const std::vector<std::string>& names = kNames[static_cast<std::size_t>(grading)];
  return {names.begin(), names.end()};
}

std::vector<JudgeCheck> ConvBenchPairwiseChecks() {
  const Sample sample{
      .questions = {"q1", "q2", "q3"},
      .references = {"b1", "b2", "b3"},
      .tags = {{convbench::kCaption, "cap"}, {convbench::kDemands, "creative and short"}, {convbench::kPosition, "0"}}};
  // "R" and "C" hold no verdict, so each is followed by the reply to an extraction.
  const auto check = [&](std::vector<std::string> judgements, std::vector<std::string_view> sha256) {
    return JudgeCheck{sample, {.answers = {"a1", "a2", "a3"}, .judgements = std::move(judgements)}, std::move(sha256)};
  };
  return {
      check({}, {"d4378507442bdf192f26ea2a122f0e7816cc968533d40ecc03956bdb4ef880fd",
                 "fbcd30289fe77947012b26fc39b3e59895a26310744859b7c730766b856bad66",
                 "5d627a1eb02ce42ffe941ecb0b78b5cef473cfe752bafeaf363ee47ea9870e81",
                 "deb6d217b0b1a28c9729edb4bddd0c2af04a14d7366b1651d8c40633d4b94fb2"}),
      check({"Overall, Response A is better."}, {"f373fdfee6b88ed2d2c295860c02c62da9754a5d1dd64ced7d100e5508552147",
                                                 "c0c9d4fdd5ddb09097a1afa204f44173d9205f26e1d0539514bdc80056392c34",
                                                 "a04be4bd11aff1f009565c46c3944ea12898ad62d3a929515b0d66a08eababaf",
                                                 "31a71671844d953c71b03edb06f084a1996b9d271660ee719dbefc2dc53edca5"}),
      check({"Overall, Response A is better.", "R", "none", "C", "none"},
            {"6d6e994aa6f0b4d4dd7932121850d1db74486fe7307285a6d2cc86cbbc0d962a",
             "f86858296f928a1d6e5f311bae91f5af9f4fb7f9b4d0704b87446c645b2646f6",
             "7ef34c23a98ccd188f330a4b0fe1459980b803484395defe4c0757e7b127fc2c",
             "7492e79d647e7e0c01d271f0c55a54002dc01d0e218406f2cc25864a3ac42f04"})};
}

}  // namespace tessera
