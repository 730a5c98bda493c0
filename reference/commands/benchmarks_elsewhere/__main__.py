"""Say where the benchmark is."""

import sys

from nodesum import main

if __name__ == "__main__":
    sys.exit(main(["benchmarks", *sys.argv[1:]]))
