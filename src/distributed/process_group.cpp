#include "distributed/process_group.h"

#include <net/if.h>
#include <torch/torch.h>

#include <cstdlib>
#include <cstring>

#include "base/error.h"

#ifdef AVER_WITH_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "distributed/bounded_wait.h"
#include "distributed/group_meeting.h"
#endif
#ifdef AVER_WITH_NCCL
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace aver {

#ifdef AVER_WITH_GLOO

namespace {

bool is_loopback(const std::string& address) {
  return address == "localhost" || address == "::1" || address.starts_with("127.");
}

// A machine's name need not lead to an address that others reach: an interface can be named, and
// processes of one machine need none.
auto gloo_device(const std::string& address) {
  using Gloo = c10d::ProcessGroupGloo;
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr && *interface != '\0') {
    if (::if_nametoindex(interface) == 0) {
      throw Error("GLOO_SOCKET_IFNAME names no network interface of this machine: \"{}\"",
                  interface);
    }
    return Gloo::createDeviceForInterface(interface);
  }
  return is_loopback(address) ? Gloo::createDeviceForHostname("127.0.0.1")
                              : Gloo::createDefaultDevice();
}

}  // namespace

struct ProcessGroup::Connection {
  Connection(const GroupPlace& place, std::chrono::milliseconds given, MeetingProgress& progress)
      : timeout(given), store(meet_at_store(place, timeout, progress)) {
    const auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    options->devices.push_back(gloo_device(place.address));
    gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.size, options);
  }

  void sum(at::Tensor& values) const {
    answered([&] { sum_of_all(values); });
  }

  void broadcast(at::Tensor& values) const {
    std::vector<at::Tensor> tensors = {values};
    answered([&] { gloo->broadcast(tensors)->wait(); });
  }

 private:
  template <typename Body>
  void answered(Body body) const {
    try {
      body();
    } catch (const std::exception& error) {
      throw Error(
          "Another process of the group has ended, or has not answered within {} s ({}). What is "
          "finished is kept: see what the other processes say, and continue with --resume",
          std::chrono::duration_cast<std::chrono::seconds>(timeout).count(), first_line(error));
    }
  }

  void sum_of_all(at::Tensor& values) const {
    std::vector<at::Tensor> tensors = {values};
#ifdef AVER_WITH_NCCL
    if (values.is_cuda()) {
      sum_over_nccl(tensors);
      return;
    }
#endif
    if (!values.is_cpu()) tensors = {values.cpu()};
    gloo->allreduce(tensors)->wait();
    if (!values.is_cpu()) values.copy_(tensors.front());
  }

#ifdef AVER_WITH_NCCL
  // Started with the first sum that needs it: on a machine without a GPU it cannot be.
  void sum_over_nccl(std::vector<at::Tensor>& tensors) const {
    if (!nccl) {
      ::setenv("NCCL_BLOCKING_WAIT", "1",
               /*overwrite=*/0);  // or a lost process is waited for forever
      ::setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
      const auto options = c10d::ProcessGroupNCCL::Options::create();
      options->timeout = timeout;
      nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(
          c10::make_intrusive<c10d::PrefixStore>("nccl", store), gloo->getRank(), gloo->getSize(),
          options);
    }
    nccl->allreduce(tensors)->wait();
  }
#endif

  std::chrono::milliseconds timeout;
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#ifdef AVER_WITH_NCCL
  mutable c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif
};

namespace {

std::string what_was_late(const GroupPlace& place, int came) {
  if (came == MeetingProgress::kAlone) return "rank 0 did not answer there";
  if (came < place.size) return fmt::format("only {} of {} processes came", came, place.size);
  return fmt::format("the {} processes did not all reach each other", place.size);
}

}  // namespace

ProcessGroup::ProcessGroup(const GroupPlace& place, std::chrono::seconds timeout,
                           const std::function<void()>& while_meeting)
    : place_(place) {
  if (alone()) return;
  // LibTorch waits without bound for a rank 0 that hangs, and cannot be interrupted.
  struct Meeting {
    MeetingProgress progress;
    std::unique_ptr<Connection> connection;
  };
  const auto meeting = std::make_shared<Meeting>();
  const auto begun = std::chrono::steady_clock::now();
  const auto failed = [&](const std::string& reason) {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begun;
    return Error("{}: could not meet the others at {} port {} after {:.1f} s: {}", name(),
                 place.address, place.port, waited.count(), reason);
  };
  const auto connect = [meeting, place, timeout] {
    meeting->connection = std::make_unique<Connection>(place, timeout, meeting->progress);
  };
  bool met = false;
  try {
    met = ends_within(timeout, connect, while_meeting);
  } catch (const std::exception& error) {
    throw failed(first_line(error));
  }
  if (!met) throw failed(what_was_late(place, meeting->progress.came));
  connection_ = std::move(meeting->connection);
}

#else

struct ProcessGroup::Connection {
  void sum(at::Tensor&) const {}
  void broadcast(at::Tensor&) const {}
};

ProcessGroup::ProcessGroup(const GroupPlace& place, std::chrono::seconds,
                           const std::function<void()>&)
    : place_(place) {
  if (alone()) return;
  throw UsageError(
      "--distributed: this build trains in one process only; install libgloo-dev (the headers of "
      "Gloo) and build again with a LibTorch that has its distributed part");
}

#endif

ProcessGroup::ProcessGroup() = default;
ProcessGroup::~ProcessGroup() = default;

std::string ProcessGroup::name() const {
  return fmt::format("rank {} of {}", rank(), size());
}

void ProcessGroup::sum(at::Tensor& values) const {
  if (connection_) connection_->sum(values);
}

void ProcessGroup::sum(std::span<double> values) const {
  if (!connection_) return;
  auto tensor =
      torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, torch::kFloat64);
  connection_->sum(tensor);
}

bool ProcessGroup::any(bool own) const {
  double count = own ? 1.0 : 0.0;
  sum(std::span(&count, 1));
  return count > 0.0;
}

void ProcessGroup::broadcast(std::string& bytes) const {
  if (!connection_) return;
  auto length = torch::full({1}, static_cast<std::int64_t>(bytes.size()), torch::kInt64);
  connection_->broadcast(length);
  bytes.resize(static_cast<std::size_t>(length.item<std::int64_t>()));
  if (bytes.empty()) return;
  auto content =
      torch::from_blob(bytes.data(), {static_cast<std::int64_t>(bytes.size())}, torch::kUInt8);
  connection_->broadcast(content);
}

std::size_t first_of_rank(std::size_t count, int rank, int size) {
  const auto among = static_cast<std::size_t>(size);
  return (count * static_cast<std::size_t>(rank) + among - 1) / among;
}

}  // namespace aver
