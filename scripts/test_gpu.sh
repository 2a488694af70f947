#!/usr/bin/env bash
# On a machine with an NVIDIA GPU and the CUDA Toolkit 13: set-up with the CUDA wheels, build, and the GPU tests.
# Usage: scripts/test_gpu.sh
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  "") ;;
  -h | --help) sed -n '2,3p' "$0" | cut -c3-; exit 0 ;;
  *) echo "test_gpu: unknown option $1 (see --help)" >&2; exit 2 ;;
esac
command -v nvidia-smi >/dev/null && nvidia-smi -L || { echo "test_gpu: no NVIDIA GPU on this machine" >&2; exit 4; }

scripts/setup.sh --cuda
cmake --preset cuda
cmake --build --preset cuda --target model_gpu_test
build/cuda/tests/model/native/model_gpu_test
