"""Loops against matrices, measured: run `python -m benchmarks` from a checkout."""
