"""The package `benchmarks` of an installation. It only says where the benchmark is: in a checkout."""
