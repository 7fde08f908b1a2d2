"""Tensors of the summary are kept whole, beside the numbers that describe them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tracklog
from tests.tracklog.test_log import begin, folded

REAL = st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.int8, np.uint8, np.bool_, np.complex64])
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=12).filter(lambda shape: math.prod(shape) > 32)
PERCENTILES = (5, 10, 25, 75, 90, 95)


def kept(run: Any, key: str) -> tuple[dict[str, Any], np.ndarray]:
    """Return a record of the summary as read back, and what its file holds."""
    _, summary = folded(run)
    return summary[key], np.load(Path(run.dir, summary[key]["path"]), allow_pickle=False)


@given(hnp.arrays(REAL, SHAPES))
def test_what_was_set_is_what_is_kept(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    with begin(tmp_path_factory.mktemp("root")) as run:
        run.summary["w"] = array
        record, found = kept(run, "w")
    assert record == run.summary["w"]
    assert record["_type"] == "numpy.ndarray"
    assert (record["shape"], record["dtype"]) == (list(array.shape), str(array.dtype))
    assert found.dtype == array.dtype
    assert np.array_equal(found, array, equal_nan=True) if array.dtype.kind != "b" else (found == array).all()


@given(
    hnp.arrays(st.sampled_from([np.float64, np.int32]), 40, elements=st.integers(-1000, 1000)),
    st.integers(0, 39),
    st.integers(0, 39),
)
def test_statistics_are_those_of_numpy_over_finite_values(array: np.ndarray, nan: int, inf: int) -> None:
    if array.dtype.kind == "f":
        array[nan], array[inf] = math.nan, math.inf
    from tracklog.media.tensor import statistics

    found, finite = statistics(array), array[np.isfinite(array)]
    assert found["min"] == finite.min()
    assert found["max"] == finite.max()
    assert found["mean"] == pytest.approx(finite.mean())
    assert found["var"] == pytest.approx(finite.var())
    assert [found[f"{share}%"] for share in PERCENTILES] == pytest.approx(np.percentile(finite, PERCENTILES).tolist())
    assert found.get("nan", 0) == np.isnan(array).sum()
    assert found.get("inf", 0) == np.isinf(array).sum()


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(60.0).reshape(3, 20),
        torch.arange(60.0, requires_grad=True),
        torch.nn.Parameter(torch.ones(7, 9)),
        torch.arange(60.0, dtype=torch.bfloat16),
        torch.arange(60, dtype=torch.float16),
        torch.arange(60.0).reshape(3, 20).T,
        torch.eye(8).to_sparse(),
    ],
)
def test_tensors_of_torch(tmp_path: Path, tensor: torch.Tensor) -> None:
    with begin(tmp_path) as run:
        run.summary["w"] = tensor
        record, found = kept(run, "w")
    assert record["_type"] == "torch.Tensor"
    assert f"torch.{record['dtype']}" == str(tensor.dtype)
    assert record["shape"] == list(tensor.shape)
    assert torch.equal(torch.from_numpy(found).to(tensor.dtype), tensor.detach().to_dense())
    assert record["mean"] == pytest.approx(tensor.detach().to_dense().double().mean().item())


def test_small_ones_are_numbers_and_nested_ones_are_found(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.summary["one"] = torch.tensor(2.5)
        run.summary["few"] = np.arange(32)
        run.summary.update({"layers": {"first": np.ones(33), "all": [np.zeros(40)]}, "names": np.array(["a"] * 40)})
        _, summary = folded(run)
    assert (summary["one"], summary["few"], summary["names"]) == (2.5, list(range(32)), ["a"] * 40)
    assert summary["layers"]["first"]["mean"] == 1
    assert summary["layers"]["all"][0]["shape"] == [40]
    assert run.summary.layers.first["75%"] == 1


def test_what_cannot_be_described_is_kept_none_the_less(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.summary["none"] = np.full(50, math.nan)
        run.summary["huge"] = np.full(50, np.finfo(float).max)
        record, found = kept(run, "none")
        assert np.isnan(found).all()
        assert record["nan"] == 50
        assert "mean" not in record
        assert kept(run, "huge")[0]["mean"] == "Infinity"
    assert json.loads(Path(run.sync_dir, "summary.json").read_text())["none"]["nan"] == 50


def test_logged_ones_are_histograms_as_ever(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        run.log({"w": np.arange(100)})
        assert run.summary["w"]["_type"] == "histogram"
        run.summary["h"] = tracklog.Histogram(np.arange(100))
        assert run.summary["h"]["_type"] == "histogram"
