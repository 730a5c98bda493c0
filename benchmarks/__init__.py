"""Loops against matrices, measured: run `python -m benchmarks` from a checkout."""

from reference import interrupts  # noqa: F401
