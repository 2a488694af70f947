// Field types that the journal's files share.
#pragma once

#include <string>
#include <vector>

#include "harness/base/json_fields.h"

namespace tessera {

/// A number in [0, INT_MAX]; throws kInput otherwise.
int CountOf(const JsonFields& fields, std::string_view key);

/// An array of strings; throws kInput otherwise.
std::vector<std::string> StringsOf(const JsonFields& fields, std::string_view key);

}  // namespace tessera
