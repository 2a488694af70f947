// The judge's replies of a run, kept so that nothing is asked twice: RUN/journal/judge.jsonl.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/journal/line_file.h"
#include "harness/judge/judge.h"

namespace tessera {

/// One reply: a line of the log, and of the files that `replay:` reads.
struct JudgeRecord {
  JudgeCall call;            // of its request, the temperature alone
  bool has_request = false;  // request_sha256 was given; a hand-made line may leave it out
  JudgeReply reply;
};

/// As one line of JSON without the newline.
std::string ToLogLine(const JudgeRecord& record);

/// The records of a file. `split`, `scoring`, `request_sha256`, `temperature`, `model` and the token counts of a line
/// may be missing; `benchmark`, `sample_id`, `call`, `judge` and `reply` may not. Throws kInput, `file:line: ...`.
struct JudgeRecords {
  std::vector<JudgeRecord> records;
  bool torn_last_line = false;  // the file ended inside a line, which was left out
};
JudgeRecords ReadJudgeRecords(const std::filesystem::path& file);

std::filesystem::path JudgeLogPath(const std::filesystem::path& run_folder);

/// The log of one run. Callable from several threads.
class JudgeLog {
 public:
  /// Reads what is there. Nothing is created before the first Append.
  explicit JudgeLog(const std::filesystem::path& run_folder);

  /// The reply of `model` to the same request (by content), in the same call for the same sample, under any scoring.
  std::optional<JudgeReply> Find(const JudgeCall& call, const std::string& model) const;

  /// Keeps a reply, unless it is there already.
  void Append(const JudgeCall& call, const JudgeReply& reply);

  /// The models that were asked for.
  std::set<std::string> Models() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, int, std::string, std::string>;
  static Key KeyOf(const JudgeCall& call, const std::string& model);

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::map<Key, JudgeReply> replies_;
  std::optional<LineWriter> writer_;
};

}  // namespace tessera
