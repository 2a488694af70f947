// A small HTTP server on this machine, in threads of the test program.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tessera {

struct MockReply {
  int status = 200;
  std::string body;
  std::vector<std::string> headers;  // "Retry-After: 1"
  double delay_s = 0;
  bool drops = false;             // closes the connection without a word
  std::size_t missing_bytes = 0;  // announced in Content-Length, but not sent
};

/// Serves until it is destroyed. `handle` gets the whole request (head and body) and its number from 0; it may be
/// called from several threads.
class MockServer {
 public:
  using Handler = std::function<MockReply(const std::string& request, int number)>;
  explicit MockServer(Handler handle);
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT"
  int requests() const { return requests_; }

 private:
  void Serve(int connection);

  Handler handle_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::vector<std::jthread> workers_;  // each takes a connection at a time
};

/// A completion of `model` that says `text`, as a server sends it.
std::string CompletionBody(const std::string& text, const std::string& model = "mock-judge");

}  // namespace tessera
