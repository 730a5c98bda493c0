"""Right networks in the many styles in which people write them. The oracle must not call them wrong."""

from importlib import import_module

from tests.oracle.corpus.entry import ENTRIES, FINITE_DIFFERENCES, STAGES, Candidate, Entry, only

MODULES = (
    "numpy_networks", "plain_python", "activations", "losses", "precision", "optimizers", "conventions", "torch_networks",
    "jax_networks", "frameworks", "programs",
)  # fmt: skip

for module in MODULES:
    import_module(f"tests.oracle.corpus.{module}")

__all__ = ["ENTRIES", "FINITE_DIFFERENCES", "STAGES", "Candidate", "Entry", "only"]
