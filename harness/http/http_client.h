// JSON over HTTP(S) to one server, with the care that a key and an unreliable server need.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/http/request_limiter.h"

namespace tessera {

struct HttpSettings {
  double connect_timeout_s = 10;
  double timeout_s = 300;       // of one try
  int tries = 5;                // for what may pass: no connection, a time-out, half a body, status 408, 429, 5xx
  double first_wait_s = 1;      // before the second try; doubles with each further one
  double longest_wait_s = 120;  // a server that asks to wait longer (Retry-After) has failed
  std::size_t max_response_bytes = 16u << 20;
  const std::atomic<bool>* stop = nullptr;  // once true, what is under way fails at once
  RequestLimiter* limiter = nullptr;        // admits each try, and learns how it went
};

struct HttpFailure {
  std::string message;   // without the key
  bool stopped = false;  // by HttpSettings::stop
};

/// Posts to one URL. Certificates are verified and redirects are not followed. Callable from several threads.
class HttpClient {
 public:
  /// `key` goes out as a bearer token; empty: none. Throws kUsage for a URL that is not http:// or https:// or holds a
  /// user name, for a key that would cross a network in the clear, and for a key with control characters.
  HttpClient(std::string url, std::string key, HttpSettings settings);

  /// Posts `body` until `read` accepts the reply's body: when it throws an Error, that try has failed. nullopt on
  /// success. In what `read` is given, and in every message, the key is replaced by "***".
  std::optional<HttpFailure> PostJson(const std::string& body,
                                      const std::function<void(const std::string&)>& read) const;

  /// `text` with the key replaced by "***". A key of less than 8 bytes is a placeholder, not a secret, and stays.
  std::string WithoutKey(std::string text) const;

  const std::string& url() const { return url_; }

 private:
  struct Try;
  Try PostOnce(const std::string& body) const;
  Try PostWhenAdmitted(const std::string& body) const;
  bool IsStopped() const { return settings_.stop != nullptr && settings_.stop->load(); }
  void Wait(double seconds) const;

  std::string url_;
  std::string key_;
  HttpSettings settings_;
};

}  // namespace tessera
