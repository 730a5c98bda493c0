"""Data sets as NumPy arrays."""

import os
from pathlib import Path

import numpy as np

import vectorized
import vectorized.datasets
from reference import datasets
from reference.datasets import Dataset, read_csv
from tests.datasets.test_preparation import DATA


def test_arrays_have_the_numbers_and_texts_of_the_data_set(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,k\n0.1,große\n1e-300,süß and long\n", encoding="utf-8")
    several = Dataset(DATA.inputs, [[1.0, 2.0]] * 4, [], ("a", "b"), (), ("y", "z"))
    for data in (datasets.iris(), datasets.gate(), DATA, several, read_csv(tmp_path / "table.csv")):
        arrays = vectorized.datasets.arrays(data)
        assert arrays._fields == data._fields
        for field, array in zip(data._fields, arrays, strict=True):
            assert isinstance(array, np.ndarray)
            assert array.tolist() == list(getattr(data, field)), field
        assert arrays.inputs.shape == (len(data.inputs), len(data.columns))
        assert arrays.targets.shape == (len(data.targets), len(data.targets[0]))
        assert (arrays.inputs.dtype, arrays.targets.dtype, arrays.labels.dtype.kind) == (float, float, "i")
        assert {arrays.columns.dtype.kind, arrays.classes.dtype.kind, arrays.target_columns.dtype.kind} == {"U"}
        vectorized.datasets.to_npz(data, tmp_path / "data.npz")
        with np.load(tmp_path / "data.npz") as loaded:  # np.load refuses pickled objects, so no code is run
            assert set(loaded.files) == set(data._fields)
            for field, array in zip(data._fields, arrays, strict=True):
                assert loaded[field].dtype == array.dtype
                assert (loaded[field] == array).all()
    assert sorted(os.listdir(tmp_path)) == ["data.npz", "table.csv"]
