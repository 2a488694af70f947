#include "model/text/conversation.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {


constexpr std::array<ChatTemplate, 2> kTemplates{{
    {.name = "internlm2-chat",
     .system_header = "<|im_start|>system\n",
     .user_header = "<|im_start|>user\n",
     .assistant_header = "<|im_start|>assistant\n",
     .separator = "<|im_end|>"},
    {.name = "phi3-chat",
     .system_header = "<|system|>\n",
     .user_header = "<|user|>\n",
     .assistant_header = "<|assistant|>\n",
     .separator = "<|end|>"},
}};

std::string ImageSpan(std::span<const int> image_tokens) {
  std::string span = "<img>";
  for (const int count : image_tokens) {
    for (int i = 0; i < count; ++i) span += "<IMG_CONTEXT>";
  }
  return span += "</img>";
}

void CheckTurns(std::span<const Turn> turns) {
  if (turns.empty() || turns.back().role != Role::kUser)
    throw InputError("a prompt has to end with a turn of the user");
  for (std::size_t i = 1; i < turns.size(); ++i) {
    if (turns[i].role == Role::kSystem) throw InputError("the system message has to be the first turn of a prompt");
  }
}

/// What the reference puts in front of the first question when pictures come with it.
std::string ImagePrefix(const Prompt& prompt, std::span<const int> image_tokens) {
  if (image_tokens.empty()) return "";
  if (prompt.image_marks == ImageMarks::kLeading) return ImageSpan(image_tokens) + "\n";
  // Only without a history: a past question has kept the mark that it was asked with.
  const std::size_t system_turns = prompt.turns.front().role == Role::kSystem ? 1 : 0;
  const bool has_history = prompt.turns.size() > system_turns + 1;
  const bool has_mark = prompt.turns.back().text.find(kImageMark) != std::string::npos;
  return has_history || has_mark ? "" : std::string(kImageMark) + "\n";
}

/// Replaces the first marks of the whole text, one for each count; further marks stay.
std::string ReplaceMarks(std::string_view text, std::span<const int> image_tokens) {
  std::string out;
  for (std::size_t i = 0; i < image_tokens.size(); ++i) {
    const std::size_t mark = text.find(kImageMark);
    if (mark == std::string_view::npos) {
      throw InputError(fmt::format("the prompt has {} <image> marks for {} pictures", i, image_tokens.size()));
    }
    out += text.substr(0, mark);
    out += ImageSpan(image_tokens.subspan(i, 1));
    text.remove_prefix(mark + kImageMark.size());
  }
  return out += text;
}

}  // namespace

const std::string_view kDefaultSystemMessage =
    "你是由上海人工智能实验室联合商汤科技开发的书生多模态大模型，英文名叫InternVL, 是一个有用无害的人工智能助手。";
const std::string_view kPaperSystemMessage = "You are an AI assistant whose name is InternLM (书生·浦语).";

const ChatTemplate& FindChatTemplate(std::string_view name) {
  for (const ChatTemplate& chat_template : kTemplates) {
    if (chat_template.name == name) return chat_template;
  }
  throw InputError("chat template: expected internlm2-chat or phi3-chat, found " + Describe(Json(std::string(name))));
}

std::string RenderChat(const ChatTemplate& chat_template, const Prompt& prompt, std::span<const int> image_tokens) {
  CheckTurns(prompt.turns);
  std::string text;
  std::string prefix = ImagePrefix(prompt, image_tokens);
  for (const Turn& turn : prompt.turns) {
    if (turn.role == Role::kSystem) {  // written with its separator even when empty
      ((text += chat_template.system_header) += turn.text) += chat_template.separator;
      continue;
    }
    const bool user = turn.role == Role::kUser;
    const std::string message = user ? std::exchange(prefix, "") + turn.text : turn.text;
    text += user ? chat_template.user_header : chat_template.assistant_header;
    if (!message.empty()) (text += message) += chat_template.separator;
  }
  text += chat_template.assistant_header;
  return prompt.image_marks == ImageMarks::kReplaced ? ReplaceMarks(text, image_tokens) : text;
}

}  // namespace tessera
