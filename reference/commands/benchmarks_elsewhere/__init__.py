"""In an installation, `python -m benchmarks` runs this package. It only prints that the benchmark needs a checkout."""
