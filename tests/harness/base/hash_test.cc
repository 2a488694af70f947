#include "harness/base/hash.h"

#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

constexpr const char* kSha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, IsThePublishedDigest) { EXPECT_EQ(Sha256("abc"), kSha256OfAbc); }

TEST(Sha256OfFile, EqualsTheDigestOfTheBytesAlsoOverSeveralPieces) {
  const TempFolder folder;
  const std::string content(3'000'000, 'x');
  EXPECT_EQ(Sha256OfFile(folder.Write("x", content)), Sha256(content));
  EXPECT_EQ(Sha256OfFile(folder.Write("abc", "abc")), kSha256OfAbc);
}

TEST(Md5OfFile, IsThePublishedDigest) {
  const TempFolder folder;
  EXPECT_EQ(Md5OfFile(folder.Write("abc", "abc")), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(HashOfFile, MissingFileIsAnInputError) {
  EXPECT_NE(ErrorOf(ErrorKind::kInput, [] { Sha256OfFile("no/such/file"); }).find("no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace tessera
