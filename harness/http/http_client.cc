#include "harness/http/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::size_t kShortestSecret = 8;

void InitCurl() {
  static const bool kReady = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!kReady) throw EnvironmentError("libcurl cannot be started");
}

/// "host:port" of a URL.
std::string_view Authority(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

bool IsThisMachine(std::string_view authority) {
  for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
    if (authority == host || authority.starts_with(std::string(host) + ":")) return true;
  }
  return false;
}

/// What a transfer fills, and what can stop it.
struct Transfer {
  std::string body;
  std::size_t max_bytes = 0;
  bool too_large = false;
  const std::atomic<bool>* stop = nullptr;
};

std::size_t OnData(char* data, std::size_t size, std::size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  if (transfer->body.size() + size * count > transfer->max_bytes) {
    transfer->too_large = true;
    return 0;
  }
  transfer->body.append(data, size * count);
  return size * count;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* transfer = static_cast<const Transfer*>(user);
  return transfer->stop != nullptr && transfer->stop->load() ? 1 : 0;
}

bool MayPass(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
         code == CURLE_PARTIAL_FILE || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
         code == CURLE_SEND_ERROR || code == CURLE_SSL_CONNECT_ERROR;
}

bool MayPass(long status) { return status == 408 || status == 429 || status >= 500; }

/// The start of a body on one line, for messages.
std::string Excerpt(std::string_view body) {
  std::string text = ReplaceInvalidUtf8(Shorten(body, 200));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

/// How one try went: a body, or what was wrong and whether another try may help.
struct HttpClient::Try {
  std::string body;
  std::string error;
  bool may_pass = false;
  bool is_throttled = false;
  double retry_after_s = 0;
};

HttpClient::HttpClient(std::string url, std::string key, HttpSettings settings)
    : url_(std::move(url)), key_(std::move(key)), settings_(settings) {
  const bool is_https = url_.starts_with("https://");
  if (!is_https && !url_.starts_with("http://")) {
    throw UsageError(fmt::format("\"{}\": expected a URL that starts with http:// or https://", Shorten(url_, 80)));
  }
  if (Authority(url_).empty()) throw UsageError(fmt::format("\"{}\": the URL names no host", Shorten(url_, 80)));
  if (Authority(url_).find('@') != std::string_view::npos) {
    throw UsageError("a URL may hold no user name or password; give a key by file or environment variable");
  }
  if (std::any_of(key_.begin(), key_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x21 || c == 0x7f; })) {
    throw UsageError("the key holds a blank or a control character");
  }
  if (!key_.empty() && !is_https && !IsThisMachine(Authority(url_))) {
    throw UsageError(url_ + ": a key is sent to another machine over https:// only");
  }
  InitCurl();
}

HttpClient::Try HttpClient::PostOnce(const std::string& body) const {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) throw EnvironmentError("libcurl cannot be started");
  curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:");  // a server that does not know it would cost a second per picture
  if (!key_.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + key_).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
  Transfer transfer{.max_bytes = settings_.max_response_bytes, .stop = settings_.stop};
  char error_text[CURL_ERROR_SIZE] = "";

  CURL* handle = curl.get();
  curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // What stays on this machine must not take the way over a proxy of the environment.
  if (IsThisMachine(Authority(url_))) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout_s * 1000));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout_s * 1000));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, OnData);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, OnProgress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error_text);
  const CURLcode code = curl_easy_perform(handle);

  Try result{.body = WithoutKey(std::move(transfer.body))};
  if (transfer.too_large) {
    result.error = fmt::format("the reply is larger than {} bytes", settings_.max_response_bytes);
    return result;
  }
  if (code != CURLE_OK) {
    result.error = WithoutKey(error_text[0] != '\0' ? error_text : curl_easy_strerror(code));
    result.may_pass = MayPass(code);
    result.is_throttled = code == CURLE_OPERATION_TIMEDOUT;
    return result;
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return result;
  result.may_pass = MayPass(status);
  result.is_throttled = status == 429 || status == 503;
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after_s);
  result.retry_after_s = static_cast<double>(retry_after_s);
  result.error = status >= 300 && status < 400
                     ? fmt::format("HTTP status {}: a redirect, which is not followed", status)
                     : fmt::format("HTTP status {}: {}", status, Excerpt(result.body));
  return result;
}

HttpClient::Try HttpClient::PostWhenAdmitted(const std::string& body) const {
  if (settings_.limiter == nullptr) return PostOnce(body);
  RequestLimiter::Place place(settings_.limiter);
  if (IsStopped()) return {.error = "interrupted"};
  const auto start = std::chrono::steady_clock::now();
  Try result = PostOnce(body);
  if (result.error.empty()) place.SetLatency(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (result.is_throttled) place.MarkThrottled();
  return result;
}

std::optional<HttpFailure> HttpClient::PostJson(const std::string& body,
                                                const std::function<void(const std::string&)>& read) const {
  double wait_s = settings_.first_wait_s;
  for (int tries = 1;; ++tries) {
    if (IsStopped()) return HttpFailure{"interrupted", true};
    Try result = PostWhenAdmitted(body);
    if (!result.error.empty() && IsStopped()) return HttpFailure{"interrupted", true};
    if (result.error.empty()) {
      try {
        read(result.body);
        return std::nullopt;
      } catch (const Error& error) {
        result.error = WithoutKey(error.what());
        result.may_pass = true;
      }
    }
    const std::string message = fmt::format("{}: {}", url_, result.error);
    if (!result.may_pass) return HttpFailure{message};
    if (tries >= settings_.tries) return HttpFailure{fmt::format("{} (try {} of {})", message, tries, settings_.tries)};
    if (result.retry_after_s > settings_.longest_wait_s) {
      return HttpFailure{fmt::format("{}; the server asks to wait {:.0f} s", message, result.retry_after_s)};
    }
    Wait(std::max(wait_s, result.retry_after_s));
    wait_s = std::min(wait_s * 2, settings_.longest_wait_s);
  }
}

std::string HttpClient::WithoutKey(std::string text) const {
  if (key_.size() < kShortestSecret) return text;
  for (std::size_t at = 0; (at = text.find(key_, at)) != std::string::npos;) text.replace(at, key_.size(), "***");
  return text;
}

void HttpClient::Wait(double seconds) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!IsStopped() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace tessera
