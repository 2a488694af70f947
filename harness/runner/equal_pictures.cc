#include "harness/runner/equal_pictures.h"

#include <map>
#include <string>
#include <vector>

namespace tessera {

void JoinEqualPictures(const PictureHashes& hashes, Plan* plan) {
  std::map<std::vector<std::string>, std::size_t> positions;  // in `joined`
  std::vector<PictureGroup> joined;
  for (PictureGroup& group : plan->groups) {
    std::vector<std::string> content;
    for (const ImageSource& image : group.images) {
      const auto hash = hashes.find(image);
      if (hash != hashes.end() && hash->second.starts_with("sha256 ")) content.push_back(hash->second);
    }
    const bool is_known = !content.empty() && content.size() == group.images.size();
    const auto found = is_known ? positions.find(content) : positions.end();
    if (found == positions.end()) {
      if (is_known) positions.emplace(std::move(content), joined.size());
      joined.push_back(std::move(group));
      continue;
    }
    std::vector<std::size_t>& samples = joined[found->second].samples;
    samples.insert(samples.end(), group.samples.begin(), group.samples.end());
  }
  plan->groups = std::move(joined);
}

}  // namespace tessera
