// A query as chat messages of an OpenAI-compatible server.
#pragma once

#include "harness/base/json_fields.h"
#include "model/api/query.h"

namespace tessera {

/// One message per turn: {"role", "content"}. An empty system message is left out. A content is a text, except where
/// the pictures stand: there it is parts, {"type": "text"} and {"type": "image_url"} with a data URL of the original
/// bytes.
///
/// All pictures stand together: by ImageMarks::kLeading in front of the first question, whose text keeps a literal
/// `<image>`; else in place of the first `<image>` of a question, or in front of the first question when none has one.
/// Further marks stay text. Throws kInput for a picture whose first bytes name no known format.
Json ChatMessages(const Query& query);

}  // namespace tessera
