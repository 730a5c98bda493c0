"""The package `benchmarks` of an installation, which has no benchmark: it says where the benchmark is.

In a checkout, Python finds the folder `benchmarks` first.
"""
