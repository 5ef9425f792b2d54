"""Speed and memory of `coursecode` beside naive NumPy, SciPy, scikit-learn and PyTorch.

`python -m benchmarks` measures and writes `benchmarks/results.json` and `benchmarks/results.md`.
"""
