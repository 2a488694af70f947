#!/usr/bin/env python3
"""Runs `tessera plan` and then the same run, and prints what was planned beside what was measured.

Usage: scripts/compare_plan.py build/ci/bin/tessera --model model/nano --benchmarks docvqa,chartqa --data datasets/mini

Times compare the model's stages (vision, prefill, decode). Memory compares the run's peak with the planned model and
pictures on top of what `tessera plan` itself has in memory: program, libraries and the benchmarks' data. Nothing here is
a gate: the machine's load moves the times.
"""

import json
import subprocess
import sys
import tempfile


def peak_bytes(command):
    """The largest resident memory of `command`, which must end with 0 or 1."""
    script = (
        "import resource,subprocess,sys\n"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)\n"
    )
    out = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True, text=True).stdout
    code, peak = map(int, out.split())
    if code > 1:
        sys.exit(f"{' '.join(command)}: exit code {code}")
    return peak


def main():
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    tessera, arguments = sys.argv[1], sys.argv[2:]
    plan_out = subprocess.run([tessera, "plan", *arguments, "--json"], check=True, capture_output=True, text=True)
    planned_run = json.loads(plan_out.stdout)
    plan = planned_run["total"]
    with tempfile.TemporaryDirectory() as folder:
        run_peak = peak_bytes([tessera, "run", *arguments, "--out", f"{folder}/run"])
        # For a named device nothing is measured, which would take memory.
        own_peak = peak_bytes([tessera, "plan", *arguments, "--on", "h100"])
        with open(f"{folder}/run/report.json") as file:
            totals = json.load(file)["totals"]
        with open(f"{folder}/run/times.json") as file:
            times = {stage["stage"]: stage["total_s"] for stage in json.load(file)["stages"]}

    rows = [("prompt tokens", plan["prompt_tokens"], totals["prompt_tokens"]),
            ("tiles", plan["tiles"], totals["tiles"]),
            ("new tokens", plan["new_tokens_expected"], totals["new_tokens"])]
    for stage in ("vision", "prefill", "decode"):
        rows.append((f"{stage}, s", plan["time"][f"{stage}_s"], times[stage]))
    rows.append(("model time, s", plan["time"]["total_s"], sum(times[s] for s in ("vision", "prefill", "decode"))))
    memory = plan["memory"]
    planned = memory["weights_bytes"] + memory["kv_cache_bytes"] + memory["activations_bytes"]
    rows.append(("memory, MB", (own_peak + planned + planned_run["picture_bytes"]) / 1e6, run_peak / 1e6))
    print(f"{'':18}{'planned':>14}{'measured':>14}{'ratio':>8}")
    for name, expected, measured in rows:
        ratio = f"{expected / measured:8.3f}" if measured else "       -"
        print(f"{name:18}{expected:14.4g}{measured:14.4g}{ratio}")


if __name__ == "__main__":
    main()
