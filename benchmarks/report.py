"""The results as a Markdown page."""

from __future__ import annotations

from math import exp, log

PEERS = ("SciPy", "scikit-learn", "PyTorch")


def markdown(results: dict) -> str:
    """Return a page: one table for each number of threads, ratios to the fastest peer."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {v}" for name, v in machine["versions"].items())
    parts = [
        "# Results\n",
        f"Measured with {versions}, on {machine['cores']} cores; "
        f"NumPy's SIMD targets: {', '.join(machine['SIMD'])}.\n",
        "Each number is the time of `coursecode` over the time of the fastest of "
        f"{', '.join(PEERS)}, and after the stroke over that of naive NumPy: below 1 "
        "`coursecode` is faster. Medians of paired rounds; differences below 15 % mean nothing. "
        "With one thread it is the processor's time that counts, for the machine may have had "
        "other work. "
        "The peers don't check their input, `coursecode` does.\n",
    ]
    for threads, title in (("one", "One thread"), ("default", "Default threads")):
        rows = [row for row in results["rows"] if row["threads"] == threads]
        for dtype in ("float64", "float32"):
            chosen = [row for row in rows if row["dtype"] == dtype]
            if chosen:
                parts += [f"## {title}, {dtype}\n", speed_table(chosen)]
    parts += ["## Extra memory\n", memory_text(results["rows"]), memory_table(results["rows"])]
    return "\n".join(parts)


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
        mean = exp(sum(map(log, peers)) / len(peers)) if peers else None
        lines.append([operation, *cells, number(mean)])
    return table(head, lines)


def beside_fastest(row: dict) -> float | None:
    """Return the ratio to the fastest peer, None without any."""
    found = [ratio["median"] for name, ratio in row["ratios"].items() if name in PEERS]
    return max(found) if found else None


def memory_text(rows: list[dict]) -> str:
    return (
        "Peak beyond the result, as a multiple of the scores' size (PyTorch's and scikit-learn's "
        "memory can't be seen from Python), at the largest shape, float64.\n"
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
