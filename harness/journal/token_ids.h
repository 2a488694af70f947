// Token ids in the journal.
#pragma once

#include <string>
#include <vector>

#include "harness/base/json_fields.h"

namespace tessera {

/// The ids in order; a run of four or more equal ones, as the places of a picture's tiles are, is a pair of the id and
/// how often it stands there: [1, 92544, [92546, 2304], 92545].
nlohmann::ordered_json TokenIdsJson(const std::vector<int>& ids);

/// Reads them back. Throws kInput, opened by `where`, for another form or for more than 16 million ids.
std::vector<int> ParseTokenIds(const Json& json, const std::string& where);

}  // namespace tessera
