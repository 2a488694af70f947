// Files of their own that hold the answers to the questions of another file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/sample.h"
#include "harness/base/json_fields.h"

namespace tessera {

/// A JSON object with an array of records, one per question.
struct AnswerFile {
  std::string_view records;  // the array's name
  std::string_view id;       // the field of a record with the question's id, an integer
  void (*read)(const JsonFields& record, Sample& sample) = nullptr;
};

/// Lets `layout.read` take what it wants from the record of each sample. Throws kInput when `file` is broken, and
/// unless it has exactly one record for each of `samples`.
void JoinAnswers(const std::filesystem::path& file, const AnswerFile& layout, std::vector<Sample>& samples);

/// The texts in the array `key` of `record`. Throws kInput when it is missing or holds anything else.
std::vector<std::string> Texts(const JsonFields& record, std::string_view key);

}  // namespace tessera
