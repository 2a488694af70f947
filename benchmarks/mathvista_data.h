// MathVista's files: the authors' JSON, Hugging Face's parquet file, VLMEvalKit's TSV file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "metrics/mathvista.h"

namespace tessera {

/// Every way in which MathVista's testmini data may lie in a folder. The question is the query with its hint, the
/// reference the answer. A sample's tags: `question_type`, `answer_type`, `precision` (decimals, when given),
/// `answer_option` (the letter of the answer), `skills` (separated by "; "), and of `language`, `source`, `category`,
/// `task`, `context`, `grade` what the file states. Loading throws kInput, with file and row or problem, on what is not
/// as published.
std::vector<DataSource> MathVistaDataSources();

/// What the scorers need to know of a sample.
metrics::MathVistaProblem ProblemOf(const Sample& sample);

/// The query that the authors ship: hint, question with its unit, choices. nullopt where there is no hint for the type
/// of the answer.
std::optional<std::string> MathVistaQuery(const std::string& question, const std::string& unit,
                                          const metrics::MathVistaProblem& problem);

/// The skills of a sample, each once.
std::vector<std::string> SplitSkills(const std::string& skills);

}  // namespace tessera
