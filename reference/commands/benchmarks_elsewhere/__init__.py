"""Installed as `benchmarks`: it says where the benchmark is. In a checkout, Python finds the benchmark itself."""
