"""Arrays of all libraries that are here, through the one door that knows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from tracklog import values
from tracklog.media.array import as_array, to_numpy


class OwnArray(np.ndarray):
    """A class of the user's, whose module is no library's."""


class OwnTensor(torch.Tensor):
    """As above."""


@pytest.mark.parametrize(
    "value",
    [
        np.array([1.0, 2.0]),
        np.array([1.0, 2.0]).view(OwnArray),
        torch.tensor([1.0, 2.0], requires_grad=True),
        torch.tensor([1.0, 2.0]).as_subclass(OwnTensor),
        torch.tensor([1.0, 2.0], dtype=torch.bfloat16),
        torch.tensor([1.0, 2.0], dtype=torch.float8_e4m3fn),
        torch.tensor([1.0, 2.0]).to_sparse(),
        pd.Series([1.0, 2.0]),
        pd.Index([1.0, 2.0]),
    ],
    ids=lambda value: f"{type(value).__name__} {getattr(value, 'dtype', '')}",
)
def test_arrays_of_libraries(value: Any) -> None:
    assert as_array(value).tolist() == [1.0, 2.0]
    assert to_numpy(value).tolist() == [1.0, 2.0]
    assert values.config(value) == [1.0, 2.0]


def test_what_numpy_views_lazily_is_resolved() -> None:
    assert as_array(torch.tensor([1.0 + 2.0j]).conj()).tolist() == [1.0 - 2.0j]
    assert as_array(torch.tensor([1.0 + 2.0j]).conj().imag).tolist() == [-2.0]


@pytest.mark.parametrize("value", [[1.0], "text", 3, None, np, np.float32, torch.float32, torch.device("cpu")])
def test_what_is_no_array(value: Any) -> None:
    assert as_array(value) is None


def test_records_are_no_numbers() -> None:
    records = np.array([(1, 2.0)], dtype=[("a", int), ("b", float)])
    assert as_array(records) is None
    with pytest.raises(TypeError, match="expected numbers"):
        to_numpy(records)
