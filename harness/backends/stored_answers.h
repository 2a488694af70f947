// Answers that were made elsewhere, or in an earlier run.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace tessera {

struct StoredAnswers {
  std::string format;  // "journal", "table", "json"
  /// One answer per turn, by SampleKey in a journal, else by the sample's id.
  std::unordered_map<std::string, std::vector<std::string>> answers;
  int empty_cells = 0;  // of a table; read as "nan"
};

/// Reads a run folder of this tool, a table of VLMEvalKit (`.tsv` or `.xlsx` with the columns `index` and
/// `prediction`), or JSON: an object from id to answer, an array (or a line each, `.jsonl`) of objects. An object holds
/// its id under one of `question_id`, `questionId`, `index`, `id`, `pid` and its answer under one of `answer`,
/// `prediction`, `response`, `text`.
///
/// A table's missing cell is the answer "nan", because that is what VLMEvalKit's scorers see; cells are printed as
/// pandas types them. Failed samples of a run folder have no answer. Throws kInput, naming file and line or position,
/// for a file of another form, a repeated id, and an answer that is no text.
StoredAnswers ReadStoredAnswers(const std::filesystem::path& path);

}  // namespace tessera
