"""The package that `python -m benchmarks` runs in an installation, which has no benchmark. It says where the benchmark is.

In a checkout, Python finds the folder `benchmarks` first.
"""
