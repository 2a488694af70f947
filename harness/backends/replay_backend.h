// Gives stored answers back, so that they can be scored.
#pragma once

#include <filesystem>

#include "harness/backends/stored_answers.h"
#include "model/api/backend.h"

namespace tessera {

/// Answers each query with what is stored for its sample; a Failure when there is nothing. Pictures are not used.
class ReplayBackend : public Backend {
 public:
  /// Throws kInput as ReadStoredAnswers does.
  explicit ReplayBackend(const std::filesystem::path& path);

  BackendInfo Info() const override;
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;

 private:
  Outcome Answer(const Query& query) const;

  StoredAnswers stored_;
};

}  // namespace tessera
