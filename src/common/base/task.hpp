// Task<T>: a coroutine that ends in a Result<T>. Start one only through net/task_group, which
// tracks and cancels it. Never build a capturing lambda or an aggregate in braces inside a co_await
// expression: GCC 12 destroys it twice. Name it first.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "src/common/base/result.hpp"

namespace gcal {
template <class T = void>
using Task = boost::asio::awaitable<Result<T>>;
}  // namespace gcal
