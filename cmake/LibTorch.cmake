# Imports LibTorch from the unpacked wheels in TESSERA_DEPS as the target `libtorch`.
# On CPU only libtorch_cpu and libc10 are linked; they need cudart and cupti at load time, which scripts/setup.sh puts
# beside them. With TESSERA_CUDA the CUDA half is linked as well and the full set of CUDA wheels must be there at run time.

set(torch_root "${TESSERA_DEPS}/torch")
if(NOT EXISTS "${torch_root}/include/ATen/core/Tensor.h")
  message(FATAL_ERROR "LibTorch is not in ${torch_root}. Run scripts/setup.sh, or configure with the harness-only preset.")
endif()

# Where the CUDA libraries lie: the wheels' folder first, then a toolkit of the machine.
set(TESSERA_CUDA_LIBRARY_DIRS "${TESSERA_DEPS}/nvidia/cu13/lib")

add_library(libtorch INTERFACE)
target_include_directories(libtorch SYSTEM INTERFACE
  "${torch_root}/include" "${torch_root}/include/torch/csrc/api/include")
target_compile_definitions(libtorch INTERFACE AT_PER_OPERATOR_HEADERS)
target_link_directories(libtorch INTERFACE "${torch_root}/lib")
target_link_libraries(libtorch INTERFACE torch_cpu c10)
# The OpenMP runtime that ATen's threads belong to, by its path: with another copy there would be two sets of threads.
target_link_libraries(libtorch INTERFACE "${torch_root}/lib/libgomp.so.1")
target_link_options(libtorch INTERFACE "-Wl,-rpath-link,${TESSERA_CUDA_LIBRARY_DIRS}")
if(TESSERA_CUDA)
  find_package(CUDAToolkit 13 REQUIRED)
  # Nothing of ours names a symbol of libtorch_cuda: it registers its kernels when it is loaded, so it must not be dropped.
  # Its own dependencies (cuDNN, NCCL, cuSPARSELt ...) are resolved at load time from the wheels.
  target_link_options(libtorch INTERFACE -Wl,--no-as-needed -Wl,--allow-shlib-undefined)
  target_link_libraries(libtorch INTERFACE torch_cuda c10_cuda torch)
endif()
