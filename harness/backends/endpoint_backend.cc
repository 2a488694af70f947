#include "harness/backends/endpoint_backend.h"

#include <fmt/format.h>

#include <exception>
#include <future>
#include <memory>

#include "harness/backends/chat_messages.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/http/read_key.h"

namespace tessera {
namespace {

constexpr int kProbeTokens = 16;

/// A query string could hold a secret, and the URL goes into the run folder.
std::string CheckedUrl(const std::string& url) {
  if (url.find_first_of("?#") == std::string::npos) return url;
  throw UsageError("the URL of a server may hold no \"?\" and no \"#\"; give its base, like http://host:8000/v1");
}

HttpSettings WithLimiter(HttpSettings settings, RequestLimiter* limiter) {
  settings.limiter = limiter;
  return settings;
}

}  // namespace

EndpointBackend::EndpointBackend(const EndpointSettings& settings)
    : url_(CheckedUrl(settings.url)),
      model_(settings.model),
      concurrency_(settings.concurrency),
      limiter_(settings.concurrency),
      chat_(url_, ReadKey({settings.key_env, settings.key_file, "--key"}), WithLimiter(settings.http, &limiter_),
            settings.spending) {
  CheckServer();
  for (int i = 0; i < concurrency_; ++i) {
    workers_.emplace_back([this] {
      for (std::function<void()> task; tasks_.pop(task), task;) task();
    });
  }
}

EndpointBackend::~EndpointBackend() {
  for (int i = 0; i < concurrency_; ++i) tasks_.push({});
}

BackendInfo EndpointBackend::Info() const {
  return {
      .name = "endpoint", .device = url_, .wants_tiles = false, .wants_encoded = true, .calls_at_once = concurrency_};
}

void EndpointBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  std::vector<std::future<Outcome>> answers;
  const auto answered = std::make_shared<tbb::concurrent_bounded_queue<std::size_t>>();  // outlives the last push
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto task = std::make_shared<std::packaged_task<Outcome()>>([this, &query = batch[i]] { return Ask(query); });
    answers.push_back(task->get_future());
    tasks_.push([task, i, answered] {
      (*task)();
      answered->push(i);
    });
  }
  std::exception_ptr failure;  // thrown when all are answered: the tasks refer to `batch`
  for (std::size_t i = 0; i < batch.size(); ++i) {
    std::size_t index = 0;
    answered->pop(index);
    if (failure) continue;
    try {
      deliver(index, answers[index].get());
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

Outcome EndpointBackend::Ask(const Query& query) {
  const auto failure = [&query](std::string message) {
    return Failure{.sample_id = query.sample_id, .message = ReplaceInvalidUtf8(std::move(message))};
  };
  const GenerationSettings& generation = query.prompt.generation;
  if (generation.num_beams > 1) return failure("a server answers greedily, not with beam search");
  ChatRequest request{.model = model_, .max_tokens = generation.max_new_tokens, .temperature = 0};
  try {
    request.messages = ChatMessages(query);
  } catch (const Error& error) {
    return failure(error.what());
  }
  const std::variant<ChatReply, HttpFailure> outcome = chat_.Ask(request);
  if (const auto* failed = std::get_if<HttpFailure>(&outcome)) {
    Failure failed_query = failure(failed->message);
    failed_query.stopped = failed->stopped;
    return failed_query;
  }
  const ChatReply& reply = std::get<ChatReply>(outcome);
  CheckModel(reply);
  return Prediction{.sample_id = query.sample_id,
                    .answer = reply.text,
                    .prompt_tokens = reply.prompt_tokens,
                    .new_tokens = reply.new_tokens,
                    .hit_token_limit = reply.hit_token_limit};
}

void EndpointBackend::CheckServer() {
  const std::variant<ChatReply, HttpFailure> outcome =
      chat_.Ask({.model = model_,
                 .messages = {{{"role", "user"}, {"content", "Hello"}}},
                 .max_tokens = kProbeTokens,
                 .temperature = 0});
  if (const auto* failed = std::get_if<HttpFailure>(&outcome)) {
    if (failed->stopped) return;  // nothing is asked any more
    throw EnvironmentError("the server does not answer: " + ReplaceInvalidUtf8(failed->message));
  }
  CheckModel(std::get<ChatReply>(outcome));
}

void EndpointBackend::CheckModel(const ChatReply& reply) const {
  if (reply.model == model_) return;
  throw EnvironmentError(
      fmt::format("{}: asked for the model \"{}\", answered by \"{}\"; ask for the name that answers, so that the run "
                  "names its model",
                  url_, model_, ReplaceInvalidUtf8(Shorten(reply.model, 200))));
}

}  // namespace tessera
