// Memory of CPU tensors.
#pragma once

namespace tessera {

/// From now on large CPU tensors take their memory from blocks that earlier tensors gave back, as long as there are
/// some: a forward pass makes the same tensors layer after layer, and the system clears every page that it hands out
/// anew. Up to kKeptBytes (tensor_memory.cc) are kept. Holds for the process;
/// later calls do nothing.
void ReuseTensorMemory();

}  // namespace tessera
