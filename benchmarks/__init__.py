"""The benchmark of loops against matrices. Run `python -m benchmarks` from a checkout."""
