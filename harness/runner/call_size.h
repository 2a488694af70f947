// How many picture groups one call of a backend asks about.
#pragma once

#include <cstdint>
#include <set>

#include "harness/runner/plan.h"

namespace tessera {

/// What the recipes show of the group's pictures; each is cut once.
std::set<PictureUse> UsesOf(const Plan& plan, const PictureGroup& group);

/// Adds up what one call of Backend::Generate asks about. It is full with twice the questions that the backend answers
/// at once, so that answers that end make room for others, or with pictures of kCallTiles tiles: their float32 pixels
/// are in memory together (385 MB of 448 x 448). A group is never split, so the last one may go past that.
class CallSize {
 public:
  static constexpr std::int64_t kCallTiles = 160;

  /// questions_at_once: of BackendInfo. With 1 every call is full with one group.
  explicit CallSize(int questions_at_once)
      : most_questions_(questions_at_once > 1 ? std::int64_t{2} * questions_at_once : 1) {}

  /// Counts each picture as the most tiles that its recipe allows: how many it really has shows when it is read.
  void Add(const Plan& plan, const PictureGroup& group);

  bool IsFull() const { return questions_ >= most_questions_ || tiles_ >= kCallTiles; }

 private:
  std::int64_t most_questions_;
  std::int64_t questions_ = 0;
  std::int64_t tiles_ = 0;
};

}  // namespace tessera
