// Chat templates: turns and image marks to the text that is tokenised.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/api/prompt.h"

namespace tessera {

/// The texts around each role's message. Source: SPEC section 8.1 (InternVL conversation.py).
struct ChatTemplate {
  std::string_view name;
  std::string_view system_header, user_header, assistant_header;
  std::string_view separator;  // ends a message; its token ends the answer
};

/// "internlm2-chat" or "phi3-chat". Throws kInput for another name.
const ChatTemplate& FindChatTemplate(std::string_view name);

/// System message of the reference code since 2024-07.
extern const std::string_view kDefaultSystemMessage;
/// System message of April 2024, which made the paper's numbers.
extern const std::string_view kPaperSystemMessage;

/// The prompt text. `image_tokens` has one count of context tokens per image mark; each mark becomes
/// `<img>` + `<IMG_CONTEXT>` * count + `</img>` by the rules of `prompt.image_marks`. An empty question or answer
/// writes only its header. Throws kInput when a picture finds no mark, or the turns do not end with the user's.
/// Source: SPEC section 8 (InternVLChatModel.chat).
std::string RenderChat(const ChatTemplate& chat_template, const Prompt& prompt, std::span<const int> image_tokens);

}  // namespace tessera
