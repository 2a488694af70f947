#include "harness/backends/chat_messages.h"

#include <fmt/format.h>

#include <string_view>

#include "datasets/base64.h"
#include "datasets/image_codec.h"

namespace tessera {
namespace {

std::string RoleName(Role role) {
  switch (role) {
    case Role::kSystem:
      return "system";
    case Role::kUser:
      return "user";
    case Role::kAssistant:
      return "assistant";
  }
  return "";
}

std::string_view MimeType(ImageFormat format) {
  switch (format) {
    case ImageFormat::kJpeg:
      return "image/jpeg";
    case ImageFormat::kPng:
      return "image/png";
    case ImageFormat::kWebp:
      return "image/webp";
    case ImageFormat::kBmp:
      return "image/bmp";
    case ImageFormat::kGif:
      return "image/gif";
  }
  return "";
}

std::string DataUrl(const EncodedPicture& bytes) {
  return fmt::format("data:{};base64,{}", MimeType(DetectImageFormat(bytes)), EncodeBase64(bytes));
}

/// Where the pictures go: before byte `offset` of turn `turn`, in place of the `length` bytes there.
struct PicturePlace {
  std::size_t turn = 0;
  std::size_t offset = 0;
  std::size_t length = 0;
};

PicturePlace PlaceOfPictures(const Prompt& prompt) {
  PicturePlace first_question;
  while (prompt.turns.at(first_question.turn).role != Role::kUser) ++first_question.turn;
  if (prompt.image_marks == ImageMarks::kLeading) return first_question;
  for (std::size_t i = first_question.turn; i < prompt.turns.size(); ++i) {
    const std::size_t mark = prompt.turns[i].text.find(kImageMark);
    if (prompt.turns[i].role == Role::kUser && mark != std::string::npos) return {i, mark, kImageMark.size()};
  }
  return first_question;
}

Json ContentWithPictures(std::string_view text, const PicturePlace& place, const Query& query) {
  Json parts = Json::array();
  const auto add_text = [&parts](std::string_view part) {
    if (!part.empty()) parts.push_back({{"type", "text"}, {"text", part}});
  };
  add_text(text.substr(0, place.offset));
  for (const auto& picture : query.encoded) {
    parts.push_back({{"type", "image_url"}, {"image_url", {{"url", DataUrl(*picture)}}}});
  }
  add_text(text.substr(place.offset + place.length));
  return parts;
}

}  // namespace

Json ChatMessages(const Query& query) {
  const PicturePlace place = PlaceOfPictures(query.prompt);
  Json messages = Json::array();
  for (std::size_t i = 0; i < query.prompt.turns.size(); ++i) {
    const Turn& turn = query.prompt.turns[i];
    if (turn.role == Role::kSystem && turn.text.empty()) continue;
    const bool has_pictures = i == place.turn && !query.encoded.empty();
    messages.push_back({{"role", RoleName(turn.role)},
                        {"content", has_pictures ? ContentWithPictures(turn.text, place, query) : Json(turn.text)}});
  }
  return messages;
}

}  // namespace tessera
