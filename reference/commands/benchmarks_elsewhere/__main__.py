"""Say where the benchmark is."""

import sys

from reference.commands.checkout import place_of_benchmark

if __name__ == "__main__":
    print(f"python -m benchmarks: {place_of_benchmark()}", file=sys.stderr)
    sys.exit(2)
