// One sample of a run, as one line of the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "datasets/sample.h"
#include "metrics/score.h"
#include "model/api/prediction.h"
#include "model/api/prompt.h"

namespace tessera {

/// A picture that a sample used.
struct PictureRecord {
  std::string name;    // as ImageSourceName gives it
  std::string sha256;  // of the encoded bytes; empty when they could not be read
};

/// Everything that `score` and `report` need to know about one sample. Exactly one of `failure` and a full set of
/// answers is there, except that a sample whose scoring failed keeps its answers.
struct SampleRecord {
  std::string benchmark;
  Sample sample;  // without its image sources, which `pictures` names
  std::vector<PictureRecord> pictures;
  std::size_t position = 0;          // in the run's plan: the order in which samples are scored
  int start = 0;                     // which start of `run` on the folder made it, from 1
  std::string settings_sha256;       // SettingsSha256 of the run
  Prompt prompt;                     // of the last turn; earlier turns are its history
  std::vector<int> prompt_ids;       // its tokens, where the backend knows them
  std::vector<std::string> answers;  // one per question
  std::vector<std::vector<int>> answer_ids;  // their tokens, where the backend knows them
  int prompt_tokens = 0;             // over all turns
  int new_tokens = 0;
  int tiles = 0;
  bool hit_token_limit = false;      // in any turn
  Timing timing;                     // load_image_s and tile_s of a picture group stand in its first sample only
  WorkCounts work;                   // over all turns; shared work stands in the sample that it was first done for
  std::optional<SampleScore> score;  // by the run's scoring, for tracing; reports score again
  std::optional<Failure> failure;
};

/// Identifies a sample over all benchmarks of a run.
std::string SampleKey(const std::string& benchmark, const Sample& sample);

/// "load_image", "tile", "generate", "score".
std::string StageName(Stage stage);

/// The record as one line of JSON without the newline, keys in a fixed order. Ill-formed UTF-8 becomes U+FFFD.
std::string ToJournalLine(const SampleRecord& record);

/// Reads a line back; `where` (file:line) opens the message of the kInput error. What ToJournalLine leaves out (picture
/// layout, tile limit of the prompt) has its default.
SampleRecord ParseJournalLine(std::string_view line, const std::string& where);

}  // namespace tessera
