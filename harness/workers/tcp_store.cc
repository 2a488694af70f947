#include "harness/workers/tcp_store.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>
#include <vector>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::chrono::minutes kConnectPatience{5};
constexpr std::chrono::milliseconds kConnectPause{100};
constexpr std::chrono::seconds kCallPatience{60};

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string Text(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string Address(const WorkerPlace& place) { return fmt::format("{}:{}", place.host, place.port); }

/// True when somebody listens there. TCPStore's own waiting fills the terminal and cannot be interrupted.
bool CanConnect(const WorkerPlace& place) {
  const addrinfo hints{.ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (::getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0) return false;
  bool connected = false;
  for (const addrinfo* one = found; one != nullptr && !connected; one = one->ai_next) {
    const int fd = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (fd < 0) continue;
    connected = ::connect(fd, one->ai_addr, one->ai_addrlen) == 0;
    ::close(fd);
  }
  ::freeaddrinfo(found);
  return connected;
}

void WaitForHost(const WorkerPlace& place, const std::atomic<bool>* stop) {
  const auto deadline = std::chrono::steady_clock::now() + kConnectPatience;
  while (!CanConnect(place)) {
    const bool is_stopped = stop != nullptr && stop->load();
    if (is_stopped || std::chrono::steady_clock::now() >= deadline) {
      throw EnvironmentError(
          fmt::format("{}: rank 0 does not answer there; MASTER_ADDR and MASTER_PORT must name it", Address(place)));
    }
    std::this_thread::sleep_for(kConnectPause);
  }
}

class TcpStore : public KeyStore {
 public:
  TcpStore(const WorkerPlace& place, const std::atomic<bool>* stop)
      : address_(Address(place)), prefix_(fmt::format("tessera/{}", place.key_prefix)) {
    const bool is_host = place.rank == 0 && !place.is_store_hosted;
    if (!is_host) WaitForHost(place, stop);
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = is_host;
    options.waitWorkers = false;  // a worker may join late
    options.timeout = kCallPatience;
    try {
      store_ = c10::make_intrusive<c10d::TCPStore>(place.host, options);
    } catch (const std::exception& error) {
      throw EnvironmentError(fmt::format("{}: the store of the run cannot be {}: {}", address_,
                                         is_host ? "made" : "reached", FirstLine(error)));
    }
  }

  void Set(const std::string& key, const std::string& value) override {
    Call([&] { store_->set(prefix_ + key, Bytes(value)); });
  }
  std::optional<std::string> Get(const std::string& key) override {
    return Call([&]() -> std::optional<std::string> {
      // get() waits for a key that is not there.
      if (!store_->check({prefix_ + key})) return std::nullopt;
      return Text(store_->get(prefix_ + key));
    });
  }
  std::string CompareSet(const std::string& key, const std::string& expected, const std::string& desired) override {
    return Call([&] { return Text(store_->compareSet(prefix_ + key, Bytes(expected), Bytes(desired))); });
  }
  std::int64_t Add(const std::string& key, std::int64_t delta) override {
    return Call([&] { return store_->add(prefix_ + key, delta); });
  }

 private:
  /// c10d's messages go on with a stack trace.
  static std::string FirstLine(const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
  }

  template <typename Function>
  auto Call(const Function& function) -> decltype(function()) {
    try {
      return function();
    } catch (const std::exception& error) {
      throw EnvironmentError(fmt::format(
          "{}: the store of the run is gone: rank 0 has ended, or cannot be reached ({}). What was answered is "
          "in the journals; start the run again to go on with it",
          address_, FirstLine(error)));
    }
  }

  std::string address_;
  std::string prefix_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
};

}  // namespace

std::unique_ptr<KeyStore> MakeTcpStore(const WorkerPlace& place, const std::atomic<bool>* stop) {
  return std::make_unique<TcpStore>(place, stop);
}

}  // namespace tessera
