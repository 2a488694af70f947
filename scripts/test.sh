#!/usr/bin/env bash
# From a fresh machine to all tests passed: set-up, build with warnings as errors, ctest.
# Usage: scripts/test.sh
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  "") ;;
  -h | --help) sed -n '2,3p' "$0" | cut -c3-; exit 0 ;;
  *) echo "test: unknown option $1 (see --help)" >&2; exit 2 ;;
esac

scripts/setup.sh
cmake --preset ci
cmake --build --preset ci

if command -v nvcc >/dev/null; then
  echo "test: linking the CUDA build"
  # The same flags as the ci preset, so that ccache has most objects already.
  cmake --preset cuda -B build/ci-cuda -DTESSERA_WERROR=ON -DTESSERA_ASSERTIONS=ON
  cmake --build build/ci-cuda --target tessera model_gpu_test
else
  echo "test: SKIPPED the CUDA build: there is no nvcc on this machine"
fi
if ! command -v nvidia-smi >/dev/null; then
  echo "test: SKIPPED the GPU tests: there is no NVIDIA GPU on this machine; scripts/test_gpu.sh runs them where there is one"
fi
if [ ! -d ../shared ]; then
  echo "test: SKIPPED the tests on real pictures and on the genuine InternLM2 tokenizer: ../shared is not there"
fi
ctest --preset ci --parallel "$(nproc)"
