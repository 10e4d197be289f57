#pragma once

#include <chrono>
#include <functional>

namespace aver {

/// Runs `body` in a thread of its own and waits for it; throws what it throws. False when it has
/// not ended within `timeout`. `while_waiting` is called some twenty times a second, and what it
/// throws ends the wait too. A body that is not waited for to its end goes on: it may only use what
/// it shares in owning, and the process then ends without taking down what the body may stand in.
bool ends_within(std::chrono::milliseconds timeout, const std::function<void()>& body,
                 const std::function<void()>& while_waiting);

}  // namespace aver
