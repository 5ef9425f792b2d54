"""Run the benchmarks: `python -m benchmarks`, or `--quick` for a look in a minute."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SHAPES = [(32, 10), (1000, 10), (100_000, 10), (10_000, 1000), (1000, 50_000)]
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main() -> None:
    """Measure with one thread, then with the libraries' defaults, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, no input over 10 MB")
    parser.add_argument("--only", help="operations whose name contains this")
    parser.add_argument("--rounds", type=int, help="timed rounds of each operation")
    parser.add_argument("--out", type=Path, default=HERE, help="where results.json and .md go")
    parser.add_argument("--rows", choices=["one", "default"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rows:
        for row in measure(options):
            print(json.dumps(row), flush=True)
        return

    # Threads are settled when a library is imported: a process of its own for each setting.
    rows = []
    for threads in ("one",) if options.quick else ("one", "default"):
        environment = dict(os.environ)
        if threads == "one":
            environment |= dict.fromkeys(THREADS, "1")
        command = [sys.executable, "-m", "benchmarks", *sys.argv[1:], "--rows", threads]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment, cwd=HERE.parent
        ) as process:
            for line in process.stdout or ():
                rows.append(json.loads(line))
                print(progress(rows[-1]), flush=True)
        if process.returncode:
            sys.exit(process.returncode)

    from benchmarks.report import markdown

    options.out.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "rows": rows}
    (options.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (options.out / "results.md").write_text(markdown(results))
    print(f"wrote {options.out / 'results.json'} and {options.out / 'results.md'}")


def measure(options):
    """Yield one row for each operation, shape and type."""
    import numpy as np

    from benchmarks.measure import extra_memory, interleaved, ratios
    from benchmarks.operations import candidates, make, torch

    # With one thread, the processor's time: it stands still while the machine does other work.
    clock = time.process_time if options.rows == "one" else time.perf_counter
    if torch is not None and options.rows == "one":
        torch.set_num_threads(1)
    for shape in SHAPES:
        for dtype in (np.float64, np.float32):
            inputs = make(shape, dtype)
            size = inputs.s.nbytes
            if options.quick and size > 1e7:
                continue
            rounds = options.rounds or (7 if options.quick or size > 1e8 else 11)
            for operation, runs in candidates(inputs).items():
                if options.only and options.only not in operation:
                    continue
                seconds = interleaved(runs, rounds, clock)
                ours = seconds["coursecode"]
                yield {
                    "operation": operation,
                    "shape": list(shape),
                    "dtype": dtype.__name__,
                    "threads": options.rows,
                    "seconds": {name: min(times) for name, times in seconds.items()},
                    "ratios": {
                        name: ratios(ours, times)
                        for name, times in seconds.items()
                        if name != "coursecode"
                    },
                    "extra memory": {
                        name: extra_memory(runs[name], size)
                        for name in ("coursecode", "NumPy", "SciPy")
                        if name in runs
                    },
                }


def progress(row: dict) -> str:
    shape = "×".join(map(str, row["shape"]))
    beside = "  ".join(f"{name} {ratio['median']:.2f}" for name, ratio in row["ratios"].items())
    microseconds = row["seconds"]["coursecode"] * 1e6
    return (
        f"{row['operation']:22} {shape:>11} {row['dtype']} {row['threads']:7} "
        f"{microseconds:11.1f} µs   ratios: {beside}"
    )


def machine() -> dict:
    """Say what was measured on: versions, processor, and NumPy's SIMD targets."""
    from importlib.metadata import PackageNotFoundError, version

    from numpy._core import _multiarray_umath as umath  # type: ignore[attr-defined]

    versions = {"python": platform.python_version()}
    for package in ("numpy", "scipy", "scikit-learn", "torch"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    features = umath.__cpu_features__
    found = [f for f in umath.__cpu_dispatch__ if features.get(f)]
    return {
        "versions": versions,
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "SIMD": [*umath.__cpu_baseline__, *found],
    }


if __name__ == "__main__":
    main()
