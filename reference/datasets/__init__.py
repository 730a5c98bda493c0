"""Data to train on: three built-in data sets, and your own CSV files."""

from reference.datasets.built_in import digits, gate, iris
from reference.datasets.csv_files import read_csv
from reference.datasets.dataset import Dataset, one_hot, scaled, split
from reference.datasets.scales import Scaling, scaling

__all__ = ["Dataset", "Scaling", "digits", "gate", "iris", "one_hot", "read_csv", "scaled", "scaling", "split"]
