// One backend for several runs in a row.
#pragma once

#include <functional>
#include <memory>

#include "harness/backends/make_backend.h"

namespace tessera {

using BackendMaker = std::function<std::unique_ptr<Backend>(const BackendSettings&)>;

/// Makes a backend with `make` when it is first called; what it gives, then and later, calls that same one. So a model
/// is loaded once. The settings of later calls must be those of the first. Not thread-safe.
BackendMaker MakeOnce(BackendMaker make);

}  // namespace tessera
