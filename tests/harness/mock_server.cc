#include "tests/harness/mock_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tessera {
namespace {

constexpr int kWorkers = 32;

/// Reads one request: its head, and the body that the head announces.
std::string ReadRequest(int connection) {
  std::string request;
  char buffer[4096];
  for (std::size_t wanted = std::string::npos; request.size() < wanted;) {
    const ssize_t got = ::recv(connection, buffer, sizeof buffer, 0);
    if (got <= 0) return "";
    request.append(buffer, static_cast<std::size_t>(got));
    const std::size_t head_end = request.find("\r\n\r\n");
    if (head_end == std::string::npos || wanted != std::string::npos) continue;
    const std::size_t length = request.find("Content-Length: ");
    wanted = head_end + 4 + (length < head_end ? std::strtoul(request.c_str() + length + 16, nullptr, 10) : 0);
    if (request.find("Expect: 100-continue") < head_end) {
      const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      if (::send(connection, go_on.data(), go_on.size(), MSG_NOSIGNAL) < 0) return "";
    }
  }
  return request;
}

}  // namespace

MockServer::MockServer(Handler handle) : handle_(std::move(handle)) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 256) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no mock server");
  }
  port_ = ntohs(address.sin_port);
  for (int i = 0; i < kWorkers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 20) <= 0) continue;
        const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection >= 0) Serve(connection);
      }
    });
  }
}

MockServer::~MockServer() {
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
  ::close(socket_);
}

void MockServer::Serve(int connection) {
  const std::string request = ReadRequest(connection);
  if (!request.empty()) {
    const MockReply reply = handle_(request, requests_++);
    if (reply.drops) {
      ::close(connection);
      return;
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(reply.delay_s));
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Mock\r\nConnection: close\r\nContent-Length: " +
                       std::to_string(reply.body.size() + reply.missing_bytes) + "\r\n";
    for (const std::string& header : reply.headers) text += header + "\r\n";
    text += "\r\n" + reply.body;
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t put = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (put <= 0) break;
      sent += static_cast<std::size_t>(put);
    }
  }
  ::close(connection);
}

std::string MockServer::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::string CompletionBody(const std::string& text, const std::string& model) {
  const nlohmann::json body = {{"model", model},
                               {"choices", {{{"message", {{"role", "assistant"}, {"content", text}}}}}},
                               {"usage", {{"prompt_tokens", 11}, {"completion_tokens", 2}}}};
  return body.dump();
}

}  // namespace tessera
