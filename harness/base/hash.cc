#include "harness/base/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "harness/base/error.h"

namespace tessera {
namespace {

class Digest {
 public:
  explicit Digest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), algorithm, nullptr) != 1) {
      throw EnvironmentError("OpenSSL refused a digest");
    }
  }
  void Update(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
  std::string Hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), value.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", value[i]);
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::string DigestOfFile(const std::filesystem::path& path, const EVP_MD* algorithm) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(fmt::format("{}: cannot be opened", path.string()));
  Digest digest(algorithm);
  std::vector<char> buffer(1 << 20);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digest.Update(buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw InputError(fmt::format("{}: cannot be read", path.string()));
  return digest.Hex();
}

}  // namespace

std::string Sha256(std::span<const std::uint8_t> bytes) {
  Digest digest(EVP_sha256());
  digest.Update(bytes.data(), bytes.size());
  return digest.Hex();
}

std::string Sha256(std::string_view bytes) {
  Digest digest(EVP_sha256());
  digest.Update(bytes.data(), bytes.size());
  return digest.Hex();
}

std::string Sha256OfFile(const std::filesystem::path& path) { return DigestOfFile(path, EVP_sha256()); }
std::string Md5OfFile(const std::filesystem::path& path) { return DigestOfFile(path, EVP_md5()); }

}  // namespace tessera
