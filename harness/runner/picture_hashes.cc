#include "harness/runner/picture_hashes.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <vector>

#include "harness/base/hash.h"

namespace tessera {

std::map<ImageSource, std::string> HashPictures(const std::set<ImageSource>& pictures) {
  const std::vector<ImageSource> sources(pictures.begin(), pictures.end());
  std::vector<std::string> hashes(sources.size());
  tbb::parallel_for(std::size_t{0}, sources.size(), [&](std::size_t i) {
    try {
      hashes[i] = fmt::format("sha256 {}", Sha256(ReadImageBytes(sources[i])));
    } catch (const std::exception& error) {
      hashes[i] = error.what();
    }
  });
  std::map<ImageSource, std::string> found;
  for (std::size_t i = 0; i < sources.size(); ++i) found[sources[i]] = std::move(hashes[i]);
  return found;
}

}  // namespace tessera
