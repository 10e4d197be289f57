#include "serve/server.h"

#include <httplib.h>  // slow to compile: here only
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "serve/connection.h"
#include "serve/limits.h"
#include "serve/worker_threads.h"

// Between cpp-httplib, which parses and prints HTTP, and Service, which decides. What the library
// leaves open is closed here: its pool queues without bound, its reads have a timeout each but no
// deadline together, its lines and headers grow without limit, its forms and ranges go through
// std::regex, and it reads bodies nobody asked for.
namespace aver {
namespace {

constexpr const char* kSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

const httplib::Headers& common_headers() {
  static const httplib::Headers kHeaders = {
      {"Content-Security-Policy", kSecurityPolicy},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy", "camera=(self), microphone=(self)"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
  };
  return kHeaders;
}

/// A connection as the library wants it. Keeps what must not reach the library's own handling.
class Stream final : public httplib::Stream {
 public:
  explicit Stream(Connection& connection) : connection_(connection) {}
  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* buffer, std::size_t size) override { return connection_.read(buffer, size); }
  ssize_t write(const char* bytes, std::size_t size) override {
    return connection_.write(bytes, size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.socket(); }

  Connection& connection() { return connection_; }
  std::string content_type;

 private:
  Connection& connection_;
};

/// The stream this thread is on: the library's handlers are not told.
thread_local Stream* current = nullptr;

RequestHead head_of(const httplib::Request& request) {
  RequestHead head;
  head.method = request.method;
  head.path = request.path;
  for (const auto& [name, value] : request.headers) head.headers.emplace(to_lower(name), value);
  head.query.insert(request.params.begin(), request.params.end());
  if (current != nullptr && !current->content_type.empty()) {
    head.headers.emplace("content-type", current->content_type);
  }
  return head;
}

void put(HttpAnswer answer, httplib::Response& response) {
  response.status = answer.status;
  if (answer.stream) {
    response.set_chunked_content_provider(
        answer.type, [stream = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
          stream([&](std::string_view text) { return sink.write(text.data(), text.size()); });
          sink.done();
          return true;
        });
  } else if (answer.status != 204) {
    response.set_content(answer.body, answer.type);
  }
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
}

/// The library's own refusals have a status and no text.
HttpAnswer answer_to_fault(int status, Connection::Fault fault) {
  if (fault == Connection::Fault::too_slow) {
    return error_answer(408, "the request took too long to arrive");
  }
  if (fault == Connection::Fault::head_too_large) {
    return error_answer(431, "the headers of the request are too large");
  }
  if (status == 404) return error_answer(404, "there is nothing here");
  if (status >= 500) return error_answer(500, "something went wrong; the server's log says what");
  return error_answer(status, "this is no request the server understands");
}

class Pool final : public httplib::TaskQueue {
 public:
  explicit Pool(WorkerThreads& threads) : threads_(threads) {}
  void enqueue(std::function<void()> work) override { threads_.add(std::move(work)); }
  void shutdown() override { threads_.finish(); }

 private:
  WorkerThreads& threads_;
};

}  // namespace

struct Server::Http final : httplib::Server {
  Http(Service& the_service, const ServeConfig& config)
      : service(the_service), threads(kConnectionThreads, kWaitingConnections) {
    // Room for the sizes of chunks, should a client send many small ones.
    limits.body_bytes = 2 * body_limit(config) + (1 << 20);
    limits.body_patience = std::chrono::seconds(30 + config.max_megabytes);  // 1 MB a second
    new_task_queue = [this] { return new Pool(threads); };
    // The default shares the port with another server of the same user, and nobody would know.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    set_tcp_nodelay(true);
    set_default_headers(common_headers());
    set_handlers();
  }

