"""Histograms hold every finite number of what they were made from, whatever that is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tracklog.media import histogram
from tracklog.media.histogram import Histogram

if TYPE_CHECKING:
    from tracklog.media.base import MediaDoor

NUMBERS = st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.int8, np.bool_])


@given(hnp.arrays(NUMBERS, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6)), st.integers(1, 512))
def test_every_finite_number_is_counted_once(array: np.ndarray, num_bins: int) -> None:
    found = Histogram(array, num_bins=num_bins)
    finite = array[np.isfinite(array)].astype(float)
    assert sum(found.histogram) == finite.size
    assert found.dropped == array.size - finite.size
    assert len(found.bins) == len(found.histogram) + 1
    assert all(map(math.isfinite, found.bins))
    assert found.bins == sorted(found.bins)
    if finite.size:
        assert found.bins[0] <= finite.min() <= finite.max() <= found.bins[-1]


@given(hnp.arrays(np.float32, 50, elements=st.floats(-1e6, 1e6, width=32)), st.integers(1, 512))
def test_the_same_as_numpy(array: np.ndarray, num_bins: int) -> None:
    found = Histogram(array, num_bins=num_bins)
    try:
        counts, edges = np.histogram(array.astype(float), num_bins)
    except ValueError:  # NumPy finds no room for so many bins
        return
    if len(found.histogram) == num_bins:
        assert found.histogram == counts.tolist()
        assert found.bins == pytest.approx(edges.tolist())


@pytest.mark.parametrize(
    "values",
    [
        [5e-324, 0],
        [0, 1e-310, 3e-309],
        [1e16, 1e16 + 2],
        [1.7e308, -1.7e308],
        [1.7976931348623157e308] * 2,
        [1e-300],
        [-1e-320, 1e-320, 2e-320],
    ],
)
@pytest.mark.parametrize("num_bins", [1, 2, 64, 512])
def test_the_limits_of_floats(values: list[float], num_bins: int) -> None:
    found = Histogram(values, num_bins=num_bins)
    assert sum(found.histogram) == len(values)
    assert found.bins[0] <= min(values) <= max(values) <= found.bins[-1]
    assert all(math.isfinite(edge) for edge in found.bins)


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=(100, 37)).astype(np.float32)
    whole = Histogram(values)
    monkeypatch.setattr(histogram, "CHUNK", 64)
    assert Histogram(values).histogram == whole.histogram


def test_a_uniform_record_is_compact(door: MediaDoor) -> None:
    record = Histogram([0, 1, 2, 3, float("nan"), float("inf")], num_bins=4).to_record(door)
    assert record == {"_type": "histogram", "counts": [1, 1, 1, 1], "min": 0.0, "width": 0.75, "dropped": 2}
    orjson.dumps(record)


def test_other_bins_keep_their_edges(door: MediaDoor) -> None:
    record = Histogram(np_histogram=([1, 2.5], [0, 1, 10])).to_record(door)
    assert record == {"_type": "histogram", "counts": [1.0, 2.5], "bins": [0.0, 1.0, 10.0]}
    uniform = Histogram(np_histogram=np.histogram([1, 2, 3], bins=3)).to_record(door)
    assert "width" in uniform


@pytest.mark.parametrize(
    "values",
    [
        torch.tensor([1.0, 2.0], requires_grad=True),
        torch.tensor([1.0, 2.0], dtype=torch.bfloat16),
        torch.tensor([0.0, 2.0]).to_sparse(),
        torch.nn.Parameter(torch.tensor([1.0, 2.0])),
        {1, 2},
        (1, 2),
        range(1, 3),
        (number for number in [1, 2]),
        [np.float32(1), 2],
        np.ma.masked_array([1, 2]),
    ],
)
def test_kinds_of_sequences(values: Any) -> None:
    found = Histogram(values, num_bins=2)
    assert found.histogram[-1] == 1
    assert found.bins[-1] == 2


def test_an_array_as_it_is() -> None:
    assert len(Histogram.from_array(np.arange(100)).histogram) == 32


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({}, ValueError, "needs numbers"),
        ({"sequence": [1], "num_bins": 513}, ValueError, "num_bins is 513"),
        ({"sequence": [1], "num_bins": 0}, ValueError, "num_bins is 0"),
        ({"sequence": ["a"]}, TypeError, "expected numbers"),
        ({"sequence": object()}, TypeError, "expected numbers"),
        ({"np_histogram": ([1, 2], [0, 1])}, ValueError, "needs 3 edges, not 2"),
        ({"np_histogram": [1, 2, 3]}, ValueError, "a tuple of counts and edges"),
        ({"np_histogram": ([1] * 513, range(514))}, ValueError, "has 513"),
        ({"np_histogram": ([1, 2], [2, 1, 0])}, ValueError, "rising order"),
        ({"np_histogram": ([1], [0, float("inf")])}, ValueError, "finite"),
        ({"np_histogram": ([1], [0, float("nan")])}, ValueError, "finite"),
        ({"np_histogram": ([float("nan"), 1], [0, 1, 2])}, ValueError, "counts of np_histogram must be finite"),
    ],
)
def test_mistakes(arguments: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Histogram(**arguments)
