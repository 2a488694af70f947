#include "harness/estimate/picture_sizes.h"

#include <exception>
#include <vector>

#include "datasets/image_source.h"
#include "model/image/parallel_for.h"

namespace tessera {
namespace {

std::variant<ImageSize, std::string> ReadSize(const ImageSource& source) {
  const std::string name = ImageSourceName(source);
  try {
    return ReadImageSize(ReadImageBytes(source));
  } catch (const std::exception& error) {
    const std::string message = error.what();  // of the file it names itself, of the codec it does not
    return message.find(name) == std::string::npos ? name + ": " + message : message;
  }
}

}  // namespace

PictureSizes ReadPictureSizes(std::span<const PictureGroup> groups, int threads) {
  PictureSizes sizes;
  for (const PictureGroup& group : groups) {
    for (const ImageSource& source : group.images) sizes.try_emplace(source);
  }
  std::vector<PictureSizes::value_type*> entries;
  for (auto& entry : sizes) entries.push_back(&entry);
  ParallelFor(static_cast<int>(entries.size()), threads, /*min_range=*/1, [&entries](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      PictureSizes::value_type& entry = *entries[static_cast<std::size_t>(i)];
      entry.second = ReadSize(entry.first);
    }
  });
  return sizes;
}

}  // namespace tessera
