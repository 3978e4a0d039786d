// Takes the place of src/common/base/task.hpp in the fuzz targets: Clang 14 has no coroutines, and
// what is fuzzed declares tasks without running any.
#pragma once

#include "src/common/base/result.hpp"

namespace gcal {
template <class T = void>
class Task;
}  // namespace gcal
