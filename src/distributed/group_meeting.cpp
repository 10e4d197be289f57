#include "distributed/group_meeting.h"

#include <c10/util/Logging.h>
#include <netdb.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <thread>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "base/error.h"

namespace aver {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(50);
// The wait of the caller, who has words for it, ends before LibTorch gives up.
constexpr std::chrono::seconds kLonger(30);
constexpr const char* kRefusal = "refusal";
constexpr const char* kSize = "size";
constexpr const char* kCame = "came";

using Bytes = std::vector<std::uint8_t>;  // what all LibTorchs' stores take

Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

void require_known_host(const std::string& name) {
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(name.c_str(), nullptr, nullptr, &found);
  if (status == 0) {
    ::freeaddrinfo(found);
  } else {
    throw Error("the name {} leads to no address ({})", name, ::gai_strerror(status));
  }
}

// What it says of its sockets is said here, in one sentence. Who sets the variable hears it all.
void quieten_libtorch() {
  ::setenv("TORCH_CPP_LOG_LEVEL", "FATAL", /*overwrite=*/0);
  c10::initLogging();
}

/// What happens when a thread of LibTorch throws; set before there is one.
std::string& sentence_of_its_threads() {
  static std::string sentence;
  return sentence;
}

// LibTorch 1.13 listens to rank 0 on a thread of its own. When rank 0 is killed while something is
// on its way, that thread throws, and no one can catch it. Checkpoints are whole at any time.
void say_what_its_threads_throw(const GroupPlace& place) {
  sentence_of_its_threads() = fmt::format(
      "{}: could not meet the others at {} port {}, or has lost them: rank 0 has ended. What is "
      "finished is kept: see what the other processes say, and continue with --resume\n",
      program_invocation_short_name, place.address, place.port);
  static const std::terminate_handler before = std::get_terminate();
  std::set_terminate([] {
    try {
      if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
    } catch (const std::system_error&) {
      std::fputs(sentence_of_its_threads().c_str(), stderr);
      std::fflush(nullptr);
      ::_exit(1);
    } catch (...) {  // no socket's
    }
    before();
  });
}

c10::intrusive_ptr<c10d::Store> open_store(const GroupPlace& place,
                                           std::chrono::milliseconds timeout) {
  c10d::TCPStoreOptions options;
  options.port = place.port;
  options.isServer = place.rank == 0;
  options.numWorkers = static_cast<std::size_t>(place.size);
  options.waitWorkers = false;  // that says nothing of who is missing, and waits twice the timeout
  options.timeout = timeout;
  quieten_libtorch();
  if (place.rank != 0) say_what_its_threads_throw(place);
  try {
    return c10::make_intrusive<c10d::TCPStore>(place.address, options);
  } catch (const std::exception& error) {
    const std::string reason = first_line(error);
    if (reason.find("in use") == std::string::npos) throw;
    throw Error("the port is in use, by another program or by another process of rank 0");
  }
}

// Rank 0 holds the store: it stays until the others have looked there.
[[noreturn]] void end_refused(const GroupPlace& place, const std::string& reason) {
  if (place.rank == 0) std::this_thread::sleep_for(10 * kBetweenLooks);
  throw Error("{}", reason);
}

// Ends all: the others find the reason at the store.
[[noreturn]] void refuse(c10d::Store& store, const GroupPlace& place, const std::string& reason) {
  store.set(kRefusal, bytes_of(reason));
  end_refused(place, reason);
}

void check_in(c10d::Store& store, const GroupPlace& place) {
  const std::string own = std::to_string(place.size);
  const std::string first = text_of(store.compareSet(kSize, {}, bytes_of(own)));
  if (first != own) {
    refuse(store, place,
           fmt::format("rank {} was told of {} processes, another of {} (WORLD_SIZE)", place.rank,
                       own, first));
  }
  if (store.add(fmt::format("rank {}", place.rank), 1) > 1) {
    refuse(store, place, fmt::format("two processes are rank {} (RANK)", place.rank));
  }
  store.add(kCame, 1);
}

void wait_for_all(c10d::Store& store, const GroupPlace& place, MeetingProgress& progress) {
  while (progress.came < place.size) {
    if (store.check({kRefusal})) end_refused(place, text_of(store.get(kRefusal)));
    if (progress.came > 0) std::this_thread::sleep_for(kBetweenLooks);
    progress.came = static_cast<int>(store.add(kCame, 0));
  }
}

}  // namespace

c10::intrusive_ptr<c10d::Store> meet_at_store(const GroupPlace& place,
                                              std::chrono::milliseconds timeout,
                                              MeetingProgress& progress) {
  require_known_host(place.address);
  auto store = open_store(place, timeout + kLonger);
  try {
    check_in(*store, place);
    wait_for_all(*store, place, progress);
    store->setTimeout(timeout);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error("what answers there has ended, or is no process of this group ({})",
                first_line(error));
  }
  return store;
}

std::string first_line(const std::exception& error) {
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  const std::string text = own ? own->what_without_backtrace() : error.what();
  return text.substr(0, text.find('\n'));
}

}  // namespace aver
