"""The results as a Markdown page."""

from __future__ import annotations

from math import exp, log

PEERS = ("SciPy", "scikit-learn", "PyTorch")
NOISE = 0.15


def markdown(results: dict) -> str:
    """Return a page: one table for each number of threads, ratios to the fastest peer."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {v}" for name, v in machine["versions"].items())
    parts = [
        "# Results\n",
        f"Measured with {versions}, on {machine['cores']} cores; "
        f"NumPy's SIMD targets: {', '.join(machine['SIMD'])}.\n",
        "Each cell has two ratios: the time of `coursecode` compared with the fastest of "
        f"{', '.join(PEERS)}, and, after the stroke, compared with naive NumPy. Below 1, "
        "`coursecode` is faster. They are medians of paired rounds; differences below "
        f"{NOISE:.0%} mean nothing. With one thread we count the processor's time, because the "
        "machine may have had other work. `coursecode` checks its input and the peers don't.\n",
    ]
    for threads, title in (("one", "One thread"), ("default", "Default threads")):
        rows = [row for row in results["rows"] if row["threads"] == threads]
        for dtype in ("float64", "float32"):
            chosen = [row for row in rows if row["dtype"] == dtype]
            if chosen:
                parts += [f"## {title}, {dtype}\n", speed_text(chosen), speed_table(chosen)]
    parts += ["## Extra memory\n", memory_text(results["rows"]), memory_table(results["rows"])]
    return "\n".join(parts)


def speed_text(rows: list[dict]) -> str:
    found = [ratio for ratio in map(beside_fastest, rows) if ratio]
    ahead = sum(ratio > 1 + NOISE for ratio in found)
    return (
        f"The geometric mean of all ratios to the fastest peer is {number(mean_of(found))}. In "
        f"{ahead} of {len(found)} cells a peer is ahead by more than {NOISE:.0%}.\n"
    )


def mean_of(ratios: list[float]) -> float | None:
    """Return the geometric mean, None of nothing."""
    return exp(sum(map(log, ratios)) / len(ratios)) if ratios else None


def speed_table(rows: list[dict]) -> str:
    shapes = unique(tuple(row["shape"]) for row in rows)
    head = ["operation", *("×".join(map(str, shape)) for shape in shapes), "geometric mean"]
    lines = []
    for operation in unique(row["operation"] for row in rows):
        found = {tuple(r["shape"]): r for r in rows if r["operation"] == operation}
        cells, peers = [], []
        for shape in shapes:
            row = found.get(shape)
            if row is None:
                cells.append("–")
                continue
            peer, naive = beside_fastest(row), row["ratios"]["NumPy"]["median"]
            if peer:
                peers.append(peer)
            cells.append(f"{number(peer)} / {number(naive)}")
        lines.append([operation, *cells, number(mean_of(peers))])
    return table(head, lines)


def beside_fastest(row: dict) -> float | None:
    """Return the ratio to the fastest peer, None without any."""
    found = [ratio["median"] for name, ratio in row["ratios"].items() if name in PEERS]
    return max(found) if found else None


def memory_text(rows: list[dict]) -> str:
    return (
        "The peak of memory beyond the result, as a multiple of the size of the scores, at the "
        "largest shape in float64. The memory of PyTorch and scikit-learn can't be seen from "
        "Python.\n"
    )


def memory_table(rows: list[dict]) -> str:
    rows = [row for row in rows if row["dtype"] == "float64" and row["threads"] == "one"]
    largest = max((row["shape"] for row in rows), key=lambda shape: shape[0] * shape[1])
    names = ("coursecode", "NumPy", "SciPy")
    lines = [
        [row["operation"], *(number(row["extra memory"].get(name)) for name in names)]
        for row in rows
        if row["shape"] == largest
    ]
    return table([f"operation, {'×'.join(map(str, largest))}", *names], lines)


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def unique(items) -> list:
    return list(dict.fromkeys(items))


def table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines)) + "\n"
