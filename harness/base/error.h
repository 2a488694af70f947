// The one exception type of the project: what the caller got wrong, or what the machine refused.
#pragma once

#include <stdexcept>
#include <string>

namespace tessera {

/// What kind of trouble an Error reports. The value is the exit code that main.cc returns for it.
enum class ErrorKind {
  kUsage = 2,        ///< a wrong command line, or an option without effect
  kInput = 3,        ///< a file, checkpoint or data set that is not what it should be
  kEnvironment = 4,  ///< the machine: unwritable output, no memory, a missing device
};

/// Thrown for what the caller got wrong or the machine refused. A failing sample is a Failure value instead.
/// The message says what, where and both sides: `docvqa/val.jsonl:117: field "answer": expected ..., found ...`.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

inline Error UsageError(const std::string& message) { return Error(ErrorKind::kUsage, message); }
inline Error InputError(const std::string& message) { return Error(ErrorKind::kInput, message); }
inline Error EnvironmentError(const std::string& message) { return Error(ErrorKind::kEnvironment, message); }

}  // namespace tessera
