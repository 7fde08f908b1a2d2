"""Pyramids and packed numbers: what they must keep, whatever the numbers are."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from site_builder.model import BLOCK_ROWS
from site_builder.series import levels
from site_builder.series.pack import pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOW, HIGH = 2, 3
FLOATS = st.one_of(
    st.floats(width=64), st.integers(-(2**60), 2**60).map(float), st.decimals(-1000, 1000, places=4).map(float)
)


def pyramid(values: NDArray[np.float64]) -> list[list[NDArray[np.float64]]]:
    """Return levels 1, 2, … as a run of these rows has them, its whole blocks taken in one after the other."""
    growing = levels.Pyramid(levels.NUMBER)
    total = levels.count(len(values))
    sealed: dict[int, list[list[NDArray[np.float64]]]] = {}
    whole = len(values) // BLOCK_ROWS * BLOCK_ROWS
    for start in range(0, whole, BLOCK_ROWS):
        for level, buckets in growing.add(levels.of_values(values[start : start + BLOCK_ROWS])):
            sealed.setdefault(level, []).append(buckets)
    return [
        levels.shown(
            [np.concatenate(parts) for parts in zip(*sealed.get(level, []), buckets, strict=True)], levels.NUMBER
        )
        for level, buckets in growing.rest(levels.of_values(values[whole:]), total)
    ]


def series(draw_from: st.SearchStrategy[float], least: int, most: int) -> st.SearchStrategy[NDArray[np.float64]]:
    return npst.arrays(np.float64, st.integers(least, most), elements=draw_from, fill=draw_from)


@given(st.lists(series(st.one_of(FLOATS, st.just(-0.0), st.just(0.0)), 0, 50), min_size=1, max_size=4))
@example([np.array([0.0, -0.0, 0.0])])
def test_packed_numbers_come_back_bit_for_bit(columns: list[NDArray[np.float64]]) -> None:
    for before, after in zip(columns, unpack(pack(columns)), strict=True):
        nan = np.isnan(before)
        assert np.array_equal(nan, np.isnan(after))
        assert before[~nan].tobytes() == after[~nan].tobytes()


@given(series(FLOATS, 2049, 9000))
def test_every_level_keeps_what_its_rows_hold(values: NDArray[np.float64]) -> None:
    found = pyramid(values)
    assert len(found) + 1 == levels.count(len(values))
    for number, level in enumerate(found, start=1):
        first, last, low, high, mean, finite, nan, posinf, neginf = level
        width = levels.FACTOR**number
        assert len(first) == -(-len(values) // width)
        for bucket in range(len(first)):
            rows = values[bucket * width : (bucket + 1) * width]
            kept = rows[np.isfinite(rows)]
            assert np.array_equal([first[bucket], last[bucket]], [rows[0], rows[-1]], equal_nan=True)
            assert (finite[bucket], nan[bucket]) == (len(kept), np.isnan(rows).sum())
            assert (posinf[bucket], neginf[bucket]) == ((rows == np.inf).sum(), (rows == -np.inf).sum())
            if len(kept):
                assert (low[bucket], high[bucket]) == (kept.min(), kept.max())
                with np.errstate(over="ignore"):
                    assert np.float32(low[bucket]) <= np.float32(mean[bucket]) <= np.float32(high[bucket])
            else:
                assert np.isnan([low[bucket], high[bucket], mean[bucket]]).all()
    assert 512 <= len(found[-1][0]) <= levels.MOST


@given(series(FLOATS, 2049, 40_000))
def test_a_finer_level_never_leaves_the_coarser_envelope_and_all_is_the_same_each_time(
    values: NDArray[np.float64],
) -> None:
    found = pyramid(values)
    again = pyramid(values.copy())
    for finer, coarser in itertools.pairwise(found):
        parent = np.arange(len(finer[LOW])) // levels.FACTOR
        inside = np.isnan(finer[LOW]) | ((finer[LOW] >= coarser[LOW][parent]) & (finer[HIGH] <= coarser[HIGH][parent]))
        assert inside.all()
    for one, other in zip(found, again, strict=True):
        assert [c.tobytes() for c in one] == [c.tobytes() for c in other]


@pytest.mark.parametrize(("size", "expected"), [(1, 1), (2048, 1), (2049, 2), (8192, 2), (8193, 3), (1_000_000, 6)])
def test_levels_go_on_until_a_screen_can_show_them(size: int, expected: int) -> None:
    assert levels.count(size) == expected


def test_numbers_take_few_bytes() -> None:
    steps = np.arange(10_000.0)
    rounded = np.round(np.random.default_rng(0).normal(size=10_000), 4)
    single = np.random.default_rng(0).normal(size=10_000).astype(np.float32).astype(np.float64)
    assert len(pack([steps])) < 200
    assert len(pack([rounded])) < 3 * 10_000
    assert len(pack([single])) < 4 * 10_000
