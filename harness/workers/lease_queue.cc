#include "harness/workers/lease_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace tessera {
namespace {

constexpr const char* kFinished = "finished by ";

std::string GroupKey(std::size_t group) { return fmt::format("group/{}", group); }

}  // namespace

LeaseQueue::LeaseQueue(KeyStore* store, std::string holder, std::size_t groups, LeaseSettings settings)
    : store_(store), holder_(std::move(holder)), groups_(groups), settings_(std::move(settings)) {
  for (std::size_t group = 0; group < groups; ++group) open_.insert(open_.end(), group);
  Beat();
}

std::optional<std::size_t> LeaseQueue::Take() {
  {
    const std::scoped_lock lock(mutex_);
    if (lost_) {
      if (std::exchange(ended_, true)) throw Error(*lost_);
      return std::nullopt;
    }
  }
  try {
    return TakeFromStore();
  } catch (const Error& error) {
    LoseStore(error);
    ended_ = true;
    return std::nullopt;
  }
}

void LeaseQueue::LoseStore(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!lost_) lost_ = error;
}

std::optional<std::size_t> LeaseQueue::TakeFromStore() {
  while (given_ < groups_) {
    const auto group = static_cast<std::size_t>(store_->Add("next", 1) - 1);
    given_ = std::min(group + 1, groups_);
    if (group < groups_ && Lend(group, "")) return group;
  }
  return TakeOver();
}

bool LeaseQueue::Lend(std::size_t group, const std::string& from) {
  if (store_->CompareSet(GroupKey(group), from, holder_) != holder_) return false;
  const std::scoped_lock lock(mutex_);
  taken_at_[group] = settings_.now();
  return true;
}

std::optional<std::size_t> LeaseQueue::TakeOver() {
  std::vector<std::size_t> open;
  {
    const std::scoped_lock lock(mutex_);
    open.assign(open_.begin(), open_.end());
  }
  for (const std::size_t group : open) {
    // A worker may have died between being given a group and writing its name there.
    const std::string holder = store_->Get(GroupKey(group)).value_or("");
    if (holder.starts_with(kFinished)) {
      Forget(group);
    } else if (holder != holder_ && (holder.empty() || IsLost(group, holder)) && Lend(group, holder)) {
      return group;
    }
  }
  return std::nullopt;
}

bool LeaseQueue::IsLost(std::size_t group, const std::string& holder) {
  const Clock::time_point now = settings_.now();
  const std::int64_t count = store_->Add("beat/" + holder, 0);
  Heartbeat& heartbeat = heartbeats_[holder];
  if (heartbeat.count != count) heartbeat = {count, now};
  Lease& lease = leases_[group];
  if (lease.holder != holder) lease = {holder, now};
  if (now - heartbeat.seen_since >= settings_.lease) return true;
  const std::scoped_lock lock(mutex_);
  return now - lease.seen_since >= std::max<Clock::duration>(10 * settings_.lease, 4 * longest_group_);
}

void LeaseQueue::Forget(std::size_t group) {
  const std::scoped_lock lock(mutex_);
  open_.erase(group);
}

bool LeaseQueue::Holds(std::size_t group) {
  try {
    return store_->Get(GroupKey(group)) == holder_;
  } catch (const Error& error) {
    LoseStore(error);
    return true;
  }
}

void LeaseQueue::Finish(std::size_t group, int failures) {
  try {
    FinishInStore(group, failures);
  } catch (const Error& error) {
    LoseStore(error);
  }
}

void LeaseQueue::FinishInStore(std::size_t group, int failures) {
  const std::string finished = kFinished + holder_;
  std::string value = holder_;
  while (!value.starts_with(kFinished)) value = store_->CompareSet(GroupKey(group), value, finished);
  if (value == finished && failures > 0) failures_ = static_cast<int>(store_->Add("failed", failures));
  const std::scoped_lock lock(mutex_);
  open_.erase(group);
  longest_group_ = std::max(longest_group_, settings_.now() - taken_at_[group]);
}

bool LeaseQueue::IsDone() const {
  const std::scoped_lock lock(mutex_);
  return open_.empty();
}

void LeaseQueue::Beat() {
  store_->Add("beat/" + holder_, 1);
  failures_ = static_cast<int>(store_->Add("failed", 0));
}

}  // namespace tessera
