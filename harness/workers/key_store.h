// What workers on several machines share: small values under names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tessera {

/// Every call is atomic, may come from any thread, and throws kEnvironment when the store cannot be reached.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual void Set(const std::string& key, const std::string& value) = 0;
  virtual std::optional<std::string> Get(const std::string& key) = 0;
  /// Sets `key` to `desired` if its value is `expected` ("": if it has none), and gives the value that it has then;
  /// `expected` again when it had none.
  virtual std::string CompareSet(const std::string& key, const std::string& expected, const std::string& desired) = 0;
  /// Adds to a number, which is 0 before the first call, and gives the sum.
  virtual std::int64_t Add(const std::string& key, std::int64_t delta) = 0;
};

}  // namespace tessera
