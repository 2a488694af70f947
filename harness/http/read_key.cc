#include "harness/http/read_key.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <cstdlib>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::uint64_t kMaxKeyFileBytes = 1 << 16;

}  // namespace

std::string ReadKey(const KeySource& source) {
  if (!source.env.empty() && !source.file.empty()) {
    throw UsageError(fmt::format("{}-env and {}-file exclude each other", source.option, source.option));
  }
  if (!source.file.empty()) {
    const std::string key(StripWhiteSpace(ReadFile(source.file, kMaxKeyFileBytes)));
    if (key.empty()) throw InputError(source.file + ": expected a key, found nothing");
    return key;
  }
  if (source.env.empty()) return "";
  const char* value = std::getenv(source.env.c_str());
  if (value == nullptr || *value == '\0') {
    throw UsageError(fmt::format("the environment variable {} ({}-env) is not set", source.env, source.option));
  }
  return value;
}

void ForbidCoreFiles() {
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) throw EnvironmentError("core files cannot be forbidden: prctl failed");
}

}  // namespace tessera
