// A KeyStore in this process.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "harness/base/error.h"
#include "harness/workers/key_store.h"

namespace tessera {

class FakeStore : public KeyStore {
 public:
  void Set(const std::string& key, const std::string& value) override {
    const auto lock = Enter();
    values_[key] = value;
  }
  std::optional<std::string> Get(const std::string& key) override {
    const auto lock = Enter();
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  std::string CompareSet(const std::string& key, const std::string& expected, const std::string& desired) override {
    const auto lock = Enter();
    const auto found = values_.find(key);
    if (found == values_.end() && !expected.empty()) return expected;
    if (found != values_.end() && found->second != expected) return found->second;
    return values_[key] = desired;
  }
  std::int64_t Add(const std::string& key, std::int64_t delta) override {
    const auto lock = Enter();
    return numbers_[key] += delta;
  }

  /// From now on every call throws, as when rank 0 has died.
  void Die() {
    const std::scoped_lock lock(mutex_);
    is_dead_ = true;
  }

 private:
  std::unique_lock<std::mutex> Enter() {
    std::unique_lock lock(mutex_);
    if (is_dead_) throw EnvironmentError("the store is gone");
    return lock;
  }

  std::mutex mutex_;
  bool is_dead_ = false;
  std::map<std::string, std::string> values_;
  std::map<std::string, std::int64_t> numbers_;
};

/// For a worker that shares the store of others.
class SharedStore : public KeyStore {
 public:
  explicit SharedStore(KeyStore* store) : store_(store) {}
  void Set(const std::string& key, const std::string& value) override { store_->Set(key, value); }
  std::optional<std::string> Get(const std::string& key) override { return store_->Get(key); }
  std::string CompareSet(const std::string& key, const std::string& expected, const std::string& desired) override {
    return store_->CompareSet(key, expected, desired);
  }
  std::int64_t Add(const std::string& key, std::int64_t delta) override { return store_->Add(key, delta); }

 private:
  KeyStore* store_;
};

}  // namespace tessera
