#include "harness/runner/picture_hashes.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <vector>

#include "harness/base/hash.h"

namespace tessera {

PictureHashes HashPictures(const std::set<ImageSource>& pictures) {
  const std::vector<ImageSource> sources(pictures.begin(), pictures.end());
  std::vector<std::string> hashes(sources.size());
  tbb::parallel_for(std::size_t{0}, sources.size(), [&](std::size_t i) {
    try {
      hashes[i] = fmt::format("sha256 {}", Sha256(ReadImageBytes(sources[i])));
    } catch (const std::exception& error) {
      hashes[i] = error.what();
    }
  });
  PictureHashes found;
  for (std::size_t i = 0; i < sources.size(); ++i) found[sources[i]] = std::move(hashes[i]);
  return found;
}

PictureHashes HashPictures(const Plan& plan) {
  std::set<ImageSource> pictures;
  for (const PictureGroup& group : plan.groups) pictures.insert(group.images.begin(), group.images.end());
  return HashPictures(pictures);
}

}  // namespace tessera
