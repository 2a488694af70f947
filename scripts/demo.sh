#!/usr/bin/env bash
# From a fresh machine to a first report: set-up, build, the embedded model/nano over all benchmarks of datasets/mini,
# and over three of them at several tile limits.
# Usage: scripts/demo.sh
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  "") ;;
  -h | --help) sed -n '2,4p' "$0" | cut -c3-; exit 0 ;;
  *) echo "demo: unknown option $1 (see --help)" >&2; exit 2 ;;
esac

scripts/setup.sh
echo "demo: building (build/release)"
cmake --preset release >build-demo.log 2>&1 || { cat build-demo.log >&2; exit 1; }
cmake --build --preset release --target tessera >>build-demo.log 2>&1 || { tail -n 40 build-demo.log >&2; exit 1; }
rm -f build-demo.log

rm -rf runs/demo runs/demo-tile-limits
# 1 is fine: where the processor's arithmetic changes an answer, there is no stored reply to it and so no score.
build/release/bin/tessera run --model model/nano --benchmarks all --data datasets/mini --out runs/demo \
  --judge replay:datasets/mini/judge.jsonl || [ $? -eq 1 ]
echo "demo: what the tile limit is worth"
build/release/bin/tessera run --model model/nano --benchmarks docvqa,infovqa,chartqa --data datasets/mini \
  --out runs/demo-tile-limits --max-tiles 1,2,4,6,12
echo "demo: the reports are in runs/demo/report.md and runs/demo-tile-limits/sweep.md"