  void set_handlers() {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      auto answer = service.answer(head_of(request));
      if (!answer) return HandlerResponse::Unhandled;
      put(std::move(*answer), response);
      return HandlerResponse::Handled;
    });
    set_expect_100_continue_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          auto answer = service.answer(head_of(request));
          if (!answer) return 100;
          put(std::move(*answer), response);
          return response.status;
        });
    Post("/api/predict", [this](const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& content) {
      put(service.predict(head_of(request), body_reader(content), current->connection().started()),
          response);
    });
    Post("/api/live/parts", [this](const httplib::Request& request, httplib::Response& response,
                                   const httplib::ContentReader& content) {
      put(service.take_part(head_of(request), body_reader(content)), response);
    });
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      const auto fault =
          current != nullptr ? current->connection().fault() : Connection::Fault::none;
      put(answer_to_fault(response.status, fault), response);
      return HandlerResponse::Handled;
    }));
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr thrown) {
          try {
            std::rethrow_exception(thrown);
          } catch (const std::exception& error) {
            spdlog::error("a request failed: {}", error.what());
          } catch (...) {
            spdlog::error("a request failed for an unknown reason");
          }
          put(answer_to_fault(500, Connection::Fault::none), response);
        });
    set_logger([this](const httplib::Request& request, const httplib::Response& response) {
      service.metrics().count_request(response.status);
      // A path that is not known may hold anything.
      const bool known = response.status < 400;
      spdlog::debug("{} {}: {}", request.method, known ? request.path : "…", response.status);
    });
  }

  static ReadBody body_reader(const httplib::ContentReader& content) {
    return [&content, &connection = current->connection()](
               const std::function<bool(std::string_view)>& take) {
      const bool whole = content([&](const char* bytes, std::size_t count) {
        return take({bytes, count});
      });
      if (connection.fault() == Connection::Fault::too_slow) return Arrival::too_slow;
      if (connection.fault() == Connection::Fault::body_too_large) return Arrival::too_large;
      return whole ? Arrival::whole : Arrival::cut_off;
    };
  }

  /// Instead of the library's loop over the requests of a connection: one, with our deadlines.
  bool process_and_close_socket(socket_t socket) override {
    try {
      Connection connection(
          socket, limits,
          {[this] { return threads.crowded(); }, [this] { return stopping.load(); }});
      Stream stream(connection);
      current = &stream;
      bool closed = false;
      process_request(stream, true, closed, [&](httplib::Request& request) {
        // The library would answer ranges of every page and parse forms while they arrive.
        request.ranges.clear();
        stream.content_type = request.get_header_value("Content-Type");
        request.headers.erase("Content-Type");
        connection.begin_body();
      });
      current = nullptr;
      connection.close_gently();
    } catch (const std::exception& error) {
      current = nullptr;
      spdlog::error("a connection failed: {}", error.what());
    }
    return true;
  }

  /// More than the five that the library lets wait for accept().
  void widen_backlog() { ::listen(svr_sock_, SOMAXCONN); }

  Service& service;
  ConnectionLimits limits;
  WorkerThreads threads;
  std::atomic<bool> stopping{false};
};

Server::Server(Service& service, const ServeConfig& config)
    : http_(std::make_unique<Http>(service, config)) {
  errno = 0;
  port_ = config.port == 0 ? http_->bind_to_any_port(config.host)
                           : (http_->bind_to_port(config.host, config.port) ? config.port : -1);
  if (port_ < 0) {
    const int reason = errno;
    throw Error("cannot listen on {}, port {}: {}", config.host, config.port,
                reason == EADDRINUSE ? "the port is in use; choose another with --port (0 = any)"
                : reason == 0        ? "no such address on this machine"
                                     : std::strerror(reason));
  }
  http_->widen_backlog();
  const bool six = config.host.find(':') != std::string::npos;
  url_ = fmt::format("http://{}:{}/", six ? "[" + config.host + "]" : config.host, port_);
}

Server::~Server() = default;

void Server::run(const std::function<bool()>& should_stop) {
  std::atomic<bool> ended = false;
  std::jthread listener = start_thread([&] {
    http_->listen_after_bind();
    ended = true;
  });
  constexpr std::chrono::milliseconds kLook{100};
  while (!ended && !http_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  while (!ended && !should_stop()) std::this_thread::sleep_for(kLook);
  if (ended) throw Error("the server cannot accept connections any more");
  http_->stopping = true;
  http_->service.end();
  http_->stop();
}

}  // namespace aver
