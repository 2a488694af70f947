#include "harness/runner/equal_pictures.h"

#include <map>
#include <set>
#include <string>

#include "harness/runner/picture_hashes.h"

namespace tessera {

void JoinEqualPictures(Plan* plan) {
  std::set<ImageSource> sources;
  for (const PictureGroup& group : plan->groups) sources.insert(group.images.begin(), group.images.end());
  const std::map<ImageSource, std::string> hashes = HashPictures(sources);
  std::map<std::vector<std::string>, std::size_t> positions;  // in `joined`
  std::vector<PictureGroup> joined;
  for (PictureGroup& group : plan->groups) {
    std::vector<std::string> content;
    for (const ImageSource& image : group.images) {
      const std::string& hash = hashes.at(image);
      if (hash.starts_with("sha256 ")) content.push_back(hash);  // else why it cannot be read
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
