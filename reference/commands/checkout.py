"""Where the benchmark is: in a checkout of the sources, not in the installed package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def is_checkout(folder: Path) -> bool:
    """Whether a folder is a checkout of the sources, or an unpacked sdist."""
    return (folder / "benchmarks" / "__main__.py").exists() and (folder / "pyproject.toml").exists()


def place_of_benchmark(folder: Path = ROOT) -> str:
    """Return a sentence that says where the benchmark can be run."""
    where = str(folder) if is_checkout(folder) else "a checkout of the sources"
    return f"the benchmark is not part of the installed package; run python -m benchmarks in {where}"
