#!/usr/bin/env bash
# Prints the speed of a checkpoint on this machine as Markdown: tessera profile, then the comparisons with the peers.
# Usage: scripts/performance.sh CHECKPOINT [--threads N] [--samples N] [--precision bfloat16|float32] [--tessera PROGRAM]
#                                          [--python PYTHON] [--llama-cpp FOLDER]
# Builds nothing. PYTHON has transformers, FOLDER has llama.cpp (docs/performance.md); without PYTHON there is no comparison.
# Make a checkpoint with tessera model make. The exit code is 1 when an answer differs from a peer's.
set -euo pipefail
cd "$(dirname "$0")/.."

checkpoint="" threads="$(nproc)" samples=5 precision=bfloat16 tessera=build/release/bin/tessera python="" llama_cpp=""
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '2,6p' "$0" | cut -c3-; exit 0 ;;
    --threads | --samples | --precision | --tessera | --python)
      [ $# -gt 1 ] || { echo "performance: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" '%s' "$2"; shift 2 ;;
    --llama-cpp)
      [ $# -gt 1 ] || { echo "performance: $1 needs a value" >&2; exit 2; }
      llama_cpp="$2"; shift 2 ;;
    -*) echo "performance: unknown option $1 (see --help)" >&2; exit 2 ;;
    *) [ -z "$checkpoint" ] || { echo "performance: more than one checkpoint" >&2; exit 2; }; checkpoint="$1"; shift ;;
  esac
done
[ -n "$checkpoint" ] || { echo "performance: which checkpoint? (see --help)" >&2; exit 2; }
[ -x "$tessera" ] || { echo "performance: $tessera is not there; build it, or name it with --tessera" >&2; exit 4; }
[ -z "$llama_cpp" ] || [ -n "$python" ] || { echo "performance: --llama-cpp needs --python" >&2; exit 2; }

common=(--threads "$threads" --samples "$samples" --precision "$precision")
"$tessera" profile --suite speed --checkpoint "$checkpoint" "${common[@]}" --markdown
if [ -z "$python" ]; then
  echo "performance: no --python, so no comparison with transformers" >&2
  exit 0
fi
echo
export OMP_NUM_THREADS="$threads"
code=0
"$python" -B scripts/compare_transformers.py "$checkpoint" "${common[@]}" --tessera "$tessera" || code=$?
if [ -n "$llama_cpp" ]; then
  echo
  "$python" -B scripts/compare_llama_cpp.py "$checkpoint" --threads "$threads" --samples "$samples" \
    --llama-cpp "$llama_cpp" --tessera "$tessera" || code=$?
fi
exit "$code"
